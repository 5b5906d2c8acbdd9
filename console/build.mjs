// Bundles the console into one script and one style sheet that the gateway serves. The first line of each names the
// digest of the sources, so that a test can tell, without Node, whether the committed output belongs to them.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "bot", "gateway", "static");
const TARGETS = ["chrome109", "firefox110", "safari16.4"];

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/** SHA-256 over every source, by path: the same sum as in tests/console/test_build.py. */
function digest() {
  const all = [...files(join(HERE, "src")), ...["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].map((name) => join(HERE, name))];
  const hash = createHash("sha256");
  for (const path of all.map((full) => relative(HERE, full).replaceAll("\\", "/")).sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(HERE, path))).update("\0");
  }
  return hash.digest("hex");
}

const result = await esbuild.build({
  entryPoints: { console: join(HERE, "src", "index.tsx"), style: join(HERE, "src", "style.css") },
  bundle: true,
  write: false,
  outdir: OUT,
  format: "iife",
  minify: true,
  charset: "utf8",
  target: TARGETS,
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
});
const sources = digest();
for (const file of result.outputFiles) {
  const css = file.path.endsWith(".css");
  const sum = createHash("sha256").update(file.text).digest("hex");
  const head = `/*! ASE candidate assistant, agents' console. sources ${sources} body ${sum} (contains Preact and uPlot, MIT) */\n`;
  const name = css ? "console.css" : "console.js";
  writeFileSync(join(OUT, name), head + file.text);
  console.log(`${name} ${file.text.length} bytes, ${gzipSync(file.text).length} gzipped`);
}
