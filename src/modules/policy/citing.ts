import { sql } from "kysely";
import { lineTables } from "../../kernel/schema/definition-sql.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** A record that rests on clauses of a policy. */
export interface Citing {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  /** The clauses that it names; empty where it rests on the whole policy. */
  readonly clauses: readonly number[];
}

/** The most records that are looked for, of each type. */
const citingMax = 500;

/**
 * What rests on a policy, of every type that cites clauses (see `citedClauses`) and as far as the actor may see it; only what
 * names one of `clauses`, or the whole policy, where they are given.
 */
export async function citingRecords(tx: Tx, policyId: string, clauses?: readonly number[]): Promise<readonly Citing[]> {
  const found: Citing[] = [];
  for (const { name, table } of citingTables(tx)) {
    const { rows } = await sql<Citing>`
      select r.id, r.type, r.reference, r.title, r.state,
        coalesce(array_agg(distinct c.clause order by c.clause) filter (where c.clause is not null), '{}') as clauses
      from ${sql.table(table)} c join records r on r.organisation_id = c.organisation_id and r.id = c.parent_id
      where c.organisation_id = ${tx.actor.organisationId}::uuid and c.policy = ${policyId}::uuid and c.removed_at is null
        and r.type = ${name} and r.closed_at is null
        and (${clauses === undefined} or c.clause is null or c.clause = any (${clauses ?? []}::integer[]))
      group by r.id, r.type, r.reference, r.title, r.state order by r.reference limit ${citingMax}`.execute(tx.db);
    found.push(...rows);
  }
  return found;
}

/** The tables of lines by which types cite clauses. */
function citingTables({ registry }: Tx): { readonly name: string; readonly table: string }[] {
  return [...registry.types.values()].flatMap((type) =>
    lineTables(type)
      .filter(({ name, fields }) => name === "cites" && "policy" in fields && "clause" in fields)
      .map(({ table }) => ({ name: type.name, table })),
  );
}
