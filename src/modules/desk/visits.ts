import { sql } from "kysely";
import type { Stored, Tx } from "../../kernel/transaction.ts";

const clashesMax = 5;

/** Whoever plans a visit goes, unless they say who; an hour is usual. */
export async function newVisitDefaults(tx: Tx): Promise<Readonly<Record<string, unknown>>> {
  return { owner: tx.actor.personId, length: 60 };
}

/** A visit at the same time by the same person. */
export interface Clash {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
}

/** The other open visits that whoever goes is promised to in that time, as far as the person may see them. */
export async function clashesOf(tx: Tx, visit: Stored): Promise<readonly Clash[]> {
  if (visit.ownerId === null || visit.closedAt !== null) return [];
  const { rows } = await sql<Clash>`select o.id, o.reference, o.title from visible_visit o, visible_visit v
    where v.organisation_id = ${tx.actor.organisationId}::uuid and v.id = ${visit.id}::uuid
      and o.organisation_id = v.organisation_id and o.owner_id = v.owner_id and o.id <> v.id and o.closed_at is null
      and o.starts_at < v.starts_at + make_interval(mins => v.length) and v.starts_at < o.starts_at + make_interval(mins => o.length)
    order by o.starts_at limit ${clashesMax}`.execute(tx.db);
  return rows;
}
