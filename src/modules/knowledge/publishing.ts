import { refuse } from "../../kernel/errors.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Somebody other than the author has read it, and somebody will look again on a day to come. */
export async function guardPublishing(tx: Tx, article: Stored, values: Values): Promise<void> {
  stillRight(tx, article, values);
  if (await ownsOrWrote(tx, article))
    refuse("reviewOn", "An article is published by someone other than its owner and whoever wrote it last");
}

/** The next review lies ahead. */
export function stillRight(tx: Tx, _article: Stored, values: Values): void {
  const day = values["reviewOn"];
  if (typeof day === "string" && day <= londonDay(tx.now))
    refuse("reviewOn", "Review by: give a day that is still to come");
}

/** The next version, and who may read it from now on: the database goes by the sensitivity. */
export function publishedValues(tx: Tx, article: Stored): Values {
  const edition = article.values["edition"];
  return {
    edition: typeof edition === "number" ? edition + 1 : 1,
    publishedBy: tx.actor.personId,
    publishedOn: londonDay(tx.now),
    sensitivity: article.values["audience"] === "staff" ? "normal" : "restricted",
  };
}

function londonDay(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
