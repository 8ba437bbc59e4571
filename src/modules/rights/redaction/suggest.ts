import { around, grown, within } from "./geometry.ts";
import type { Box } from "./geometry.ts";
import type { NameFinder } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import type { Found, Kind } from "./patterns.ts";
import type { PageSize } from "./pdf.ts";
import type { Word } from "./words.ts";

/** Something that the officer may want to mark: what it says, why, and its boxes, one for each line that it is on. */
export interface Suggestion {
  readonly page: number;
  readonly kind: Kind;
  readonly text: string;
  readonly why: string;
  readonly boxes: readonly Box[];
}

/** How far a mark goes beyond the words that it is made from: tenths of a point. */
const margin = 5;

/** What on a page looks like something of a person. */
export function suggestionsOn(page: number, size: PageSize, words: readonly Word[], names: NameFinder): Suggestion[] {
  const { text, at } = textOf(words);
  return [...findPatterns(text), ...names.find(text)]
    .toSorted((one, other) => one.from - other.from || other.until - one.until)
    .map((found) => suggestionOf(page, size, words, found, at));
}

/** Wherever words stand on a page as they were typed, whatever their capitals and spaces; whole words alone. */
export function wordsTyped(page: number, size: PageSize, words: readonly Word[], typed: string): Suggestion[] {
  const wanted = typed
    .normalize("NFKC")
    .toLowerCase()
    .split(/\s+/)
    .map(bare)
    .filter((part) => part !== "");
  if (wanted.length === 0) return [];
  const plain = words.map(({ text }) => bare(text.normalize("NFKC").toLowerCase()));
  return words.flatMap((_, at) =>
    wanted.every((part, place) => plain[at + place] === part)
      ? [
          {
            page,
            kind: "words" as const,
            text: textOf(words.slice(at, at + wanted.length)).text,
            why: "You looked for these words",
            boxes: boxesAround(words.slice(at, at + wanted.length), size),
          },
        ]
      : [],
  );
}

/** A box for each line that words stand on. */
export function boxesAround(words: readonly Word[], size: PageSize): Box[] {
  const lines: Word[][] = [];
  for (const word of words) {
    const before = lines.at(-1)?.at(-1);
    const sameLine =
      before &&
      Math.abs(before.box.top - word.box.top) < Math.max(before.box.height, word.box.height) / 2 &&
      word.box.left >= before.box.left;
    if (sameLine) lines.at(-1)!.push(word);
    else lines.push([word]);
  }
  return lines.map((line) => within(grown(around(line.flatMap(({ box, ink }) => [box, ink])), margin), size));
}

function suggestionOf(
  page: number,
  size: PageSize,
  words: readonly Word[],
  { kind, from, until, why }: Found,
  at: readonly number[],
): Suggestion {
  const own = words.filter((word, place) => at[place]! < until && at[place]! + word.text.length > from);
  return { page, kind, text: textOf(own).text, why, boxes: boxesAround(own, size) };
}

/** Words as one text, and where each begins in it. */
function textOf(words: readonly Word[]): { readonly text: string; readonly at: readonly number[] } {
  let length = 0;
  const at = words.map(({ text }) => {
    const begins = length;
    length += text.length + 1;
    return begins;
  });
  return { text: words.map(({ text }) => text).join(" "), at };
}

/** A word without the signs before and after it. */
export function bare(word: string): string {
  return word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}
