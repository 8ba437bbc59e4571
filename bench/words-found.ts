import type pg from "pg";

/** A word to search for, with the share of tickets that hold it. */
export interface SearchedWord {
  readonly kind: "rare" | "middling" | "common";
  readonly word: string;
  readonly share: number;
}

// Places among the words, most used first: the first that has the share is taken.
const ranks = {
  rare: [4500, 6000, 8000, 11_000, 15_000],
  middling: [300, 400, 600, 1000],
  common: [10, 20, 40],
} as const;
const within = { rare: [0, 0.001], middling: [0.001, 0.03], common: [0.03, 1] } as const;

/** A word for each class: found in under 0.1 % of the tickets, in 0.1 to 3 %, and in over 3 %. Counted, not guessed. */
export async function searchedWords(ownerPool: pg.Pool): Promise<SearchedWord[]> {
  const found: SearchedWord[] = [];
  for (const kind of ["rare", "middling", "common"] as const) {
    for (const rank of ranks[kind]) {
      const { rows } = await ownerPool.query<{ word: string; share: number }>(
        `select w.word, (select count(*) from records where type = 'ticket' and search @@ plainto_tsquery('english', w.word))::real / s.tickets as share
         from bench.words w, bench.setting s where w.rank = $1`,
        [rank],
      );
      const [least, most] = within[kind];
      const row = rows[0];
      if (row && row.share > least && row.share < most) {
        found.push({ kind, ...row });
        break;
      }
    }
  }
  return found;
}
