import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { mayAskAbout } from "../access.ts";
import { Refusal, refuse } from "../errors.ts";
import { keptByType } from "../kept-by-type.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { sharedColumns } from "../schema/visibility.ts";
import { filterNames, listCondition } from "./filters.ts";
import { withLinks } from "./find.ts";
import { columnOf, columnsFor, expressionOf, isInRow, storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";

/** The most rows of one page. */
export const pageMax = 200;
/** As many as a page of a list shows. Written into the statement, so that PostgreSQL knows that it reads few and need not plan it anew each time. */
const pageUsual = 50;
/** Counts stop here and are shown as "1,000+". */
export const countMax = 1000;

/** What a list shows: which rows, in which order, from where on. */
export interface ListQuery {
  /** Values by field, as the address or a saved view gives them. All must hold; several values of one field are alternatives. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Words to be found in the records. */
  readonly search?: string;
  /** Default: all. */
  readonly show?: "open" | "closed" | "all";
  readonly states?: readonly string[];
  /** A field or base column, with `-` before it for the greatest first; the definition's own sort unless told. */
  readonly sort?: string;
  /** Where the page before ended or the page after begins: `nextCursor` or `previousCursor` of an answer. */
  readonly cursor?: string;
  readonly limit?: number;
  /** Only these fields' values are read; all of them but lines and links unless told. Links are read where they are named. */
  readonly fields?: readonly string[];
}

/** A page of a list. */
export interface ListPage {
  readonly items: readonly Stored[];
  readonly nextCursor: string | null;
  readonly previousCursor: string | null;
}

/** An order of rows, as SQL needs it. */
export interface Sort {
  readonly column: string;
  readonly expression: RawBuilder<unknown>;
  readonly nullable: boolean;
  readonly descending: boolean;
  /** What the database compares the cursor's text as. */
  readonly cast: string;
}

interface Cursor {
  readonly value: string | null;
  readonly id: string;
  readonly backwards: boolean;
}

/** Reads one page by key, so that the hundredth page costs what the first does. Refuses (invalid) what it does not understand. */
export async function list(tx: Tx, type: RecordType, query: ListQuery = {}): Promise<ListPage> {
  const limit = Math.min(Math.max(1, query.limit ?? pageUsual), pageMax);
  const sort = sortOf(tx, type, query.sort ?? type.views.list.sort, query.show);
  const mark = markOf(type, query);
  const cursor = query.cursor ? readCursor(query.cursor, mark) : null;
  const backwards = cursor?.backwards ?? false;
  const condition = await listCondition(tx, type, query);
  if (condition === null) return { items: [], nextCursor: null, previousCursor: null };
  const { rows } =
    await sql<Row>`select ${columnsFor(type, query.fields)}, (${sort.expression})::text as sort_value from ${viewOf(type)} where ${condition} ${cursor ? beyond(sort, cursor) : sql``}
    order by ${orderBy(sort, backwards)} limit ${limit === pageUsual ? sql.lit(limit + 1) : limit + 1}`
      .execute(tx.db)
      .catch((error: unknown) => {
        // A cursor that was tampered with may hold what is no value of the column: SQLSTATE class 22.
        const noSuchValue =
          cursor !== null && error instanceof Error && "code" in error && String(error.code).startsWith("22");
        throw noSuchValue ? unknownPlace() : error;
      });
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  if (backwards) page.reverse();
  const edge = (row: Row | undefined, back: boolean) =>
    row
      ? writeCursor(
          { value: (row["sort_value"] ?? null) as string | null, id: String(row["id"]), backwards: back },
          mark,
        )
      : null;
  const items = page.map((row) => storedFrom(type, row));
  return {
    items: await withLinks(tx, type, query.fields ?? [], items),
    nextCursor: backwards || more ? edge(page.at(-1), false) : null,
    previousCursor: (backwards ? more : cursor !== null) ? edge(page[0], true) : null,
  };
}

/** How many rows a list has, counting no further than 1,000: 1001 means more. */
export async function count(tx: Tx, type: RecordType, query: ListQuery): Promise<number> {
  const condition = await listCondition(tx, type, query);
  if (condition === null) return 0;
  const { table, and } = countSource(type, query);
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count from (select 1 from ${table} where ${and} ${condition} limit ${sql.lit(countMax + 1)}) bounded`.execute(
    tx.db,
  );
  return rows[0]?.count ?? 0;
}

/**
 * Where to count: in `records` alone (`shared`), as long as nothing is asked of what only the type's own table holds, and nothing of
 * `columns` stands there. To be followed by `where`, `and` and the list's condition.
 */
export function countSource(
  type: RecordType,
  { where = {} }: Pick<ListQuery, "where">,
  columns: readonly string[] = [],
): { readonly table: RawBuilder<unknown>; readonly and: RawBuilder<unknown>; readonly shared: boolean } {
  const asked = filterNames(type)
    .filter(({ name }) => Object.hasOwn(where, name))
    .map(({ field }) => columnOf(type, field));
  const shared =
    type.access.read === null &&
    [...asked, ...columns].every((column) => sharedColumns.some((name) => name === column));
  return shared
    ? { table: sql`records`, and: sql`type = ${type.name} and`, shared }
    : { table: viewOf(type), and: sql``, shared };
}

/** The columns and fields that a list of this type can be sorted by. */
export const sortable: (type: RecordType) => readonly string[] = keptByType((type) => {
  const fields = Object.entries(type.fields)
    .filter(([name, { kind, options }]) => kind.sortable && !options.added?.retired && isInRow(type, name))
    .map(([name]) => name);
  return [...Object.keys(baseSorts), ...fields];
});

const baseSorts: Readonly<Record<string, { column: string; nullable: boolean; cast: string }>> = {
  reference: { column: "reference", nullable: false, cast: "text" },
  state: { column: "state", nullable: false, cast: "text" },
  due: { column: "next_due_at", nullable: false, cast: "timestamptz" },
  opened: { column: "opened_at", nullable: false, cast: "timestamptz" },
  updated: { column: "updated_at", nullable: false, cast: "timestamptz" },
  closed: { column: "closed_at", nullable: true, cast: "timestamptz" },
};

/** The order that a name asks for. Refuses (invalid) one that the list cannot be sorted by. */
export function sortOf(tx: Tx, type: RecordType, given: string, show: ListQuery["show"]): Sort {
  const descending = given.startsWith("-");
  const name = descending ? given.slice(1) : given;
  const base = Object.hasOwn(baseSorts, name) ? baseSorts[name] : undefined;
  // Every closed record has the day on which it was closed, and an index holds those in order.
  const nullable = base?.nullable === true && !(name === "closed" && show === "closed");
  if (base) return { ...base, nullable, expression: sql.ref(base.column), descending };
  if (!sortable(type).includes(name) || !mayAskAbout(tx.actor, type, name))
    return refuse(
      "sort",
      `A list of ${type.label.many.toLowerCase()} cannot be sorted by “${name.slice(0, 60)}”. It can be sorted by: ${sortable(type).join(", ")}`,
    );
  const column = columnOf(type, name) ?? "id";
  if (name === type.titleField)
    return { column, expression: sql`lower(${sql.ref(column)})`, nullable: false, descending, cast: "text" };
  return {
    column,
    expression: expressionOf(type, name) ?? sql.ref(column),
    nullable: true,
    descending,
    cast: type.fields[name]?.kind.column(type.fields[name].options)?.type ?? "text",
  };
}

/** What stands after `order by`; turned round where a page is read backwards. */
export function orderBy({ expression, nullable, descending }: Sort, backwards: boolean): RawBuilder<unknown> {
  const direction = descending !== backwards ? sql`desc` : sql`asc`;
  // Nothing comes last, whichever way the rest runs; walking back, first.
  const nulls = nullable ? sql`(${expression} is null) ${backwards ? sql`desc` : sql`asc`},` : sql``;
  return sql`${nulls} ${expression} ${direction}, id ${direction}`;
}

/** The rows after the cursor in the direction of walking. */
function beyond(
  { expression, nullable, descending, cast }: Sort,
  { value, id, backwards }: Cursor,
): RawBuilder<unknown> {
  const compare = descending !== backwards ? sql`<` : sql`>`;
  const typed = sql`${value}::${sql.raw(cast)}`;
  if (!nullable) return sql`and (${expression}, id) ${compare} (${typed}, ${id}::uuid)`;
  const amongEmpty = sql`(${expression} is null and id ${compare} ${id}::uuid)`;
  if (value === null) return backwards ? sql`and (${amongEmpty} or ${expression} is not null)` : sql`and ${amongEmpty}`;
  const later = sql`((${expression}, id) ${compare} (${typed}, ${id}::uuid))`;
  return backwards ? sql`and ${later}` : sql`and (${later} or ${expression} is null)`;
}

/** What makes a place a place of this list: with other filters or another order it would skip records. */
function markOf(type: RecordType, { where = {}, search = "", show = "all", states = [], sort }: ListQuery): string {
  const filters = Object.entries(where).filter(([, values]) => values.length > 0);
  const list = [type.name, filters.toSorted(), search, show, states, sort ?? type.views.list.sort];
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 8);
}

function writeCursor(cursor: Cursor, mark: string): string {
  return Buffer.from(JSON.stringify([cursor.value, cursor.id, cursor.backwards, mark])).toString("base64url");
}

function readCursor(text: string, mark: string): Cursor {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text.slice(0, 2000), "base64url").toString("utf8"));
    if (Array.isArray(parsed) && parsed.length === 4 && parsed[3] === mark) {
      const [value, id, backwards] = parsed as unknown[];
      const wellFormed =
        (value === null || (typeof value === "string" && !value.includes("\u0000"))) &&
        typeof id === "string" &&
        /^[0-9a-f-]{36}$/.test(id) &&
        typeof backwards === "boolean";
      if (wellFormed) return { value, id, backwards };
    }
  } catch {
    // Refused below, as any other cursor that is not ours.
  }
  throw unknownPlace();
}

function unknownPlace(): Refusal {
  return new Refusal("invalid", [
    { field: "cursor", message: "This place in the list is not known. Start again from its first page" },
  ]);
}
