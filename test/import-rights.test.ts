import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { personWith } from "./grants.ts";
import { checkColumns, saveRows, sendFile } from "./import-world.ts";
import { words } from "./web-world.ts";
import { begin, end, world, administrator, called, bringIn, undo } from "./import/stage.ts";

before(begin);
after(end);

describe("rights", () => {
  test("only what the person may do is done: who may neither make nor change has no import", async () => {
    const reader = await world.as(await personWith(world, [["team", "read", "all"]]));
    assert.equal((await reader.get("/teams/import")).statusCode, 403);
    assert.ok(!(await reader.get("/teams")).body.includes("/teams/import"));
  });

  test("who may change but not make changes only; rows that would make one are rejected", async () => {
    await bringIn("teams", "Name,What it does\nMine to change,Before\n");
    const changer = await world.as(
      await personWith(world, [
        ["team", "read", "all"],
        ["team", "change", "all"],
      ]),
    );
    const at = await sendFile(world, changer, "teams", "Name,What it does\nMine to change,After\nA new one,Never\n");
    const checked = words(await checkColumns(world, changer, at, { key: "name" }));
    assert.match(checked, /1 teams to change.*1 rejected/);
    assert.match(checked, /you may not make a team/);
    await saveRows(world, changer, at);
    assert.equal((await called("team", "Mine to change"))?.values["purpose"], "After");
    assert.equal((await administrator.get(at)).statusCode, 404, "nobody else sees what is in the file");
  });

  test("rights that were taken away after the check hold when it is saved", async () => {
    const who = await personWith(world, [
      ["team", "read", "all"],
      ["team", "create", "all"],
    ]);
    const maker = await world.as(who);
    const at = await sendFile(world, maker, "teams", "Name\nToo late\n");
    await checkColumns(world, maker, at);
    await world.ownerPool.query(
      "delete from role_permissions where parent_id in (select role from person_roles where parent_id = $1) and permission = 'create'",
      [who.personId],
    );
    await maker.post(`${at}/save`, {}, { from: at });
    await world.runJobs();
    assert.equal(await called("team", "Too late"), undefined);
  });

  test("what a record held before is shown no longer to who may not see the record any more", async () => {
    await bringIn("teams", "Name,What it does\nHidden later,Was so\n");
    const who = await personWith(world, [
      ["team", "read", "all"],
      ["team", "change", "all"],
    ]);
    const changer = await world.as(who);
    const at = await sendFile(world, changer, "teams", "Name,What it does\nHidden later,Is so\n");
    assert.match(words(await checkColumns(world, changer, at, { key: "name" })), /What it does from Was so to Is so/);
    await world.ownerPool.query(
      "delete from role_permissions where parent_id in (select role from person_roles where parent_id = $1)",
      [who.personId],
    );
    const page = words(await changer.get(at));
    assert.match(page, /Hidden later/, "what stands in their own file they still see");
    assert.doesNotMatch(page, /Was so/);
  });

  test("who may only make and read takes their own import back, without the permission to erase or change", async () => {
    const maker = await world.as(
      await personWith(world, [
        ["person", "read", "all"],
        ["person", "create", "all"],
      ]),
    );
    const at = await sendFile(world, maker, "people", "Name\nMade and unmade\n");
    await checkColumns(world, maker, at);
    await saveRows(world, maker, at);
    assert.ok(await called("person", "Made and unmade"));
    await maker.post(`${at}/undo`, {}, { from: `${at}/undo` });
    await world.runJobs();
    assert.match(words(await maker.get(at)), /This import was undone/);
    assert.equal(await called("person", "Made and unmade"), undefined);
  });

  test("nobody takes back a record that their import did not make", async () => {
    const at = await sendFile(world, administrator, "teams", "Name,What it does\nParks,Trees\n");
    await checkColumns(world, administrator, at);
    await saveRows(world, administrator, at);
    const parks = await called("team", "Parks");
    const { rows } = await world.ownerPool.query("select id from imports where started_by = $1 limit 1", [
      administrator.who?.personId,
    ]);
    for (const whose of [rows[0].id, crypto.randomUUID()])
      await assert.rejects(
        world.store.as(administrator.who!, async (tx) => {
          const { sql } = await import("kysely");
          await sql`select undo_created(${whose}::uuid, array[${administrator.who!.personId}::uuid], null, 'because')`.execute(
            tx.db,
          );
        }),
        /no such record/,
      );
    assert.ok(parks);
  });
});

test("what is under a legal hold stays when the import that made it is undone, and the rest goes", async () => {
  const at = await sendFile(world, administrator, "tickets", "Summary,Impact\nBy name,3\nBy a list,1\nNot held,3\n");
  await checkColumns(world, administrator, at);
  await saveRows(world, administrator, at);
  const made = async () => {
    const { rows } = await world.ownerPool.query<{ reference: string; title: string }>(
      "select r.reference, r.title from import_rows w join records r on r.id = w.record_id where w.import_id = $1 order by w.number",
      [at.split("/").at(-1)],
    );
    return rows;
  };
  const hold = (values: Readonly<Record<string, unknown>>) =>
    world.store.as(administrator.who!, (tx) =>
      create(tx, typeNamed(tx.registry, "legal_hold"), { name: "A claim", reason: "Court asks", ...values }),
    );
  await hold({ records: [{ reference: (await made())[0]!.reference }] });
  await hold({ list: "/tickets?impact=1" });
  const preview = await undo(at);
  assert.match(
    preview,
    /1 that the import made .* 0 stay as they are, because somebody changed them since\. 2 stay as they are, because a legal hold keeps them\./,
  );
  assert.match(preview, /What stays .*By name .*By a list/);
  assert.deepEqual(
    (await made()).map(({ title }) => title),
    ["By name", "By a list", "Erased"],
  );
  const { rows } = await world.ownerPool.query<{ reason: string }>(
    "select reason from import_rows where import_id = $1 and state = 'kept' order by number",
    [at.split("/").at(-1)],
  );
  assert.match(rows.map(({ reason }) => reason).join("; "), /legal hold HOLD-\d+, so it stays; .*legal hold HOLD-\d+/);
});
