import { sql } from "kysely";
import type { Kysely } from "kysely";
import type pg from "pg";
import { compareHolidays } from "../clocks/compare-holidays.ts";
import type { Comparing, HolidayChanges } from "../clocks/compare-holidays.ts";
import type { PublishedHolidays } from "../clocks/holidays-file.ts";
import { knownHolidays } from "../clocks/known-holidays.ts";
import type { HolidayRead, KnownHolidays } from "../clocks/known-holidays.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Database } from "../database/tables.ts";

/** What was read of a day, and when: an ISO moment and the same in milliseconds. */
export interface KeptHoliday extends HolidayRead {
  readonly readMs: number;
}

/** Everything that was ever read, the oldest first. */
export async function holidaysRead(db: Kysely<Database>): Promise<readonly KeptHoliday[]> {
  const { rows } = await sql<KeptHoliday>`select division, day, name, announced,
      (extract(epoch from read_at) * 1000)::float8 as "readMs"
    from bank_holidays order by read_at, division, day`.execute(db);
  return rows;
}

/** The holidays that hold now: those shipped, with what was read. */
export async function holidaysNow(ownerPool: pg.Pool): Promise<KnownHolidays> {
  return inTransaction(ownerPool, async (db) => knownHolidays(await holidaysRead(db)), "begin read only");
}

interface Reading extends Comparing {
  readonly file: PublishedHolidays;
}

/**
 * Keeps what a file changes, as the owner of the database: nobody else may. Of two files at once one comes after the other.
 * A file that was read before changes nothing. Refuses (`ClockRefused`) as `compareHolidays` does.
 */
export async function keepHolidays(
  ownerPool: pg.Pool,
  { file, ...when }: Reading,
): Promise<{ readonly changes: HolidayChanges; readonly now: KnownHolidays }> {
  return inTransaction(ownerPool, async (db) => {
    await sql`select pg_advisory_xact_lock(7233039)`.execute(db);
    const before = await holidaysRead(db);
    const changes = compareHolidays(knownHolidays(before), file, when);
    if (changes.read.length > 0)
      // After all that was read before, whatever the clock says.
      await sql`with moment as materialized (
          select greatest(clock_timestamp(), (select max(read_at) + interval '1 microsecond' from bank_holidays)) as at)
        insert into bank_holidays (division, day, name, announced, read_at)
        select r.division, r.day, r.name, r.announced, moment.at
        from moment, jsonb_to_recordset(${JSON.stringify(changes.read)}::jsonb) as r (division text, day date, name text, announced date)`.execute(
        db,
      );
    return { changes, now: knownHolidays([...before, ...changes.read]) };
  });
}
