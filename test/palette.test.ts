import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;
let theirs: Stored;

before(async () => {
  world = await createWebWorld();
  [lead, staff] = [await world.as("leadSupport"), await world.as("staff")];
  theirs = await asks(lead, "Xylophone in the 100% quiet room");
});
after(() => world.close());

const asks = (browser: Browser, summary: string) =>
  world.store.as(browser.who ?? assert.fail(), (tx) => create(tx, typeNamed(tx.registry, "ticket"), { summary }));

type Groups = Record<string, { label: string; hint?: string; href: string }[]>;

/** What the palette offers for these words, by the names of its groups. */
async function offered(browser: Browser, words: string): Promise<Groups> {
  const answer = await browser.get(`/palette?q=${encodeURIComponent(words)}`);
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["cache-control"], "no-store");
  const { groups } = answer.json<{ groups: { label: string; items: Groups[string] }[] }>();
  return Object.fromEntries(groups.map(({ label, items }) => [label, items]));
}

test("a record is found by the beginning of its title, part of a word, a whole word and its reference", async () => {
  const short = theirs.reference.replace(/-0+/, "-").toLowerCase();
  for (const words of ["xylo", "ylopho", "QUIET", "100%", "room xylophone", short, theirs.reference])
    assert.deepEqual(
      (await offered(lead, words))["Records"]?.map(({ href }) => href),
      [`/tickets/${theirs.reference}`],
      words,
    );
  for (const words of ["x%e", "xylo_hone", "\u0000", "   ", "z".repeat(5000)])
    assert.equal((await offered(lead, words))["Records"], undefined, words.slice(0, 20));
});

test("nobody is offered what they may not see or do", async () => {
  for (const words of ["xylo", "ylopho", "quiet", theirs.reference])
    assert.equal((await offered(staff, words))["Records"], undefined, words);
  const own = await asks(staff, "Xylophone of my own");
  assert.deepEqual(
    (await offered(staff, "xylo"))["Records"]?.map(({ href }) => href),
    [`/tickets/${own.reference}`],
  );
  const [all, few] = [await offered(await world.as("administrator"), ""), await offered(staff, "")];
  const labels = (groups: Groups, name: string) => (groups[name] ?? []).map(({ label }) => label);
  assert.ok(labels(all, "Go to").includes("Administration") && labels(all, "New").includes("New person"));
  assert.ok(!labels(few, "Go to").includes("Administration") && !labels(few, "New").includes("New person"));
  assert.ok(labels(few, "New").includes("New ticket"));
  assert.equal((await world.visitor().get("/palette?q=xylo")).statusCode, 303);
});

test("every page that it offers is there", async () => {
  const groups = await offered(lead, "");
  const hrefs = [...(groups["Go to"] ?? []), ...(groups["New"] ?? [])].map(({ href }) => href);
  assert.ok(hrefs.length > 8);
  for (const href of hrefs) assert.equal((await lead.get(href)).statusCode, 200, href);
});
