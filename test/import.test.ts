import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { forgetImports } from "../src/kernel/transfer/forget.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
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
after(async () => {
  // Whatever the tests brought in and took back, the memory proves it.
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  await world.close();
  // A test takes a permission away behind the product's back.
  assert.deepEqual(
    problems.filter(({ type }) => type !== "role"),
    [],
  );
});

const all = (type: string): Promise<readonly Stored[]> =>
  world.system(async (tx) => (await list(tx, typeNamed(tx.registry, type), { show: "all", limit: 200 })).items);
const called = async (type: string, title: string) => (await all(type)).find((record) => record.title === title);

/** Sends, matches, checks and saves in one go. */
async function bringIn(path: string, content: string | Buffer, changed: Record<string, string> = {}, name?: string) {
  const at = await sendFile(world, administrator, path, content, name);
  const checked = words(await checkColumns(world, administrator, at, changed));
  return { at, checked, saved: words(await saveRows(world, administrator, at)) };
}

async function undo(at: string): Promise<string> {
  const preview = words(await administrator.get(`${at}/undo`));
  await administrator.post(`${at}/undo`, {}, { from: `${at}/undo` });
  await world.runJobs();
  return preview;
}

test("a file becomes records: columns matched, every row shown before, saved, and undone", async () => {
  const at = await sendFile(
    world,
    administrator,
    "people",
    "Full name,Email address,Job title,Shoe size\r\nAnna Ash,anna@aldermoor.gov.uk,Planner,5\r\nBen Birch,not an address,Clerk,9\r\n",
  );
  assert.equal((await administrator.get(at)).headers.location, `${at}/columns`);
  assert.match((await administrator.get(`${at}/columns`)).body, /2 rows, read as UTF-8, with commas/);
  const checked = await checkColumns(world, administrator, at);
  assert.match(words(checked), /Nothing is saved yet.*1 new people to make.*1 rejected/);
  assert.match(words(checked), /E-mail address must be an e-mail address/);
  assert.equal(await called("person", "Anna Ash"), undefined);
  assert.match(words(await saveRows(world, administrator, at)), /Saved.*1 made/);
  const made = await called("person", "Anna Ash");
  assert.deepEqual([made?.values["email"], made?.values["jobTitle"]], ["anna@aldermoor.gov.uk", "Planner"]);
  assert.equal(made?.createdBy, administrator.who?.personId);
  const [first] = await world.system((tx) => timeline(tx, made!));
  assert.equal(first?.body?.reference, made?.reference, "so that verify proves it");
  const found = await administrator.get("/search?q=Planner");
  assert.match(words(found), /Anna Ash/, "it is found by its words");
  assert.match((await administrator.get(at)).body, /rejected\.csv" data-turbo="false" download>/);
  const rejected = await administrator.get(`${at}/rejected.csv`);
  assert.match(rejected.body, /Ben Birch,not an address,Clerk,9,3,"E-mail address must be/);
  assert.match(await undo(at), /1 that the import made are closed as left and what they say is erased/);
  assert.match(words(await administrator.get(at)), /This import was undone/);
  assert.equal(await called("person", "Anna Ash"), undefined);
  const events = await world.system((tx) => timeline(tx, made!));
  assert.deepEqual(
    events.map(({ verb, body }) => [verb, body === null]),
    [
      ["created", true],
      ["moved", true],
      ["erased", false],
    ],
  );
  const { rows } = await world.ownerPool.query("select 1 from import_rows where cells::text like '%anna@%'");
  assert.equal(rows.length, 0, "nor is it in what was kept of the file");
});

describe("files as councils have them", () => {
  const text = "Name;Job title\r\nZoë Müller’s £5;Head\r\n";
  const files: readonly (readonly [how: string, content: Buffer, told: RegExp])[] = [
    ["UTF-8", Buffer.from(text), /read as UTF-8, with semicolons/],
    ["UTF-8 with its mark", Buffer.from(`\uFEFF${text}`), /read as UTF-8/],
    ["UTF-16 little-endian with its mark", Buffer.from(`\uFEFF${text}`, "utf16le"), /read as UTF-16/],
    ["UTF-16 big-endian with its mark", Buffer.from(`\uFEFF${text}`, "utf16le").swap16(), /read as UTF-16/],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le"), /read as UTF-16/],
    [
      "Windows-1252",
      Buffer.from(text.replace("ë", "\u00eb").replace("’", "\u0092"), "latin1"),
      /read as Windows-1252, with semicolons/,
    ],
    ["tabs", Buffer.from(text.replaceAll(";", "\t")), /with tabs/],
    ["commas and quotes", Buffer.from('Name,Job title\n"Zoë Müller’s £5","Head"\n'), /with commas/],
    ["a first line that says the delimiter", Buffer.from(`sep=;\r\n${text}`), /with semicolons/],
    ["empty rows about it", Buffer.from(`;\r\n\r\n${text};\r\n`), /1 row,/],
  ];
  for (const [how, content, told] of files)
    test(how, async () => {
      const at = await sendFile(world, administrator, "people", content);
      const page = await administrator.get(`${at}/columns`);
      assert.match(words(page), told);
      assert.ok(page.body.includes("Zoë Müller’s £5"), words(page));
    });

  test("an Excel workbook, with days, numbers, yes and no", async () => {
    const { saved } = await bringIn(
      "people",
      await readFile(new URL("people.xlsx", import.meta.url)),
      {},
      "people.xlsx",
    );
    assert.match(saved, /2 made/);
    const person = await called("person", "Xenia Xu");
    assert.deepEqual([person?.values["jobTitle"], person?.values["active"]], ["42", true]);
  });

  for (const [what, content, why] of [
    ["a workbook with too much in it", workbookThatSays(151_000_000), /too large unpacked.*as CSV/],
    ["a broken workbook", Buffer.from("PK\u0003\u0004rubbish"), /no Excel workbook that can be read/],
    ["binary rubbish", Buffer.from([1, 2, 3, 4, 0, 7, 8, 255]), /no CSV file/],
    ["nothing but headings", Buffer.from("Name,Job title\n"), /no rows below its headings/],
  ] as const)
    test(`${what} is refused in a sentence`, async () => {
      const at = await sendFile(world, administrator, "people", content);
      assert.match(words(await administrator.get(at)), why);
    });

  test("a form without a file is refused", async () => {
    const answer = await administrator.post("/people/import", {}, { from: "/people/import" });
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), /Select a file/);
  });
});

test("with a key a row changes what it finds, leaves what is as it says, makes the rest, and never takes one twice", async () => {
  await bringIn("teams", "Name,What it does,E-mail address\nHighways,Roads,roads@aldermoor.gov.uk\nParks,Trees,\n");
  const { at, checked, saved } = await bringIn(
    "teams",
    "Name,What it does,E-mail address\nhighways,Roads and bridges,\nParks,Trees,\nPlanning,Plans,\nPARKS,Again,\n",
    { key: "name" },
  );
  assert.match(checked, /1 new teams to make.*1 teams to change.*1 as they are already.*1 rejected/);
  assert.match(checked, /Name: row 3 has “PARKS” as well/);
  assert.match(saved, /1 made.*1 changed/);
  const highways = (await all("team")).find(({ title }) => title.toLowerCase() === "highways");
  assert.deepEqual(
    [highways?.values["purpose"], highways?.values["email"]],
    ["Roads and bridges", "roads@aldermoor.gov.uk"],
    "an empty cell leaves what is there",
  );
  const parks = await called("team", "Parks");
  assert.equal(parks?.version, 1);
  // Somebody changes one of them: it stays when the import is undone.
  const planning = await called("team", "Planning");
  await world.system((tx) =>
    change(tx, typeNamed(tx.registry, "team"), planning!.id, planning!.version, { purpose: "Mine" }, { trusted: true }),
  );
  assert.match(await undo(at), /0 that the import made.*1 that the import changed.*1 stay as they are.*Planning/);
  const after = await all("team");
  assert.deepEqual(
    [
      after.find(({ id }) => id === highways?.id)?.values["purpose"],
      after.find(({ id }) => id === planning?.id)?.values["purpose"],
    ],
    ["Roads", "Mine"],
  );
});

test("empty cells empty the field where the person says so", async () => {
  await bringIn("teams", "Name,What it does,E-mail address\nEmptied,Something,x@aldermoor.gov.uk\n");
  await bringIn("teams", "Name,What it does,E-mail address\nEmptied,,x@aldermoor.gov.uk\n", {
    key: "name",
    blanks: "empty",
  });
  assert.equal((await called("team", "Emptied"))?.values["purpose"], null);
});

test("links are found by reference, by name and by both, and what names none or several is rejected", async () => {
  await bringIn("teams", "Name\nTwin\nTwin\nOnly\n");
  const only = await called("team", "Only");
  const { checked } = await bringIn(
    "people",
    `Name,Team\nOne,only\nTwo,${only?.reference}\nThree,${only?.reference} Only\nFour,Twin\nFive,Nowhere\n`,
  );
  assert.match(checked, /3 new people to make.*2 rejected/);
  assert.match(checked, /2 teams are called “Twin”. Give the reference/);
  assert.match(checked, /there is no team “Nowhere” that you may see/);
  for (const name of ["One", "Two", "Three"]) assert.equal((await called("person", name))?.teamId, only?.id, name);
});

test("people are found by their e-mail address, by those who may see it", async () => {
  await bringIn(
    "people",
    "Name,E-mail address\nAda Alder,ada@alder.test\nTwin One,twin@alder.test\nTwin Two,TWIN@alder.test\n",
  );
  const { checked } = await bringIn(
    "tickets",
    "Summary,Requester\nFirst,ADA@alder.test\nSecond,twin@alder.test\nThird,nobody@alder.test\n",
  );
  assert.match(checked, /1 new tickets? to make.*2 rejected/);
  assert.match(checked, /2 people are called “twin@alder.test”. Give the reference/);
  assert.equal((await called("ticket", "First"))?.requesterId, (await called("person", "Ada Alder"))?.id);
});

test("records with lines are made together, their lines numbered in order, and taken back with them", async () => {
  const cell = JSON.stringify([
    { heading: "Scope", text: "All staff" },
    { heading: "Rule", text: "Lock screens" },
  ]).replaceAll('"', '""');
  const rows = ["Clean desks", "Clear screens", "Quiet rooms"].map((title) => `${title},"${cell}"\n`);
  const { at, saved } = await bringIn("policies", `Title,Clauses\n${rows.join("")}`);
  assert.match(saved, /3 made/);
  const policy = await called("policy", "Clear screens");
  const whole = await world.system((tx) => find(tx, typeNamed(tx.registry, "policy"), policy?.id ?? ""));
  assert.partialDeepStrictEqual(whole.values["clauses"], [
    { number: 1, heading: "Scope", text: "All staff" },
    { number: 2, heading: "Rule", text: "Lock screens" },
  ]);
  await undo(at);
  const { rows: left } = await world.ownerPool.query("select text from policy_clauses where parent_id = $1", [
    policy?.id,
  ]);
  assert.deepEqual(left, [{ text: null }, { text: null }]);
});

test("a record with clocks starts them, and has them stopped when the import is undone", async () => {
  const before = (await all("ticket")).length;
  const { at, saved } = await bringIn(
    "tickets",
    "Summary,Details,Impact,Urgency\nThe lift sings,Loudly,2,2\nThe lift hums,,2,x\n",
  );
  assert.match(saved, /1 made.*1 rejected/);
  const lift = await called("ticket", "The lift sings");
  assert.equal(lift?.values["priority"], 3, "what follows from values follows here too");
  const clocks = () =>
    world.ownerPool
      .query("select state from clocks where record_id = $1 order by name", [lift?.id])
      .then(({ rows }) => rows);
  const running = await clocks();
  const [made] = await world.system((tx) => timeline(tx, lift!));
  assert.equal(
    made?.body?.clocks?.length,
    running.length,
    "the timeline tells of them, so that none can be taken away",
  );
  assert.ok(running.every(({ state }) => state === "running"));
  await undo(at);
  assert.equal((await all("ticket")).length, before + 1);
  assert.deepEqual([...new Set((await clocks()).map(({ state }) => state))], ["cancelled"]);
});

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

test("the columns that the person gives are held to: one field once, a key with its column, no reference for a new one", async () => {
  const at = await sendFile(world, administrator, "teams", "Reference,Name,Title\nTEA-1,One,Two\n");
  const answer = await checkColumns(world, administrator, at, {
    "column-0": "reference",
    "column-1": "name",
    "column-2": "name",
    key: "email",
  });
  assert.equal(answer.statusCode, 422);
  assert.match(words(answer), /“Title” and “Name” cannot become the same field/);
  assert.match(words(answer), /No column of the file becomes that/);
  assert.match(words(answer), /Reeve gives references itself/);
  const forged = await checkColumns(world, administrator, at, { "column-0": "id", "column-1": "", "column-2": "" });
  assert.match(words(forged), /select what it becomes/);
});

test("an import that is cancelled keeps what was done, goes on where it was, and makes nothing twice", async () => {
  const rows = Array.from({ length: 2500 }, (_one, at) => `Halted ${at}`);
  const at = await sendFile(world, administrator, "teams", `Name\n${rows.join("\n")}\n`);
  await checkColumns(world, administrator, at);
  await administrator.post(`${at}/save`, {}, { from: at });
  const { rows: jobs } = await world.ownerPool.query("select id from jobs where state = 'waiting'");
  const count = async () =>
    Number(
      (await world.ownerPool.query("select count(*) as many from records where title like 'Halted %'")).rows[0].many,
    );
  const { importJobs } = await import("../src/kernel/transfer/jobs.ts");
  await world.runJobs({
    "save-import": (run) =>
      importJobs["save-import"]!({
        ...run,
        progress: async (tx, done, total) => {
          // As though somebody pressed Cancel while the first batch was written.
          if (done === 1000)
            await world.ownerPool.query("update jobs set cancel_asked = true where id = $1", [jobs[0].id]);
          await run.progress(tx, done, total);
        },
      }),
  });
  assert.equal(await count(), 1000);
  assert.match(words(await administrator.get(at)), /Not every row is saved: the import was stopped/);
  await administrator.post(`/jobs/${jobs[0].id}/retry`, {}, { from: at });
  await world.runJobs();
  assert.equal(await count(), 2500);
  assert.match(words(await administrator.get(at)), /Saved/);
});

test("a check that was cancelled leaves the columns to be chosen again, and begins once however often they are sent", async () => {
  const at = await sendFile(world, administrator, "teams", "Name\nChosen twice\n");
  const columns = { "column-0": "name", key: "", blanks: "keep" };
  const send = () => administrator.post(`${at}/columns`, columns, { from: `${at}/columns` });
  const checks = async () => {
    const { rows } = await world.ownerPool.query<{ id: string; state: string }>(
      "select id, state from jobs where subject = $1 and kind = 'check-import' order by id",
      [at.split("/").at(-1)],
    );
    return rows;
  };
  // Both have the import in hand before either writes.
  const holder = await world.ownerPool.connect();
  await holder.query("begin");
  await holder.query("select 1 from imports where id = $1 for update", [at.split("/").at(-1)]);
  const sent = [send(), send()];
  await sleep(300);
  await holder.query("commit");
  holder.release();
  await Promise.all(sent);
  const [first, ...more] = await checks();
  assert.deepEqual(more, []);
  await administrator.post(`/jobs/${first!.id}/cancel`, {}, { from: at });
  assert.match((await administrator.get(at)).body, /Change the columns/);
  await send();
  await world.runJobs();
  assert.match(words(await administrator.get(at)), /1 new teams to make/);
  assert.deepEqual(
    (await checks()).map(({ state }) => state),
    ["cancelled", "done"],
  );
});

test("a job of a step that an import has left behind does nothing when it is tried again", async () => {
  const at = await sendFile(world, administrator, "teams", "Name\nMade but once\n");
  const columns = { "column-0": "name", key: "", blanks: "keep" };
  await administrator.post(`${at}/columns`, columns, { from: `${at}/columns` });
  const { rows } = await world.ownerPool.query("select id from jobs where state = 'waiting' and kind = 'check-import'");
  const old = `/jobs/${rows[0].id}`;
  await administrator.post(`${old}/cancel`, {}, { from: at });
  await administrator.post(`${at}/columns`, columns, { from: `${at}/columns` });
  await world.runJobs();
  assert.match(words(await saveRows(world, administrator, at)), /1 made/);
  await administrator.post(`${old}/retry`, {}, { from: "/jobs" });
  await world.runJobs();
  assert.match(words(await administrator.get(old)), /Failed.*The import has gone on without this job/);
  assert.match(words(await administrator.get(at)), /Saved\..*Undo this import/);
  await saveRows(world, administrator, at);
  const many = async () =>
    (await world.ownerPool.query("select 1 from records where title = 'Made but once'")).rows.length;
  assert.equal(await many(), 1);
  await undo(at);
  assert.equal(await many(), 0);
});

test("what an export puts before a formula an import takes off again", async () => {
  const formulas = ["=1+1", "'=1", "+44 20 7946 0123", "-minus", "@home", "'tis"];
  const csv = formulas.map((name) => `"${name.replaceAll('"', '""')}"`).join("\n");
  await bringIn("teams", `Name of team\n${csv}\n`, { "column-0": "name" });
  const exported = (await administrator.get("/teams.csv?columns=name,reference&show=all")).body;
  assert.match(exported, /^'=1\+1,/m);
  const { checked } = await bringIn("teams", exported, {
    key: "reference",
    "column-0": "name",
    "column-1": "reference",
  });
  assert.match(checked, /0 new teams to make.*0 teams to change/);
  assert.match(checked, /0 rejected/);
});

test("before anything is saved each row shows every value as it will be kept, and a change from what it is", async () => {
  const day = "Summary,Started on\nDated,03/04/2026\nTimed,21/11/2026 14:30\nMidnight,2026-11-22 00:00\n";
  const { checked } = await bringIn("tickets", day);
  assert.match(checked, /Summary Dated Started on 3 April 2026/, checked);
  assert.match(checked, /Timed Started on 21 November 2026.*Midnight Started on 22 November 2026/);
  await bringIn("people", "Name,Job title\nDated Dee,Planner\n");
  const again = await bringIn("people", "Name,Job title\nDated Dee,Head of planning\n", { key: "name" });
  assert.match(again.checked, /Job title from Planner to Head of planning/, again.checked);
});

test("a day that is none is quoted where it is refused", async () => {
  const { checked } = await bringIn("tickets", "Summary,Started on\nWrong,31/02/2026\n");
  assert.match(checked, /must be a real date.*The cell has “31\/02\/2026”/);
});

test("cells beyond the headings reject their row, until the person says what their column is", async () => {
  const content = "Name,What it does\nPrinters broken, again,Please fix it\nWhole,Works\n";
  const at = await sendFile(world, administrator, "teams", content);
  assert.match(words(await administrator.get(`${at}/columns`)), /Column C.*no heading/);
  const checked = words(await checkColumns(world, administrator, at));
  assert.match(checked, /1 new teams to make.*1 rejected/);
  assert.match(checked, /more cells than there are headings: “Printers broken”, “again”, “Please fix it”/);
  const rejected = await administrator.get(`${at}/rejected.csv`);
  assert.match(rejected.body, /Name,What it does,Column C,Row of the file/);
  const left = words(await checkColumns(world, administrator, at, { "column-2": "-" }));
  assert.match(left, /2 new teams to make.*0 rejected/);
  const mapped = words(await checkColumns(world, administrator, at, { "column-1": "", "column-2": "purpose" }));
  assert.match(mapped, /2 new teams to make.*What it does Please fix it/);
});

test("a title above the headings is told from them, and the person says which row holds them", async () => {
  const content = "Teams of Aldermoor\n\nName;What it does;E-mail address\nTitled;Roads;a@b.test\nTitled too;Trees;\n";
  const at = await sendFile(world, administrator, "teams", content);
  const page = words(await administrator.get(`${at}/columns`));
  assert.match(page, /2 rows, read as UTF-8, with semicolons.*row 3/i, page);
  assert.match(words(await checkColumns(world, administrator, at)), /2 new teams to make.*Titled.*Roads/);
  const other = await administrator.post(`${at}/headings`, { row: "4" }, { from: `${at}/columns` });
  assert.equal(other.headers.location, `${at}/columns`);
  assert.match(words(await administrator.get(`${at}/columns`)), /1 row,.*Roads/);
  const forged = await administrator.post(`${at}/headings`, { row: "4000" }, { from: `${at}/columns` });
  assert.equal(forged.statusCode, 422);
  await administrator.post(`${at}/headings`, { row: "1" }, { from: `${at}/columns` });
  assert.match(words(await checkColumns(world, administrator, at, { "column-0": "name" })), /3 rejected/);
  await administrator.post(`${at}/headings`, { row: "3" }, { from: `${at}/columns` });
  assert.match(words(await checkColumns(world, administrator, at)), /2 new teams to make.*All rows \(2\)/);
  assert.match(words(await saveRows(world, administrator, at)), /2 made/);
  assert.equal((await administrator.post(`${at}/headings`, { row: "1" }, { from: at })).headers.location, at);
});

test("what is no table is refused at once, and no refused file stands among what failed", async () => {
  const send = (content: string | Buffer) =>
    administrator.post(
      "/people/import",
      { file: new File([new Uint8Array(Buffer.from(content))], "people.csv") },
      { from: "/people/import" },
    );
  for (const [content, why] of [
    ["%PDF-1.4\n1 0 obj\nendobj\n", /This is a PDF.*Send a CSV file or an Excel workbook/],
    [Buffer.from("89504e470d0a1a0a0000000d49484452000000", "hex"), /This is a PNG picture.*Send/i],
    [Buffer.from("d0cf11e0a1b11ae1", "hex"), /an old Excel.*Save it as \.xlsx or as CSV/],
  ] as const) {
    const answer = await send(content);
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), why);
  }
  const at = await sendFile(world, administrator, "people", "BMI,Name\n");
  assert.match(words(await administrator.get(at)), /no rows below its headings/);
  assert.doesNotMatch(words(await administrator.get(at)), /Try again/);
  assert.match(words(await administrator.get("/people/import")), /people\.csv Could not be read/);
  const { rows } = await world.ownerPool.query(
    "select failure from jobs where kind = 'read-file' and state = 'failed'",
  );
  assert.deepEqual(rows, []);
});

test("after 30 days what was in a file is forgotten, and the records that it made stay", async () => {
  const { at } = await bringIn("teams", "Name\nStays for good\n");
  const id = at.split("/").at(-1);
  await forgetImports(world.ownerPool);
  assert.match(words(await administrator.get(at)), /You can undo it until 30 days/);
  await world.ownerPool.query("update imports set started_at = now() - interval '31 days' where id = $1", [id]);
  await forgetImports(world.ownerPool);
  await forgetImports(world.ownerPool);
  assert.match(words(await administrator.get(at)), /was forgotten 30 days after it was sent/);
  const { rows } = await world.ownerPool.query("select 1 from import_rows where import_id = $1", [id]);
  assert.equal(rows.length, 0);
  const stays = await world.ownerPool.query("select 1 from records where title = 'Stays for good'");
  assert.equal(stays.rows.length, 1);
  assert.equal((await administrator.get(`${at}/undo`)).statusCode, 404);
});

/** A workbook whose directory says that the first part of it unpacks to so many bytes. */
function workbookThatSays(bytes: number): Buffer {
  const content = readFileSync(new URL("people.xlsx", import.meta.url));
  content.writeUInt32LE(bytes, content.indexOf("PK\u0001\u0002") + 24);
  return content;
}
