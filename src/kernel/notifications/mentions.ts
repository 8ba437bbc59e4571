/** The most people that one comment can call. */
const mentionsMax = 20;
/** A name has at most this many words. */
const wordsMax = 5;

/**
 * What may be a mention in a comment: after each @, a reference (`@PER-00012`) or the words that may be a name, the longest
 * first. An address such as `someone@example.gov.uk` is none.
 */
export function mentionsIn(text: string): string[][] {
  const found: string[][] = [];
  for (const [, words = ""] of text.matchAll(
    /(?<![\p{L}\p{N}_.@])@([\p{L}\p{N}][\p{L}\p{N}'’.-]*(?:[ \t][\p{L}\p{N}'’.-]+){0,4})/gu,
  )) {
    const parts = words.split(/[ \t]/).slice(0, wordsMax);
    const names = parts.map((_word, at) => bare(parts.slice(0, parts.length - at).join(" ")));
    found.push([...new Set(names.filter((name) => name !== ""))]);
    if (found.length === mentionsMax) break;
  }
  return found;
}

/** The people whom a comment calls: of each mention, those of the longest name that somebody has. */
export function peopleMentioned(text: string, people: ReadonlyMap<string, readonly string[]>): string[] {
  return [
    ...new Set(mentionsIn(text).flatMap((names) => people.get(names.find((name) => people.has(name)) ?? "") ?? [])),
  ];
}

/** As names are compared: lower case, without the full stop or comma of the sentence round it, one kind of apostrophe. */
function bare(words: string): string {
  return words
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/[.'-]+$/, "")
    .replace(/'s$/, "");
}
