import { refuse } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { decisions } from "../decisions.ts";
import { exemptions } from "../exemptions.ts";
import { isNotLate } from "../handling.ts";
import { textOfCase } from "./text-rules.ts";

/** What a review of an answer can come to, and nothing else. */
export const reviewDecisions: readonly string[] = ["upheld", "upheld_part", "changed"];

/** Whether a request is a review of the answer to another. */
export function isReview({ values }: Pick<Stored, "values">): boolean {
  return String(values["regime"]).endsWith("_review");
}

/** The decisions that fit a request: those of a review, or the one that the text says which answers it. */
export async function offeredDecisions(tx: Tx, request: Stored): Promise<readonly string[]> {
  if (isReview(request)) return reviewDecisions;
  const text = await textOfCase(tx, request);
  const outcome = text?.values["outcome"];
  if (typeof outcome === "string") return [outcome];
  return Object.keys(decisions).filter((decision) => !reviewDecisions.includes(decision));
}

/**
 * The sections that an answer can name on its own form. What withholds something goes by an agreed text, whose sections come
 * with it; without one there is an environmental request for what is not held, which regulation 12(4)(a) makes an exception,
 * and a review, which upholds what the first answer named.
 */
export async function offeredExemptions(tx: Tx, request: Stored): Promise<readonly string[]> {
  if ((await textOfCase(tx, request)) !== null) return [];
  const { regime, reviewOf } = request.values;
  if (regime === "eir") return ["r12_4a"];
  if (!isReview(request) || typeof reviewOf !== "string") return [];
  const reviewed = await findIfSeen(tx, typeNamed(tx.registry, request.type), reviewOf);
  const named = reviewed?.values["exemptions"];
  return Object.keys(exemptions).filter((section) => Array.isArray(named) && named.includes(section));
}

/** Nothing where an agreed text is the answer: then there are no words to type. */
export async function offeredAnswer(tx: Tx, request: Stored): Promise<readonly string[]> {
  return (await textOfCase(tx, request)) === null ? ["typed"] : [];
}

/** Why it is late is asked of what is late, and was not said yet. */
export function offeredLateReason(tx: Tx, request: Stored): Promise<readonly string[]> {
  return Promise.resolve(isNotLate(tx, request) || request.values["lateBecause"] ? [] : ["typed"]);
}

/** Said on the form of an answer: where its words come from, and what it takes to withhold something. */
export async function howItIsAnswered(tx: Tx, request: Stored): Promise<readonly string[]> {
  const text = await textOfCase(tx, request);
  return text === null
    ? ["To withhold anything, begin an agreed text on the page of the request: it has the tests of each section."]
    : [`${text.reference} is the answer: its words and its sections go as they were signed.`];
}

/** Refuses sections that an answer without an agreed text cannot name. */
export async function guardSections(tx: Tx, request: Stored, given: unknown): Promise<void> {
  if (!Array.isArray(given) || given.length === 0) return;
  const offered = await offeredExemptions(tx, request);
  if (given.every((section) => offered.includes(String(section)))) return;
  const called = offered.map((section) => exemptions[section as keyof typeof exemptions]); // its own keys
  refuse(
    "exemptions",
    called.length === 0
      ? "Leave this empty: what withholds something goes by an agreed text, which names its sections"
      : `Leave this empty, or select of these alone: ${called.join(", ")}`,
  );
}
