import { createHash } from "node:crypto";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";

/** So many statements stay prepared on each connection: every one that pages and API use often, at some 100 kB each. */
const namesMax = 150;
/** A statement is prepared from this time on that its text comes. */
const timesBefore = 2;
const textsMax = 2000;

/**
 * The pool with statements prepared: PostgreSQL parses and plans each text once for a connection, which for our views
 * takes longer than running it. The texts come from our code, so there are few; those beyond the bound run unprepared.
 */
export function withPreparedStatements(pool: pg.Pool): PostgresPool {
  const nameOf = statementNames();
  return {
    options: pool.options,
    connect: async () => preparing(await pool.connect(), nameOf),
    end: () => pool.end(),
  };
}

function preparing(client: pg.PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[] = []) => {
    const name = values.length > 0 ? nameOf(text) : undefined;
    return name === undefined ? client.query(text, [...values]) : client.query({ name, text, values: [...values] });
  };
  return {
    // Kysely's other way to call it, with a cursor, is for streams, which no code of ours opens.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy),
  };
}

/** Gives the names of texts that come again; undefined for one that is new, or beyond the bound. */
function statementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= namesMax) return known;
    const times = (seen.get(text) ?? 0) + 1;
    if (times < timesBefore) {
      if (seen.size >= textsMax) seen.clear();
      seen.set(text, times);
      return undefined;
    }
    seen.delete(text);
    const name = `reeve_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
}
