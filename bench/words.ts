/** How many different words the bench's tickets are made of. */
export const vocabularySize = 20_000;

// What desks write most, so that a page of the bench reads like one.
const common =
  "printer laptop password account email phone screen network meeting office server folder update error access login browser " +
  "keyboard monitor licence payroll calendar backup scanner document router desktop invoice committee library depot website " +
  "planning housing parking council member officer supplier contract display battery charger cable driver signal window file";

const beginnings = [
  "b",
  "br",
  "c",
  "cl",
  "d",
  "dr",
  "f",
  "fl",
  "g",
  "gr",
  "h",
  "k",
  "l",
  "m",
  "n",
  "p",
  "pl",
  "r",
  "st",
  "t",
  "tr",
  "v",
  "w",
];
const middles = ["a", "e", "i", "o", "u"];
const ends = ["b", "ck", "f", "k", "l", "m", "mp", "n", "nd", "p", "rk", "rn", "x"];

/** The words, most used first: a desk's own, then ones that no dictionary has and the English stemmer leaves alone. */
export function vocabulary(): string[] {
  const words = new Set(common.split(" "));
  for (let at = 0; words.size < vocabularySize; at++) words.add(inventedWord(at));
  return [...words];
}

/** A word of two syllables for each number below 37,375; neighbours do not look alike. */
function inventedWord(at: number): string {
  let rest = (at * 7919) % (beginnings.length * middles.length * 5 * middles.length * ends.length);
  const next = (from: readonly string[]): string => {
    const part = from[rest % from.length] ?? "";
    rest = Math.floor(rest / from.length);
    return part;
  };
  return next(beginnings) + next(middles) + next(["l", "m", "r", "t", "v"]) + next(middles) + next(ends);
}
