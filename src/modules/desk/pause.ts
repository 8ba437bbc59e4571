import { refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatDate } from "../../web/view/format.ts";
import { londonDay, reviewNoLaterThan } from "./service-level.ts";

/** A pause is a claim: it is looked at again on a day that is not past and, by the queue's policy, not too far off. */
export async function guardPause(tx: Tx, record: Stored, values: Readonly<Record<string, unknown>>): Promise<void> {
  const day = values["reviewOn"];
  // What is missing is refused with the other gaps.
  if (typeof day !== "string") return;
  if (day < londonDay(tx.now)) refuse("reviewOn", "Day to ask again: give today or a day to come");
  const last = await reviewNoLaterThan(tx, record.values["queue"]);
  if (day > last.toString()) refuse("reviewOn", `Day to ask again: give a day no later than ${formatDate(last)}`);
}
