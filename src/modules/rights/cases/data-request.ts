import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { dueDay, guardDay } from "../handling.ts";
import { guardByText, hasText } from "../answering/case-answer.ts";
import { guardLate } from "./common.ts";

type Values = Readonly<Record<string, unknown>>;

/** One law counts for every right of a data subject. For what another body asks to be told no law sets a day. */
export function lawOfData({ kind }: Values): { readonly rule: string } | null {
  return kind === "disclosure" ? null : { rule: "sar" };
}

/** The days of what happened to such a request, which the clock counts by. */
export const dataDays = [
  "identityAskedOn",
  "identifiedOn",
  "askedOn",
  "clarifiedOn",
  "feesNoticeOn",
  "feesPaidOn",
  "extendedOn",
] as const;

/** The time can be extended once, by a notice within the first month that says why: UK GDPR art 12A(3). */
export async function guardDataExtension(tx: Tx, request: Stored, values: Values): Promise<void> {
  if (request.values["kind"] === "disclosure") refuse("extendedOn", "No law sets a day for this, so none is extended");
  const before = request.values["extendedOn"];
  if (typeof before === "string" && before !== values["extendedOn"])
    refuse("extendedOn", `It was extended on ${formatDay(before)} already. The law gives one extension`);
  guardDay("extendedOn")(tx, request, values);
  const due = await dueDay(tx, request);
  if (due !== null && String(values["extendedOn"]) > due)
    refuse("extendedOn", `They must be told by ${formatDay(due)}. After that the law gives no more time`);
}

/** Whoever asks for somebody else has shown that they may; the police and other bodies say by what. */
export function guardIdentified(tx: Tx, request: Stored, values: Values): void {
  guardDay("identifiedOn")(tx, request, values);
  if (request.values["kind"] === "third_party" && !request.values["authority"])
    refuse("identifiedOn", "Edit the request first and say by what authority they ask for somebody else");
}

/** Whether another body asks to be told of somebody, and nobody uses a right of their own. */
export function isDisclosure({ values }: Pick<Stored, "values">): boolean {
  return values["kind"] === "disclosure";
}

/**
 * What is refused to somebody who uses a right goes by an agreed text (`guardByText`), whose letter has the reasons, the
 * Commissioner and the court: UK GDPR art 12(4), also where it is manifestly unfounded or excessive (art 12(5)). What another
 * body is refused names what allows it and why.
 */
export async function guardDataAnswer(tx: Tx, request: Stored, values: Values): Promise<void> {
  const { decision, exemptions, refusedBecause } = values;
  await guardByText(tx, request, values);
  if (isDisclosure(request) && (decision === "refused" || decision === "part") && !(await hasText(tx, request))) {
    if (!(Array.isArray(exemptions) && exemptions.length > 0))
      refuse("exemptions", "Select what allows you to refuse or withhold it");
    if (!refusedBecause) refuse("refusedBecause", "Say why, in words for the person who asked");
  }
  if (request.values["kind"] === "disclosure" && decision !== "refused" && !request.values["basis"])
    refuse("decision", "Edit the request first and say by what law it may be told");
  await guardLate(tx, request, values, ["answer"]);
}
