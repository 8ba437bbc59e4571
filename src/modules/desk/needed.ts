import { sql } from "kysely";
import { dependingRelations } from "../../kernel/store/relations.ts";
import type { Tx } from "../../kernel/transaction.ts";

const stepsMax = 3;
const neededMax = 500;

/** Services and systems around some others, themselves among both. */
export interface Around {
  /** What they cannot do without: the systems that carry a service, and what they depend on or are made of. */
  readonly needed: ReadonlySet<string>;
  /** What cannot do without them. */
  readonly needing: ReadonlySet<string>;
}

/** What some services and systems need and what needs them, up to three steps away, as far as the actor sees it. */
export async function aroundOf(tx: Tx, ids: readonly string[]): Promise<Around> {
  if (ids.length === 0) return { needed: new Set(), needing: new Set() };
  const [needed, needing] = await Promise.all([walk(tx, ids, false), walk(tx, ids, true)]);
  return { needed, needing };
}

async function walk(tx: Tx, ids: readonly string[], back: boolean): Promise<ReadonlySet<string>> {
  const { organisationId } = tx.actor;
  const [joinFrom, joinTo] = back ? [sql`l.to_id`, sql`l.from_id`] : [sql`l.from_id`, sql`l.to_id`];
  // A system says which service it carries, so the service needs the system.
  const [carriedFrom, carriedTo] = back ? [sql`s.id`, sql`s.service`] : [sql`s.service`, sql`s.id`];
  const { rows } = await sql<{ id: string }>`
    with recursive around as (
      select unnest(${ids}::uuid[]) as id, 0 as step
      union
      select n.id, a.step + 1 from around a cross join lateral (
        select ${joinTo} as id from links l where l.organisation_id = ${organisationId}::uuid and ${joinFrom} = a.id and l.relation = any (${dependingRelations}::text[])
        union all
        select ${carriedTo} from visible_system s where s.organisation_id = ${organisationId}::uuid and ${carriedFrom} = a.id and s.service is not null and s.closed_at is null
      ) n where a.step < ${stepsMax}
    )
    select distinct id from around limit ${neededMax}`.execute(tx.db);
  return new Set(rows.map(({ id }) => id));
}
