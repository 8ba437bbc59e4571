import type { Stored, Tx } from "../transaction.ts";
import { timeline } from "./timeline.ts";
import type { Values } from "./values.ts";

/** So many changes are taken back at the most. */
const changesMax = 100;

/** What a record held at an earlier version, from its timeline; null where that cannot be told (too long ago, or erased). */
export async function valuesAtVersion(tx: Tx, record: Stored, version: number): Promise<Values | null> {
  const since = record.version - version;
  if (version < 1 || since < 0 || since > changesMax) return null;
  if (since === 0) return record.values;
  const events = await timeline(tx, record, { verbs: ["changed", "moved", "erased"], newestFirst: true, limit: since });
  if (events.length < since || events.some(({ verb, body }) => verb === "erased" || body === null)) return null;
  const values: Record<string, unknown> = { ...record.values };
  for (const { body } of events)
    for (const [name, { from }] of Object.entries(body?.changes ?? {})) values[name] = from;
  return values;
}
