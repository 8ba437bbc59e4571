import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { Refusal } from "../errors.ts";
import { listCondition } from "../store/filters.ts";
import { clockFilters, stoppedFilters } from "../store/further-filters.ts";
import { countSource } from "../store/list.ts";
import { columnOf } from "../store/row.ts";
import { stoppedAs, stoppedClocks, stoppedColumns } from "../store/stopped-clocks.ts";
import type { StoppedAs } from "../store/stopped-clocks.ts";
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
const timeoutMs = 20_000;

/** Some of the records of a reading: all of them, or those whose clock stopped in some way; and what is worked out of them. */
export interface Part {
  readonly as: StoppedAs | null;
  readonly works: ReadonlyMap<string, Working>;
}

/**
 * One question to the database: the records of a selection and of parts of it, counted in all and by each of several
 * groupings. The selection says nothing of how clocks stopped: that is what parts are for.
 */
export interface Reading {
  readonly measure: Pick<Measure, "type" | "over">;
  readonly selection: Selection;
  readonly bys: ReadonlySet<string>;
  readonly parts: ReadonlyMap<string, Part>;
  /** The moves of which it is asked whether one was made before a clock stopped. */
  readonly after: readonly string[] | null;
  /** The day in London from which ages count. */
  readonly today: string;
}

/** What a part of a reading came to, in all or in a group. */
export interface Found {
  readonly many: number;
  /** By the names that the part has for them; null where there is nothing to work it out of. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** A part of a reading by one grouping. */
export interface Readings {
  readonly whole: Found;
  /** Those with the most records first. */
  readonly groups: ReadonlyMap<string | null, Found>;
  /** How many groups there are beyond those told. */
  readonly leftOut: number;
}

/** What a reading found, by part and grouping. */
export type Answer = (part: string, by: string | null) => Readings;

/** Reads it, as the person. Refuses (impossible) what takes too long. */
export async function read(tx: Tx, reading: Reading): Promise<Answer> {
  const bys = [...reading.bys];
  const statement = await statementOf(tx, reading, bys);
  const rows = await inTime(tx, () => statement.execute(tx.db).then((result) => result.rows));
  const parts = [...reading.parts].map(([name, { works }], at) => [name, at, [...works.keys()]] as const);
  const every = 2 ** bys.length - 1;
  return (name, by) => {
    const [, part, works] = parts.find(([known]) => known === name)!;
    const found = (row: Row): Found => ({
      many: Number(row[`many_${part}`]),
      values: Object.fromEntries(works.map((work, at) => [work, row[`value_${part}_${at}`] as number | null])),
    });
    // The bits of `grouping` are set for what a row is not grouped by, the first key's the highest.
    const place = by === null ? -1 : bys.indexOf(by);
    const inGroups = rows.filter((row) => by !== null && row.grouped === every - 2 ** (bys.length - 1 - place));
    const groups = inGroups
      .map((row) => [row[`key_${place}`] as string | null, found(row)] as const)
      .filter(([, { many }]) => many > 0)
      .toSorted(([, one], [, other]) => other.many - one.many);
    const told = by !== null && isTime(by) ? groups : groups.slice(0, groupsMax);
    const whole = rows.find((row) => row.grouped === every);
    return {
      whole: whole ? found(whole) : { many: 0, values: {} },
      groups: new Map(told),
      leftOut: groups.length - told.length + Math.max(0, (inGroups[0]?.kinds ?? 0) - inGroups.length),
    };
  };
}

interface Row {
  readonly grouped: number;
  readonly kinds: number;
  readonly [column: string]: unknown;
}

async function statementOf(tx: Tx, reading: Reading, bys: readonly string[]) {
  const { measure, selection } = reading;
  const { type, over } = measure;
  const clock = typeof over === "object" && "stopped" in over ? over.stopped : null;
  const ofClock = new Set(clock === null ? [] : clockFilters(clock));
  const where = Object.fromEntries(Object.entries(selection.where).filter(([name]) => !ofClock.has(name)));
  const condition = await listCondition(tx, type, { ...selection, where });
  if (condition === null) throw new Error("A measure searches for no words");
  const keys = bys.map((by, at) => ({ ...keyOf(reading, by), as: sql.ref(`key_${at}`) }));
  const columns = new Set(
    [...reading.parts.values()].flatMap(({ works }) => [...works.values()].map((one) => columnFor(measure, one))),
  );
  const { table, and } = countSource(type, { where }, [
    ...keys.flatMap((key) => key.columns),
    ...[...columns].filter((column) => column !== null),
  ]);
  const stopped =
    clock === null
      ? sql``
      : sql` join ${stoppedClocks(type, clock, { ...stoppedFilters(clock, selection.where).asked, after: reading.after })} on ${stoppedColumns.of} = id`;
  const inner = [
    sql`1 as one`,
    ...keys.map(({ expression, as }) => sql`${expression} as ${as}`),
    ...[...columns].filter((column) => column !== null).map((column) => sql.ref(column)),
    ...(clock === null ? [] : Object.values(stoppedColumns).slice(1)),
  ];
  const grouped = keys.length > 0 ? sql`grouping(${sql.join(keys.map(({ as }) => as))})` : sql`0`;
  const sets = sql.join([...keys.map(({ as }) => sql`(${as})`), sql`()`]);
  return sql<Row>`select * from (
      select ${sql.join([...keys.map(({ as }) => as), sql`${grouped} as grouped`, ...figures(reading)])},
        row_number() over (partition by ${grouped} order by count(*) desc)::integer as place, count(*) over (partition by ${grouped})::integer as kinds
      from (select ${sql.join(inner)} from ${table}${stopped} where ${and} ${condition}) counted
      group by grouping sets (${sets})) placed
    where place <= ${stepsMax + 2} order by place`;
}

/** What is counted and worked out for each part, as SQL. */
function figures({ measure, parts }: Reading): RawBuilder<unknown>[] {
  return [...parts.values()].flatMap(({ as, works }, part) => {
    const only = as === null ? sql`` : sql` filter (where ${stoppedAs(as)})`;
    return [
      sql`(count(*)${only})::integer as ${sql.ref(`many_${part}`)}`,
      ...[...works.values()].map(
        (one, at) => sql`(${working(measure, one)}${only})::double precision as ${sql.ref(`value_${part}_${at}`)}`,
      ),
    ];
  });
}

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
  const ref = over ? sql.ref(over.column) : stoppedColumns.at;
  const local = over?.isDay ? sql`${ref}::timestamp` : sql`${ref} at time zone 'Europe/London'`;
  return {
    expression: sql`to_char(date_trunc(${by}, ${local}), 'YYYY-MM-DD')`,
    columns: over ? [over.column] : [],
  };
}

/** The column of the type's view that something is worked out of; null for the clock's own. */
function columnFor({ type }: Pick<Measure, "type">, works: Working): string | null {
  if (typeof works === "string" || "share" in works) throw new Error("Counts and shares are worked out of counts");
  const field = "sum" in works ? works.sum : works.of;
  if (field === "elapsed") return null;
  return columnOf(type, field) ?? never(`${type.name} keeps ${field} in no column`);
}

function working(measure: Pick<Measure, "type">, works: Working): RawBuilder<unknown> {
  const column = columnFor(measure, works);
  const ref = column === null ? stoppedColumns.elapsed : sql.ref(column);
  if (typeof works === "object" && "percentile" in works)
    return sql`percentile_cont(${works.percentile / 100}::double precision) within group (order by ${ref})`;
  return sql`sum(${ref})`;
}

function never(why: string): never {
  throw new Error(why);
}
