import { createHash } from "node:crypto";
import type { RecordType } from "../record.ts";
import { seesNothingMore, sightMark } from "../shared-sight.ts";
import type { Tx } from "../transaction.ts";

/** What was read, and when. */
export interface Kept<Value> {
  readonly value: Value;
  readonly readAt: Temporal.Instant;
}

const kept = new Map<string, Kept<unknown>>();
const running = new Map<string, Promise<unknown>>();
const keptMinutes = 5;
const keptMax = 1000;
/** What was read in less time than this is read anew each time, so that it agrees with the lists that it leads to. */
const quickMs = 100;

/**
 * Reads figures of a type, or gives what was read within the last 5 minutes where that took long: by this person with the rights
 * that they have now, or by anybody who sees just the same records. Two who ask at once have it read once. `name` says what is
 * read.
 */
export async function keptOrRead<Value>(
  tx: Tx,
  { name, type }: { name: string; type: RecordType },
  reading: () => Promise<Value>,
): Promise<Kept<Value>> {
  const key = createHash("sha256")
    .update(JSON.stringify([tx.actor.organisationId, await whoSeesIt(tx, type, name), name]))
    .digest("base64");
  // The name says what is read, so its type is the same each time.
  const known = () => kept.get(key) as Kept<Value> | undefined;
  const isNew = (one: Kept<Value> | undefined) =>
    one !== undefined && Math.abs(one.readAt.until(tx.now).total("minutes")) < keptMinutes;
  if (!isNew(known())) await running.get(key)?.catch(() => {});
  const found = known();
  if (found && isNew(found)) return found;
  const started = performance.now();
  const work = reading();
  running.set(key, work);
  try {
    const fresh = { value: await work, readAt: tx.now };
    if (performance.now() - started < quickMs) return fresh;
    if (kept.size >= keptMax) kept.clear();
    kept.set(key, fresh);
    return fresh;
  } finally {
    if (running.get(key) === work) running.delete(key);
  }
}

/** For whom it is the same: for whoever holds these permissions in these teams, or for this person alone. */
async function whoSeesIt(tx: Tx, type: RecordType, name: string): Promise<string> {
  const mark = sightMark(tx.actor);
  const own = name.includes('"me"') || !(await seesNothingMore(tx, type));
  return own ? `${mark} ${tx.actor.personId} ${tx.actor.standsInFor?.personId ?? ""}` : mark;
}
