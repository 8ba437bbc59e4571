import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { differences, horizonsOf, leastOf } from "./compare.ts";
import { costOf } from "./costs.ts";
import type { Plan, Rates } from "./costs.ts";

const rates: Rates = {
  from: "2026-04-01",
  until: null,
  device: 30_000n,
  deviceYears: 3n,
  simMonth: 800n,
  allowanceMonth: 1_000n,
  insuranceShare: 1_500n,
  supportCouncil: 4_000n,
  supportOwn: 1_500n,
  licenceOwn: 3_600n,
  riskCouncil: 500n,
  riskOwn: 900n,
};
const plan: Plan = { startsOn: "2026-12-01", years: 1, people: { council: 10, sim: 20, allowance: 30 } };

test("each of one to five years is counted from the beginning, also past the end of the plan, and not where no rates hold", () => {
  const all = horizonsOf({ plan, rates: [rates] });
  // £11,470 a year, £191.17 for one person: see costs.test.ts.
  assert.deepEqual(
    all.map(({ total }) => total),
    [1, 2, 3, 4, 5].map((years) => 1_147_000n * BigInt(years)),
  );
  assert.ok(all.every(({ perHead }) => perHead === 19_117n));
  const ending = horizonsOf({ plan, rates: [{ ...rates, until: "2028-11-30" }] });
  assert.deepEqual(
    ending.map(({ total }) => total),
    [1_147_000n, 2_294_000n, null, null, null],
  );
});

test("over the years that a plan runs it comes to what its own page says, whatever the people", () => {
  const people = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(people, people, people, fc.integer({ min: 1, max: 5 }), (council, sim, allowance, years) => {
      const one: Plan = { ...plan, years, people: { council, sim, allowance } };
      const own = costOf(one, [rates]);
      assert.ok(!("missing" in own));
      assert.deepEqual(horizonsOf({ plan: one, rates: [rates] })[years - 1], { total: own.plan, perHead: own.perHead });
    }),
  );
});

test("the least is said of all that are equal, and of none where there is nothing to compare with", () => {
  assert.deepEqual(leastOf([3n, 2n, null, 2n]), [false, true, false, true]);
  assert.deepEqual(leastOf([3n, null]), [false, false]);
  assert.deepEqual(leastOf([]), []);
});

test("what plans differ in is named, and what is the same in all", () => {
  const other: Plan = { ...plan, years: 3, people: { council: 20, sim: 20, allowance: 20 } };
  const dearer = { ...rates, allowanceMonth: 1_200n };
  const { differ, same } = differences([
    { plan, rates: [rates] },
    { plan: other, rates: [dearer] },
  ]);
  assert.deepEqual(differ, ["years", "council", "allowance", "allowanceMonth"]);
  assert.ok(same.includes("people") && same.includes("startsOn") && same.includes("device"));
  assert.deepEqual(differences([{ plan, rates: [rates] }]).differ, []);
});
