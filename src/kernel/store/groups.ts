import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { mayAskAbout } from "../access.ts";
import { refuse } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { listCondition } from "./filters.ts";
import { orderBy, sortOf } from "./list.ts";
import type { ListQuery } from "./list.ts";
import { columnsFor, expressionOf, storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";

/** No more rows than these are sorted into groups. */
export const groupedMax = 10_000;

/** By what rows are grouped: a field or base column; a date or moment by London's day, the week from Monday, or the month. */
export interface GroupBy {
  readonly name: string;
  readonly unit?: "day" | "week" | "month";
}

/** The rows that share a value: how many, and the first of them in the list's order. */
export interface Group {
  /** The value as the database writes it, the first day of a week or month; null for rows that have none. */
  readonly key: string | null;
  readonly count: number;
  readonly items: readonly Stored[];
}

/** A list in groups: those with the most rows first, of dates the latest first. */
export interface Groups {
  readonly groups: readonly Group[];
  /** How many rows were sorted into groups. */
  readonly rows: number;
  /** Whether the list has more rows than were looked at, so that the counts are of its first ones. */
  readonly more: boolean;
  /** How many groups there are beyond these. */
  readonly groupsLeftOut: number;
}

/** Sorts the first 10,000 rows of a list into groups, with two queries. Refuses (invalid) what cannot be grouped by. */
export async function groupsOf(
  tx: Tx,
  type: RecordType,
  query: ListQuery,
  { by, each, most }: { by: GroupBy; each: number; most: number },
): Promise<Groups> {
  const key = keyOf(tx, type, by);
  const order = orderBy(sortOf(tx, type, query.sort ?? type.views.list.sort, query.show), false);
  const condition = await listCondition(tx, type, query);
  if (condition === null) return { groups: [], rows: 0, more: false, groupsLeftOut: 0 };
  const { rows } = await sql<{ key: string | null; many: number; ids: string[]; kinds: number; total: number }>`
    select key, count(*) as many, (array_agg(id order by place))[1:${each}] as ids, count(*) over () as kinds, sum(count(*)) over ()::int as total
    from (select id, key, row_number() over () as place from (
      select id, ${key} as key from ${viewOf(type)} where ${condition} order by ${order} limit ${groupedMax + 1}) among) placed
    group by key order by ${by.unit ? sql`key desc nulls last` : sql`many desc, key`} limit ${most}`.execute(tx.db);
  const items = await itemsOf(
    tx,
    type,
    query,
    rows.flatMap(({ ids }) => ids),
  );
  const total = rows[0]?.total ?? 0;
  return {
    groups: rows.map((row) => ({
      key: row.key,
      count: row.many,
      items: row.ids.flatMap((id) => items.get(id) ?? []),
    })),
    rows: Math.min(total, groupedMax),
    more: total > groupedMax,
    groupsLeftOut: Math.max(0, (rows[0]?.kinds ?? 0) - rows.length),
  };
}

async function itemsOf(tx: Tx, type: RecordType, { fields }: ListQuery, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, Stored>();
  const { rows } = await sql<Row>`select ${columnsFor(type, fields)} from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])`.execute(tx.db);
  return new Map(rows.map((row) => [String(row["id"]), storedFrom(type, row)] as const));
}

const baseColumns: Readonly<Record<string, string>> = {
  state: "state",
  due: "next_due_at",
  opened: "opened_at",
  updated: "updated_at",
  closed: "closed_at",
};

function keyOf(tx: Tx, type: RecordType, { name, unit }: GroupBy): RawBuilder<unknown> {
  const base = Object.hasOwn(baseColumns, name) ? baseColumns[name] : undefined;
  const field = base === undefined ? type.fields[name] : undefined;
  const ref = base === undefined ? expressionOf(type, name) : sql.ref(base);
  const isDay = field?.kind.column(field.options)?.type === "date";
  const dated = base === undefined ? field?.kind.filter === "date-range" : name !== "state";
  if (!ref || (!base && !mayAskAbout(tx.actor, type, name)) || dated !== (unit !== undefined))
    return refuse("by", `${type.label.many} cannot be grouped by “${name.slice(0, 60)}”`);
  if (unit === undefined) return sql`${ref}::text`;
  const local = isDay ? sql`${ref}::timestamp` : sql`${ref} at time zone 'Europe/London'`;
  return sql`case when isfinite(${ref}) then to_char(date_trunc(${unit}, ${local}), 'YYYY-MM-DD') end`;
}
