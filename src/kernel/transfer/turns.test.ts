import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurns } from "./turns.ts";

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

test("turns are written in order, each made ready while the one before is written, and none twice", async () => {
  const did: string[] = [];
  let n = 0;
  await inTurns(
    async () => {
      const turn = ++n;
      did.push(`ready ${turn}`);
      return turn > 3 ? null : turn;
    },
    async (turn) => {
      did.push(`write ${turn}`);
      await soon();
      did.push(`wrote ${turn}`);
    },
  );
  const order = "ready 1, ready 2, write 1, wrote 1, ready 3, write 2, wrote 2, ready 4, write 3, wrote 3";
  assert.equal(did.join(", "), order);
});

test("what goes wrong ends it, whichever half it is, and nothing is left running", async () => {
  const ready = (fails: number) => {
    let n = 0;
    return async () => {
      n += 1;
      await soon();
      if (n === fails) throw new Error(`not ready ${n}`);
      return n;
    };
  };
  const written: number[] = [];
  const write = (fails: number) => async (turn: number) => {
    if (turn === fails) throw new Error(`not written ${turn}`);
    written.push(turn);
  };
  await assert.rejects(inTurns(ready(3), write(9)), /not ready 3/);
  await assert.rejects(inTurns(ready(3), write(2)), /not written 2/);
  assert.deepEqual(written, [1, 2, 1]);
});
