import { sql } from "kysely";
import { dependingRelations } from "../../kernel/store/relations.ts";
import type { Tx } from "../../kernel/transaction.ts";

const stepsMax = 3;
const neededMax = 5000;

/** By service or system, itself and what it cannot do without. */
export type Needed = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What each of these services and systems cannot do without, up to three steps away and as far as the actor sees it: the
 * systems that carry a service, and what they depend on or are made of.
 */
export async function neededBy(tx: Tx, ids: readonly string[]): Promise<Needed> {
  const roots = [...new Set(ids)];
  if (roots.length === 0) return new Map();
  const { organisationId } = tx.actor;
  const { rows } = await sql<{ root: string; id: string }>`
    with recursive needed as (
      select r.id as root, r.id, 0 as step from unnest(${roots}::uuid[]) as r (id)
      union
      select w.root, n.id, w.step + 1 from needed w cross join lateral (
        select l.to_id as id from links l where l.organisation_id = ${organisationId}::uuid and l.from_id = w.id and l.relation = any (${dependingRelations}::text[])
        union all
        -- A system says which service it carries, so the service needs the system.
        select s.id from visible_system s where s.organisation_id = ${organisationId}::uuid and s.service = w.id and s.closed_at is null
      ) n where w.step < ${stepsMax}
    )
    select distinct root, id from needed limit ${neededMax}`.execute(tx.db);
  return new Map(
    [...Map.groupBy(rows, ({ root }) => root)].map(([root, some]) => [root, new Set(some.map(({ id }) => id))]),
  );
}

/** Whether one of the first is, or cannot do without, one of the second. */
export function needsAny(ids: readonly string[], others: readonly string[], needed: Needed): boolean {
  return ids.some((id) => others.some((other) => other === id || needed.get(id)?.has(other) === true));
}
