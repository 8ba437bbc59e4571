import { createHash } from "node:crypto";
import type { Tx } from "../transaction.ts";

/** What was read, and when. */
export interface Kept<Value> {
  readonly value: Value;
  readonly readAt: Temporal.Instant;
}

const kept = new Map<string, Kept<unknown>>();
const keptMinutes = 5;
const keptMax = 1000;
/** What was read in less time than this is read anew each time, so that it agrees with the lists that it leads to. */
const quickMs = 250;

/** Reads, or gives what was read for this person, with the rights that they have now, within the last 5 minutes where that took long. */
export async function keptOrRead<Value>(tx: Tx, name: string, reading: () => Promise<Value>): Promise<Kept<Value>> {
  const { organisationId, personId, grants, teams } = tx.actor;
  const key = createHash("sha256")
    .update(JSON.stringify([organisationId, personId, grants, teams, name]))
    .digest("base64");
  // The name says what is read, so its type is the same each time.
  const known = kept.get(key) as Kept<Value> | undefined;
  if (known && Math.abs(known.readAt.until(tx.now).total("minutes")) < keptMinutes) return known;
  const started = performance.now();
  const fresh = { value: await reading(), readAt: tx.now };
  if (performance.now() - started < quickMs) return fresh;
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, fresh);
  return fresh;
}
