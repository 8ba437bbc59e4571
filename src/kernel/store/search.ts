import { sql } from "kysely";
import type { Tx } from "../transaction.ts";
import { searchable } from "./words.ts";

/** A record that was found. */
export interface Found {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly updatedAt: string;
  /** The title with the words found between « and » marks that no text contains (U+E000 and U+E001). */
  readonly marked: string;
}

/** What a search found, best first. */
export interface SearchAnswer {
  readonly found: readonly Found[];
  /** How many match, counted no further than 10,000. */
  readonly matches: number;
  /** Whether only the newest matches were ranked, because there are so many. */
  readonly newestOnly: boolean;
  /** How many of the ranked matches there are of each type. */
  readonly byType: Readonly<Record<string, number>>;
}

/** The most characters of a search. */
const queryMax = 400;

/** Searches everything that the actor may see; of one type when told. */
export async function search(
  tx: Tx,
  query: string,
  options: { type?: string; limit?: number; offset?: number } = {},
): Promise<SearchAnswer> {
  const { rows } = await sql<{
    answer: SearchAnswer;
  }>`select search_records(${clean(query)}, ${options.type ?? null}, ${Math.min(options.limit ?? 20, 200)},
    ${Math.min(options.offset ?? 0, 980)}) as answer`.execute(tx.db);
  return rows[0]?.answer ?? { found: [], matches: 0, newestOnly: false, byType: {} };
}

/** The ids of up to 1,000 records of a type that hold these words, the newest where there are more. */
export async function matchingIds(tx: Tx, type: string, query: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from matching_records(${clean(query)}, ${type}, 1000)`.execute(
    tx.db,
  );
  return rows.map(({ id }) => id);
}

/** The query with a typing mistake mended, when one word is no word in use and another is near; null when there is none. */
export async function mended(tx: Tx, query: string): Promise<string | null> {
  const { rows } = await sql<{ mended: string | null }>`select mend_words(${clean(query)}) as mended`.execute(tx.db);
  return rows[0]?.mended ?? null;
}

/** A query as the database takes it, no longer than `most` characters. */
export function clean(query: string, most = queryMax): string {
  return searchable(query.slice(0, most).replaceAll("\u0000", " ").toWellFormed());
}
