import { sql } from "kysely";
import { knownHolidays } from "../clocks/known-holidays.ts";
import type { KnownHolidays } from "../clocks/known-holidays.ts";
import { typeNamed } from "../registry.ts";
import type { RecordType } from "../record.ts";
import { lineTables } from "../schema/definition-sql.ts";
import { registersChanged } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { holidaysRead } from "./bank-holidays.ts";
import { linksFields } from "./lines.ts";
import { lineFrom, storedFrom, withComputed } from "./row.ts";
import type { Row } from "./row.ts";

/** Every record of some small types, by type: the same object as long as none of them changes. */
export interface ReferenceData extends ReadonlyMap<string, readonly Stored[]> {
  /** The bank holidays by which calendars go; null where calendars were not asked for. */
  readonly holidays: KnownHolidays | null;
}

/** The type by whose records bank holidays count. */
const goesByHolidays = "calendar";

/** An organisation's records of some types, and the mark by which they are known to be the newest. */
interface Kept {
  readonly mark: string;
  readonly records: ReferenceData;
}

const kept = new Map<string, Kept>();
const keptMax = 200;

/**
 * Every record of small types (queues, policies, calendars), by type, whatever the actor may see: for rules, never for
 * pages. Each type's definition must say `referenceData`. Kept between transactions until one of them changes.
 */
export async function readReferenceData(tx: Tx, typeNames: readonly string[]): Promise<ReferenceData> {
  if (tx.referenceData) return tx.referenceData(typeNames);
  const key = `${tx.actor.organisationId} ${typeNames.join(" ")}`;
  const marks = await readMarks(tx);
  const mark = typeNames.map((name) => marks.get(name) ?? "").join(", ");
  const known = kept.get(key);
  if (known && known.mark === mark) return known.records;
  const holidays = typeNames.includes(goesByHolidays) ? knownHolidays(await holidaysRead(tx.db)) : null;
  const found = new Map<string, readonly Stored[]>();
  for (const name of typeNames) found.set(name, await readType(tx, typeNamed(tx.registry, name)));
  const records = Object.assign(found, { holidays });
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, { mark, records });
  return records;
}

/**
 * What tells whether the records of each such type are still the same. Asked once in a transaction, and each time in one
 * that has changed some itself.
 */
function readMarks(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const read = async () => {
    const { rows } = await sql<{ type: string; mark: string }>`select type, mark from reference_data_marks()`.execute(
      tx.db,
    );
    return new Map(rows.map(({ type, mark }) => [type, mark]));
  };
  if (tx.memo.has(registersChanged)) return read();
  // Put there by this function alone.
  const known = tx.memo.get(marksRead) as Promise<ReadonlyMap<string, string>> | undefined;
  const marks = known ?? read();
  if (!known) tx.memo.set(marksRead, marks);
  return marks;
}

const marksRead = "marks of registers";

async function readType(tx: Tx, type: RecordType): Promise<Stored[]> {
  const tables = lineTables(type);
  const { rows } = await sql<{
    row: Row;
    lines: Readonly<Record<string, readonly Row[]>>;
    links: Readonly<Record<string, readonly string[]>>;
  }>`
    select "row", lines, links from reference_data(${type.name}, ${tables.map(({ table }) => table)}::text[])`.execute(
    tx.db,
  );
  return rows.map(({ row, lines, links }) => {
    const record = storedFrom(type, row);
    const own = tables.map(
      ({ name, table, fields }) => [name, (lines[table] ?? []).map((line) => lineFrom(fields, line))] as const,
    );
    const led = linksFields(type).map((name) => [name, links[name] ?? []] as const);
    return withComputed(type, { ...record, values: { ...record.values, ...Object.fromEntries([...own, ...led]) } });
  });
}
