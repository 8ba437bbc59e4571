import { sql } from "kysely";
import type { Tx } from "../transaction.ts";
import { filterOf } from "./find.ts";
import { viewOf } from "./row.ts";

/** The ids of those that a definition's own condition (`access.read`) keeps from this person, beside what the database holds to. */
export async function hiddenByDefinition(
  tx: Tx,
  rows: readonly { readonly id: string; readonly type: string }[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>();
  for (const name of new Set(rows.map(({ type }) => type))) {
    const type = tx.registry.types.get(name);
    if (!type?.access.read) continue;
    const ids = [...new Set(rows.filter((row) => row.type === name).map(({ id }) => id))];
    const seen = await sql<{ id: string }>`select id from ${viewOf(type)}
      where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[]) ${filterOf(tx, type)}`.execute(
      tx.db,
    );
    const known = new Set(seen.rows.map(({ id }) => id));
    for (const id of ids) if (!known.has(id)) hidden.add(id);
  }
  return hidden;
}
