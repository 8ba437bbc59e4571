import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { list } from "../../../test/gallery/samples-desk.ts";
import { samples } from "../../../test/gallery/samples.ts";
import { findAsset, prepareAssets } from "./assets.ts";
import { createRenderer } from "./render.ts";

const folder = await mkdtemp(join(tmpdir(), "reeve-view-"));
after(() => rm(folder, { recursive: true }));
const assets = await prepareAssets(folder);
const render = createRenderer({ assets });
const pages = samples().map(({ name, page, model }) => ({
  name,
  model,
  // The sample's page and model belong together by its type; TypeScript cannot follow that through the union.
  html: render(page, model as never),
}));

const size = (pattern: RegExp) =>
  [...assets.files]
    .filter(([path]) => pattern.test(path))
    .reduce((total, [, file]) => total + (file.gzip?.length ?? 0), 0);

test("every page has one first heading, one main and a title that names the organisation", () => {
  assert.ok(pages.length >= 25);
  for (const { name, html, model } of pages) {
    assert.equal(html.match(/<h1\b/g)?.length, 1, name);
    assert.equal(html.match(/<main\b/g)?.length, 1, name);
    assert.ok("shell" in model && html.includes(`– ${model.shell.organisation.name}</title>`), name);
  }
});

test("no page holds an inline script, style or handler, which the Content-Security-Policy would refuse", () => {
  for (const { name, html } of pages) {
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+="|<script(?![^>]*\ssrc=)|javascript:/i, name);
  }
});

test("no page uses an id twice or points at one that is not there", () => {
  for (const { name, html } of pages) {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
      name,
    );
    const pointed = [...html.matchAll(/\s(?:for|aria-labelledby|aria-describedby|aria-controls|list)="([^"]+)"/g)];
    for (const [, value] of pointed)
      for (const id of (value ?? "").split(" ")) assert.ok(ids.includes(id), `${name}: ${id}`);
  }
});

test("every form that changes something carries the token against forgery", () => {
  for (const { name, html } of pages) {
    for (const [form] of html.matchAll(/<form\b[^]*?<\/form>/g)) {
      if (/method="post"/.test(form)) assert.match(form, /name="_csrf" value="sample-token"/, name);
      else assert.doesNotMatch(form, /_csrf/, name);
    }
  }
});

test("what people typed is escaped", () => {
  const model = list(1);
  const cells = [{ kind: "text" as const, text: '<script>alert("1")</script>' }];
  const html = render("list", { ...model, table: { ...model.table, rows: [{ cells }] } });
  assert.ok(html.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
});

test("a page with an error says so in its title and links to the field", () => {
  const html = pages.find(({ name }) => name === "form")?.html ?? "";
  assert.match(html, /<title>Error: New ticket/);
  assert.match(html, /<a href="#summary">Enter a summary<\/a>/);
  assert.match(html, /id="summary"[^>]*aria-describedby="summary-hint summary-error"/);
});

test("the weight stays inside the budget: 60 KB of style, 60 KB of script, 100 KB for any page", () => {
  assert.ok(size(/\.css$/) > 0 && size(/\.css$/) < 60_000);
  assert.ok(size(/\.m?js$/) > 0 && size(/\.m?js$/) < 60_000);
  assert.ok(gzipSync(render("list", list(200))).length < 100_000);
});

test("every address a page asks for is served, and none is on another host", () => {
  for (const { name, html } of pages) {
    for (const [, href] of html.matchAll(/<(?:link|script)\b[^>]*\s(?:href|src)="([^"]+)"/g)) {
      assert.ok(findAsset(assets, href ?? ""), `${name}: ${href}`);
    }
  }
  const css = assets.files.get(assets.stylesheet)?.body.toString() ?? "";
  assert.doesNotMatch(css, /GDS Transport|url\(["']?(?:https?:)?\/\//);
});

test("assets are made once and taken from the folder afterwards", async () => {
  const again = await prepareAssets(folder);
  assert.deepEqual([...again.files.keys()], [...assets.files.keys()]);
  assert.equal((await readdir(folder)).length, 1);
});
