import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import { evaluate } from "../src/kernel/measures/evaluate.ts";
import type { Counted, Figure } from "../src/kernel/measures/evaluate.ts";
import { groupingsOf } from "../src/kernel/measures/groupings.ts";
import { defineMeasure } from "../src/kernel/measures/measure.ts";
import type { Measure } from "../src/kernel/measures/measure.ts";
import { periodNamed, todayAt } from "../src/kernel/measures/periods.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { count } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { Ticket } from "../src/modules/desk/ticket.record.ts";
import { dayIn } from "./day-in.ts";
import { apiClient, problemOf } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let asker: Browser;
let hidden: Stored;

before(async () => {
  world = await createWebWorld();
  officer = await world.as("leadSupport");
  asker = await world.as("staff");
  await history(officer.who!);
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const daysAgo = (days: number) => Temporal.Now.instant().subtract({ hours: Math.round(24 * days) });
const asOfficer = <Result>(work: (tx: Tx) => Promise<Result>) => world.store.as(officer.who!, work);

/** Tickets of every fate: waiting, resolved in time and late, through a pause, after a reopening, closed, cancelled, hidden. */
async function history(who: Who): Promise<void> {
  const raise = (summary: string, days: number, values: Record<string, unknown> = {}) =>
    world.store.as(who, (tx) => create(tx, ticket(), { summary, ...values }), { now: daysAgo(days) });
  const does = (record: Stored, name: string, days: number, values: Record<string, unknown> = {}) =>
    world.store.as(who, (tx) => move(tx, ticket(), record.id, record.version, name, values), { now: daysAgo(days) });
  for (const days of [0, 8, 20, 40, 100]) await raise(`Waits since ${days} days`, days, { urgency: 2 });
  await does(await raise("At once", 19, { urgency: 1, kind: "request" }), "resolve", 19);
  await does(await raise("Late", 60), "resolve", 12);
  await does(
    await does(await raise("Paused", 50), "wait", 49.9, { waitingReason: "A room", reviewOn: dayIn(-48) }),
    "resolve",
    5,
  );
  const again = await does(await raise("Twice", 33), "resolve", 32);
  await does(await does(again, "reopen", 31), "resolve", 26);
  await does(await does(await raise("Closed", 45), "resolve", 44), "close", 25);
  await does(await raise("Cancelled", 30), "cancel", 15);
  hidden = await raise("=cmd|' /C calc'!A0", 3);
  const done = await does(await raise("Hidden and done", 2), "resolve", 1);
  const administrator = await world.person("Ada Min", "administrator");
  for (const { id } of [hidden, done])
    await world.store.as(administrator, (tx) => change(tx, ticket(), id, "any", { sensitivity: "restricted" }));
}

/** How many records the list at an address of ours holds, as the person. */
function listed(tx: Tx, href: string): Promise<number> {
  const { pathname, searchParams } = new URL(href, "http://reeve");
  const type = tx.registry.byPath.get(pathname.slice(1))!;
  const show = searchParams.get("show") ?? (type.views.list.openOnly ? "open" : "all");
  const names = [...new Set(searchParams.keys())].filter((name) => name !== "show" && name !== "state");
  return count(tx, type, {
    // The addresses that measures give hold one of these words.
    show: show as "open" | "closed" | "all",
    states: searchParams.getAll("state"),
    where: Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)])),
  });
}

/** What a figure says that it counts: the records of a count, the part of a share, what a median is of. */
function countedBy({ works }: Measure, { value, records }: Figure): number {
  if (works === "count") return value ?? 0;
  return typeof works === "object" && "share" in works ? Math.round(((value ?? 0) / 100) * records) : records;
}

describe("what is counted", () => {
  test("every figure of every measure, by whatever it is seen, leads to a list of just those records", async () => {
    let looked = 0;
    await asOfficer(async (tx) => {
      const period = periodNamed("last-26-weeks", todayAt(tx.now))!;
      for (const measure of tx.registry.measures.values())
        for (const { name: by } of groupingsOf(tx.actor, measure)) {
          if (by === "day") continue;
          const counted = await evaluate(tx, { measure, period, by });
          for (const figure of [counted.total, ...counted.rows]) {
            const many = countedBy(measure, figure);
            if (figure.href === null) {
              assert.equal(many, 0, `${measure.name} by ${by} counts ${many} and leads nowhere`);
              continue;
            }
            looked++;
            assert.equal(await listed(tx, figure.href), many, `${measure.name} by ${by}: ${figure.href}`);
          }
        }
    });
    assert.ok(looked > 150, `only ${looked} figures were looked at`);
  });

  test("the groups of a count add up to the whole, and what was open is what came less what went", async () => {
    await asOfficer(async (tx) => {
      const period = periodNamed("last-12-weeks", todayAt(tx.now))!;
      const ask = (name: string, by: string) => evaluate(tx, { measure: tx.registry.measures.get(name)!, period, by });
      const sum = ({ rows }: Counted) => rows.reduce((all, { value }) => all + (value ?? 0), 0);
      for (const by of ["week", "day", "month", "priority", "kind", "queue", "state"]) {
        const opened = await ask("tickets-opened", by);
        assert.equal(sum(opened), opened.total.value, by);
        assert.equal(
          opened.total.value,
          12,
          "all but the oldest, the hidden ones among them: they raised those themselves",
        );
      }
      const open = await ask("tickets-open", "day");
      assert.equal(open.rows.at(-1)?.value, open.total.value);
      assert.ok(open.rows.every(({ value }) => value !== null && value >= 1));
    });
  });

  test("medians, shares and narrowing are as one works them out by hand", async () => {
    await asOfficer(async (tx) => {
      const period = periodNamed("last-26-weeks", todayAt(tx.now))!;
      const ask = (name: string, where?: Record<string, string[]>) =>
        evaluate(tx, { measure: tx.registry.measures.get(name)!, period, by: null, ...(where ? { where } : {}) });
      const { rows } = await world.ownerPool.query<{ elapsed: number; outcome: string }>(
        "select elapsed_minutes as elapsed, outcome from reeve.clocks where name = 'resolve' and state = 'stopped' order by 1",
      );
      const middle = rows.length / 2;
      const half =
        rows.length % 2 ? rows[Math.floor(middle)]!.elapsed : (rows[middle - 1]!.elapsed + rows[middle]!.elapsed) / 2;
      assert.equal((await ask("resolve-time-half")).total.value, Math.round(half));
      const met = rows.filter(({ outcome }) => outcome === "met").length;
      assert.equal((await ask("targets-met-share")).total.value, (met / rows.length) * 100);
      assert.equal((await ask("tickets-reopened-share")).total.value, (1 / 6) * 100);
      assert.equal((await ask("tickets-resolved", { kind: ["request"] })).total.value, 1);
    });
  });

  test("a sum adds a field up, and a measure that its type cannot give is an error at the start", async () => {
    const about = { label: "Impact", meaning: "A test.", owner: "The tests", unit: "pence" } as const;
    const Impact = defineMeasure(Ticket, {
      ...about,
      name: "impact",
      over: { happened: "opened" },
      works: { sum: "impact" },
    });
    await asOfficer(async (tx) => {
      const counted = await evaluate(tx, {
        measure: Impact,
        period: periodNamed("last-12-weeks", todayAt(tx.now))!,
        by: "kind",
      });
      assert.equal(counted.total.value, 2 * counted.total.records);
      assert.ok(counted.total.records > 5);
    });
    for (const wrong of [
      { over: { stopped: "nothing" }, works: "count" },
      { over: { happened: "details" }, works: "count" },
      { over: "open-now", of: { where: { colour: ["red"] } }, works: "count" },
      { over: "open-now", of: { states: ["nowhere"] }, works: "count" },
      { over: "open-now", works: { percentile: 50, of: "elapsed" } },
      { over: "open-now", works: { share: {} } },
    ] as const)
      assert.throws(() => defineMeasure(Ticket, { ...about, name: "wrong", ...wrong }), /The measure “wrong”/);
  });
});

describe("who may see it", () => {
  test("a restricted record counts only for who may see it, and another organisation's never", async () => {
    const colleague = await world.person("Coll League", "supportOfficer");
    const other = await world.another("Brackenshire County Council");
    const stranger = await world.person("Stran Ger", "administrator", { organisation: other });
    const opened = (who: Who) =>
      world.store.as(who, async (tx) => {
        const period = periodNamed("last-26-weeks", todayAt(tx.now))!;
        const measures = ["tickets-opened", "tickets-open", "tickets-unresolved", "tickets-resolved"];
        return Promise.all(
          measures.map(
            async (name) =>
              (await evaluate(tx, { measure: tx.registry.measures.get(name)!, period, by: null })).total.value,
          ),
        );
      });
    const mine = await opened(officer.who!);
    assert.deepEqual(
      await opened(colleague),
      mine.map((value, at) => (value ?? 0) - (at < 2 ? 2 : 1)),
    );
    assert.deepEqual(await opened(stranger), [0, 0, 0, 0]);
    // What the function tells by itself, which measures join with what the person sees.
    const stopped = (who: Who) =>
      world.store.as(who, (tx) =>
        sql`select 1 from stopped_clocks('ticket', 'resolve', now() - interval '9 years', null, null)`
          .execute(tx.db)
          .then(({ rows }) => rows.length),
      );
    assert.deepEqual([await stopped(officer.who!), await stopped(colleague), await stopped(stranger)], [6, 5, 0]);
    const own = await personWith(world, [
      ["ticket", "read", "own"],
      ["ticket", "internal", "own"],
    ]);
    assert.deepEqual(await opened(own), [0, 0, 0, 0]);
  });

  test("nobody but those who work on the records has a way to it: no page, no file, no answer, no entry", async () => {
    for (const address of [
      "/measures/tickets-opened",
      "/measures/tickets-opened/csv",
      "/measures/tickets-opened/excel",
      "/measures/nothing",
      "/reports",
      "/reports/new",
      `/reports/${world.council.queue}`,
    ])
      assert.equal((await asker.get(address)).statusCode, 404, address);
    assert.doesNotMatch((await asker.get("/")).body, /href="\/reports"/);
    const client = await apiClient(world, asker.who!);
    assert.deepEqual((await client.get("/measures")).json().items, []);
    problemOf(await client.get("/measures/tickets-opened"), 404);
    const narrow = await apiClient(world, officer.who!, ["policy:read"]);
    assert.deepEqual((await narrow.get("/measures")).json().items, []);
    problemOf(await narrow.get("/measures/tickets-opened"), 403);
  });
});

describe("the page and the API", () => {
  test("show the same figures, and the lists of the API hold just those records", async () => {
    const client = await apiClient(world, officer.who!, ["ticket:read"]);
    const query = "?period=last-26-weeks&by=priority";
    const answer = (await client.get(`/measures/tickets-resolved${query}`)).json();
    assert.equal(answer.total.value, 6);
    for (const figure of [answer.total, ...answer.rows]) {
      const list = await client.get(figure.list.slice("/api/v1".length));
      assert.equal(list.json().items.length, figure.value, figure.list);
    }
    const page = await officer.get(`/measures/tickets-resolved${query}`);
    const said = words(page);
    for (const { label, value } of answer.rows) assert.match(said, new RegExp(`${label} ${value}\\b`));
    assert.match(said, /Tickets resolved: 6 tickets/);
    assert.match(said, /Tickets whose clock “Resolve” stopped in the period\. They are counted\./);
    assert.match(said, /Service desk manager/);
    assert.match(
      page.body,
      /<figure class="r-chart" aria-labelledby="tickets-resolved-finding" aria-describedby="tickets-resolved-drawn">/,
    );
    assert.doesNotMatch(page.body, / style="|<script(?! type="module" src)/);
    const now = (await client.get("/measures/tickets-unresolved")).json();
    assert.equal((await client.get(now.total.list.slice("/api/v1".length))).json().items.length, now.total.value);
  });

  test("refuse what they do not understand with a sentence, and never fail", async () => {
    const client = await apiClient(world, officer.who!);
    for (const wrong of [
      "period=yesterday",
      "period=days",
      "period=days&from=2026-02-30&to=2026-03-01",
      "period=days&from=2026-03-01&to=2026-02-01",
      "period=days&from=1900-01-01&to=2026-02-01",
      "period=days&from=2020-01-01&to=2026-02-01&by=day",
      "by=colour",
      "by=sourceReference",
      "by=age",
      "queue=nobody",
      "queue=%00",
      "priority=many",
      `kind=${"x".repeat(301)}`,
      "kind=request%00",
      `from=${"9".repeat(1000)}`,
      ...Array.from({ length: 1 }, () =>
        new URLSearchParams(Array.from({ length: 60 }, () => ["priority", "1"])).toString(),
      ),
    ]) {
      const page = await officer.get(`/measures/tickets-opened?${wrong}`);
      assert.equal(page.statusCode, 422, `${wrong}: ${page.statusCode}`);
      problemOf(await client.get(`/measures/tickets-opened?${wrong}`), 422);
      assert.equal((await officer.get(`/measures/tickets-opened/csv?${wrong}`)).statusCode, 422, wrong);
    }
    problemOf(await client.get("/measures/tickets-opened?colour=red"), 422);
    // What belongs to somebody else narrows to nothing.
    const answer = await client.get(`/measures/tickets-opened?queue=${crypto.randomUUID()}`);
    assert.equal(answer.json().total.value, 0);
  });

  test("a file holds one figure to a line, and no cell that a spreadsheet would run", async () => {
    const { body } = await officer.get("/measures/tickets-opened/csv?period=last-4-weeks&by=priority");
    const lines = body.slice(1).trim().split("\r\n");
    assert.equal(lines[0], "Measure,Seen by,Group,From,To,Value,Unit,Records,Counted at");
    assert.match(lines.at(-1)!, /^Tickets opened,All,,\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d,\d+,tickets,\d+,/);
    const queue = await world.store.as(await world.person("Ada Two", "administrator"), (tx) =>
      create(tx, typeNamed(tx.registry, "queue"), { name: "=1+1", calendar: world.council.calendar }),
    );
    await asOfficer((tx) => create(tx, ticket(), { summary: "In it", queue: queue.id }));
    assert.match((await officer.get("/measures/tickets-opened/csv?by=queue")).body, /,'=1\+1,/);
    const excel = await officer.get("/measures/tickets-opened/excel?by=queue");
    assert.equal(excel.rawPayload.subarray(0, 2).toString(), "PK");
  });
});
