/**
 * The static files a page needs: one stylesheet, one font, one icon and a few script modules, without a bundler.
 * They are made once for each state of their sources and kept, compressed, in a folder beside the data. All of them live
 * under one address that holds the hash of the sources, so every one of them can be cached for good and the script
 * modules find each other by relative imports.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { brandHref, brandStylesheet } from "./brand.ts";

/** A file to serve as it is, for ever: `Cache-Control: public, max-age=31536000, immutable`. */
export type AssetFile = {
  readonly type: string;
  readonly body: Buffer;
  /** Compressed forms; absent where compressing does not help (the font). */
  readonly brotli?: Buffer;
  readonly gzip?: Buffer;
};

export type Assets = {
  /** By address path, such as `/assets/3f2a.../reeve.css`. */
  readonly files: ReadonlyMap<string, AssetFile>;
  readonly stylesheet: string;
  readonly script: string;
  readonly font: string;
  readonly icon: string;
  /** Script modules that `script` imports, to be fetched at once rather than one after another. */
  readonly preloads: readonly string[];
  /** The address of the stylesheet that holds an organisation's colour (`#rrggbb`). */
  readonly brand: (colour: string) => string;
};

const sources = fileURLToPath(new URL("../assets/", import.meta.url));
const require = createRequire(import.meta.url);
const packages = ["govuk-frontend", "@hotwired/turbo", "@fontsource-variable/atkinson-hyperlegible-next", "sass"];
const fontName = "atkinson-hyperlegible-next.woff2";
/** Raised when the way of making the files changes while their sources do not. */
const recipe = "6";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * Makes the files, or reads those made before from `cacheFolder`, or from `prepared`, which is only read. About 2 s when they
 * must be made, 10 ms when not.
 */
export async function prepareAssets(cacheFolder: string, prepared = cacheFolder): Promise<Assets> {
  const version = await sourceHash();
  const name = `assets-${version}`;
  const folder = join(existsSync(join(prepared, name)) ? prepared : cacheFolder, name);
  if (!existsSync(folder)) await make(cacheFolder, folder);
  return describe(`/assets/${version}/`, await load(folder, `/assets/${version}/`));
}

/** The file at an address, brand stylesheets included; nothing when there is none. */
export function findAsset(assets: Assets, path: string): AssetFile | undefined {
  const file = assets.files.get(path);
  if (file) return file;
  const brand = brandStylesheet(path);
  return brand === undefined ? undefined : { type: "text/css; charset=utf-8", body: Buffer.from(brand) };
}

function describe(prefix: string, files: ReadonlyMap<string, AssetFile>): Assets {
  const script = `${prefix}reeve.js`;
  return {
    files,
    stylesheet: `${prefix}reeve.css`,
    script,
    font: `${prefix}${fontName}`,
    icon: `${prefix}icon.svg`,
    preloads: [...files.keys()].filter((path) => /\.m?js$/.test(path) && path !== script),
    brand: brandHref,
  };
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256").update(recipe);
  for (const name of packages) hash.update(await readFile(join(packageFolder(name), "package.json")));
  for (const name of (await readdir(sources)).toSorted()) hash.update(name).update(await readFile(join(sources, name)));
  return hash.digest("hex").slice(0, 12);
}

/** Some packages do not export their package.json, so the folder is looked up by hand. */
function packageFolder(name: string): string {
  for (const root of require.resolve.paths(name) ?? []) {
    if (existsSync(join(root, name, "package.json"))) return join(root, name);
  }
  throw new Error(`The package ${name} is not installed`);
}

/** Writes beside and renames, so that a folder which is there is whole; takes older folders away. */
async function make(cacheFolder: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}.tmp`;
  await rm(unfinished, { recursive: true, force: true });
  for (const [name, body] of await build()) {
    const path = join(unfinished, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
    if (extname(name) === ".woff2") continue;
    await writeFile(`${path}.br`, await promisify(brotliCompress)(body));
    await writeFile(`${path}.gz`, await promisify(gzip)(body, { level: 9 }));
  }
  const older = (await readdir(cacheFolder)).filter((name) => /^assets-[0-9a-f]{12}$/.test(name));
  await rename(unfinished, folder).catch((error: unknown) => {
    // Another process made the same files meanwhile: its are as good.
    if (!existsSync(folder)) throw error;
    return rm(unfinished, { recursive: true, force: true });
  });
  for (const name of older) {
    if (name !== basename(folder)) await rm(join(cacheFolder, name), { recursive: true, force: true });
  }
}

async function build(): Promise<Map<string, Buffer>> {
  const font = join(packageFolder("@fontsource-variable/atkinson-hyperlegible-next"), "files");
  const files = new Map<string, Buffer>();
  files.set("reeve.css", await compileStyles());
  files.set(fontName, await readFile(join(font, "atkinson-hyperlegible-next-latin-wght-normal.woff2")));
  files.set("icon.svg", await readFile(join(sources, "icon.svg")));
  const own = (await readdir(sources)).filter((name) => extname(name) === ".js");
  for (const name of own) files.set(name, Buffer.from(withoutComments(await readFile(join(sources, name), "utf8"))));
  files.set("turbo.js", await turbo());
  const govuk = join(packageFolder("govuk-frontend"), "dist/govuk");
  await addModules(
    files,
    govuk,
    own.flatMap((name) => imports(String(files.get(name)))).filter((path) => path.startsWith("govuk/")),
  );
  return files;
}

/** In a process of its own: Sass takes 100 MB that this one would keep for the rest of its life. */
async function compileStyles(): Promise<Buffer> {
  const options = ["--style=compressed", "--no-source-map", "--quiet-deps"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(packageFolder("sass"), "sass.js"),
      ...options,
      `--load-path=${dirname(packageFolder("govuk-frontend"))}`,
      join(sources, "reeve.scss"),
    ],
    { maxBuffer: 10_000_000 },
  );
  return Buffer.from(stdout);
}

/**
 * Turbo puts a <style> element into the page for its progress bar, which the strict Content-Security-Policy refuses with
 * a console error; reeve.scss styles the bar instead. Long comments are taken out to save weight, the licence is kept.
 */
async function turbo(): Promise<Buffer> {
  const source = await readFile(join(packageFolder("@hotwired/turbo"), "dist/turbo.es2017-esm.js"), "utf8");
  const call = "    this.installStylesheetElement();\n";
  if (!source.includes(call)) throw new Error("Turbo no longer installs its stylesheet where this code expects it");
  return Buffer.from(withoutComments(source.replace(call, "")));
}

/** Without long comments, lines that are nothing but a comment, and indents. A licence stands in comments of another form and stays. */
function withoutComments(source: string): string {
  return source
    .replace(/^ *\/\*\*(?:(?!\*\/)[^])*\*\/ *\n/gm, "")
    .replace(/^ *\/\/.*\n/gm, "")
    .replace(/^ +/gm, "");
}

/** Adds the given modules of GOV.UK Frontend and all that they import, under `govuk/`. */
async function addModules(files: Map<string, Buffer>, root: string, names: readonly string[]): Promise<void> {
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (files.has(name)) continue;
    const source = await readFile(join(root, name.slice("govuk/".length)), "utf8");
    files.set(name, Buffer.from(withoutComments(source.replace(/\/\/# sourceMappingURL=.*\n?/, ""))));
    waiting.push(...imports(source, posix.dirname(name)));
  }
}

/** The relative imports of a module, as paths from the folder all modules are served from. */
function imports(source: string, folder = "."): string[] {
  const found = source.matchAll(/^(?:import|export)\b[^"';]*["'](\.[^"']+)["']/gm);
  return [...found].map((match) => posix.join(folder, match[1] ?? ""));
}

async function load(folder: string, prefix: string): Promise<Map<string, AssetFile>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => extname(name) in types).toSorted();
  const files = new Map<string, AssetFile>();
  for (const name of names) {
    const path = join(folder, name);
    const plain = { type: types[extname(name)] ?? "", body: await readFile(path) };
    if (existsSync(`${path}.br`)) {
      files.set(prefix + name, { ...plain, brotli: await readFile(`${path}.br`), gzip: await readFile(`${path}.gz`) });
    } else files.set(prefix + name, plain);
  }
  return files;
}
