import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { forgetImports } from "../src/kernel/transfer/forget.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { checkColumns, saveRows, sendFile } from "./import-world.ts";
import { words } from "./web-world.ts";
import { begin, end, world, administrator, all, called, bringIn, undo } from "./import/stage.ts";

before(begin);
after(end);

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

test("before anything is saved each row shows every value as it will be kept, and a change from what it is", async () => {
  const day = "Summary,Started on\nDated,03/04/2026\nTimed,21/11/2026 14:30\nMidnight,2026-11-22 00:00\n";
  const { checked } = await bringIn("tickets", day);
  assert.match(checked, /Summary Dated Started on 3 April 2026/, checked);
  assert.match(checked, /Timed Started on 21 November 2026.*Midnight Started on 22 November 2026/);
  await bringIn("people", "Name,Job title\nDated Dee,Planner\n");
  const again = await bringIn("people", "Name,Job title\nDated Dee,Head of planning\n", { key: "name" });
  assert.match(again.checked, /Job title from Planner to Head of planning/, again.checked);
});

test("after 30 days what was in a file is forgotten, and the records that it made stay", async () => {
  const { at } = await bringIn("teams", "Name\nStays for good\n");
  const id = at.split("/").at(-1);
  await forgetImports(world.ownerPool);
  assert.match(words(await administrator.get(at)), /You can undo it until 30 days.*Undo this import/);
  // A job that is through with the rows has not ended yet: what is not offered is not promised either.
  const jobs = (state: string) =>
    world.ownerPool.query("update reeve.jobs set state = $1 where subject = $2", [state, at.split("/").at(-1)]);
  await jobs("running");
  const running = words(await administrator.get(at));
  assert.match(running, /The rows are being saved/);
  assert.doesNotMatch(running, /You can undo it|Undo this import/);
  await jobs("done");
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
