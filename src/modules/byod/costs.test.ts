import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { costOf, sensitivityOf, totalOf } from "./costs.ts";
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

test("a year is worth what it comes to by hand", () => {
  const outcome = costOf(plan, [rates]);
  assert.ok(!("missing" in outcome));
  assert.deepEqual(outcome.years[0]?.plan, {
    device: 100_000n, // 10 × £300 ÷ 3
    sim: 288_000n, // 30 × 12 × £8
    allowance: 360_000n, // 30 × 12 × £10
    insurance: 54_000n, // 15 % of that
    support: 115_000n, // 10 × £40 + 50 × £15
    licence: 180_000n, // 50 × £36
    risk: 50_000n, // 10 × £5 + 50 × £9
  });
  assert.equal(outcome.plan, 1_147_000n);
  // 60 × (£100 + £96 + £40 + £5)
  assert.equal(outcome.usual, 1_446_000n);
  assert.equal(outcome.saving, 299_000n);
  assert.equal(outcome.perHead, 19_117n, "£11,470 ÷ 60 is £191.166…");
});

test("each year goes by the rates of its own first day, and a year without rates is named", () => {
  const later = { ...rates, from: "2027-04-01", insuranceShare: 1_380n };
  const dated = [{ ...rates, until: "2027-03-31" }, later];
  const outcome = costOf({ ...plan, years: 2 }, dated);
  assert.ok(!("missing" in outcome));
  assert.deepEqual(
    outcome.years.map((year) => [year.startsOn, year.plan.insurance]),
    [
      ["2026-12-01", 54_000n],
      ["2027-12-01", 49_680n],
    ],
  );
  assert.deepEqual(costOf({ ...plan, years: 2 }, [{ ...rates, until: "2027-03-31" }]), { missing: "2027-12-01" });
  assert.deepEqual(costOf({ ...plan, startsOn: "2026-03-31" }, [rates]), { missing: "2026-03-31" });
});

test("whatever the people and the years: the parts add up, all devices save nothing, and nobody costs nothing", () => {
  const people = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(people, people, people, fc.integer({ min: 1, max: 5 }), (council, sim, allowance, years) => {
      const outcome = costOf({ ...plan, years, people: { council, sim, allowance } }, [rates]);
      assert.ok(!("missing" in outcome));
      assert.equal(
        outcome.years.reduce((sum, year) => sum + totalOf(year.plan), 0n),
        outcome.plan,
      );
      assert.equal(outcome.saving, outcome.usual - outcome.plan);
      if (sim + allowance === 0) assert.equal(outcome.saving, 0n);
      if (council + sim + allowance === 0) assert.deepEqual([outcome.plan, outcome.perHead], [0n, 0n]);
    }),
  );
});

test("what matters most comes first, and a dearer allowance saves less", () => {
  const all = sensitivityOf(plan, [rates]);
  assert.equal(all.length, 9);
  const allowance = all.find(({ rate }) => rate === "allowanceMonth")!;
  // A fifth of the allowance and of its insurance: £828.
  assert.deepEqual([allowance.lower, allowance.higher], [299_000n + 82_800n, 299_000n - 82_800n]);
  assert.equal(all[0]?.rate, "device", "50 devices that are not bought");
  assert.deepEqual(sensitivityOf(plan, []), []);
});
