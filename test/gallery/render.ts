/**
 * Writes every page with sample data to a folder and takes its picture at desk and phone width, for people to look at:
 *   node test/gallery/render.ts FOLDER [name ...]
 * Each is served under the product's strict Content-Security-Policy and checked with axe; faults are printed and make
 * the exit code 1.
 */
import chromium from "@sparticuz/chromium";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";
import type { Page } from "playwright-core";
import { findAsset, prepareAssets } from "../../src/web/view/assets.ts";
import { createRenderer } from "../../src/web/view/render.ts";
import { samples } from "./samples.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const widths = [1366, 390, 320];
const [folder = "", ...wanted] = process.argv.slice(2);
if (folder === "") throw new Error("Give the folder to write to");
await mkdir(folder, { recursive: true });

const assets = await prepareAssets(folder);
const render = createRenderer({ assets });
const pages = new Map<string, string>();
for (const sample of samples()) {
  if (wanted.length > 0 && !wanted.includes(sample.name)) continue;
  // The sample's page and model belong together by its type; TypeScript cannot follow that through the union.
  pages.set(sample.name, render(sample.page, sample.model as never));
}
for (const [name, html] of pages) await writeFile(join(folder, `${name}.html`), html);

const server = createServer((request, response) => {
  const path = (request.url ?? "").split("?")[0] ?? "";
  const asset = findAsset(assets, path);
  const body = asset?.body ?? pages.get(path.slice(1));
  response.writeHead(body === undefined ? 404 : 200, {
    "content-type": asset?.type ?? "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
  response.end(body ?? "");
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is never a string

const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  // One process for all would end with its first context.
  args: [...chromium.args.filter((arg) => arg !== "--single-process"), "--no-sandbox"],
});
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let faults = 0;
for (const width of widths) {
  const context = await browser.newContext({ viewport: { width, height: width > 600 ? 860 : 800 } });
  const page = await context.newPage();
  let name = "";
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404")) report(name, width, message.text());
  });
  page.on("pageerror", (error) => report(name, width, String(error)));
  for (name of pages.keys()) {
    await page.goto(`${origin}/${name}`, { waitUntil: "load" });
    if (width !== 320) await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
    await check(page, name, width);
    await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    await check(page, `${name}, everything open,`, width);
  }
  await context.close();
}
await browser.close();
server.close();
console.log(`${pages.size} pages in ${folder}, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

type Violation = {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: string[] }[];
};

async function check(page: Page, name: string, width: number): Promise<void> {
  const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  if (Number(wide) > 0) report(name, width, `scrolls sideways by ${String(wide)} px`);
  await page.evaluate(axe);
  // axe.run answers with its own result type; only what is read here is described.
  const violations = (await page.evaluate("axe.run().then((result) => result.violations)")) as Violation[];
  for (const { id, help, nodes } of violations) {
    report(name, width, `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(" | ")}`);
  }
}

function report(name: string, width: number, fault: string): void {
  faults += 1;
  console.log(`${name} at ${width}: ${fault}`);
}
