import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ukWorkingDays } from "./calendars.ts";
import { eir } from "./eir.ts";
import { foi } from "./foi.ts";
import { dayFrom } from "./days.ts";
import type { RequestEvent } from "./information-request.ts";
import { isWorkingDay } from "./working-days.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const ask = (received: string, events: [RequestEvent["kind"], string][] = []) =>
  foi({ received, events: events.map(([kind, on]) => ({ kind, on })) });

test("the answer is due on the 20th working day after receipt, by the whole United Kingdom's holidays", () => {
  assert.equal(String(ask("2017-05-18").due), "2017-06-16");
  assert.equal(String(ask("2023-11-27").due), "2023-12-28");
  assert.equal(String(ask("2026-03-16").due), "2026-04-16");
  assert.equal(ask("2026-03-16").alternative, null);
});

test("a receipt on a non-working day has the Code's later day as its alternative; people work to the earlier", () => {
  const result = ask("2014-12-01");
  assert.equal(String(result.due), "2014-12-31");
  assert.equal(String(result.alternative?.due), "2015-01-05");
  assert.equal(String(result.workTo), "2014-12-31");
});

test("a holiday proclaimed while the case runs gives both readings", () => {
  const result = ask("2022-09-01");
  assert.equal(String(result.due), "2022-09-30");
  assert.equal(String(result.alternative?.due), "2022-09-29");
  assert.equal(String(result.workTo), "2022-09-29");
  assert.equal(ask("2022-09-12").alternative, null, "known before receipt");
});

test("a clarified request restarts its 20 days", () => {
  assert.equal(String(ask("2026-02-02", [["clarified", "2026-03-16"]]).due), "2026-04-16");
});

test("a request that waits for clarification has no deadline, and lapses after two months", () => {
  const result = ask("2026-02-02", [["asked", "2026-02-10"]]);
  assert.equal(result.due, null);
  assert.equal(String(result.lapses?.on), "2026-04-10");
});

test("clarification asked for after the deadline starts nothing afresh", () => {
  const late = ask("2026-01-05", [
    ["asked", "2026-03-02"],
    ["clarified", "2026-03-09"],
  ]);
  assert.equal(String(late.due), String(ask("2026-01-05").due));
  assert.equal(late.notes.length, 1);
});

test("the days from a fees notice to the payment do not count", () => {
  const paid = ask("2026-01-05", [
    ["fees-notice", "2026-01-09"],
    ["fees-paid", "2026-01-23"],
  ]);
  assert.equal(String(paid.due), "2026-02-17");
});

test("an unpaid fee holds the clock and lapses after three months beginning with the notice", () => {
  const unpaid = ask("2026-01-05", [["fees-notice", "2026-01-09"]]);
  assert.equal(unpaid.due, null);
  assert.equal(unpaid.workTo, null);
  assert.equal(String(unpaid.lapses?.on), "2026-04-09");
  const late = ask("2026-01-05", [
    ["fees-notice", "2026-01-09"],
    ["fees-paid", "2026-04-09"],
  ]);
  assert.equal(late.due, null);
  assert.equal(String(ask("2026-11-20", [["fees-notice", "2026-11-30"]]).lapses?.on), "2027-03-01");
});

test("an extension gives 40 working days in all, but not when its notice came after the first deadline", () => {
  assert.equal(String(ask("2026-03-16", [["extended", "2026-04-16"]]).due), "2026-05-15");
  const late = ask("2026-03-16", [["extended", "2026-04-17"]]);
  assert.equal(String(late.due), "2026-04-16");
  assert.equal(late.notes.length, 1);
});

test("an extension told before a clarification came gives 40 fresh days, and people work to 20 until it is told anew", () => {
  const before: [RequestEvent["kind"], string][] = [
    ["extended", "2026-02-10"],
    ["asked", "2026-02-12"],
    ["clarified", "2026-03-16"],
  ];
  for (const law of [foi, eir]) {
    const { due, workTo, alternative, notes } = law({
      received: "2026-02-02",
      events: before.map(([kind, on]) => ({ kind, on })),
    });
    assert.deepEqual([due, workTo, alternative?.due], ["2026-05-15", "2026-04-16", "2026-04-16"]);
    assert.match(alternative?.reading ?? "", /told on 2026-02-10, before the clarification came, does not extend/);
    assert.match(notes.join(" "), /Tell it anew within the fresh 20 days/);
    // A notice while it waits for the clarification is from before it as well; one of the same day or later is not.
    const again = (on: string) =>
      law({
        received: "2026-02-02",
        events: [...before, ["extended", on] as const].map(([kind, at]) => ({ kind, on: at })),
      });
    assert.deepEqual(
      ["2026-03-10", "2026-03-16", "2026-04-16", "2026-04-17"].map((on) => again(on).workTo),
      ["2026-04-16", "2026-05-15", "2026-05-15", "2026-04-16"],
    );
    assert.equal(again("2026-04-16").alternative, null);
  }
  // The shorthand of an extension that was in time asks what it would give, and is not overtaken.
  const shorthand = foi({
    received: "2026-02-02",
    extended: true,
    events: [{ kind: "clarified", on: "2026-03-16" }],
  });
  assert.deepEqual([shorthand.due, shorthand.alternative], ["2026-05-15", null]);
});

test("impossible facts are refused in a sentence", () => {
  assert.throws(() => ask("2026-03-16", [["fees-paid", "2026-03-20"]]), /no fees notice/);
  assert.throws(() => ask("2026-03-16", [["clarified", "2026-03-10"]]), /before the receipt/);
  assert.throws(() => ask("1999-03-16"), /outside the calendar/);
  assert.throws(() => ask("2030-12-20"), /outside the calendar/);
});

const someDay = fc.integer({ min: 0, max: 18 * 365 }).map((n) => day("2010-01-04").add({ days: n }));
const someEvents = fc.array(
  fc.tuple(fc.constantFrom("asked", "clarified", "fees-notice", "fees-paid", "extended"), fc.nat(120)),
  { maxLength: 5 },
);

test("for any request: due on a working day, the ledger adds up, work-to is never after due", () => {
  fc.assert(
    fc.property(someDay, someEvents, (received, drawn) => {
      const result = withEvents(received, drawn);
      const counted = result.ledger.filter((line) => line.counted);
      const dates = result.ledger.map((line) => line.date);
      assert.deepEqual(dates, [...new Set(dates)].toSorted());
      assert.equal(dates[0], received.toString());
      assert.deepEqual(
        counted.map((line) => line.day),
        counted.map((_, index) => index + 1),
      );
      assert.equal(result.due === null, result.lapses !== null);
      if (!result.due || !result.workTo) return;
      assert.ok(isWorkingDay(ukWorkingDays(), dayFrom(result.due)));
      assert.ok(counted.length === 20 || counted.length === 40);
      assert.equal(dates.at(-1), result.due);
      assert.ok(result.workTo <= result.due);
    }),
  );
});

test("a stop never brings a date nearer", () => {
  const pair = fc.tuple(fc.nat(60), fc.nat(60));
  fc.assert(
    fc.property(someDay, someEvents, pair, (received, drawn, [notice, length]) => {
      const without = withEvents(
        received,
        drawn.filter(([kind]) => !kind.startsWith("fees")),
      );
      const stops: [RequestEvent["kind"], number][] = [
        ["fees-notice", notice],
        ["fees-paid", notice + length],
      ];
      const stopped = withEvents(received, [...drawn.filter(([kind]) => !kind.startsWith("fees")), ...stops]);
      if (stopped.due === null || without.due === null) return;
      assert.ok(stopped.due >= without.due);
    }),
  );
});

/** Days after receipt made into events; payments only after a notice, since anything else is refused. */
function withEvents(received: Temporal.PlainDate, drawn: [RequestEvent["kind"], number][]) {
  const ordered = drawn.toSorted((a, b) => a[1] - b[1]);
  let noticed = false;
  const events: RequestEvent[] = [];
  for (const [kind, days] of ordered) {
    if (kind === "fees-paid" && !noticed) continue;
    if (kind === "fees-notice") noticed = true;
    if (kind === "fees-paid") noticed = false;
    events.push({ kind, on: received.add({ days }).toString() });
  }
  return foi({ received: received.toString(), events });
}
