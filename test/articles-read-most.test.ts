import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { readMost } from "../src/modules/knowledge/module.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});
after(() => world.close());

/** A published article, which everybody may read unless it is told to be restricted. */
const article = async (
  title: string,
  { sensitivity = "normal", organisationId = world.council.organisationId } = {},
): Promise<Stored> => {
  const made = await world.system(
    (tx) =>
      create(tx, typeNamed(tx.registry, "article"), { title, body: "Text" }, { trusted: true, state: "published" }),
    { organisationId },
  );
  // A new article is restricted until a move publishes it.
  await world.ownerPool.query("update records set sensitivity = $2 where id = $1", [made.id, sensitivity]);
  return made;
};
const opened = (one: Stored, daysAgo: number, views: number) =>
  world.ownerPool.query(
    `insert into article_views (organisation_id, article_id, day, views)
     select organisation_id, id, (now() at time zone 'Europe/London')::date - $2::integer, $3 from records where id = $1`,
    [one.id, daysAgo, views],
  );

test("articles that were opened most in 30 days come first, then the others by title, and none that a person may not see", async () => {
  const other = await world.another("Brackenfield District Council");
  const [wifi, printer, payroll, theirs] = [
    await article("Wi-Fi"),
    await article("Printer"),
    await article("Payroll of chief officers", { sensitivity: "restricted" }),
    await article("Theirs", { organisationId: other.organisationId }),
  ];
  await article("A new password");
  await opened(printer, 1, 3);
  await opened(printer, 29, 4);
  await opened(wifi, 2, 5);
  await opened(wifi, 30, 100);
  await opened(payroll, 1, 50);
  await opened(theirs, 1, 50);
  const staff = await world.person("Sam Staff", "staff");
  const seen = (most: number) =>
    world.store.as(staff, async (tx) => (await readMost(tx, most)).map(({ title }) => title));
  assert.deepEqual(await seen(1), ["Printer"]);
  assert.deepEqual(await seen(2), ["Printer", "Wi-Fi"]);
  assert.deepEqual(await seen(6), ["Printer", "Wi-Fi", "A new password"]);
  const council = await world.system(async (tx) => (await readMost(tx, 2)).map(({ title }) => title));
  assert.deepEqual(council, ["Payroll of chief officers", "Printer"], "whoever may see it is told of it");
});
