import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { Refusal } from "../errors.ts";
import { listCondition } from "../store/filters.ts";
import { clockFilters, stoppedClocks } from "../store/further-filters.ts";
import { countSource } from "../store/list.ts";
import { columnOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";
import { ages } from "./ages.ts";
import type { Selection } from "./address.ts";
import { groupColumn, isTime } from "./groupings.ts";
import { columnOver } from "./measure.ts";
import type { Measure, Working } from "./measure.ts";
import { dayAfter, momentOf, stepsMax } from "./periods.ts";

/** No more groups than these are told, those with the most records first. */
export const groupsMax = 50;
/** What takes longer is given up, with a sentence. */
const timeoutMs = 12_000;

/** One question to the database: the records of a selection, counted by group and in all, with figures worked out of them. */
export interface Reading {
  readonly measure: Measure;
  readonly selection: Selection;
  /** Null for in all alone. */
  readonly by: string | null;
  /** Summed and ranked beside the count, by name. */
  readonly works: ReadonlyMap<string, Working>;
  /** The day in London from which ages count. */
  readonly today: string;
}

/** What a reading found in a group, or in all. */
export interface Found {
  readonly many: number;
  /** By the names of the reading; null where there is nothing to work it out of. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** What a reading found, by group. */
export interface Readings {
  readonly whole: Found;
  readonly groups: ReadonlyMap<string | null, Found>;
  /** How many groups there are beyond those told. */
  readonly leftOut: number;
}

/** Reads it, as the person. Refuses (impossible) what takes too long. */
export async function read(tx: Tx, reading: Reading): Promise<Readings> {
  const { measure, selection, by } = reading;
  const { type, over } = measure;
  const clock = typeof over === "object" && "stopped" in over ? over.stopped : null;
  const ofClock = new Set(clock === null ? [] : clockFilters(clock));
  const where = Object.fromEntries(Object.entries(selection.where).filter(([name]) => !ofClock.has(name)));
  const condition = await listCondition(tx, type, { ...selection, where });
  if (condition === null) throw new Error("A measure searches for no words");
  const key = by === null ? null : keyOf(reading, by);
  const values = [...reading.works].map(([name, works], at) => ({
    name,
    as: `value_${at}`,
    ...columnOfWorking(measure, works),
  }));
  const { table, and } = countSource(type, { where }, [
    ...(key?.columns ?? []),
    ...values.flatMap(({ column }) => (column === elapsed ? [] : [column])),
  ]);
  const stopped =
    clock === null
      ? sql``
      : sql` join ${stoppedClocks(type, clock, selection.where)} as stopped (${sql.ref(clockOf)}, ${sql.ref(stoppedAt)}, ${sql.ref(elapsed)}) on ${sql.ref(clockOf)} = id`;
  const columns = [
    sql`${key?.expression ?? sql`null::text`} as key`,
    ...values.map(({ column, as }) => sql`${sql.ref(column)} as ${sql.ref(as)}`),
  ];
  const statement = sql<Row>`select ${key ? sql`key, grouping(key) = 1` : sql`null as key, true`} as whole, count(*)::integer as many, count(*) over ()::integer as kinds
      ${sql.join(
        values.map(({ as, expression }) => sql`, ${expression(sql.ref(as))}::double precision as ${sql.ref(as)}`),
        sql``,
      )}
    from (select ${sql.join(columns)} from ${table}${stopped} where ${and} ${condition}) counted
    ${key ? sql`group by grouping sets ((key), ()) order by 2 desc, 3 desc, 1` : sql``} limit ${by !== null && isTime(by) ? stepsMax + 2 : groupsMax + 1}`;
  const rows = await inTime(tx, () => statement.execute(tx.db).then((result) => result.rows));
  const found = (row: Row): Found => ({
    many: row.many,
    values: Object.fromEntries(values.map(({ name, as }) => [name, row[as] as number | null])),
  });
  const groups = rows.filter((row) => !row.whole);
  return {
    whole: found(rows.find((row) => row.whole) ?? nothing),
    groups: new Map(groups.map((row) => [row.key, found(row)])),
    leftOut: Math.max(0, (rows[0]?.kinds ?? 1) - 1 - groups.length),
  };
}

interface Row {
  readonly key: string | null;
  readonly whole: boolean;
  readonly many: number;
  readonly kinds: number;
  readonly [value: string]: unknown;
}

const nothing: Row = { key: null, whole: true, many: 0, kinds: 1 };

// Names that no field's column can have: those are lower case letters, figures and single underscores.
const clockOf = "clock__of";
const stoppedAt = "clock__stopped_at";
const elapsed = "clock__elapsed";

/** Runs a statement that may be long. Refuses (impossible) when the database gave it up; the transaction goes on. */
async function inTime<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  try {
    const [, , result] = await Promise.all([
      sql`savepoint counting`.execute(tx.db),
      sql`set local statement_timeout = ${sql.lit(timeoutMs)}`.execute(tx.db),
      work(),
    ]);
    return result;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "57014") throw error;
    await sql`rollback to savepoint counting`.execute(tx.db);
    throw new Refusal("impossible", [
      { message: "This takes too long to count. Choose a shorter period, or narrow it to fewer records" },
    ]);
  }
}

/** What records are grouped by, as SQL, and the columns of the type's view that it needs. */
function keyOf(
  { measure, today }: Reading,
  by: string,
): { readonly expression: RawBuilder<unknown>; readonly columns: readonly string[] } {
  if (by === "age") {
    const limits = ages.slice(0, -1).map(({ days }) => momentOf(dayAfter(today, 1 - days)));
    const steps = limits.map((limit) => sql`(opened_at < ${limit}::timestamptz)::integer`);
    return { expression: sql`(${sql.join(steps, sql` + `)})::text`, columns: [] };
  }
  if (!isTime(by)) {
    const column = groupColumn(measure, by);
    return { expression: sql`${sql.ref(column)}::text`, columns: [column] };
  }
  const over = columnOver(measure);
  const ref = sql.ref(over?.column ?? stoppedAt);
  const local = over?.isDay ? sql`${ref}::timestamp` : sql`${ref} at time zone 'Europe/London'`;
  return {
    expression: sql`to_char(date_trunc(${by}, ${local}), 'YYYY-MM-DD')`,
    columns: over ? [over.column] : [],
  };
}

function columnOfWorking({ type }: Measure, works: Working) {
  if (typeof works === "string" || "share" in works) throw new Error("Counts and shares are worked out of counts");
  const field = "sum" in works ? works.sum : works.of;
  const column = field === "elapsed" ? elapsed : columnOf(type, field);
  if (column === null) throw new Error(`${type.name} keeps ${field} in no column`);
  return {
    column,
    expression: (ref: RawBuilder<unknown>) =>
      "sum" in works
        ? sql`sum(${ref})`
        : sql`percentile_cont(${works.percentile / 100}::double precision) within group (order by ${ref})`,
  };
}
