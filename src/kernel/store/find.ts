import { sql } from "kysely";
import { Refusal, unseen } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { lineTables } from "../schema/definition-sql.ts";
import type { Stored, Tx } from "../transaction.ts";
import { linksFields } from "./lines.ts";
import { columnOf, hasLinesOrLinks, lineFrom, storedFrom, viewOf, withComputed } from "./row.ts";
import type { Row } from "./row.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is an id. */
export function isId(text: string): boolean {
  return uuid.test(text);
}

/** One record by its id or its reference, whole. Refuses (unseen) when the actor may not see it or there is none. */
export async function find(tx: Tx, type: RecordType, idOrReference: string): Promise<Stored> {
  const record = await findRow(tx, type, idOrReference);
  return record && hasLinesOrLinks(type) ? whole(tx, type, record) : record;
}

/** The same, giving null for what the actor may not see or is not there. */
export async function findIfSeen(tx: Tx, type: RecordType, idOrReference: string): Promise<Stored | null> {
  try {
    return await find(tx, type, idOrReference);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  }
}

async function findRow(tx: Tx, type: RecordType, idOrReference: string): Promise<Stored> {
  if (idOrReference.length > 60 || idOrReference.includes("\u0000")) unseen();
  const which = isId(idOrReference)
    ? sql`id = ${idOrReference.toLowerCase()}::uuid`
    : sql`reference = ${idOrReference.toUpperCase()}`;
  const { rows } =
    await sql<Row>`select * from ${viewOf(type)} where organisation_id = ${tx.actor.organisationId}::uuid and ${which} ${filterOf(tx, type)}`.execute(
      tx.db,
    );
  const row = rows[0];
  return row ? storedFrom(type, row) : unseen();
}

/** Several records of a type by their ids, whole. Those that the actor may not see are not in the answer. */
export async function findAll(tx: Tx, type: RecordType, ids: readonly string[]): Promise<ReadonlyMap<string, Stored>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Row>`select * from ${viewOf(type)} where organisation_id = ${tx.actor.organisationId}::uuid
    and id = any (${ids}::uuid[]) ${filterOf(tx, type)}`.execute(tx.db);
  const stored = rows.map((row) => storedFrom(type, row));
  const records = hasLinesOrLinks(type) ? await wholeAll(tx, type, stored) : stored;
  return new Map(records.map((record) => [record.id, record]));
}

/** The definition's own condition on which rows this person sees, as SQL to stand after the others. */
export function filterOf(tx: Tx, type: RecordType) {
  const filter = type.access.read?.(tx) ?? null;
  if (filter === null) return sql``;
  const conditions = Object.entries(filter).map(([name, allowed]) => {
    const column = columnOf(type, name);
    if (column === null) throw new Error(`${type.name}: a row filter names ${name}, which has no column`);
    return sql` and ${sql.ref(column)}::text = any (${allowed ?? []}::text[])`;
  });
  return sql.join(conditions, sql``);
}

/** Adds what a record keeps outside its own row: lines in order, and links. */
export async function whole(tx: Tx, type: RecordType, record: Stored): Promise<Stored> {
  const [found] = await wholeAll(tx, type, [record]);
  return found ?? record;
}

/** The same for several records, a query for each kind of line. */
export async function wholeAll(tx: Tx, type: RecordType, records: readonly Stored[]): Promise<Stored[]> {
  if (records.length === 0) return [];
  const ids = records.map(({ id }) => id);
  const added = new Map<string, Record<string, unknown>>(ids.map((id) => [id, {}]));
  for (const lines of lineTables(type)) {
    for (const id of ids) added.get(id)![lines.name] = [];
    const { rows } =
      await sql<Row>`select * from ${sql.table(lines.table)} where organisation_id = ${tx.actor.organisationId}::uuid
      and parent_id = any (${ids}::uuid[]) and removed_at is null order by parent_id, position, id`.execute(tx.db);
    for (const row of rows)
      (added.get(String(row["parent_id"]))![lines.name] as Line[]).push(lineFrom(lines.fields, row));
  }
  for (const name of linksFields(type)) for (const [id, to] of await linksOf(tx, name, ids)) added.get(id)![name] = to;
  return records.map((record) =>
    withComputed(type, { ...record, values: { ...record.values, ...added.get(record.id) } }),
  );
}

/** Adds the links of these fields, a query for each that is one of links. */
export async function withLinks(
  tx: Tx,
  type: RecordType,
  names: readonly string[],
  records: readonly Stored[],
): Promise<Stored[]> {
  let items = [...records];
  for (const name of linksFields(type).filter((one) => names.includes(one))) {
    const led = await linksOf(
      tx,
      name,
      items.map(({ id }) => id),
    );
    items = items.map((record) => ({ ...record, values: { ...record.values, [name]: led.get(record.id) ?? [] } }));
  }
  return items;
}

/** What a field of links leads to from each of these records, as far as the actor may see it. */
async function linksOf(tx: Tx, name: string, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const led = new Map(ids.map((id): [string, string[]] => [id, []]));
  if (ids.length === 0) return led;
  const rows = await tx.db
    .selectFrom("links")
    .select(["from_id", "to_id"])
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("from_id", "in", ids)
    .where("relation", "=", name)
    .orderBy("to_id")
    .execute();
  for (const row of rows) led.get(row.from_id)!.push(row.to_id);
  return led;
}
