import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { daysOf } from "../src/modules/rights/board/days.ts";
import { historiesOf } from "../src/modules/rights/board/history.ts";
import { readBoard } from "../src/modules/rights/board/read.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let who: Who;
const today = Temporal.Now.plainDateISO("Europe/London");
const ago = (days: number) => today.subtract({ days }).toString();
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = () => typeNamed(world.registry, "information_request");
const receive = (day: string, subject: string, owner: string | null) =>
  world.store.as(who, (tx) => create(tx, type(), { subject, question: "How many?", receivedOn: day, owner }), on(day));

before(async () => {
  world = await createWebWorld();
  officer = await world.as("policyManager");
  who = officer.who!;
});
after(() => world.close());

test("days are counted by each kind’s own calendar, and what has passed is late by one at least", async () => {
  const days = await world.store.as(who, (tx) => daysOf(tx));
  const [request, question, breach] = ["information_request", "members_question", "data_breach"].map(days);
  // Good Friday was on 3 April 2026, Easter Monday on the 6th; St Andrew’s Day is kept on 30 November, in Scotland alone.
  assert.deepEqual(
    [request, question, breach].map((one) => one!.left("2026-04-02", "2026-04-07")),
    [1, 1, 5],
  );
  assert.deepEqual(
    [request, question, breach].map((one) => one!.left("2026-11-27", "2026-12-01")),
    [1, 2, 4],
  );
  assert.deepEqual(
    [request, question, breach].map((one) => one!.left("2026-04-04", "2026-04-02")),
    [-1, -1, -2],
  );
  assert.deepEqual(
    [request, question, breach].map((one) => one!.left("2026-04-08", "2026-04-02")),
    [-2, -2, -6],
  );
  assert.deepEqual(
    [request, question, breach].map((one) => one!.after("2026-11-27", 1)),
    ["2026-12-01", "2026-11-30", "2026-11-28"],
  );
  assert.deepEqual(
    [request, breach].map((one) => one!.after("2026-04-04", 0)),
    ["2026-04-04", "2026-04-04"],
  );
  assert.equal(request!.left("2026-04-04", "2026-04-04"), 0);
});

test("how cases were answered is counted in the same days, by the database as by the calendar", async () => {
  const expected = new Map<number, number>();
  const days = await world.store.as(who, (tx) => daysOf(tx));
  const counted = days("information_request");
  // Of seven days on end some are due on a Friday, so that the next day is a Saturday.
  for (let back = 80; back < 87; back++)
    for (const later of [-3, 0, 1, 3]) {
      const { id, dueAt } = await receive(ago(back), "Answered", who.personId);
      const due = Temporal.Instant.from(dueAt!).subtract({ minutes: 1 }).toZonedDateTimeISO("Europe/London");
      const answered = due.toPlainDate().add({ days: later }).toString();
      const values = { decision: "granted", answer: "Ten.", ...(later > 0 ? { lateBecause: "Nobody had it" } : {}) };
      await world.store.as(who, (tx) => move(tx, type(), id, "any", "answer", values), on(answered));
      const margin = counted.left(answered, due.toPlainDate().toString());
      expected.set(margin, (expected.get(margin) ?? 0) + 1);
    }
  const history = await world.store.as(who, async (tx) =>
    (await historiesOf(tx, [type()], days)).of("information_request", null),
  );
  assert.deepEqual([...history].toSorted(), [...expected].toSorted());
  assert.equal(
    [...history].reduce((sum, [before, many]) => (before < 0 ? sum + many : sum), 0),
    14,
  );
});

test("whoever is away holds nothing up while somebody stands in for their work", async () => {
  const stoodIn = await world.as("policyManager");
  const alone = await world.as("policyManager");
  const gone = await world.as("policyManager");
  const away = (person: Who, delegate: string, kinds: readonly string[]) =>
    world.store.as(person, (tx) =>
      makeAbsence(tx, { delegate, from: today.toString(), until: today.add({ days: 60 }).toString(), kinds }),
    );
  await away(stoodIn.who!, who.personId, ["work"]);
  await away(alone.who!, who.personId, ["decisions"]);
  // Whoever stands in for them is away as well.
  await away(gone.who!, alone.who!.personId, ["work"]);
  const [first, second, third] = [
    await receive(ago(1), "Stood in for", stoodIn.who!.personId),
    await receive(ago(1), "Handed on decisions alone", alone.who!.personId),
    await receive(ago(1), "Both are away", gone.who!.personId),
  ];
  const { cases } = await world.store.as(who, (tx) => readBoard(tx, { kind: null, ownerId: null }));
  const of = (id: string) => cases.find((one) => one.id === id)!;
  assert.equal(of(first.id).away?.standsIn, who.personId);
  assert.ok(of(first.id).forecast.spare! >= 0);
  assert.ok(of(first.id).finishOn! <= of(first.id).dueOn!);
  for (const { id } of [second, third]) {
    assert.equal(of(id).away?.standsIn, null);
    assert.equal(of(id).forecast.danger, "likely");
    assert.ok(of(id).forecast.spare! < 0);
    assert.ok(of(id).finishOn! > today.add({ days: 60 }).toString());
  }
  const page = words(await officer.get("/rights/board"));
  assert.match(page, /Stood in for .{0,200}, for /);
  assert.match(page, /is away until \d+ \w+ \d{4}, and .{1,60} stands in/);
  assert.match(page, /working days? before their day/);
});
