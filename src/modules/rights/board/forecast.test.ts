import assert from "node:assert/strict";
import { test } from "node:test";
import { byDanger, forecast } from "./forecast.ts";
import type { OpenCase } from "./forecast.ts";

/** Of 20: ten answered 8 days before their day, six 2 days before, four 3 days late. */
const history = new Map([
  [8, 10],
  [2, 6],
  [-3, 4],
]);
const none = new Map<number, number>();
const open = (more: Partial<OpenCase> = {}): OpenCase => ({
  daysLeft: 12,
  awayFor: null,
  nobodys: false,
  questionsFor: null,
  ...more,
});

test("a case is forecast by what became of those that were open as near their day", () => {
  assert.deepEqual(forecast(open(), history), { finishIn: 4, spare: 8, like: { many: 20, late: 4 }, danger: "fine" });
  assert.deepEqual(forecast(open({ daysLeft: 5 }), history), {
    finishIn: 3,
    spare: 2,
    like: { many: 10, late: 4 },
    danger: "tight",
  });
});

test("fewer than eight say nothing, and then it is taken to be answered on its day", () => {
  assert.deepEqual(forecast(open({ daysLeft: 1 }), history), { finishIn: 1, spare: 0, like: null, danger: "tight" });
  assert.equal(forecast(open(), none).like, null);
});

test("whoever is away and what is asked of others puts the end off", () => {
  assert.equal(forecast(open({ awayFor: 13 }), history).danger, "likely");
  assert.equal(forecast(open({ awayFor: 13 }), history).finishIn, 14);
  assert.equal(forecast(open({ questionsFor: 10 }), history).spare, 1);
  assert.equal(forecast(open({ questionsFor: -4 }), history).finishIn, 4);
});

test("what is late stays late, what waits for whoever asked has no danger, and what nobody has is tight", () => {
  assert.equal(forecast(open({ daysLeft: -1 }), history).danger, "late");
  assert.deepEqual(forecast(open({ daysLeft: null }), history), {
    finishIn: null,
    spare: null,
    like: null,
    danger: "waits",
  });
  assert.equal(forecast(open({ daysLeft: 10, nobodys: true }), history).danger, "tight");
  assert.equal(forecast(open({ daysLeft: 11, nobodys: true }), history).danger, "fine");
});

test("the order is by danger, then by what is to spare", () => {
  const all = [open(), open({ daysLeft: null }), open({ daysLeft: -2 }), open({ daysLeft: -9 }), open({ awayFor: 20 })];
  const order = all
    .map((one) => ({ daysLeft: one.daysLeft, forecast: forecast(one, history) }))
    .toSorted(byDanger)
    .map(({ daysLeft, forecast: { danger } }) => [danger, daysLeft]);
  assert.deepEqual(order, [
    ["late", -9],
    ["late", -2],
    ["likely", 12],
    ["fine", 12],
    ["waits", null],
  ]);
});
