import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const path = "/administration/organisation";
let world: WebWorld;
let administrator: Browser;

before(async () => {
  world = await createWebWorld();
  administrator = await world.as("administrator");
});
after(() => world.close());

const save = (form: Record<string, string>, who = administrator) => who.post(path, form, { from: path });

test("an administrator renames the organisation, and every page and their own timeline say so", async () => {
  assert.match((await administrator.get("/administration")).body, new RegExp(`href="${path}"`));
  assert.match((await administrator.get(path)).body, /value="Aldermoor Borough Council"/);
  const saved = await save({ name: " Aldermoor & Fenbridge Council ", colour: "#2E6B4F" });
  assert.equal(saved.headers.location, "/administration");
  const page = (await administrator.get("/administration")).body;
  assert.match(page, /The organisation is saved as Aldermoor &amp; Fenbridge Council/);
  assert.match(page, /class="r-bar__home" href="\/">Aldermoor &amp; Fenbridge Council</);
  assert.match(page, /brand-2e6b4f\.css/);
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    administrator.who!.personId,
  ]);
  const told = words(await administrator.get(`/people/${rows[0]!.reference}?tab=timeline`));
  assert.match(told, /renamed the organisation from “Aldermoor Borough Council” to “Aldermoor & Fenbridge Council”/);
  assert.match(told, /changed the organisation’s colour from #12436d to #2e6b4f/);
  await save({ name: "Aldermoor & Fenbridge Council", colour: "#2e6b4f" });
  assert.match((await administrator.get("/administration")).body, /Nothing was changed/);
});

test("a name or colour that cannot be is refused at its field, and what was typed is kept", async () => {
  for (const [name, colour, sentence] of [
    ["", "#12436d", "Enter the name of the organisation"],
    ["x".repeat(201), "#12436d", "Name must be 200 characters or fewer"],
    ["Bell \u0007", "#12436d", "Enter the name in ordinary characters"],
    ["Fenbridge", "red; }", "Colour must be a # and six letters"],
  ] as const) {
    const answer = await save({ name, colour });
    assert.equal(answer.statusCode, 422, sentence);
    assert.match(answer.body, new RegExp(`error-message"[^]*${sentence}`));
    assert.ok(answer.body.includes(`value="${colour}"`));
  }
});

test("nobody else changes the organisation, by the page or by the database", async () => {
  for (const role of ["leadSupport", "staff"] as const) {
    const browser = await world.as(role);
    assert.doesNotMatch((await browser.get("/administration")).body, new RegExp(path));
    assert.equal((await browser.get(path)).statusCode, 403);
    assert.equal((await save({ name: "Mine", colour: "#000000" }, browser)).statusCode, 403);
    await assert.rejects(
      world.store.as(browser.who!, async (tx) => {
        await sql`select change_organisation('Mine', '#000000', now())`.execute(tx.db);
      }),
      { code: "42501" },
    );
  }
  const { rows } = await world.ownerPool.query("select 1 from organisations where name = 'Mine'");
  assert.equal(rows.length, 0);
});
