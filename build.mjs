// Bundles the chat widget and the agents' console into the files that the gateway serves:
// `node build.mjs widget`, `node build.mjs console`. The first line of each file names the digest of the sources,
// so that a test can tell, without Node, whether the committed output belongs to the committed sources.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = import.meta.dirname;
const OUT = join(ROOT, "bot", "gateway", "static");
const TARGETS = ["chrome109", "firefox110", "safari16.4"];
/** What shapes the output besides the sources of a page. */
const SHARED = ["build.mjs", "package.json", "tsconfig.json"];

/** Lets a script import a style sheet as a minified string. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = readFileSync(path, "utf8");
      const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: TARGETS });
      return { contents: code, loader: "text" };
    });
  },
};

/** By page: its entry points, what the first line of each file says, and the most bytes its script may have, gzipped. */
const PAGES = {
  widget: {
    entryPoints: [{ in: "widget/src/index.tsx", out: "widget" }],
    plugins: [cssAsText],
    title: "chat widget (contains Preact, MIT)",
    limit: 45_000,
  },
  console: {
    entryPoints: [
      { in: "console/src/index.tsx", out: "console" },
      { in: "console/src/style.css", out: "console" },
    ],
    plugins: [],
    title: "agents' console (contains Preact and uPlot, MIT)",
    limit: 60_000,
  },
};

/** SHA-256 over every source of a page, by path: the same sum as in tests/built_pages.py. */
function digest(page) {
  const sources = readdirSync(join(ROOT, page, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
  const hash = createHash("sha256");
  for (const path of [...sources, ...SHARED].sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

async function build(page) {
  const { entryPoints, plugins, title, limit } = PAGES[page];
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    plugins,
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
  const sources = digest(page);
  for (const { path, text } of outputFiles) {
    const body = createHash("sha256").update(text).digest("hex");
    const head = `/*! ASE candidate assistant, ${title}. sources ${sources} body ${body} */\n`;
    writeFileSync(path, head + text);
    const size = gzipSync(head + text, { level: 9 }).length;
    console.log(`${relative(OUT, path)}: ${size} bytes, gzipped`);
    if (path.endsWith(".js") && size > limit) throw new Error(`${path} is larger than ${limit} bytes, gzipped`);
  }
}

/** The languages of the widget other than English, each a file that is fetched where it is wanted. */
function languages() {
  const folder = join(ROOT, "widget", "src", "locales");
  for (const name of readdirSync(folder).filter((one) => one !== "en.json")) {
    const texts = JSON.parse(readFileSync(join(folder, name), "utf8"));
    writeFileSync(join(OUT, `widget-${name}`), JSON.stringify(texts));
  }
}

for (const page of process.argv.slice(2)) {
  await build(page);
  if (page === "widget") languages();
}
