import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { lineTables, storedFields } from "../schema/definition-sql.ts";
import type { Tx } from "../transaction.ts";
import type { Values } from "./values.ts";

/** Saves the lines and links among these values: new lines are added, known ones changed, those left out removed. */
export async function storeLinesAndLinks(tx: Tx, type: RecordType, recordId: string, values: Values): Promise<void> {
  for (const table of lineTables(type)) {
    if (table.name in values) await storeLines(tx, table, recordId, (values[table.name] ?? []) as readonly Line[]);
  }
  for (const [name, { kind }] of Object.entries(type.fields)) {
    if (kind.name === "links" && name in values)
      await storeLinks(tx, recordId, name, (values[name] ?? []) as readonly string[]);
  }
}

type LineTable = ReturnType<typeof lineTables>[number];

async function storeLines(
  tx: Tx,
  { name, table, fields, numbered }: LineTable,
  recordId: string,
  lines: readonly Line[],
): Promise<void> {
  const { rows } = await sql<{
    id: string;
    number: number | null;
    removed: boolean;
  }>`select id, number, removed_at is not null as removed from ${sql.table(table)}
    where organisation_id = ${tx.actor.organisationId}::uuid and parent_id = ${recordId}::uuid`.execute(tx.db);
  const known = new Map(rows.filter(({ removed }) => !removed).map((row) => [row.id, row]));
  if (lines.some(({ id }) => id !== undefined && !known.has(id)))
    throw new Refusal("invalid", [
      { field: name, message: "One of these lines is no longer there. Look at the record again" },
    ]);
  let nextNumber = Math.max(0, ...rows.map((row) => row.number ?? 0)) + 1;
  const columns = storedFields(fields);
  const leaving = [...known.keys()].filter((id) => !lines.some((line) => line.id === id));
  if (leaving.length > 0) {
    await sql`update ${sql.table(table)} set removed_at = ${tx.now.toString()}::timestamptz where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${leaving}::uuid[])`.execute(
      tx.db,
    );
  }
  for (const [position, line] of lines.entries()) {
    const cells = columns.map(({ name: field }) => line[field] ?? null);
    if (line.id !== undefined) {
      const sets = columns.map(({ column }, at) => sql`${sql.ref(column)} = ${cells[at]}`);
      await sql`update ${sql.table(table)} set ${sql.join([sql`position = ${position}`, ...sets])} where organisation_id = ${tx.actor.organisationId}::uuid and id = ${line.id}::uuid`.execute(
        tx.db,
      );
    } else {
      // A new line gets the next number, never one used before.
      const number = numbered ? nextNumber++ : null;
      await sql`insert into ${sql.table(table)} (organisation_id, parent_id, position, number${sql.join(
        columns.map(({ column }) => sql`, ${sql.ref(column)}`),
        sql``,
      )})
        values (${sql.join([tx.actor.organisationId, recordId, position, number, ...cells])})`.execute(tx.db);
    }
  }
}

async function storeLinks(tx: Tx, recordId: string, relation: string, targets: readonly string[]): Promise<void> {
  await sql`delete from links where organisation_id = ${tx.actor.organisationId}::uuid and from_id = ${recordId}::uuid and relation = ${relation}
    and to_id <> all (${targets}::uuid[])`.execute(tx.db);
  if (targets.length === 0) return;
  await sql`insert into links (organisation_id, from_id, relation, to_id) select ${tx.actor.organisationId}::uuid, ${recordId}::uuid, ${relation}, unnest(${targets}::uuid[])
    on conflict do nothing`.execute(tx.db);
}
