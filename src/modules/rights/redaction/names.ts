import type { Found } from "./patterns.ts";

/** Names to look for, and whose they are, as `why` of what is found. */
export interface KnownName {
  readonly name: string;
  readonly why: string;
}

/** Finds names in a text: of `find`, in whole or with an initial; and what follows a title such as Mrs. */
export interface NameFinder {
  find(text: string): Found[];
}

interface Token {
  readonly text: string;
  readonly plain: string;
  readonly from: number;
  readonly until: number;
}

const titles = new Set([
  "mr",
  "mrs",
  "ms",
  "miss",
  "mx",
  "dr",
  "prof",
  "professor",
  "cllr",
  "councillor",
  "sir",
  "dame",
  "lord",
  "lady",
  "rev",
]);
const inName = /[\p{L}\p{M}][\p{L}\p{M}'’-]{0,60}\.?/gu;

/** Makes ready to look for these names. Names of one word are looked for after a title alone. */
export function nameFinder(known: readonly KnownName[]): NameFinder {
  const byLast = new Map<string, { readonly first: string; readonly why: string }[]>();
  for (const { name, why } of known) {
    const parts = tokensOf(name).filter(({ plain }) => !titles.has(plain));
    const [first, last] = [parts[0], parts.at(-1)];
    if (!first || !last || first === last) continue;
    const same = byLast.get(last.plain) ?? [];
    byLast.set(last.plain, [...same, { first: first.plain, why }]);
  }
  const seen = new Map<string, string>();
  return {
    find: (text) => {
      const tokens = tokensOf(text);
      const found = [...wholeNames(text, tokens, byLast), ...afterTitles(text, tokens)];
      for (const { from, until } of found)
        for (const { text: part, plain } of tokensOf(text.slice(from, until)))
          if (part.length >= 3 && !titles.has(plain)) seen.set(plain, text.slice(from, until).trim());
      return [...found, ...partsSeen(tokens, found, seen)];
    },
  };
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(inName)].map((match) => ({
    text: match[0],
    plain: plainOf(match[0]),
    from: match.index,
    until: match.index + match[0].length,
  }));
}

function plainOf(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[^\p{L}]/gu, "")
    .toLowerCase()
    .replace(/(?<=\p{L}{3,})['’]s$/u, "");
}

const isCapital = (text: string) => /^\p{Lu}/u.test(text);
/** Words of one name stand beside each other. */
const near = (text: string, one: Token, other: Token) => /^[\s,.]{0,3}$/.test(text.slice(one.until, other.from));

/** First and last name, in either order, with another between them, or with the first as an initial. */
function wholeNames(
  text: string,
  tokens: readonly Token[],
  byLast: ReadonlyMap<string, readonly { readonly first: string; readonly why: string }[]>,
): Found[] {
  return tokens.flatMap((token, at) => {
    const people = byLast.get(token.plain) ?? byLast.get(token.plain.replace(/s$/, "")) ?? [];
    if (people.length === 0 || !isCapital(token.text)) return [];
    for (const other of [at - 1, at - 2, at + 1].flatMap((place) => tokens[place] ?? [])) {
      const [first, second] = other.from < token.from ? [other, token] : [token, other];
      const between = tokens.slice(tokens.indexOf(first), tokens.indexOf(second) + 1);
      if (!between.every((one, place) => place === 0 || near(text, between[place - 1]!, one))) continue;
      const person = people.find(
        ({ first: name }) =>
          other.plain === name || (other.plain.length === 1 && isCapital(other.text) && name.startsWith(other.plain)),
      );
      if (person) return [{ kind: "name", from: first.from, until: second.until, why: person.why } as const];
    }
    return [];
  });
}

function afterTitles(text: string, tokens: readonly Token[]): Found[] {
  return tokens.flatMap((token, at) => {
    if (!titles.has(token.plain) || !isCapital(token.text)) return [];
    let last = token;
    for (const next of tokens.slice(at + 1, at + 4)) {
      const ended = last !== token && /\p{L}{2}\.$/u.test(last.text);
      if (ended || !isCapital(next.text) || !/^\s{1,2}$/.test(text.slice(last.until, next.from))) break;
      last = next;
    }
    return last === token
      ? []
      : [{ kind: "name", from: token.from, until: last.until, why: `It follows “${token.text}”` } as const];
  });
}

/** Parts of names that stood whole before: “Jane” after “Jane Smith”. */
function partsSeen(tokens: readonly Token[], found: readonly Found[], seen: ReadonlyMap<string, string>): Found[] {
  return tokens.flatMap(({ text, plain, from, until }) => {
    const whole = seen.get(plain) ?? seen.get(plain.replace(/s$/, ""));
    if (whole === undefined || !isCapital(text) || found.some((one) => one.from < until && from < one.until)) return [];
    return [{ kind: "name", from, until, why: "It is part of a name that stands in this document" } as const];
  });
}
