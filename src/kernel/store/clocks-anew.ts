import { sql } from "kysely";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { readClocks, storeClocksOfMany } from "./clocks.ts";
import { withErasedFilledIn } from "./erased-facts.ts";
import { filterOf } from "./find.ts";
import { storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";
import { factsFrom, storedFactsOfMany } from "./timeline.ts";

/** Computes the clocks of records anew and stores them, for those records that the actor may see: whoever may not has none to show. */
export async function storeClocksAnew(tx: Tx, type: RecordType, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || Object.keys(type.clocks).length === 0) return;
  const [found, factsOf] = await Promise.all([
    sql<Row>`select * from ${viewOf(type)} where organisation_id = ${tx.actor.organisationId}::uuid
      and id = any (${ids}::uuid[]) ${filterOf(tx, type)}`.execute(tx.db),
    storedFactsOfMany(tx, ids),
  ]);
  const clocks: Parameters<typeof storeClocksOfMany>[1][number][] = [];
  for (const row of found.rows) {
    const record = storedFrom(type, row);
    const facts = factsFrom(withErasedFilledIn(factsOf.get(record.id) ?? [], type, record));
    const readings = await readClocks(tx, type, { facts, requesterId: record.requesterId, now: tx.now });
    clocks.push(...readings.map((reading) => ({ recordId: record.id, reading })));
  }
  await storeClocksOfMany(tx, clocks);
}
