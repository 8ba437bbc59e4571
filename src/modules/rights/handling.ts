import { may } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { dayOf } from "../../kernel/store/as-of.ts";
import { clocksOf } from "../../kernel/store/clocks.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { guardByText } from "./answering/case-answer.ts";
import { isReview, reviewDecisions } from "./answering/offered.ts";

type Values = Readonly<Record<string, unknown>>;

/** The rule of the clock engine that counts under each regime. */
const rules: Readonly<Record<string, string>> = {
  foi: "foi",
  eir: "eir",
  foi_review: "foi-review",
  eir_review: "eir-review",
  reuse: "reuse",
};
/** Under these the law knows no longer time. */
const notExtended: readonly unknown[] = ["eir_review"];
/** Before this the calendars know no bank holidays. */
const receivedMin = "2010-01-01";

/** Which rule counts for a request. */
export function lawOf(values: Values): { readonly rule: string } | null {
  const rule = rules[String(values["regime"])];
  return rule === undefined ? null : { rule };
}

/** A new request came today; of somebody who does not handle requests it is their own. */
export function newRequest(tx: Tx): Promise<Values> {
  const own = !may(tx.actor, "information_request", "handle");
  return Promise.resolve({
    receivedOn: today(tx),
    ...(own ? { requester: tx.actor.personId, receivedBy: "form" } : {}),
  });
}

/** The day in London of this transaction. */
export function today(tx: Tx): string {
  return dayOf(tx.now);
}

/** The day by which a request must be answered, `yyyy-mm-dd`, by its clock or the first of these that has one; null while nothing runs. */
export async function dueDay(tx: Tx, request: Stored, names: readonly string[] = ["answer"]): Promise<string | null> {
  const clocks = await clocksOf(tx, typeNamed(tx.registry, request.type), request);
  const dueAt = clocks.find(({ name, dueAt }) => names.includes(name) && dueAt !== null)?.dueAt;
  return dueAt ? dayOf(dueAt.subtract({ minutes: 1 })) : null;
}

/** A request came on a day that has been, and a review is of a request. */
export function checkReceipt(tx: Tx, values: Values, before: Stored | null): void {
  const received = values["receivedOn"];
  if (typeof received === "string" && received > today(tx))
    refuse("receivedOn", "Received on: give today or a day that has been");
  if (typeof received === "string" && received < receivedMin)
    refuse("receivedOn", `Received on: give a day from ${formatDay(receivedMin)} on`);
  if (before && values["reviewOf"] === before.id)
    refuse("reviewOf", "Request under review: a request cannot review itself");
}

/** Refuses a day before the request came, or one to come. */
export function guardDay(name: string): (tx: Tx, request: Stored, values: Values) => void {
  return (tx, { values: stored }, values) => {
    const day = values[name];
    if (typeof day !== "string") return;
    if (day > today(tx)) refuse(name, "Give today or a day that has been");
    const received = stored["receivedOn"];
    if (typeof received === "string" && day < received)
      refuse(name, `The request came on ${formatDay(received)}. Give that day or a later one`);
  };
}

/** The days of what happened to a request, which the clocks count by. */
export const eventDays = ["askedOn", "clarifiedOn", "feesNoticeOn", "feesPaidOn", "extendedOn"] as const;

/** A day that was given can be another, and no more: what happened is told by the move that it belongs to. */
export function guardCorrectionOf(days: readonly string[]): (tx: Tx, request: Stored, values: Values) => void {
  return (tx, request, values) => {
    for (const name of days) {
      const [was, is] = [request.values[name] ?? null, name in values ? (values[name] ?? null) : undefined];
      if (is === undefined || is === was) continue;
      if (was === null) refuse(name, "This has not happened. Make the move that it belongs to");
      if (is === null) refuse(name, "A day can be corrected, not taken away");
      guardDay(name)(tx, request, values);
    }
  };
}

export const guardCorrection = guardCorrectionOf(eventDays);

/** The time can be extended by a notice given before the first deadline: rules 4 and 8 of the Acts’ clocks; SI 2015/1415 reg 8(3). */
export async function guardExtension(tx: Tx, request: Stored, values: Values): Promise<void> {
  if (notExtended.includes(request.values["regime"]))
    refuse("extendedOn", "The time for this kind of request cannot be extended");
  guardDay("extendedOn")(tx, request, values);
  const due = await dueDay(tx, request);
  if (due !== null && String(values["extendedOn"]) > due)
    refuse("extendedOn", `The notice must be given by ${formatDay(due)}. After that the law gives no more time`);
}

/** What is withheld was gone through and signed, and what is late says why, while people still know. */
export async function guardAnswer(tx: Tx, request: Stored, values: Values): Promise<void> {
  const review = isReview(request);
  if (review !== reviewDecisions.includes(String(values["decision"])))
    refuse(
      "decision",
      review
        ? "This is a review: select whether the answer was upheld or changed"
        : "This is no review: select another decision",
    );
  await guardByText(tx, request, values);
  const due = await dueDay(tx, request);
  if (due !== null && today(tx) > due && !values["lateBecause"] && !request.values["lateBecause"])
    refuse("lateBecause", `It was due on ${formatDay(due)}. Say why it is late`);
}

/** Whether its day is still to come, or none runs; another reading of the law may have an earlier one. */
export function isNotLate(tx: Tx, { dueAt }: Stored): boolean {
  return dueAt === null || dueAt.endsWith("infinity") || Temporal.Instant.compare(dueAt, tx.now) > 0;
}
