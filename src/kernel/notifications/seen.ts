import { sql } from "kysely";
import { hiddenByDefinition } from "../store/hidden.ts";
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
  const hidden = await hiddenByDefinition(tx, rows);
  return new Set(rows.filter(({ id }) => !hidden.has(id)).map(({ id, sequence }) => pointedKey(id, sequence)));
}

/** How `seenOf` names a record or a line. */
export function pointedKey(recordId: string, sequence: number | null): string {
  return `${recordId} ${sequence ?? ""}`;
}
