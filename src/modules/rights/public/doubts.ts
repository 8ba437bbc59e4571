import { howOften } from "../../../kernel/outside/how-often.ts";
import type { WebParts } from "../../../web/parts.ts";
import type { Draft } from "./draft.ts";

/** A person reads and answers seven pages; a program needs no time. Milliseconds. */
const quickestMs = 8000;
const linksMax = 3;
/** The same words from several people in a day are a campaign, which is lawful and looked at; from a program they are spam. */
const sameWordsMax = 5;

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

/** How often others sent the same words within a day, to any web process. Sent again, a form counts once. */
export function sentAlike(
  { store, secret }: Pick<WebParts, "store" | "secret">,
  { key, question = "" }: Pick<Draft, "key" | "question">,
  now: Temporal.Instant,
): Promise<number> {
  const plain = question
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .slice(0, 500);
  return howOften({ pool: store.pool, secret, now }, { what: "words", from: plain, once: key }, aDay);
}

const aDay = { withinMinutes: 24 * 60, most: 1000 };
