import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { list } from "../src/kernel/store/list.ts";
import { checkColumns, createImportWorld, saveRows, sendFile } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let administrator: Browser;

before(async () => {
  world = await createImportWorld();
  administrator = await world.as("administrator");
});
after(() => world.close());

const people = () =>
  world.system(async (tx) => (await list(tx, typeNamed(tx.registry, "person"), { show: "all", limit: 200 })).items);

test("a file becomes records: columns matched, every row shown before, saved, and undone", async () => {
  const at = await sendFile(
    world,
    administrator,
    "people",
    "Full name,Email address,Job title,Shoe size\r\nAnna Ash,anna@aldermoor.gov.uk,Planner,5\r\nBen Birch,not an address,Clerk,9\r\n",
  );
  const columns = await administrator.get(at);
  assert.equal(columns.headers.location, `${at}/columns`);
  const matched = await administrator.get(`${at}/columns`);
  assert.match(matched.body, /read as UTF-8, with commas/);
  const checked = await checkColumns(world, administrator, at);
  assert.match(words(checked), /1 new people to make.*1 rejected/);
  assert.match(words(checked), /E-mail address must be an e-mail address/);
  const before = await people();
  assert.ok(!before.some(({ title }) => title === "Anna Ash"));
  const saved = await saveRows(world, administrator, at);
  assert.match(words(saved), /1 made/);
  const made = (await people()).find(({ title }) => title === "Anna Ash");
  assert.deepEqual([made?.values["email"], made?.values["jobTitle"]], ["anna@aldermoor.gov.uk", "Planner"]);
  const rejected = await administrator.get(`${at}/rejected.csv`);
  assert.match(rejected.body, /Ben Birch,not an address,Clerk,9,3,"E-mail address must be/);
  assert.match(
    words(await administrator.get(`${at}/undo`)),
    /1 that the import made are closed as left and what they say is erased/,
  );
  await administrator.post(`${at}/undo`, {}, { from: `${at}/undo` });
  await world.runJobs();
  assert.match(words(await administrator.get(at)), /This import was undone/);
  assert.ok(!(await people()).some(({ title }) => title === "Anna Ash"));
});
