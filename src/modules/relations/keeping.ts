import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

const contactsMax = 200;

/** One more contact, by whoever wrote it down; the form is empty for the next. The oldest goes where there is no more room. */
export function notesContact(tx: Tx, { values }: Stored, given: Values): Values {
  const day = String(given["contactOn"]);
  if (day > londonDay(tx.now)) refuse("contactOn", "When you spoke: give a day that has been");
  // The field is one of lines.
  const before = (values["contacts"] ?? []) as readonly Line[];
  const line = {
    day,
    how: given["contactHow"],
    who: given["contactWith"],
    said: given["contactSaid"],
    noted: tx.actor.personId,
  };
  return {
    contacts: [...before, line].slice(-contactsMax),
    contactOn: null,
    contactHow: null,
    contactWith: null,
    contactSaid: null,
  };
}

/** The next review lies ahead. */
export function guardNextReview(tx: Tx, _relationship: Stored, values: Values): void {
  const day = values["reviewOn"];
  if (typeof day === "string" && day <= londonDay(tx.now))
    refuse("reviewOn", "Next review: give a day that is still to come");
}

function londonDay(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
