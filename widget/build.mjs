// Bundles the widget into one script that the gateway serves. The first line of the output names the digest of the
// sources, so that a test can tell, without Node, whether the committed output belongs to the committed sources.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "bot", "gateway", "static", "widget.js");
const LIMIT = 40_000;
const TARGETS = ["chrome109", "firefox110", "safari16.4"];

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/** SHA-256 over every source, by path: the same sum as in tests/widget/test_build.py. */
function digest() {
  const all = [...files(join(HERE, "src")), ...["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].map((name) => join(HERE, name))];
  const hash = createHash("sha256");
  for (const path of all.map((full) => relative(HERE, full).replaceAll("\\", "/")).sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(HERE, path))).update("\0");
  }
  return hash.digest("hex");
}

const minifiedCss = {
  name: "minified-css",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: TARGETS });
      return { contents: code, loader: "text" };
    });
  },
};

const result = await esbuild.build({
  entryPoints: [join(HERE, "src", "index.tsx")],
  bundle: true,
  write: false,
  format: "iife",
  minify: true,
  charset: "utf8",
  target: TARGETS,
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  plugins: [minifiedCss],
});
const body = result.outputFiles[0].text;
const sum = createHash("sha256").update(body).digest("hex");
const text = `/*! ASE candidate assistant, chat widget. sources ${digest()} body ${sum} (contains Preact, MIT) */\n${body}`;
writeFileSync(OUT, text);
const size = gzipSync(text, { level: 9 }).length;
console.log(`widget.js ${text.length} bytes, ${size} gzipped`);
if (size > LIMIT) {
  console.error(`That is more than ${LIMIT} bytes gzipped.`);
  process.exit(1);
}
