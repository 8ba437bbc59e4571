import { may } from "../../kernel/access.ts";
import { readingOf } from "../../kernel/reading-age.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { plural } from "../../web/view/format.ts";
import type { RecordSection } from "../../web/view/models.ts";

/** What guidance should be read at with ease: the reading age that GOV.UK writes for is 9, and of technical pages 11 is usual. */
const ageMax = 11;
const longShown = 5;

/** For those who write articles: from what age it is read with ease, and which sentences make it hard. */
export async function howItReads(tx: Tx, article: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "article", "internal", article)) return [];
  const { age, words, longSentences } = readingOf(String(article.values["body"] ?? ""));
  if (age === null) return [];
  const long = longSentences.slice(0, longShown);
  const minutes = Math.max(1, Math.round(words / 200));
  return [
    {
      kind: "steps",
      title: "How it reads",
      sentence: `Reading age ${age}${age > ageMax ? `: harder than it should be, which is ${ageMax} at most. Use shorter sentences and plainer words` : ""}. ${plural(words, "word")}, about ${plural(minutes, "minute")}.${long.length === 0 ? "" : ` ${plural(longSentences.length, "sentence")} of more than 25 words:`}`,
      items: long.map((text) => ({ text: text.length > 200 ? `${text.slice(0, 199).toWellFormed()}…` : text })),
    },
  ];
}
