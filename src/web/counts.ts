import { sql } from "kysely";
import { mayAudit } from "../kernel/store/audit.ts";
import { countMax } from "../kernel/store/list.ts";
import type { Tx } from "../kernel/transaction.ts";
import { workTypes } from "./work-types.ts";

/** What the navigation says: how much is open of each type that the person may see, and of their own work. Counted to 1,000; 1,001 means more. */
export interface OpenCounts {
  readonly mine: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Whether they may search who did what, which the navigation offers. */
  readonly audits: boolean;
}

const kept = new Map<string, { readonly until: number; readonly counts: OpenCounts }>();
const keptMs = 15_000;
const keptMax = 2000;

/** The counts beside the navigation: at most 15 seconds old, so that no page waits for them twice. */
export async function openCounts(tx: Tx): Promise<OpenCounts> {
  const key = `${tx.actor.organisationId} ${tx.actor.personId}`;
  const known = kept.get(key);
  if (known && known.until > tx.now.epochMilliseconds) return known.counts;
  const types = [...new Set(tx.actor.grants.filter(({ permission }) => permission === "read").map(({ type }) => type))];
  // Together, and waited for together: where both fail, a failure that nobody waits for would end the process.
  const [audits, { rows }] = await Promise.all([
    mayAudit(tx),
    sql<{ type: string | null; count: number }>`
    select type, (select count(*) from (select 1 from records r where r.organisation_id = ${tx.actor.organisationId}::uuid and r.type = wanted.type
      and r.closed_at is null limit ${countMax + 1}) bounded) as count from unnest(${types}::text[]) as wanted (type)
    union all
    select null, (select count(*) from (select 1 from records r where r.organisation_id = ${tx.actor.organisationId}::uuid
      and r.owner_id = ${tx.actor.personId}::uuid and r.closed_at is null and r.type = any (${workTypes(tx.registry)}::text[]) limit ${countMax + 1}) bounded)`.execute(
      tx.db,
    ),
  ]);
  const counts: OpenCounts = {
    audits,
    mine: rows.find(({ type }) => type === null)?.count ?? 0,
    byType: Object.fromEntries(rows.flatMap(({ type, count }) => (type === null ? [] : [[type, count] as const]))),
  };
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, { until: tx.now.epochMilliseconds + keptMs, counts });
  return counts;
}
