import assert from "node:assert/strict";
import { test } from "node:test";
import { periodBetween, periodLabels, periodNamed, stepsOf, usualUnit } from "./periods.ts";

const today = Temporal.PlainDate.from("2026-11-22");

test("a period follows the calendar: whole weeks from Monday, whole months", () => {
  assert.deepEqual(periodNamed("last-4-weeks", today), { from: "2026-10-26", to: "2026-11-22" });
  assert.deepEqual(periodNamed("this-month", today), { from: "2026-11-01", to: "2026-11-30" });
  assert.deepEqual(periodNamed("last-month", today), { from: "2026-10-01", to: "2026-10-31" });
  assert.deepEqual(periodNamed("last-12-months", today), { from: "2025-12-01", to: "2026-11-30" });
  assert.equal(periodNamed("constructor", today), null);
});

test("its steps lie in it and leave nothing out", () => {
  for (const name of Object.keys(periodLabels))
    for (const unit of ["day", "week", "month"] as const) {
      const period = periodNamed(name, today)!;
      if (unit === "day" && usualUnit(period) === "month") continue;
      let next = period.from;
      for (const step of name === "last-26-weeks" && unit === "day" ? [] : stepsOf(period, unit)) {
        assert.equal(step.from, next, `${name} by ${unit}`);
        assert.ok(step.key <= step.from && step.from <= step.to);
        next = Temporal.PlainDate.from(step.to).add({ days: 1 }).toString();
      }
      if (unit !== "day") assert.equal(next, Temporal.PlainDate.from(period.to).add({ days: 1 }).toString());
    }
  assert.deepEqual(stepsOf({ from: "2026-11-19", to: "2026-11-24" }, "week"), [
    { key: "2026-11-16", from: "2026-11-19", to: "2026-11-22" },
    { key: "2026-11-23", from: "2026-11-23", to: "2026-11-24" },
  ]);
});

test("what is no period is refused with a sentence", () => {
  assert.throws(() => periodBetween("2026-11-31", "2026-12-01"), /give a day as yyyy-mm-dd/);
  assert.throws(() => periodBetween("2026-11-30", "2026-11-01"), /ends before it begins/);
  assert.throws(() => periodBetween("2010-01-01", "2026-11-01"), /at most 10 years/);
  assert.throws(() => stepsOf({ from: "2025-01-01", to: "2026-11-01" }, "day"), /more than 120 steps/);
});
