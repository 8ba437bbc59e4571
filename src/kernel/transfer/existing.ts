import { sql } from "kysely";
import { schemaOf } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import { filterOf, wholeAll } from "../store/find.ts";
import { expressionOf, hasLinesOrLinks, storedFrom, viewOf } from "../store/row.ts";
import type { Row } from "../store/row.ts";
import type { Stored, Tx } from "../transaction.ts";

/** Records that are here already, by the text of the key that finds them. */
export interface Existing {
  /** The records that this cell of the key means; several where it does not tell one from another. */
  of(cell: string): readonly Stored[];
}

/** Reads the records that these cells of a key mean, as the actor sees them. */
export async function readExisting(tx: Tx, type: RecordType, key: string, cells: readonly string[]): Promise<Existing> {
  const wanted = [...new Set(cells.map((cell) => comparable(type, key, cell)))];
  if (wanted.length === 0) return { of: () => [] };
  const ref = key === "reference" ? sql.ref("reference") : expressionOf(type, key);
  if (ref === null) throw new Error(`${type.name}.${key} has no column to find records by`);
  const isText = key === "reference" || type.fields[key]?.kind.name !== "whole number";
  const compared = key === "reference" ? ref : isText ? sql`lower(${ref})` : sql`${ref}::text`;
  const { rows } = await sql<Row>`select * from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ${compared} = any (${wanted}::text[]) ${filterOf(tx, type)} limit 20000`.execute(
    tx.db,
  );
  const stored = rows.map((row) => storedFrom(type, row));
  const records = hasLinesOrLinks(type) ? await wholeAll(tx, type, stored) : stored;
  const found = Map.groupBy(records, (record) =>
    key === "reference" ? record.reference : String(record.values[key] ?? "").toLowerCase(),
  );
  return { of: (cell) => found.get(comparable(type, key, cell)) ?? [] };
}

/** A cell of the key as it is compared: as the field would keep it, whatever its case. */
export function comparable(type: RecordType, key: string, cell: string): string {
  if (key === "reference") return cell.trim().toUpperCase();
  const field = type.fields[key];
  const raw = field?.kind.fromText(field.options, cell);
  const parsed = field ? schemaOf(field).safeParse(raw) : undefined;
  return String(parsed?.success ? parsed.data : cell.trim()).toLowerCase();
}
