import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The next review lies ahead. */
export function guardReviewAhead(tx: Tx, _record: Stored, values: Values): void {
  const day = values["reviewOn"];
  if (typeof day === "string" && day <= today(tx.now))
    refuse("reviewOn", "Review by: give a day that is still to come");
}

/** There is something to advise on: risks, each with what is done about it and what is left. */
export function guardAsksAdvice(_tx: Tx, { values }: Stored): void {
  // The field is one of lines.
  const risks = (values["risks"] ?? []) as readonly Line[];
  if (risks.length === 0) refuse("risks", "Write down at least one risk to people, be it a low one");
  const open = risks.find((risk) => !risk["measure"] || !risk["remains"]);
  if (open) refuse("risks", `Risk ${String(open.number)}: say what is done about it and which risk is left`);
}

/** Nobody advises on what they wrote. */
export async function guardAdvising(tx: Tx, assessment: Stored): Promise<void> {
  if (await ownsOrWrote(tx, assessment))
    refuse("advice", "Advice is given by someone other than whoever wrote the assessment");
}

/** Nobody agrees to what they wrote or advised on; a high risk to data that is left goes to the regulator first. */
export async function guardAgreeing(tx: Tx, assessment: Stored, values: Values): Promise<void> {
  guardReviewAhead(tx, assessment, values);
  const { kind, highestLeft, advisedBy } = assessment.values;
  if (tx.actor.personId !== null && advisedBy === tx.actor.personId)
    refuse("follows", "It is agreed to by someone other than whoever gave the advice");
  if (await ownsOrWrote(tx, assessment)) refuse("follows", "It is agreed to by someone other than whoever wrote it");
  if (kind === "data" && highestLeft === "high" && values["regulatorAsked"] !== true)
    refuse(
      "regulatorAsked",
      "A high risk is left, so the law asks that the regulator is consulted before: UK GDPR, article 36",
    );
}

/** The day in London at a moment. */
export function today(now: Temporal.Instant): string {
  return now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
