import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, derive } from "./figures.ts";
import type { Tally } from "./figures.ts";
import { reconcile } from "./reconcile.ts";

const year: Tally = {
  received: 120,
  processed: 96,
  onHold: 10,
  processing: 14,
  environmental: 20,
  inTime: 88,
  extended: 7,
  late: 9,
  notYetDue: 6,
  advice: 2,
  notHeld: 8,
  granted: 50,
  part: 22,
  withheld: 14,
  pending: 14,
  vexatious: 1,
  repeated: 1,
  cost: 4,
  exemption: 8,
  exempted: 29,
  s40: 20,
  s43: 12,
  r12_4b: 1,
  s21: 3,
  s21Part: 1,
  s21Full: 2,
  s21InTime: 3,
  s21Late: 0,
  reviews: 6,
  reviewsKnown: 5,
  reviewsUpheld: 3,
  reviewsPart: 1,
  reviewsOverturned: 1,
};

test("time is counted against what was received less what is on hold or lapsed, and outcomes against what could be resolved", () => {
  const derived = derive(year);
  assert.equal(derived.receivedLess, 110);
  assert.equal(derived.inTimeShare, 80);
  assert.ok(Math.abs((derived.withExtensionShare ?? 0) - (95 / 110) * 100) < 1e-9);
  assert.equal(derived.resolvable, 100);
  assert.equal(derived.grantedShare, 50);
  assert.equal(derived.withheldShare, 14);
  assert.equal(derived.exemptionsTotal, 33);
  assert.equal(derived.reviewsShare, 60);
});

test("there is no share of nothing, and none of what is not known", () => {
  assert.equal(derive({ received: 0, onHold: 0, inTime: 0, extended: 0 }).inTimeShare, null);
  assert.equal(derive({ inTime: 5 }).inTimeShare, null);
  assert.equal(derive({}).exemptionsTotal, null);
});

test("the regulator calls 95 % good, 90 to 95 adequate and less unsatisfactory", () => {
  assert.deepEqual([100, 95, 94.999, 90, 89.999, 0, null].map(bandOf), [
    "good",
    "good",
    "adequate",
    "adequate",
    "unsatisfactory",
    "unsatisfactory",
    null,
  ]);
});

test("figures whose parts add up reconcile, and each part that is one too many is found by its own check", () => {
  const wrong = (tally: Tally) => reconcile(tally).flatMap(({ name, holds }) => (holds === false ? [name] : []));
  assert.deepEqual(wrong(year), []);
  const raised = (name: keyof Tally) => wrong({ ...year, [name]: Number(year[name]) + 1 });
  assert.deepEqual(raised("processed"), ["received"]);
  assert.deepEqual(raised("late"), ["time"]);
  assert.deepEqual(raised("part"), ["outcomes"]);
  assert.deepEqual(raised("cost"), ["refusals"]);
  assert.deepEqual(raised("s21Part"), ["s21"]);
  assert.deepEqual(raised("s21Late"), ["s21 time"]);
  assert.deepEqual(raised("reviewsUpheld"), ["reviews"]);
  assert.deepEqual(wrong({ ...year, exempted: 34 }), ["exempted", "claimed"]);
  assert.deepEqual(
    reconcile({}).filter(({ holds }) => holds !== null),
    [],
  );
});
