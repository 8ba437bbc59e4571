import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsAddressOf } from "./find-address.ts";

const given = "zoe@example.org; 12 Mill Lane, Aldermoor, AM1 2BC";

test("an address of whoever asked is found however it is written", () => {
  for (const text of [
    "Write to zoe@example.org.",
    "Dear Zoe, 12 Mill Lane\nAldermoor",
    "at 12, MILL LN",
    "the post of AM1 2BC",
    "am12bc",
    "12 Mill\n  Lane",
  ])
    assert.equal(holdsAddressOf(given, text), true, text);
  assert.equal(holdsAddressOf("Rose Cottage, High Road, Aldermoor", "They live in Rose Cottage."), true);
  assert.equal(holdsAddressOf("Flat 2, 3 Elm Row, Leeds, LS1 1AA", "3 Elm Row was visited."), true);
  assert.equal(holdsAddressOf("4 High St, Leeds", "4 High Street"), true);
});

test("a town, another house and another postcode are nobody's address", () => {
  for (const text of [
    "Aldermoor Borough Council mended 41 potholes in Mill Lane.",
    "112 Mill Lane",
    "12 Mill Lanes",
    "AM1 2BD",
    "zoe at example",
  ])
    assert.equal(holdsAddressOf(given, text), false, text);
  for (const none of ["", "Aldermoor", ";;,,"])
    assert.equal(holdsAddressOf(none, "Aldermoor Borough Council, 1 High Street"), false, none);
  assert.equal(holdsAddressOf("1 (".repeat(2000), "1 (".repeat(2000)), true);
});
