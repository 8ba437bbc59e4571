import type { Tx } from "../transaction.ts";
import { beforeAll, countedTypes, deadlinesToMove } from "./move-deadlines.ts";
import type { Moving } from "./move-deadlines.ts";

const recordsAtATime = 500;
/** No more open records than this are looked at, nor for longer; the job looks at all of them. */
const lookedMax = 20_000;
const timeoutMs = 8000;

/** Which deadlines a change moves, as far as the person may see the records, in order of their references. */
export interface WhatMoves {
  readonly moving: readonly Moving[];
  /** Whether every open record was looked at. */
  readonly whole: boolean;
}

/** Looks at every open record with clocks by the rules as this transaction has just left them. Writes nothing. */
export async function whatMoves(tx: Tx): Promise<WhatMoves> {
  const anew: Tx = { ...tx, memo: new Map() };
  const until = performance.now() + timeoutMs;
  const moving: Moving[] = [];
  let looked = 0;
  for (const type of countedTypes(tx.registry)) {
    for (let after: string | null = beforeAll; after !== null;) {
      if (looked >= lookedMax || performance.now() > until) return { moving: inOrder(moving), whole: false };
      const part: Awaited<ReturnType<typeof deadlinesToMove>> = await deadlinesToMove(anew, type, {
        after,
        limit: recordsAtATime,
      });
      moving.push(...part.moving);
      looked += part.looked;
      after = part.last;
    }
  }
  return { moving: inOrder(moving), whole: true };
}

function inOrder(moving: readonly Moving[]): Moving[] {
  return moving.toSorted((one, other) => one.record.reference.localeCompare(other.record.reference, "en"));
}
