import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { placeOfFault } from "./json-place.ts";

test("the first character that cannot stand where it does is found", () => {
  for (const [text, line, column, atEnd] of [
    ['{"a": 1,}', 1, 9, false],
    ['{"a": 1\n "b": 2}', 2, 2, false],
    ["{'a': 1}", 1, 2, false],
    ['{"a": yes}', 1, 7, false],
    ['{"a" 1}', 1, 6, false],
    ['{"a": 01}', 1, 8, false],
    ['{"a": 1}}', 1, 9, false],
    ['["a", ]', 1, 7, false],
    ['["a"}', 1, 5, false],
    ['{"a": "one\ntwo"}', 1, 11, false],
    ['{"a": "\\x"}', 1, 8, false],
    ["summary=x", 1, 1, false],
    [",", 1, 1, false],
    ['{"a": "x', 1, 9, true],
    ['{"a": [1, 2', 1, 12, true],
    ['{"a":\n', 2, 1, true],
    ["", 1, 1, true],
  ] as const)
    assert.deepEqual(placeOfFault(text), { line, column, atEnd }, text);
});

test("JSON has no such place, and what is not JSON has one", () => {
  const mangled = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "]", "{", ":", "x", "\\", "\n", "0", "-"), fc.nat(3))
    .map(
      ([json, at, put, cut]) =>
        json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + cut),
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), mangled), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      assert.equal(placeOfFault(text) === null, isJson, text);
    }),
    { numRuns: 3000 },
  );
});

test("a text that is too long is not searched, and a deep one does no harm", () => {
  assert.equal(placeOfFault(`"${"x".repeat(300_000)}`), null);
  assert.deepEqual(placeOfFault("[".repeat(100_000)), { line: 1, column: 100_001, atEnd: true });
});
