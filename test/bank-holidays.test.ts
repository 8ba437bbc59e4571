import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deadlineCommand } from "../src/kernel/clocks/deadline-command.ts";
import { readHolidaysFile } from "../src/kernel/clocks/holidays-file.ts";
import { bankHolidays, DIVISIONS } from "../src/kernel/clocks/holidays.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { holidaysNow, keepHolidays } from "../src/kernel/store/bank-holidays.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import { readReferenceData } from "../src/kernel/store/reference-data.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { runReeve } from "./running.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let lead: Who;
let folder: string;
const kept: Record<string, Stored> = {};
const today = Temporal.Now.plainDateISO("Europe/London");
const england = new Set(bankHolidays("england-and-wales").map(({ date }) => date));

/** The working day in whose hours promises that begin now are counted first: every one of them counts it. */
const begins = Temporal.Now.zonedDateTimeISO("Europe/London").hour < 16 ? 0 : 1;
const proclaimed = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  .map((days) => today.add({ days: begins + days }))
  .find((day) => day.dayOfWeek < 6 && !england.has(day.toString()))!
  .toString();

before(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "reeve-holidays-test-"));
  lead = await world.person("Dee Osei", "leadSupport");
  kept["before"] = await ticket("Logged before");
  kept["waiting"] = await ticket("Waits for the user");
  await world.store.as(lead, (tx) =>
    move(tx, typeNamed(world.registry, "ticket"), kept["waiting"]!.id, "any", "wait", {
      waitingReason: "Which room",
      reviewOn: dayIn(3),
    }),
  );
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const ticket = (summary: string) =>
  world.store.as(lead, (tx) => create(tx, typeNamed(world.registry, "ticket"), { summary, impact: 3, urgency: 3 }));

/** This year and the next as they are shipped, with more days in England and Wales. */
function file(...days: { title: string; date: string }[]): string {
  const years = [String(today.year), String(today.year + 1)];
  return JSON.stringify(
    Object.fromEntries(
      DIVISIONS.map((division) => [
        division,
        {
          division,
          events: [
            ...bankHolidays(division)
              .filter(({ date }) => years.includes(date.slice(0, 4)))
              .map(({ date, name }) => ({ title: name, date, notes: "", bunting: true })),
            ...(division === "england-and-wales" ? days : []),
          ],
        },
      ]),
    ),
  );
}

const resolveDue = async (record: Stored): Promise<string> =>
  (
    await world.ownerPool.query<{ due: string }>(
      "select due_at::text as due from clocks where record_id = $1 and name = 'resolve'",
      [record.id],
    )
  ).rows[0]!.due;

const reeve = (...words: string[]) =>
  runReeve(folder, words, { DATABASE_URL: world.ownerUrl, REEVE_APP_DATABASE_URL: world.appUrl, REEVE_DEMO: "off" });

test("a proclaimed holiday is read from the terminal: open deadlines move, new ones count it, verify stays true", async () => {
  const was = await resolveDue(kept["before"]!);
  const path = join(folder, "bank-holidays.json");
  await writeFile(path, file({ title: "A day for the nation", date: proclaimed }));
  const { code, stdout, stderr } = await reeve("import", "bank-holidays", path, "--json");
  assert.equal(code, 0, stderr);
  const said = JSON.parse(stdout);
  assert.deepEqual(said.added, [{ division: "england-and-wales", date: proclaimed, name: "A day for the nation" }]);
  assert.match(said.deadlines[0].result, /The deadlines of 1 record moved/);
  const moved = await resolveDue(kept["before"]!);
  assert.ok(moved > was, `${was} to ${moved}`);

  // The same process as before knows, with nothing said to it.
  kept["after"] = await ticket("Logged after");
  assert.equal((await resolveDue(kept["after"])).slice(0, 10), moved.slice(0, 10));
  const lines = await world.store.as(lead, (tx) => timeline(tx, kept["before"]!, { verbs: ["deadlines_moved"] }));
  assert.deepEqual(
    lines.map(({ body }) => [Object.keys(body?.deadlines ?? {}).includes("resolve"), body?.other]),
    [[true, undefined]],
  );

  // As if hours lay between: each clock is proved by what was known when it was written.
  await world.ownerPool.query(
    `update events set recorded_at = recorded_at - case when verb = 'deadlines_moved' or record_id = $1 then interval '0' else interval '4 hours' end`,
    [kept["after"].id],
  );
  await world.ownerPool.query("update bank_holidays set read_at = read_at - interval '2 hours'");
  assert.deepEqual((await verify(world)).problems, []);
});

test("a clock that stood still since before the holiday was known is right by what was known then", async () => {
  const readAgo = (hours: number) =>
    world.ownerPool.query("update bank_holidays set read_at = now() - make_interval(hours => $1)", [hours]);
  await readAgo(10);
  const { problems } = await verify(world);
  assert.deepEqual([...new Set(problems.map(({ reference }) => reference))], [kept["waiting"]!.reference]);
  assert.match(problems[0]!.message, /not what the timeline makes it: calendar_version/);
  await readAgo(2);
  assert.deepEqual((await verify(world)).problems, []);
});

test("`deadline foi` counts what this installation has read, and without it what is shipped", async () => {
  const from = today.subtract({ days: 3 }).toString();
  const shipped: string[] = [];
  await deadlineCommand(["foi", "--from", from, "--json"], {
    stdout: (text) => void shipped.push(text),
    stderr: () => {},
    readFile: async () => "",
  });
  const [here, unreachable] = await Promise.all([
    reeve("deadline", "foi", "--from", from, "--json"),
    runReeve(folder, ["deadline", "foi", "--from", from, "--json"], {
      DATABASE_URL: "postgres://o:o@127.0.0.1:1/reeve",
    }),
  ]);
  const [mine, before] = [JSON.parse(here.stdout), JSON.parse(shipped.join(""))];
  assert.ok(mine.due > before.due, `${mine.due} after ${before.due}`);
  assert.deepEqual([mine.workTo, mine.alternative.due], [before.due, before.due], "disputed, so both are shown");
  assert.deepEqual([unreachable.code, JSON.parse(unreachable.stdout)], [0, before]);
  assert.match(unreachable.stderr, /does not answer .* Counted by the bank holidays that Reeve ships/s);
});

test("the same file changes nothing, an older one takes back what it brought, and a bad one is a sentence", async () => {
  const keep = (text: string) =>
    keepHolidays(world.ownerPool, { file: readHolidaysFile(text), today: today.toString() });
  const again = await keep(file({ title: "A day for the nation", date: proclaimed }));
  assert.deepEqual(again.changes.read, []);
  // Several at once: one comes after the other, and finds nothing new.
  const later = { title: "Another day", date: nextFreeDay(40) };
  // Each connection is made first, so that they begin together.
  await Promise.all([1, 2, 3, 4].map(() => world.ownerPool.query("select pg_sleep(0.05)")));
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => keep(file({ title: "A day for the nation", date: proclaimed }, later))),
  );
  assert.deepEqual(both.map(({ changes }) => changes.added.length).toSorted(), [0, 0, 0, 1]);
  assert.equal((await keep(file())).changes.takenAway.length, 2);
  assert.equal(
    (await holidaysNow(world.ownerPool)).of("england-and-wales").some(({ date }) => date === proclaimed),
    false,
  );

  const bad = join(folder, "bad.json");
  await writeFile(bad, '{"scotland":');
  const { code, stdout, stderr } = await reeve("import", "bank-holidays", bad);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^The file is not JSON\. .*\. Nothing was kept\n$/);
});

test("everyone may read the holidays, and nobody but the owner writes one", async () => {
  const { holidays } = await world.store.as(lead, (tx) => readReferenceData(tx, ["calendar"]));
  assert.ok(holidays && holidays.of("scotland").length > 100);
  for (const statement of [
    "insert into bank_holidays (division, day, read_at, name) values ('scotland', '2027-06-04', now(), 'Mine')",
    "update bank_holidays set name = 'Mine'",
    "delete from bank_holidays",
    "truncate bank_holidays",
  ])
    await assert.rejects(world.store.pool.query(statement), /permission denied/);
});

/** A working day that is no holiday, so many days ahead. */
function nextFreeDay(days: number): string {
  const day = today.add({ days });
  return day.dayOfWeek > 5 || england.has(day.toString()) ? nextFreeDay(days + 1) : day.toString();
}
