/** A British keyboard, each key with and without shift, row under row. */
const rows = [
  ["1!", '2"', "3£", "4$", "5%", "6^", "7&", "8*", "9(", "0)", "-_", "=+"],
  ["qQ", "wW", "eE", "rR", "tT", "yY", "uU", "iI", "oO", "pP", "[{", "]}"],
  ["aA", "sS", "dD", "fF", "gG", "hH", "jJ", "kK", "lL", ";:", "'@", "#~"],
  ["zZ", "xX", "cC", "vV", "bB", "nN", "mM", ",<", ".>", "/?"],
];

/**
 * Which keys lie beside which, as the strength check wants it to see walks over the keyboard: for each character its
 * neighbours to the left, upper left, upper right, right, lower right and lower left.
 */
export const keyboard: Record<string, (string | null)[]> = Object.fromEntries(
  rows.flatMap((row, y) =>
    row.flatMap((key, x) => {
      // Each row stands half a key to the right of the one above.
      const beside = [at(y, x - 1), at(y - 1, x), at(y - 1, x + 1), at(y, x + 1), at(y + 1, x), at(y + 1, x - 1)];
      return Array.from(key, (character) => [character, beside] as const);
    }),
  ),
);

function at(y: number, x: number): string | null {
  return rows[y]?.[x] ?? null;
}
