import type { Column, Field } from "../fields/kind.ts";
import type { LineFields } from "../fields/lines.ts";
import { keptByType } from "../kept-by-type.ts";
import { columnName } from "../record.ts";
import type { RecordType } from "../record.ts";
import { sharedColumns, visibleRows } from "./visibility.ts";

/** A field that is kept in a column, and the column. */
export interface StoredField {
  readonly name: string;
  readonly column: string;
  readonly spec: Column;
  readonly field: Field;
}

/**
 * The fields of a type that have a column in its own table. Those that are part of every record, and those that the
 * organisation added, are kept in `records`.
 */
export function storedFields(fields: Readonly<Record<string, Field>>): StoredField[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const spec = field.kind.column(field.options);
    return spec === null || field.options.is !== undefined || field.options.added || name === "sensitivity"
      ? []
      : [{ name, column: columnName(name), spec, field }];
  });
}

/** A field that is lines: its name, its table, and the fields of one line. */
export interface LineTable {
  readonly name: string;
  readonly table: string;
  readonly fields: LineFields;
  readonly numbered: boolean;
}

/** The fields of a type that are lines, with the name of their table. */
export const lineTables: (type: RecordType) => readonly LineTable[] = keptByType((type) =>
  Object.entries(type.fields).flatMap(([name, { kind, options }]) => {
    if (kind.name !== "lines") return [];
    // Only the lines kind has this name, and its options carry the fields of a line.
    const { fields, numbered } = options as unknown as { fields: LineFields; numbered?: boolean };
    return [{ name, table: `${type.name}_${columnName(name)}`, fields, numbered: numbered ?? false }];
  }),
);

/** Every statement that makes a type's tables, its view and its rules from nothing. */
export function sqlOfType(type: RecordType): string[] {
  return [...sqlOfTables(type), ...sqlOfView(type)];
}

/** The part of them that makes the tables. */
export function sqlOfTables(type: RecordType): string[] {
  return [...sqlOfMainTable(type), ...lineTables(type).flatMap((lines) => sqlOfLines(lines))];
}

function sqlOfMainTable(type: RecordType): string[] {
  const stored = storedFields(type.fields);
  const dated = type.dated
    ? [
        `  constraint ${type.name}_dates check (valid_until is null or valid_until >= valid_from)`,
        `  constraint ${type.name}_no_overlap exclude using gist (${["organisation_id", ...type.dated.by.map((name) => heldColumn(type, name))].map((column) => `${column} with =`).join(", ")}, daterange(valid_from, valid_until, '[]') with &&)`,
      ]
    : [];
  const lines = [
    "  organisation_id uuid not null",
    "  id uuid not null",
    ...stored.map(columnSql),
    `  primary key (organisation_id, id)`,
    "  foreign key (organisation_id, id) references records",
    ...stored.flatMap((field) => constraintsOf(type.name, field)),
    ...dated,
  ];
  return [
    `create table ${type.name} (\n${lines.join(",\n")}\n);`,
    ...stored.filter(isIndexed).map((field) => indexSql(type.name, field)),
    `alter table ${type.name} enable row level security;`,
    `create policy ${type.name}_read on ${type.name} for select to reeve_app using (visible(organisation_id, id));`,
    `create policy ${type.name}_create on ${type.name} for insert to reeve_app with check (changeable(organisation_id, id));`,
    `create policy ${type.name}_change on ${type.name} for update to reeve_app using (changeable(organisation_id, id));`,
    `grant select, insert, update on ${type.name} to reeve_app;`,
  ];
}

/** The column in the type's own table by which dated rows are told apart; a part of every record has none there. */
function heldColumn(type: RecordType, name: string): string {
  if (type.fields[name]?.options.is)
    throw new Error(`${type.name}: dated.by ${name} must be a field of the type's own table`);
  return columnName(name);
}

function sqlOfLines({ table, fields, numbered }: { table: string; fields: LineFields; numbered: boolean }): string[] {
  const stored = storedFields(fields);
  const lines = [
    "  organisation_id uuid not null",
    "  id uuid not null default uuidv7()",
    "  parent_id uuid not null",
    "  position integer not null",
    "  number integer",
    "  removed_at timestamp with time zone",
    ...stored.map(columnSql),
    "  primary key (organisation_id, id)",
    "  foreign key (organisation_id, parent_id) references records",
    ...(numbered ? [`  constraint ${table}_numbered unique (organisation_id, parent_id, number)`] : []),
    ...stored.flatMap((field) => constraintsOf(table, field)),
  ];
  return [
    `create table ${table} (\n${lines.join(",\n")}\n);`,
    `create index ${table}_parent on ${table} (organisation_id, parent_id, position);`,
    ...stored.filter(isIndexed).map((field) => indexSql(table, field)),
    `alter table ${table} enable row level security;`,
    `create policy ${table}_read on ${table} for select to reeve_app using (visible(organisation_id, parent_id));`,
    `create policy ${table}_create on ${table} for insert to reeve_app with check (changeable(organisation_id, parent_id));`,
    `create policy ${table}_change on ${table} for update to reeve_app using (changeable(organisation_id, parent_id));`,
    `grant select, insert, update on ${table} to reeve_app;`,
  ];
}

function columnSql({ column, spec }: StoredField): string {
  return `  ${quoteName(column)} ${spec.type}`;
}

function constraintsOf(table: string, { column, spec }: StoredField): string[] {
  return [
    ...(spec.check
      ? [`  constraint ${table}_${column}_check check (${spec.check.replaceAll("$", quoteName(column))})`]
      : []),
    ...(spec.refersToRecord
      ? [
          `  constraint ${table}_${column}_record foreign key (organisation_id, ${quoteName(column)}) references records`,
        ]
      : []),
    ...(spec.refersToFile
      ? [`  constraint ${table}_${column}_file foreign key (organisation_id, ${quoteName(column)}) references files`]
      : []),
  ];
}

function isIndexed({ spec, field }: StoredField): boolean {
  return spec.refersToRecord === true || spec.refersToFile === true || field.options.indexed === true;
}

/** Most records have no file: those without are left out, and cost nothing. */
function indexSql(table: string, { column, spec, field }: StoredField): string {
  const which = spec.refersToFile || field.options.sparse ? ` where ${quoteName(column)} is not null` : "";
  return `create index ${table}_${column} on ${table} (organisation_id, ${quoteName(column)})${which};`;
}

/** The part that makes the view of the rows that the person may see, joined and ready: what lists, pages and the API read. */
export function sqlOfView(type: RecordType): string[] {
  const columns = [
    ...sharedColumns.map((column) => `r.${column}`),
    ...storedFields(type.fields).map(({ column }) => `t.${quoteName(column)}`),
  ];
  // No security_barrier: it would keep the order of an index from the lists (100 times slower at a million). What it
  // prevents, conditions of our own that leak rows by a side effect, needs functions that the app's role cannot make.
  const view = `create view visible_${type.name} as
  select ${columns.join(", ")}
  from records r join ${type.name} t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = '${type.name}'
    and ${visibleRows};`;
  return [view, `grant select on visible_${type.name} to reeve_app;`];
}

/** A column's name for SQL: quoted only where PostgreSQL would read the bare word as something else. */
export function quoteName(column: string): string {
  return reservedWords.has(column) ? `"${column}"` : column;
}

// PostgreSQL 18, appendix C: the words that cannot stand for a column unquoted.
const reservedWords = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross
  current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false
  fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some
  symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with`.split(
    /\s+/,
  ),
);
