import { sql } from "kysely";
import type { Tx } from "../transaction.ts";
import { clean } from "./search.ts";

/** A record whose title and words are like a text. */
export interface AlikeRecord {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
}

/** What is looked for by a text. */
export interface AlikeWanted {
  /** Types with the states that count, or null for every record that has not ended. Only types that the index `records_alike` holds. */
  readonly types: Readonly<Record<string, readonly string[] | null>>;
  /** Of a hundred words of the text so many must be shared; null where two, or half of the record’s own title, are enough. */
  readonly shared: number | null;
  readonly most: number;
}

/**
 * Records that say what a text says, best first, for each kind that is wanted; as far as the actor may see them, and asked once.
 * `common` are words that tell nothing apart, and `except` the id of the record that the text is of.
 */
export async function alikeRecords(
  tx: Tx,
  text: string,
  common: string,
  except: string,
  wanted: readonly AlikeWanted[],
): Promise<readonly (readonly AlikeRecord[])[]> {
  const words = clean(text, textMax);
  const { rows } = await sql<AlikeRecord & { which: number }>`
    select w.which::integer, a.* from unnest(${wanted.map(({ types }) => JSON.stringify(types))}::jsonb[], ${wanted.map(({ shared }) => shared)}::integer[],
        ${wanted.map(({ most }) => most)}::integer[]) with ordinality as w (types, shared, most, which),
      lateral (select x.*, row_number() over () as place from alike_records(${words}, ${common}, w.types, ${except}::uuid, w.shared, w.most) x) a
    order by w.which, a.place`.execute(tx.db);
  return wanted.map((_, at) => rows.filter(({ which }) => which === at + 1));
}

/** So much of a text is looked at. */
const textMax = 2000;
