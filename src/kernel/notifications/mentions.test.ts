import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { mentionsIn, peopleMentioned } from "./mentions.ts";

const people = new Map([
  ["priya nair", ["1"]],
  ["priya", ["2"]],
  ["owen o'neill", ["3"]],
  ["per-00012", ["4"]],
  ["ann-marie st. john", ["5", "6"]],
]);

test("a mention is @ and the longest name that somebody has, whatever stands round it", () => {
  const called: readonly (readonly [string, readonly string[]])[] = [
    ["@Priya Nair could you look", ["1"]],
    ["@priya could you look", ["2"]],
    ["Thanks @Owen O’Neill.", ["3"]],
    ["(@Owen O'Neill's idea)", ["3"]],
    ["**@PER-00012**, and @Priya Nair, please", ["4", "1"]],
    ["@Ann-Marie St. John", ["5", "6"]],
    ["@Priya Nair @Priya Nair", ["1"]],
    ["someone@priya nair", []],
    ["mail priya@example.org", []],
    ["@ Priya", []],
    ["@nobody here", []],
    ["", []],
  ];
  for (const [text, ids] of called) assert.deepEqual(peopleMentioned(text, people), ids, text);
});

test("any text is read, and calls no more than twenty", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => mentionsIn(text).length <= 20));
  assert.equal(mentionsIn("@a ".repeat(100)).length, 20);
  const started = performance.now();
  mentionsIn(`@${"a ".repeat(10_000)}${"@".repeat(10_000)}`);
  assert.ok(performance.now() - started < 500);
});
