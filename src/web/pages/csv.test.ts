import assert from "node:assert/strict";
import { test } from "node:test";
import { harmless } from "./csv.ts";

test("a cell that begins as a formula does is made text, and other cells stay as they are", () => {
  for (const text of ["=1+1", "+44 1234", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "-", "'=1", "''@x"])
    assert.equal(harmless(text), `'${text}`);
  for (const text of ["", "-5", "-12.50", "words = words", "'tis", "2026-11-22"]) assert.equal(harmless(text), text);
});
