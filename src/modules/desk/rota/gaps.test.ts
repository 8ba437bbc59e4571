import assert from "node:assert/strict";
import { test } from "node:test";
import { gapsIn } from "./gaps.ts";

const at = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([from, until]) => ({ from, until }));

test("what is to be covered and is not is a gap, whichever way the shifts lie", () => {
  assert.deepEqual(gapsIn(at([9, 17]), []), at([9, 17]));
  assert.deepEqual(gapsIn(at([9, 17]), at([9, 17])), []);
  assert.deepEqual(gapsIn(at([9, 17]), at([8, 12], [11, 18])), []);
  assert.deepEqual(gapsIn(at([9, 17]), at([13, 15], [10, 12])), at([9, 10], [12, 13], [15, 17]));
  assert.deepEqual(gapsIn(at([9, 12], [13, 17]), at([12, 13])), at([9, 12], [13, 17]));
  assert.deepEqual(gapsIn(at([9, 12], [11, 17]), at([9, 16])), at([16, 17]));
});
