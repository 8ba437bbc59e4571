import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { businessCalendar, spansOn } from "./business-calendar.ts";
import type { BusinessCalendar } from "./business-calendar.ts";
import { addWorkingMinutes, workingMinutesBetween } from "./business-hours.ts";
import { holidayNames } from "./calendars.ts";
import { parseOpeningHours } from "./opening-hours.ts";

const london = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime("Europe/London").toInstant();
const hours = (text: string) =>
  businessCalendar({ weekly: parseOpeningHours(text), holidays: holidayNames("england-and-wales") });
const office = hours("Mon-Fri 08:00-18:00");
const always = businessCalendar({ weekly: parseOpeningHours("24x7") });
const nights = hours("Sat-Sun 00:00-03:30,22:00-24:00; Mon 00:30-01:30");

test("working minutes leave out nights, weekends and holidays", () => {
  assert.equal(workingMinutesBetween(office, london("2026-04-02T17:00"), london("2026-04-07T09:00")), 120);
  assert.equal(workingMinutesBetween(office, london("2026-04-07T09:00"), london("2026-04-02T17:00")), 0);
  assert.equal(workingMinutesBetween(office, london("2026-01-05T08:00:30"), london("2026-01-05T08:02")), 1.5);
});

test("real minutes are counted when the clocks change", () => {
  assert.equal(workingMinutesBetween(always, london("2026-03-29T00:00"), london("2026-03-30T00:00")), 23 * 60);
  assert.equal(workingMinutesBetween(always, london("2026-10-25T00:00"), london("2026-10-26T00:00")), 25 * 60);
  assert.equal(String(addWorkingMinutes(always, london("2026-03-29T00:30"), 60)), String(london("2026-03-29T02:30")));
});

test("a count that ends with the day ends at closing time", () => {
  assert.equal(String(addWorkingMinutes(office, london("2026-04-02T08:00"), 600)), String(london("2026-04-02T18:00")));
  assert.equal(String(addWorkingMinutes(office, london("2026-04-02T08:00"), 601)), String(london("2026-04-07T08:01")));
  assert.equal(String(addWorkingMinutes(office, london("2026-04-04T12:00"), 0)), String(london("2026-04-04T12:00")));
});

test("a calendar that never opens never falls due", () => {
  const closed = businessCalendar({ weekly: {} });
  const from = london("2026-04-02T08:00");
  assert.equal(addWorkingMinutes(closed, from, 1), null);
  assert.equal(workingMinutesBetween(closed, from, london("2030-01-01T00:00")), 0);
  assert.equal(addWorkingMinutes(office, from, 1e9), null);
});

test("what is no opening time is refused, spans that touch are one, and equal content is one calendar", () => {
  assert.throws(() => businessCalendar({ weekly: { 1: [{ from: "18:00", to: "08:00" }] } }), /must end after/);
  assert.throws(() => parseOpeningHours("weekdays"), /Write opening hours as/);
  assert.throws(() => hours("Mon 25:00-26:00"), /not a time of day/);
  assert.throws(
    () => workingMinutesBetween(office, london("0001-01-01T00:00"), london("2026-01-01T00:00")),
    /1970 to 2199/,
  );
  const split = hours("Mon-Fri 12:00-18:00,08:00-12:00");
  assert.equal(split, office);
  assert.notEqual(split.version, always.version);
});

const moment = fc
  .integer({ min: Date.UTC(2024, 2, 1) / 60_000, max: Date.UTC(2026, 10, 30) / 60_000 })
  .map((minute) => Temporal.Instant.fromEpochMilliseconds(minute * 60_000));
const calendars = fc.constantFrom(office, always, nights);

test("the fast count agrees with counting minute by minute", () => {
  const nearChange = fc.constantFrom("2025-03-29T20:00", "2025-10-25T20:00", "2024-12-31T20:00", "2026-04-02T12:00");
  fc.assert(
    fc.property(calendars, nearChange, fc.nat(2000), fc.nat(2000), (calendar, base, after, length) => {
      const from = london(base).add({ minutes: after });
      const to = from.add({ minutes: length });
      assert.equal(workingMinutesBetween(calendar, from, to), minuteByMinute(calendar, from, length));
    }),
    { numRuns: 40 },
  );
});

test("adding the working minutes between two moments comes back to the same count, and parts add up", () => {
  fc.assert(
    fc.property(calendars, moment, moment, moment, (calendar, ...drawn) => {
      const [a, b, c] = drawn.toSorted((x, y) => Temporal.Instant.compare(x, y));
      assert.ok(a && b && c);
      const whole = workingMinutesBetween(calendar, a, c);
      assert.equal(workingMinutesBetween(calendar, a, b) + workingMinutesBetween(calendar, b, c), whole);
      const due = addWorkingMinutes(calendar, a, whole);
      assert.ok(due && Temporal.Instant.compare(due, c) <= 0);
      assert.equal(workingMinutesBetween(calendar, a, due), whole);
    }),
  );
});

test("years of tickets are counted in microseconds", () => {
  const from = london("2026-01-05T09:13");
  const to = london("2026-01-27T16:40");
  workingMinutesBetween(office, from, to);
  const begun = performance.now();
  for (let n = 0; n < 10_000; n++) workingMinutesBetween(office, from, to);
  assert.ok((performance.now() - begun) / 10_000 < 0.1, "under 0.1 ms even on a busy machine");
});

function minuteByMinute(calendar: BusinessCalendar, from: Temporal.Instant, length: number): number {
  let open = 0;
  for (let n = 0; n < length; n++) {
    const local = from.add({ minutes: n }).toZonedDateTimeISO(calendar.zone);
    const time = local.toPlainTime().toString({ smallestUnit: "minute" });
    if (spansOn(calendar, local.toPlainDate()).some((span) => span.from <= time && time < span.to)) open += 1;
  }
  return open;
}
