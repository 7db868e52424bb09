// Builds the front end into the package: one stylesheet, one script, charts, uploads and the shrinking of photos apart, one sprite of the icons that are named.
// Everything is served by the platform itself, so nothing here may point outside.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}src/dudao/core/ui/static/dudao`;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const shared = { bundle: true, minify: true, sourcemap: false, target: "chrome100", legalComments: "none", metafile: true, logLevel: "warning", charset: "utf8" };

const scripts = await build({
  ...shared,
  entryPoints: { app: `${root}web/app.ts`, charts: `${root}web/charts/charts.ts`, sending: `${root}web/lib/sending.ts`, shrinking: `${root}web/lib/shrinking.ts` },
  format: "iife",
  outdir: out,
});

// Of Tabler only what pages, our scripts and Bootstrap's name as a whole word; our own rules stay as they are.
const used = {
  name: "used",
  setup({ onLoad }) {
    onLoad({ filter: /tabler\.css$/ }, async ({ path }) => {
      const content = ["src/dudao/**/*.html", "src/dudao/**/*.py", "web/**/*.ts", "node_modules/bootstrap/js/dist/**/*.js"];
      const [{ css }] = await new PurgeCSS().purge({ content: content.map((where) => root + where), css: [path] });
      return { contents: css, loader: "css" };
    });
  },
};
const stylesheet = { entryPoints: { app: `${root}web/css/app.css` }, outdir: out, loader: { ".svg": "dataurl" }, plugins: [used] };
const styles = await build({ ...shared, ...stylesheet });

// Colour functions that Chromium 100 does not know would silently drop the whole declaration.
const css = readFileSync(`${out}/app.css`, "utf8");
for (const word of ["light-dark(", "color-mix(", "oklch(", "@container", "http://", "https://"]) {
  const at = css.replaceAll("http://www.w3.org/", "").indexOf(word);
  if (at >= 0) throw new Error(`app.css holds ${word} which must not be shipped: …${css.slice(Math.max(0, at - 80), at + 80)}…`);
}

const names = readFileSync(`${root}src/dudao/core/ui/icons.txt`, "utf8").split(/\s+/).filter(Boolean).sort();
const symbols = names.map((name) => {
  const svg = readFileSync(`${root}node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const inner = svg
    .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s+/g, " ")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
writeFileSync(`${out}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
copyFileSync(`${root}web/favicon.svg`, `${out}/favicon.svg`);

// What is built in brings its notice along: the package and the page «关于» show it. A package without one must not be built in.
// Tabler's stylesheet has Bootstrap's inside; its icons are read above, not imported.
const inputs = [...Object.keys(scripts.metafile.inputs), ...Object.keys(styles.metafile.inputs)];
const parts = new Set(inputs.map((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
const licences = [...parts, "@tabler/icons"].sort().map((name) => {
  const folder = `${root}node_modules/${name}`;
  const { version, license: licence } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const files = readdirSync(folder, { recursive: true }).filter((file) => /^(licen[cs]e|notice|copyrightnotice)(\.|$)|^licenses\/[^/]+$/i.test(file));
  const text = files.sort().map((file) => readFileSync(`${folder}/${file}`, "utf8").trim()).join("\n\n");
  if (!text || !licence) throw new Error(`${name} is built in, but has no licence to hand on`);
  return { name, version, licence, text };
});
writeFileSync(`${out}/licences.json`, JSON.stringify(licences));
