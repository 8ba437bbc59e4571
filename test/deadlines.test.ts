import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pino from "pino";
import { runJob } from "../src/kernel/jobs/run.ts";
import type { JobKind } from "../src/kernel/jobs/run.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { deadlineJobs } from "../src/kernel/store/deadline-jobs.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { move } from "../src/kernel/store/move.ts";
import { beforeAll, deadlinesToMove } from "../src/kernel/store/move-deadlines.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { apiClient } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let calendar: Stored;
const many = 300;
const kept: Record<string, Stored> = {};

const type = (name: string) => typeNamed(world.registry, name);
const today = Temporal.Now.plainDateISO("Europe/London");

/** Every working day of the next three weeks and today, so that whatever is promised is due later. */
const closures = Array.from({ length: 21 }, (_day, at) => ({
  day: today.add({ days: at }).toString(),
  why: "Moving house",
}));

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  const asker = await world.person("Somebody who asked", "staff");
  await world.store.as(lead.who!, async (tx) => {
    for (let at = 0; at < many; at += 1)
      await create(tx, type("ticket"), { summary: `Ticket ${at}`, impact: 3, urgency: 3 });
    const log = (summary: string, more = {}) => create(tx, type("ticket"), { summary, impact: 3, urgency: 3, ...more });
    kept["closed"] = await log("Closed before");
    kept["waiting"] = await log("Waits for the user");
    kept["answered"] = await log("Somebody has it", { requester: asker.personId });
  });
  const step = (name: string, made: string, values = {}) =>
    world.store.as(lead.who!, async (tx) => {
      kept[made] = await move(tx, type("ticket"), kept[made]!.id, "any", name, values);
    });
  await step("cancel", "closed");
  await step("wait", "waiting", { waitingReason: "Which room", reviewOn: dayIn(3) });
  await step("take", "answered");
  await world.store.as(lead.who!, (tx) =>
    comment(tx, type("ticket"), kept["answered"]!.id, { text: "Is it on?", audience: "everyone" }),
  );
  calendar = await world.store.as(lead.who!, (tx) => find(tx, type("calendar"), world.council.calendar));
});
after(() => world.close());

/** Runs every job that waits, as the worker does. */
async function runJobs(kinds: Readonly<Record<string, JobKind>> = deadlineJobs): Promise<void> {
  const { rows } = await world.ownerPool.query<{ organisation: string; job: string }>(
    "select organisation_id as organisation, id as job from jobs where state in ('waiting', 'running') order by id",
  );
  const log = pino({ level: "silent" });
  for (const row of rows)
    await runJob({ ownerPool: world.ownerPool, store: world.store, kinds, filesFolder: "", log }, row);
}

async function clocksOf(record: Stored): Promise<Record<string, string | null>> {
  const { rows } = await world.ownerPool.query<{ name: string; due: string | null }>(
    "select name, due_at::text as due from clocks where record_id = $1 order by name",
    [record.id],
  );
  return Object.fromEntries(rows.map(({ name, due }) => [name, due]));
}

const due = async (): Promise<{ due: string; many: number }[]> =>
  (
    await world.ownerPool.query<{ due: string; many: number }>(
      "select next_due_at::text as due, count(*)::integer as many from records where title like 'Ticket %' group by 1",
    )
  ).rows;

/** What the form of the calendar's page sends, with these days closed. */
async function form(days: readonly { day: string; why: string }[]): Promise<Record<string, string | string[]>> {
  const { version } = await world.store.as(lead.who!, (tx) => find(tx, type("calendar"), calendar.id));
  return {
    name: "Office hours",
    hours: "Mon-Fri 08:00-18:00",
    holidays: "england-and-wales",
    _version: String(version),
    "closures-rows": days.map((_day, at) => `new${at}`),
    ...Object.fromEntries(
      days.flatMap(({ day, why }, at) => [
        [`closures-new${at}-day`, day],
        [`closures-new${at}-why`, why],
      ]),
    ),
  };
}

test("a program asks what a change would move, with every check and nothing kept", async () => {
  const client = await apiClient(world, lead.who!, ["write"]);
  const path = `/calendars/${calendar.reference}`;
  const etag = { "if-match": `"${calendar.version}"` };
  const before = await due();
  const shown = await client.patch(`${path}?preview=true`, { closures }, etag);
  assert.equal(shown.statusCode, 200, shown.body);
  assert.equal(shown.headers["etag"], etag["if-match"]);
  const said = shown.json<{
    record: { reference: string; version: number; closures: unknown[] };
    deadlines: { reference: string; clock: string; from: string; to: string }[];
    deadlinesMoved: number;
    whole: boolean;
  }>();
  assert.deepEqual([said.record.reference, said.record.version], [calendar.reference, calendar.version + 1]);
  assert.equal(said.record.closures.length, closures.length);
  assert.deepEqual([said.deadlinesMoved, said.deadlines.length, said.whole], [many * 2 + 1, many * 2 + 1, true]);
  const [first] = said.deadlines;
  assert.ok(first && first.to > first.from, "to a later moment");
  assert.deepEqual(await due(), before);
  assert.equal((await client.patch(`${path}?preview=true`, { closures }, { "if-match": '"99"' })).statusCode, 412);
  assert.equal((await client.patch(`${path}?preview=true`, { hours: "never" }, etag)).statusCode, 422);
  assert.equal((await client.patch(`${path}?preview=perhaps`, {}, etag)).statusCode, 422);
  assert.equal((await client.patch(`${path}?preview=true&preview=true`, {}, etag)).statusCode, 422);
  const made = await client.post("/calendars?preview=true", { name: "Evenings", hours: "Mon-Fri 17:00-22:00" });
  assert.equal(made.statusCode, 200, made.body);
  assert.deepEqual(
    [made.json().record.name, made.json().record.id, made.json().deadlines],
    ["Evenings", undefined, []],
  );
  const moved = await client.post(`${path}/moves/withdraw?preview=true`, {}, etag);
  assert.equal(moved.json<{ record: { state: string } }>().record.state, "withdrawn", moved.body);
  await world.store.as(lead.who!, async (tx) => {
    assert.deepEqual(await find(tx, type("calendar"), calendar.id), calendar);
    assert.ok(!(await list(tx, type("calendar"), {})).items.some(({ title }) => title === "Evenings"));
  });
  const { rows } = await world.ownerPool.query("select from jobs");
  assert.equal(rows.length, 0, "no job was left to move anything");
  // Whoever may not change it learns nothing by asking first, and sees only records of their own move.
  const plain = await apiClient(world, (await world.as("staff")).who!);
  assert.equal((await plain.patch(`${path}?preview=true`, { closures }, etag)).statusCode, 404);
  const blind = await apiClient(
    world,
    await personWith(world, [
      ["calendar", "read", "all"],
      ["calendar", "change", "all"],
      ["ticket", "read", "own"],
    ]),
  );
  const unseen = await blind.patch(`${path}?preview=true`, { closures }, etag);
  assert.deepEqual([unseen.statusCode, unseen.json().deadlines], [200, []]);
});

test("a calendar’s edit shows first which deadlines move, from when to when, and saves nothing", async () => {
  const path = `/calendars/${calendar.reference}/edit`;
  const before = await due();
  const shown = await lead.post(path, await form(closures), { from: path });
  assert.equal(shown.statusCode, 422, words(shown));
  assert.match(words(shown), /This moves the deadlines of 301 open records/);
  assert.match(words(shown), /Nothing is saved yet/);
  assert.match(words(shown), /Left as they are: closed records, deadlines that were met or missed/);
  assert.match(words(shown), /INC-\d+ Ticket 0 Resolve/);
  assert.deepEqual(await due(), before);
  const still = await world.store.as(lead.who!, (tx) => find(tx, type("calendar"), calendar.id));
  assert.equal(still.version, calendar.version);
  assert.equal((await world.ownerPool.query("select 1 from jobs")).rowCount, 0);

  const file = await lead.post(path, { ...(await form(closures)), _seen: "yes", _file: "csv" }, { from: path });
  assert.match(String(file.headers["content-type"]), /text\/csv/);
  const lines = file.body.trim().split("\r\n");
  assert.ok(lines.length > many, `${lines.length} lines`);
  assert.match(lines[1] ?? "", /^INC-\d+,Ticket 0,\w+,\d{4}-\d\d-\d\d \d\d:\d\d,\d{4}-\d\d-\d\d \d\d:\d\d$/);
  const again = await lead.post(path, { ...(await form(closures)), _again: "yes" }, { from: path });
  assert.match(again.body, /Moving house/);
  assert.equal(
    (await world.store.as(lead.who!, (tx) => find(tx, type("calendar"), calendar.id))).version,
    calendar.version,
  );
});

test("saved, a job moves 300 tickets’ clocks, begun again after its worker died, each told once on its timeline; verify stays true", async () => {
  const path = `/calendars/${calendar.reference}/edit`;
  const [was, answered, waiting, closed] = [
    await due(),
    await clocksOf(kept["answered"]!),
    await clocksOf(kept["waiting"]!),
    await clocksOf(kept["closed"]!),
  ];
  const saved = await lead.post(path, { ...(await form(closures)), _seen: "yes" }, { from: path });
  assert.equal(saved.statusCode, 303, words(saved));
  assert.match(String(saved.headers["location"]), /^\/jobs\/[0-9a-f-]{36}$/);
  assert.deepEqual(await due(), was, "the page itself moves nothing");

  // The worker dies after the first part.
  await assert.rejects(
    runJobs({
      "move-deadlines": (run) =>
        deadlineJobs["move-deadlines"]!({
          ...run,
          progress: async () => {
            throw new Error("the worker died");
          },
        }),
    }).then(async () => {
      const { rows } = await world.ownerPool.query<{ state: string }>("select state from jobs");
      assert.deepEqual(rows, [{ state: "waiting" }], "it is tried again by itself");
      throw new Error("died");
    }),
    /died/,
  );
  const part = (await due()).length;
  assert.equal(part, 2, "some have moved, the rest have not");
  // As a worker leaves it that was killed: running, and nobody runs it.
  await world.ownerPool.query("update jobs set state = 'running', next_at = now()");
  await runJobs();
  const [job] = (
    await world.ownerPool.query<{ state: string; done: number; total: number; result: string }>(
      "select state, done, total, result from jobs",
    )
  ).rows;
  assert.equal(job?.state, "done", JSON.stringify(job));
  assert.equal(job?.done, job?.total);
  const now = await due();
  assert.equal(now.length, 1);
  assert.equal(now[0]?.many, many);
  assert.ok(now[0]!.due > was[0]!.due);

  assert.equal((await clocksOf(kept["answered"]!))["respond"], answered["respond"], "met, so left as it was");
  assert.notEqual((await clocksOf(kept["answered"]!))["resolve"], answered["resolve"]);
  assert.deepEqual(await clocksOf(kept["waiting"]!), waiting, "paused, so left until it goes on");
  assert.deepEqual(await clocksOf(kept["closed"]!), closed);
  const { rows } = await world.ownerPool.query<{ many: number; most: number }>(
    "select count(*)::integer as many, max(n)::integer as most from (select count(*) as n from events where verb = 'deadlines_moved' group by record_id) e",
  );
  assert.deepEqual(rows, [{ many: many + 1, most: 1 }]);
  // As if hours lay between the tickets, the edit and the job: each clock is proved by the line that wrote it.
  await world.ownerPool
    .query(`update events set recorded_at = recorded_at - case when verb = 'deadlines_moved' then interval '0'
    when type = 'calendar' and verb = 'changed' then interval '2 hours' else interval '4 hours' end`);
  const report = await verify(world);
  assert.deepEqual(report.problems, []);

  const told = words(await lead.get(`/tickets/${kept["answered"]!.reference}?tab=timeline`));
  assert.match(
    told,
    new RegExp(`Reeve moved what is due, by the rules as they are since ${calendar.reference} Office hours changed`),
  );
  const lines = await world.store.as(lead.who!, (tx) =>
    timeline(tx, kept["answered"]!, { verbs: ["deadlines_moved"] }),
  );
  assert.deepEqual(Object.keys(lines[0]?.body?.deadlines ?? {}), ["resolve"]);
  // What goes on after it goes on: verify still knows by which rules each clock was written.
  await world.store.as(lead.who!, async (tx) => {
    await move(tx, type("ticket"), kept["waiting"]!.id, "any", "resume", {});
    await move(tx, type("ticket"), kept["answered"]!.id, "any", "resolve", { resolution: "Done" });
  });
  assert.deepEqual((await verify(world)).problems, []);
});

test("an edit that moves nothing is saved at once, and a job looks all the same", async () => {
  const path = `/calendars/${calendar.reference}/edit`;
  const days = [...closures, { day: today.add({ days: 700 }).toString(), why: "Far away" }];
  const saved = await lead.post(path, await form(days), { from: path });
  assert.equal(saved.statusCode, 303, words(saved));
  await runJobs();
  const { rows } = await world.ownerPool.query<{ result: string }>("select result from jobs order by id desc limit 1");
  assert.match(rows[0]!.result, /The deadlines of 0 records moved/);
});

test("hours from a day on move only what is due after it, and days that have been stay as they were counted", async () => {
  const tomorrow = today.add({ days: 1 }).toString();
  await world.store.as(lead.who!, (tx) =>
    change(tx, type("calendar"), calendar.id, "any", {
      closures: [],
      laterHours: [{ day: tomorrow, hours: "Mon-Sun 00:00-24:00" }],
    }),
  );
  await runJobs();
  const [one] = await due();
  assert.ok(
    Temporal.Instant.compare(
      Temporal.Instant.from(one!.due.replace(" ", "T").replace(/\+00$/, "Z")),
      Temporal.Now.instant().add({ hours: 24 * 3 }),
    ) < 0,
    one!.due,
  );
  assert.deepEqual((await verify(world)).problems, []);
  // A day later, what has counted cannot be given other hours.
  const nextWeek = Temporal.Now.instant().add({ hours: 24 * 7 });
  const late = (values: Record<string, unknown>) =>
    world.store.as(lead.who!, (tx) => change(tx, type("calendar"), calendar.id, "any", values), { now: nextWeek });
  await assert.rejects(late({ hours: "24x7" }), /Work has been counted by these hours/);
  await assert.rejects(late({ holidays: "none" }), /counted by these bank holidays/);
  await assert.rejects(late({ laterHours: [] }), /the days before today/);
  await assert.rejects(late({ closures: [{ day: tomorrow, why: "After the fact" }] }), /the days before today/);
  await assert.rejects(
    late({ laterHours: [{ day: "2099-01-01", hours: "sometimes" }] }),
    /From 2099-01-01: Write opening hours/,
  );
});

test("the job moves what its starter may not see, and shows them none of it", async () => {
  const hidden = await world.store.as(lead.who!, (tx) =>
    create(tx, type("ticket"), { summary: "Nobody’s business", impact: 3, urgency: 3, sensitivity: "restricted" }),
  );
  const keeper = await world.as("staff");
  const role = await world.system(
    async (tx) =>
      (
        await create(tx, type("role"), {
          name: "Keeps the calendar",
          permissions: [
            { type: "calendar", permission: "read", scope: "all" },
            { type: "calendar", permission: "change", scope: "all" },
          ],
        })
      ).id,
  );
  await world.system((tx) =>
    change(tx, type("person"), keeper.who!.personId, "any", { roles: [{ role }] }, { trusted: true }),
  );
  const path = `/calendars/${calendar.reference}/edit`;
  const was = await clocksOf(hidden);
  const saved = await keeper.post(path, { ...(await form(closures)), "laterHours-rows": [] }, { from: path });
  assert.equal(saved.statusCode, 303, "they see no ticket, so nothing is shown to them");
  await runJobs();
  assert.notDeepEqual(await clocksOf(hidden), was);
  const forged = await world.store.as(keeper.who!, async (tx) => {
    const { rows } = await sql<{
      on: boolean;
    }>`select job_progress(id, 1, 1) as on from jobs where started_by <> ${keeper.who!.personId}::uuid limit 1`.execute(
      tx.db,
    );
    return rows;
  });
  assert.deepEqual(
    forged.filter(({ on }) => on),
    [],
  );
  assert.deepEqual((await verify(world)).problems, []);
});

test("a new policy shows which deadlines begin, and the job begins them", async () => {
  const [queue, late] = await world.store.as(lead.who!, async (tx) => {
    const made = await create(tx, type("queue"), { name: "Promised nothing yet" });
    return [made, await create(tx, type("ticket"), { summary: "Waits in it", queue: made.id, impact: 3, urgency: 3 })];
  });
  assert.deepEqual(await clocksOf(late), {});
  const path = "/service-level-policies/new";
  const values = {
    name: "From today",
    queue: queue.id,
    "validFrom-day": String(today.day),
    "validFrom-month": String(today.month),
    "validFrom-year": String(today.year),
    "targets-rows": "new0",
    "targets-new0-priority": "5",
    "targets-new0-resolve": "4h",
  };
  const shown = await lead.post(path, values, { from: path });
  assert.equal(shown.statusCode, 422, words(shown));
  assert.match(words(shown), /This moves the deadlines of 1 open record .*Waits in it Resolve/);
  const saved = await lead.post(path, { ...values, _seen: "yes" }, { from: path });
  assert.match(String(saved.headers["location"]), /^\/jobs\//, words(saved));
  await runJobs();
  assert.deepEqual(Object.keys(await clocksOf(late)), ["resolve"]);
  assert.deepEqual((await verify(world)).problems, []);
  // Withdrawing it promises nothing any more, and leaves what was promised.
  const policy = await world.store.as(
    lead.who!,
    async (tx) => (await list(tx, type("service_level_policy"), { where: { queue: [queue.id] } })).items,
  );
  const gone = `/service-level-policies/${policy[0]!.reference}/moves/withdraw`;
  const withdrawn = await lead.post(gone, {}, { from: gone });
  assert.equal(withdrawn.statusCode, 303, words(withdrawn));
  await runJobs();
  assert.deepEqual(Object.keys(await clocksOf(late)), ["resolve"]);
  assert.deepEqual((await verify(world)).problems, []);
});

test("a job that begins while another change counts on it waits for that change, so that no deadline is left behind", async () => {
  const edit = (hours: string, meanwhile: () => Promise<void> = async () => {}) =>
    world.store.as(lead.who!, async (tx) => {
      await change(tx, type("calendar"), calendar.id, "any", { hours });
      await meanwhile();
    });
  await edit("Mon-Fri 09:00-17:00");
  let running: Promise<void> | undefined;
  await edit("Mon-Fri 10:00-16:00", async () => {
    running = runJobs();
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  await running;
  await runJobs();
  const left = await world.system((tx) => deadlinesToMove(tx, type("ticket"), { after: beforeAll, limit: 1000 }));
  assert.deepEqual(
    left.moving.map(({ record }) => record.reference),
    [],
  );
});
