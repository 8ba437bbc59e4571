import { sql } from "kysely";
import { filterOf } from "../store/find.ts";
import { viewOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";

/** A record, or one line of its timeline. */
export interface Pointed {
  readonly recordId: string;
  /** null: the record as such. */
  readonly sequence: number | null;
}

/** Which of these the person of the transaction may see, as `recordId sequence`: the database and the definitions say so. */
export async function seenOf(tx: Tx, pointed: readonly Pointed[]): Promise<ReadonlySet<string>> {
  if (pointed.length === 0) return new Set();
  const { rows } = await sql<{ id: string; sequence: number | null; type: string }>`
    select p.id, p.sequence, r.type from unnest(${pointed.map(({ recordId }) => recordId)}::uuid[], ${pointed.map(({ sequence }) => sequence)}::integer[]) as p (id, sequence)
    join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = p.id
    where p.sequence is null or exists (select 1 from events e
      where e.organisation_id = r.organisation_id and e.record_id = r.id and e.sequence = p.sequence)`.execute(tx.db);
  const hidden = await filteredAway(tx, rows);
  return new Set(rows.filter(({ id }) => !hidden.has(id)).map(({ id, sequence }) => pointedKey(id, sequence)));
}

/** How `seenOf` names a record or a line. */
export function pointedKey(recordId: string, sequence: number | null): string {
  return `${recordId} ${sequence ?? ""}`;
}

/** Those that a definition's own condition keeps from this person, beside what the database holds to. */
async function filteredAway(tx: Tx, rows: readonly { id: string; type: string }[]): Promise<ReadonlySet<string>> {
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
