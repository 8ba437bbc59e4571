import { typeNamed } from "../src/kernel/registry.ts";
import type { Registry } from "../src/kernel/registry.ts";
import { joinRecords } from "../src/kernel/store/relations.ts";
import type { Tx } from "../src/kernel/transaction.ts";

/** How many records depend on each of the records that are measured, by how far away they are: 180 in three steps. */
const steps = [12, 48, 120];
const trees = 5;
/** How many records depend on one of them within three steps. */
export const dependants = steps.reduce((sum, many) => sum + many, 0);

/**
 * Joins tickets from all over the table into trees of what depends on what, as people do it. `inBatches` runs work for the
 * numbers from 1 on. Gives the references of the trees' roots.
 */
export async function joinTickets(
  registry: Registry,
  tickets: number,
  inBatches: (many: number, make: (tx: Tx, n: number) => Promise<string>) => Promise<string[]>,
): Promise<string[]> {
  const size = dependants + 1;
  const type = typeNamed(registry, "ticket");
  const referenceAt = (tree: number, place: number) => {
    // Every twelfth is one whose page is measured for its eight follow-ups, and no other lines.
    const number = 1 + Math.floor(tickets / (trees * size)) * (place * trees + tree);
    return `INC-${String(number % 12 === 0 ? number + 1 : number).padStart(5, "0")}`;
  };
  await inBatches(trees * dependants, async (tx, n) => {
    const [tree, place] = [(n - 1) % trees, 1 + Math.floor((n - 1) / trees)];
    const to = referenceAt(tree, parentOf(place));
    await joinRecords(tx, type, referenceAt(tree, place), { relation: "depends_on", to });
    return to;
  });
  return Array.from({ length: trees }, (_unused, tree) => referenceAt(tree, 0));
}

/** The place in its tree on which a place from 1 on depends: those of each step are shared out among the step before. */
function parentOf(place: number): number {
  let [first, firstBefore, before] = [1, 0, 1];
  for (const many of steps) {
    if (place < first + many) return firstBefore + ((place - first) % before);
    [first, firstBefore, before] = [first + many, first, many];
  }
  throw new Error(`A tree has ${dependants} records that depend on its root`);
}
