import type pg from "pg";

const shared = "records, events, event_bodies, clocks, import_rows";

/**
 * Tells PostgreSQL how large the tables have become that records of some types lie in. A session keeps the plans that it
 * made, those by which it follows a foreign key among them: what it planned while a table was empty reads ever more of it
 * as it fills, and is made anew after this.
 */
export async function refreshStatistics(ownerPool: pg.Pool, tables: readonly string[] = []): Promise<void> {
  await ownerPool.query(`analyze ${[shared, ...tables.map((name) => `"${name}"`)].join(", ")}`);
}

/** Whether statistics are due after so many batches of a long job: after the first, and whenever there are four times as many. */
export function statisticsDue(batches: number): boolean {
  return Number.isInteger(Math.log2(batches) / 2);
}
