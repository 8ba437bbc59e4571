import type { Draft } from "./draft.ts";

/** A person reads and answers seven pages; a program needs no time. Milliseconds. */
const quickestMs = 8000;
const linksMax = 3;
/** The same words from several people in a day are a campaign, which is lawful and looked at; from a program they are spam. */
const sameWordsMax = 5;
const remembered = 2000;

/** What is doubtful of what was sent, as sentences for an officer. It is held then, and never thrown away. */
export function doubtsOf(
  draft: Pick<Draft, "begunAt" | "subject" | "question" | "name" | "format">,
  { trap, now, sameToday }: { readonly trap: string; readonly now: Temporal.Instant; readonly sameToday: number },
): string[] {
  const text = [draft.subject, draft.question, draft.name, draft.format].join("\n");
  const links = text.match(/(?:https?:\/\/|www\.)\S/gi)?.length ?? 0;
  const seconds = Math.max(0, Math.round((now.epochMilliseconds - draft.begunAt) / 1000));
  return [
    ...(trap === "" ? [] : ["A box that nobody sees was filled in, as programs do"]),
    ...(now.epochMilliseconds - draft.begunAt < quickestMs ? [`All was filled in within ${seconds} seconds`] : []),
    ...(links > linksMax ? [`It holds ${links} web addresses`] : []),
    ...(/<a\s|\[url[=\]]/i.test(text) ? ["It holds links as programs write them"] : []),
    ...(sameToday >= sameWordsMax ? [`The same words were sent ${sameToday} times before within a day`] : []),
  ];
}

/** Counts how often others sent the same words within a day, in this process; bounded. Sent again, a form counts once. */
export function wordCounter(): (draft: Pick<Draft, "key" | "question">, now: Temporal.Instant) => number {
  const seen = new Map<string, { count: number; until: number; last: string }>();
  return ({ key, question = "" }, now) => {
    const plain = question
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .slice(0, 500);
    const known = seen.get(plain);
    if (known?.last === key) return known.count - 1;
    const before = known && known.until > now.epochMilliseconds ? known.count : 0;
    if (seen.size >= remembered && !known) seen.clear();
    seen.set(plain, { count: before + 1, until: now.epochMilliseconds + 86_400_000, last: key });
    return before;
  };
}
