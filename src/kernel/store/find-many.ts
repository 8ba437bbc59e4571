import { sql } from "kysely";
import { readsInternal } from "../access.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { filterOf } from "./find.ts";
import { columnOf, columnsFor, storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";

/** Records to read: of one type, by id, with the values of these fields. */
export interface Wanted {
  readonly type: RecordType;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
}

/**
 * Records of several types by id, read with one query, each with all fields that are asked for of its type. Those that the actor may not see are not in the answer, nor are
 * the values of fields that are kept from them on that record.
 */
export async function findMany(tx: Tx, wanted: readonly Wanted[]): Promise<Map<string, Stored>> {
  const asked = wanted.filter(({ ids }) => ids.length > 0);
  if (asked.length === 0) return new Map();
  const branches = [...Map.groupBy(asked, ({ type }) => type).entries()].map(([type, of]) => {
    const [ids, fields] = [of.flatMap((one) => one.ids), of.flatMap((one) => one.fields)];
    return sql`select ${type.name}::text as type, to_jsonb(found) as row from (
      select ${columnsFor(type, fields)} from ${viewOf(type)}
      where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[]) ${filterOf(tx, type)}) found`;
  });
  const { rows } = await sql<{ type: string; row: Row }>`${sql.join(branches, sql` union all `)}`.execute(tx.db);
  const types = new Map(asked.map(({ type }) => [type.name, type]));
  return new Map(
    rows.map(({ type: name, row }) => {
      const record = withoutKept(tx, types.get(name)!, row);
      return [record.id, record] as const;
    }),
  );
}

function withoutKept(tx: Tx, type: RecordType, row: Row): Stored {
  const record = storedFrom(type, asRead(type, row));
  if (readsInternal(tx.actor, type.name, record)) return record;
  const values = Object.entries(record.values).filter(([name]) => type.fields[name]?.options.internal !== true);
  return { ...record, values: Object.fromEntries(values) };
}

const sharedMoments = ["opened_at", "updated_at", "next_due_at", "closed_at"];

/** A row that came as JSON, its moments written as `pg` gives them. */
function asRead(type: RecordType, row: Row): Row {
  const moments = Object.entries(type.fields).flatMap(([name, { kind, options }]) =>
    kind.column(options)?.type === "timestamp with time zone" ? [columnOf(type, name) ?? ""] : [],
  );
  const written = [...sharedMoments, ...moments].flatMap((column) => {
    const text = row[column];
    return typeof text === "string" && text !== "infinity" ? [[column, new Date(text).toISOString()] as const] : [];
  });
  return { ...row, ...Object.fromEntries(written) };
}
