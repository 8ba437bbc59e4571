import type pg from "pg";
import { MigrationError, readMigrations, refuseStrangers } from "./migrate.ts";

/** How the migrations of a database stand against those of this version. */
export interface MigrationState {
  /** How many it has; 0 where Reeve never was. */
  readonly applied: number;
  readonly known: number;
  /** The names of those still to come, the next first. */
  readonly pending: readonly string[];
  /** Why this version cannot work on it at all (it is from a newer one, or a migration was changed); null when it can. */
  readonly stranger: string | null;
}

/** Looks how far a database is, and changes nothing. */
export async function migrationState(database: Pick<pg.Pool, "query">): Promise<MigrationState> {
  const known = await readMigrations();
  const { rows: there } = await database.query<{ there: boolean }>(
    "select to_regclass('reeve.migrations') is not null as there",
  );
  const { rows } = there[0]?.there
    ? await database.query<{ number: number; name: string; sha256: string }>(
        "select number, name, sha256 from reeve.migrations order by number",
      )
    : { rows: [] };
  const done = new Set(rows.map(({ number }) => number));
  return {
    applied: rows.length,
    known: known.length,
    pending: known.filter(({ number }) => !done.has(number)).map(({ name }) => name),
    stranger: strangerAmong(known, rows),
  };
}

function strangerAmong(...parts: Parameters<typeof refuseStrangers>): string | null {
  try {
    refuseStrangers(...parts);
    return null;
  } catch (error) {
    if (error instanceof MigrationError) return error.message;
    throw error;
  }
}
