import { sql } from "kysely";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";

/** The next reference of a type: `INC-{00000}` gives INC-00001, `FOI-{yyyy}-{0000}` starts again each year. Gaps may come. */
export async function nextReference(tx: Tx, type: RecordType): Promise<string> {
  const year = String(tx.now.toZonedDateTimeISO("Europe/London").year);
  const period = type.reference.includes("{yyyy}") ? year : "";
  const { rows } = await sql<{ number: number }>`select next_number(${type.name}, ${period}) as number`.execute(tx.db);
  return referenceOf(type.reference, rows[0]?.number ?? 0, year);
}

/** Fills a pattern with a number and a year. */
export function referenceOf(pattern: string, number: number, year: string): string {
  return pattern
    .replace("{yyyy}", year)
    .replace(/\{(0+)\}/, (_whole, zeros: string) => String(number).padStart(zeros.length, "0"));
}
