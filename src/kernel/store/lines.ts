import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { lineTables, storedFields } from "../schema/definition-sql.ts";
import type { LineTable } from "../schema/definition-sql.ts";
import type { Tx } from "../transaction.ts";
import type { Values } from "./values.ts";

/** A line as it is kept: where it stands, and the number that it has where its table is numbered. */
export interface PlacedLine {
  readonly line: Line;
  readonly position: number;
  readonly number: number | null;
}

/** What becomes of the lines of a record when it is given others. */
export interface LineChanges {
  /** The ids of those left out. */
  readonly gone: readonly string[];
  readonly kept: readonly PlacedLine[];
  readonly added: readonly PlacedLine[];
}

/** A line that a record has or had. */
export interface KnownLine {
  readonly id: string;
  readonly number: number | null;
  readonly removed: boolean;
}

/** The fields of a type that keep links in a table of their own. */
export function linksFields({ fields }: Pick<RecordType, "fields">): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.kind.name === "links");
}

/** What these lines make of those that a record has: new ones are added, known ones changed, those left out removed. Refuses ids that it does not have. */
export function lineChanges(
  { name, numbered }: LineTable,
  had: readonly KnownLine[],
  lines: readonly Line[],
): LineChanges {
  const known = new Map(had.filter(({ removed }) => !removed).map((line) => [line.id, line]));
  if (lines.some(({ id }) => id !== undefined && !known.has(id)))
    throw new Refusal("invalid", [
      { field: name, message: "One of these lines is no longer there. Look at the record again" },
    ]);
  // A new line gets the next number, never one used before.
  let next = had.reduce((most, { number }) => Math.max(most, number ?? 0), 0) + 1;
  const placed = lines.map((line, position): PlacedLine => {
    const before = line.id === undefined ? undefined : known.get(line.id);
    return { line, position, number: before ? before.number : numbered ? next++ : null };
  });
  const stays = new Set(lines.map(({ id }) => id));
  return {
    gone: [...known.keys()].filter((id) => !stays.has(id)),
    kept: placed.filter(({ line }) => line.id !== undefined),
    added: placed.filter(({ line }) => line.id === undefined),
  };
}

/** The lines that records have or had in a table, by record. */
export async function knownLines(
  tx: Tx,
  { table }: LineTable,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownLine[]>> {
  if (recordIds.length === 0) return new Map();
  const { rows } = await sql<KnownLine & { readonly parentId: string }>`
    select id, parent_id as "parentId", number, removed_at is not null as removed from ${sql.table(table)}
    where organisation_id = ${tx.actor.organisationId}::uuid and parent_id = any (${recordIds}::uuid[])`.execute(tx.db);
  return Map.groupBy(rows, ({ parentId }) => parentId);
}

/** Saves the lines and links of a record that is made just now. */
export async function insertLinesAndLinks(tx: Tx, type: RecordType, recordId: string, values: Values): Promise<void> {
  for (const table of lineTables(type)) {
    // The lines kind gives lines.
    const { added } = lineChanges(table, [], (values[table.name] ?? []) as readonly Line[]);
    if (added.length > 0)
      await insertLines(
        tx,
        table,
        added.map((one) => lineRow(table, recordId, one)),
      );
  }
  for (const name of linksFields(type)) {
    // The links kind gives ids.
    const targets = (values[name] ?? []) as readonly string[];
    if (targets.length > 0)
      await sql`insert into links (organisation_id, from_id, relation, to_id) select ${tx.actor.organisationId}::uuid, ${recordId}::uuid, ${name}, unnest(${targets}::uuid[])
        on conflict do nothing`.execute(tx.db);
  }
}

/** Puts lines in their table, all in one statement. */
async function insertLines(tx: Tx, { table, fields }: LineTable, rows: readonly LineRow[]): Promise<void> {
  const columns = sql.join(
    ["parent_id", "position", "number", ...storedFields(fields).map(({ column }) => column)].map((name) =>
      sql.ref(name),
    ),
  );
  await sql`insert into ${sql.table(table)} (organisation_id, ${columns})
    select ${tx.actor.organisationId}::uuid, ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    tx.db,
  );
}

type LineRow = Readonly<Record<string, unknown>>;

/** A new line as a row of its table. */
export function lineRow(table: LineTable, parentId: string, { line, position, number }: PlacedLine): LineRow {
  return { parent_id: parentId, position, number, ...lineCells(table, line) };
}

/** What a line holds, by column. */
export function lineCells({ fields }: LineTable, line: Line): LineRow {
  return Object.fromEntries(storedFields(fields).map(({ name, column }) => [column, line[name] ?? null]));
}
