import { refuse } from "../../kernel/errors.ts";
import { handsOf } from "../../kernel/access.ts";
import { field } from "../../kernel/record.ts";
import { find } from "../../kernel/store/find.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The questions by which a change is weighed: the higher the answer, the greater the risk. */
export const riskAnswers = {
  spread: field.wholeNumber({
    label: "If it goes wrong, who notices?",
    required: true,
    min: 1,
    max: 3,
    labels: { 1: "A few colleagues", 2: "A team, or users of one service", 3: "The whole council, or the public" },
  }),
  undo: field.wholeNumber({
    label: "Can it be undone?",
    required: true,
    min: 1,
    max: 3,
    labels: { 1: "At once", 2: "With some work", 3: "Hardly, or not at all" },
  }),
  practice: field.wholeNumber({
    label: "Have we done it before?",
    required: true,
    min: 1,
    max: 3,
    labels: { 1: "Often", 2: "Once or twice", 3: "Never" },
  }),
} as const;

/** What the answers come to. What cannot be undone and would be noticed everywhere is high, however often it was done. */
export function riskOf(values: Values): "low" | "medium" | "high" {
  const [spread, undo, practice] = [values["spread"], values["undo"], values["practice"]].map(Number) as [
    number,
    number,
    number,
  ];
  if (spread === 3 && undo === 3) return "high";
  const sum = spread + undo + practice;
  return sum >= 7 ? "high" : sum >= 5 ? "medium" : "low";
}

/** The risk from the answers; and a standard change takes the words of its template where it has none of its own. */
export async function withRisk(tx: Tx, given: Values, before: Stored | null): Promise<Values> {
  const values = { ...before?.values, ...given };
  const template = values["kind"] === "standard" && typeof given["template"] === "string" ? given["template"] : null;
  return { risk: riskOf(values), ...(template === null ? {} : await wordsOf(tx, template, values)) };
}

const copied = ["steps", "testPlan", "backOutPlan"] as const;

async function wordsOf(tx: Tx, template: string, values: Values): Promise<Values> {
  const { values: words } = await find(tx, typeNamed(tx.registry, "change_template"), template);
  return Object.fromEntries(copied.flatMap((name) => (values[name] ? [] : [[name, words[name] ?? null]])));
}

/** Whether a change is looked back on before it is closed: all but standard ones that went as planned. */
export function needsReview(values: Values): boolean {
  return values["kind"] !== "standard" || values["outcome"] !== "successful";
}

/** A change is reviewed in words before it is closed; an emergency by someone other than whoever did it. */
export function guardReview(tx: Tx, change: Stored, values: Values): void {
  const known = { ...change.values, ...values };
  if (needsReview(known) && !known["review"])
    refuse("review", "Enter what we learnt. Only a standard change that went as planned needs no review");
  if (known["kind"] === "emergency" && handsOf(tx.actor).includes(String(change.ownerId)))
    refuse("review", "An emergency change is reviewed by someone other than whoever did it");
}
