import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { evaluate } from "../src/kernel/measures/evaluate.ts";
import { defineMeasure } from "../src/kernel/measures/measure.ts";
import { periodNamed, todayAt } from "../src/kernel/measures/periods.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { countedClocks } from "../src/kernel/store/counted-clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { InformationRequest } from "../src/modules/rights/information-request.record.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let who: Who;
const today = Temporal.Now.plainDateISO("Europe/London");
const ago = (days: number) => today.subtract({ days }).toString();
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = () => typeNamed(world.registry, "information_request");

/** A request that came so many days ago, and the moves made with it, each so many days ago. */
async function request(
  subject: string,
  days: number,
  moves: readonly (readonly [days: number, name: string, values: Record<string, unknown>])[] = [],
  values: Record<string, unknown> = {},
): Promise<void> {
  const given = { subject, question: "How many?", receivedOn: ago(days), owner: who.personId, ...values };
  const { id } = await world.store.as(who, (tx) => create(tx, type(), given), on(ago(days)));
  for (const [at, name, asked] of moves)
    await world.store.as(who, (tx) => move(tx, type(), id, "any", name, asked), on(ago(at)));
}

const answer = { decision: "granted", answer: "Ten." };

before(async () => {
  world = await createWebWorld();
  officer = await world.as("policyManager");
  who = officer.who!;
  await request("Soon answered", 90, [[85, "answer", answer]]);
  await request("Answered lately", 40, [[36, "answer", answer]]);
  await request("Answered late", 90, [[20, "answer", { ...answer, lateBecause: "Nobody had it" }]]);
  await request("Has time", 2);
  await request("Long since due", 80);
  await request("Which floor?", 12, [[10, "clarify", { askedOn: ago(10), comment: "Which floor?" }]]);
  await request("Taken back", 30, [[25, "withdraw", {}]]);
  await request("Secret", 90, [[18, "answer", { ...answer, lateBecause: "Nobody had it" }]], {
    sensitivity: "restricted",
  });
});
after(() => world.close());

const titles = (where: Record<string, readonly string[]>, by = who) =>
  world.store.as(by, async (tx) => (await list(tx, type(), { where })).items.map(({ title }) => title).toSorted());

test("a list is narrowed by how a clock of days went, and by the days on which it was done", async () => {
  assert.deepEqual(await titles({ "answer-outcome": ["met"] }), ["Answered lately", "Soon answered"]);
  assert.deepEqual(await titles({ "answer-outcome": ["missed"] }), ["Answered late", "Secret"]);
  assert.deepEqual(await titles({ "answer-outcome": ["running"] }), ["Has time", "Long since due"]);
  assert.deepEqual(await titles({ "answer-outcome": ["paused"] }), ["Which floor?"]);
  assert.deepEqual(await titles({ "answer-outcome": ["met", "paused"] }), [
    "Answered lately",
    "Soon answered",
    "Which floor?",
  ]);
  assert.deepEqual(await titles({ "answer-outcome": ["met"], "answer-stopped-from": [ago(36)] }), ["Answered lately"]);
  assert.deepEqual(await titles({ "answer-outcome": ["met"], "answer-stopped-to": [ago(37)] }), ["Soon answered"]);
  assert.deepEqual(await titles({ "answer-stopped-from": [ago(36)], "answer-stopped-to": [ago(20)] }), [
    "Answered late",
    "Answered lately",
  ]);
});

test("nobody learns by it of a restricted record or of another organisation’s", async () => {
  const director = await world.person("Ada Lee", "assistantDirector");
  assert.deepEqual(await titles({ "answer-outcome": ["missed"] }, director), ["Answered late"]);
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Ann Other", "policyManager", { organisation: other });
  const told = (by: Who) =>
    world.store.as(by, async (tx) => {
      const { rows } =
        await sql`select counted_clocks('information_request', 'answer', '{met,missed,running,paused}', null, null)`.execute(
          tx.db,
        );
      return rows.length;
    });
  assert.deepEqual([await told(who), await told(director), await told(stranger)], [7, 6, 0]);
  assert.equal(await told(await world.person("Sam Ito", "staff")), 0);
});

test("the page offers it, says what it was narrowed by, and says what to do about what cannot be", async () => {
  const page = await officer.get("/information-requests?show=all&answer-outcome=missed&answer-outcome=met");
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /Answer due: late, in time/);
  assert.match(words(page), /\b4 information requests\b/i);
  assert.match(page.body, /name="answer-outcome" value="paused"/);
  assert.match(page.body, /name="answer-stopped-from"/);
  for (const wrong of [
    "answer-outcome=won",
    "answer-stopped-to=2026-13-01",
    "workTo-outcome=met",
    "answer-after=answer",
  ])
    assert.equal((await officer.get(`/information-requests?${wrong}`)).statusCode, 422, wrong);
  const both = await officer.get("/information-requests?answer-outcome=running&answer-stopped-from=2026-01-01");
  assert.equal(both.statusCode, 422);
  assert.match(words(both), /was not done on any day\. Leave out the days, or choose only in time and late/);
  const client = await apiClient(world, who);
  const items = (await client.get("/information-requests?answer-outcome=paused")).json().items;
  assert.deepEqual(
    items.map(({ title }: { title: string }) => title),
    ["Which floor?"],
  );
});

test("a measure counts by it just what its lists hold, and cannot ask what makes no sense", async () => {
  const value = (name: string, by = who) =>
    world.store.as(by, async (tx) => {
      const period = periodNamed("last-26-weeks", todayAt(tx.now))!;
      const { total } = await evaluate(tx, { measure: tx.registry.measures.get(name)!, period, by: null });
      return total.value;
    });
  const director = await world.person("Ada Low", "assistantDirector");
  assert.equal(await value("requests-in-time"), 50);
  assert.equal(await value("requests-in-time", director), (2 / 3) * 100);
  assert.equal(await value("requests-late"), 2);
  assert.equal(await value("requests-late", director), 1);
  assert.equal(await value("requests-stopped"), 1);
  const about = { name: "wrong", label: "Wrong", meaning: "A test.", owner: "The tests" } as const;
  const over = { stopped: "answer" } as const;
  for (const wrong of [
    { unit: "minutes", over, works: { percentile: 50, of: "elapsed" } },
    { unit: "pence", over, of: { where: { "answer-outcome": ["running"] } }, works: "count" },
    { unit: "pence", over: { stopped: "workTo" }, works: "count" },
  ] as const)
    assert.throws(() => defineMeasure(InformationRequest, { ...about, ...wrong }), /The measure “wrong”/);
});

test("what counts days is done or called off wherever a record is final, so that what still runs is open", () => {
  let clocks = 0;
  for (const one of world.registry.types.values())
    for (const [name] of countedClocks(one)) {
      const clock = one.clocks[name]!;
      if (clock.rule !== "counted") continue;
      clocks++;
      const ends = new Set<string>([...clock.stopsIn, ...clock.cancelsIn]);
      for (const [state, { final }] of Object.entries(one.states))
        assert.ok(final !== true || ends.has(state), `${one.name}: ${name} runs on in ${state}`);
    }
  assert.ok(clocks >= 6, `${clocks} clocks`);
});
