import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Line, LineFields } from "../fields/lines.ts";
import { keptByType } from "../kept-by-type.ts";
import type { RecordType } from "../record.ts";
import { columnName } from "../record.ts";
import { lineTables, storedFields } from "../schema/definition-sql.ts";
import { addedExpression, addedNames } from "./added.ts";
import { partColumns, sharedColumns } from "../schema/visibility.ts";
import type { Stored } from "../transaction.ts";

/** A row of a type's view, as `pg` gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The view of a type: the rows that the actor may see. */
export function viewOf(type: RecordType): RawBuilder<unknown> {
  return sql.table(`visible_${type.name}`);
}

/** What stands for a field's value in a query of a type's view; null for lines, links and computed fields. */
export function expressionOf(type: RecordType, fieldName: string): RawBuilder<unknown> | null {
  const column = columnOf(type, fieldName);
  if (column !== null) return sql.ref(column);
  const field = Object.hasOwn(type.fields, fieldName) ? type.fields[fieldName] : undefined;
  return field?.options.added ? addedExpression(fieldName, field) : null;
}

/** The column in a type's view that holds a field; null for lines, links, computed fields and what the organisation added. */
export function columnOf(type: RecordType, fieldName: string): string | null {
  return columnsOf(type).get(fieldName) ?? null;
}

/** Whether a field's value can be asked for in a query of a type's view: it is in the row. */
export function isInRow(type: RecordType, fieldName: string): boolean {
  return columnsOf(type).has(fieldName) || addedNames(type).includes(fieldName);
}

/** The columns in a type's view, by the fields that they hold. */
const columnsOf = keptByType(
  ({ fields }): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(fields).flatMap(([name, { kind, options }]): [string, string][] => {
        if (name === "sensitivity") return [[name, "sensitivity"]];
        if (options.added) return [];
        if (options.is) return [[name, partColumns[options.is]]];
        return kind.column(options) ? [[name, columnName(name)]] : [];
      }),
    ),
);

/** The columns to read for records of which only these fields' values are needed; all of them where one is computed from others. */
export function columnsFor(type: RecordType, fields: readonly string[] | undefined): RawBuilder<unknown> {
  if (!fields || fields.some((name) => type.fields[name]?.kind.name === "computed")) return sql`*`;
  // With what an empty one says in its place.
  const { whereEmpty } = type.views.list;
  const read = fields.flatMap((name) => [name, whereEmpty[name] ?? name]);
  const columns = new Set([...sharedColumns, ...read.flatMap((name) => columnOf(type, name) ?? [])]);
  return sql.join([...columns].map((column) => sql.ref(column)));
}

/** A row as a record, with the values that it holds. Lines and links are not in it: `find` adds them. */
export function storedFrom(type: RecordType, row: Row): Stored {
  const values: Record<string, unknown> = {};
  for (const [name, column] of columnsOf(type)) if (column in row) values[name] = row[column];
  // As `addedValues` wrote it: an object by field.
  const added = (row["added"] ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of addedNames(type)) values[name] = added[name] ?? null;
  // The columns of `records` are of these types in every view.
  const text = (column: string) => row[column] as string;
  const textOrNull = (column: string) => (row[column] ?? null) as string | null;
  return withComputed(type, {
    id: text("id"),
    type: type.name,
    reference: text("reference"),
    title: text("title"),
    state: text("state"),
    version: row["version"] as number,
    openedAt: text("opened_at"),
    updatedAt: text("updated_at"),
    dueAt: text("next_due_at") === "infinity" ? null : text("next_due_at"),
    closedAt: textOrNull("closed_at"),
    createdBy: textOrNull("created_by"),
    ownerId: textOrNull("owner_id"),
    teamId: textOrNull("team_id"),
    requesterId: textOrNull("requester_id"),
    sensitivity: text("sensitivity"),
    values,
  });
}

/** The record with its computed fields worked out. */
export function withComputed(type: RecordType, record: Stored): Stored {
  const computed = computedFields(type);
  if (computed.length === 0) return record;
  const values = Object.fromEntries(computed.map(({ name, from }) => [name, from(record.values)]));
  return { ...record, values: { ...record.values, ...values } };
}

const computedFields = keptByType(({ fields }) =>
  Object.entries(fields).flatMap(([name, { kind, options }]) => {
    if (kind.name !== "computed") return [];
    // Only the computed kind has this name, and its options carry the function.
    const { from } = options as unknown as { from: (values: Stored["values"]) => unknown };
    return [{ name, from }];
  }),
);

/** The columns of the type's own table that these values fill. */
export function ownColumns(
  type: RecordType,
  values: Readonly<Record<string, unknown>>,
): [column: string, value: unknown][] {
  return storedFields(type.fields).flatMap(({ name, column }) =>
    name in values ? [[column, values[name] ?? null] as [string, unknown]] : [],
  );
}

/** The columns of `records` that these values fill. */
export function sharedValues(type: RecordType, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([name, { options }]) => {
      if (!(name in values)) return [];
      const column = name === "sensitivity" ? "sensitivity" : options.is ? partColumns[options.is] : null;
      return column === null
        ? []
        : [[column, values[name] ?? (name === "sensitivity" ? "normal" : null)] as [string, unknown]];
    }),
  );
}

/** Whether a type keeps some of its values outside its own row. */
export function hasLinesOrLinks(type: RecordType): boolean {
  return lineTables(type).length > 0 || Object.values(type.fields).some(({ kind }) => kind.name === "links");
}

/** A row of a table of lines as a line. */
export function lineFrom(fields: LineFields, row: Row): Line {
  const values = Object.fromEntries(storedFields(fields).map(({ name, column }) => [name, row[column] ?? null]));
  const number = row["number"] === null ? {} : { number: Number(row["number"]) };
  return { id: String(row["id"]), ...number, ...values };
}
