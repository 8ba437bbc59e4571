import assert from "node:assert/strict";
import { test } from "node:test";
import { nextSending } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

const next = (schedule: Schedule, after: string) => nextSending(schedule, Temporal.Instant.from(after)).toString();

test("a report goes out at its hour in London, on its day of the week or month, and never twice at one moment", () => {
  const monday = { every: "week", day: 1, hour: 8 } as const;
  assert.equal(next(monday, "2026-11-22T12:00:00Z"), "2026-11-23T08:00:00Z");
  assert.equal(next(monday, "2026-11-23T07:59:59Z"), "2026-11-23T08:00:00Z");
  assert.equal(next(monday, "2026-11-23T08:00:00Z"), "2026-11-30T08:00:00Z");
  assert.equal(next({ every: "week", day: 7, hour: 23 }, "2026-11-22T23:30:00Z"), "2026-11-29T23:00:00Z");
  assert.equal(next({ every: "month", day: 1, hour: 0 }, "2026-12-15T00:00:00Z"), "2027-01-01T00:00:00Z");
});

test("a month without that day has it on its last", () => {
  const last = { every: "month", day: 31, hour: 9 } as const;
  assert.equal(next(last, "2026-02-01T00:00:00Z"), "2026-02-28T09:00:00Z");
  assert.equal(next(last, "2026-02-28T09:00:00Z"), "2026-03-31T08:00:00Z");
});

test("the clock's changes move nothing: 08:00 stays 08:00, and the hour that is skipped is the one after", () => {
  const monday = { every: "week", day: 1, hour: 8 } as const;
  assert.equal(next(monday, "2026-03-28T00:00:00Z"), "2026-03-30T07:00:00Z");
  assert.equal(next(monday, "2026-10-24T00:00:00Z"), "2026-10-26T08:00:00Z");
  assert.equal(next({ every: "week", day: 7, hour: 1 }, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
});
