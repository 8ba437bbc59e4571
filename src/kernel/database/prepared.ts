import { createHash } from "node:crypto";
import type pg from "pg";

/** So many statements stay prepared on each connection: every one that pages and API use often, at some 100 kB each. */
const namesMax = 150;
/** A statement is prepared from this time on that its text comes. */
const timesBefore = 2;
const textsMax = 2000;

const namesOf = new WeakMap<pg.Pool, (text: string) => string | undefined>();

/**
 * The function that names a pool's statements, to have them prepared: PostgreSQL parses and plans each text once for a
 * connection, which for our views takes longer than running it. The texts come from our code, so there are few; one that
 * is new, or beyond the bound, has no name and runs unprepared.
 */
export function preparedNames(pool: pg.Pool): (text: string) => string | undefined {
  const known = namesOf.get(pool) ?? statementNames();
  namesOf.set(pool, known);
  return known;
}

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
