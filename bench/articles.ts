import { typeNamed } from "../src/kernel/registry.ts";
import { bringIn } from "../src/kernel/store/bring-in.ts";
import type { BroughtRecord } from "../src/kernel/store/bring-in.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { vocabulary } from "./words.ts";

/** How many help articles there are, whatever the size: a council's own, not its tickets, decide that. */
export const articlesMade = 3000;
export const itemsMade = 40;
/** How many are brought in with one transaction. */
export const articlesAtOnce = 200;

/** A published help article and its text, made of the words that the tickets are made of. Always the same for a number. */
function articleOf(n: number, words: readonly string[], now: Temporal.Instant): BroughtRecord {
  let seed = n * 7919 + 17;
  // A linear congruential generator (Numerical Recipes); the most used words come most, as in the tickets.
  const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const some = (many: number) =>
    Array.from({ length: many }, () => words[Math.floor((words.length + 1) ** random()) - 1] ?? "printer").join(" ");
  const openedAt = now.subtract({ hours: 24 * (1 + (n % 900)) });
  const values = {
    title: `Help with ${some(4)}`,
    body: Array.from({ length: 4 }, () => some(40)).join("\n\n"),
    synonyms: some(3),
    audience: "staff",
    edition: 1,
    reviewOn: "2035-01-01",
    sensitivity: "normal",
  };
  return {
    values,
    state: "published",
    openedAt,
    closedAt: null,
    events: [{ at: openedAt, verb: "created", body: { state: "published", values } }],
  };
}

/** Brings in as many as a transaction takes, from a number on. */
export async function makeArticles(tx: Tx, from: number): Promise<void> {
  const words = vocabulary();
  const all = Array.from({ length: articlesAtOnce }, (_unused, at) => articleOf(from + at, words, tx.now));
  await bringIn(tx, typeNamed(tx.registry, "article"), all);
}

/** Makes what staff can ask for. */
export async function makeItems(tx: Tx, queue: string): Promise<void> {
  const type = typeNamed(tx.registry, "catalogue_item");
  const words = vocabulary();
  for (let n = 0; n < itemsMade; n++) {
    const name = `A new ${words[n] ?? "laptop"}`;
    await insertRecord(
      tx,
      type,
      { name, summary: `Ask for ${name.toLowerCase()}`, queue },
      { trusted: true, state: "offered" },
    );
  }
}
