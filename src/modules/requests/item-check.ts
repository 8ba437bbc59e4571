import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { choicesOf } from "./item.ts";

/** Refuses an item whose questions or approvals nobody could answer. */
export function guardItem(_tx: Tx, values: Readonly<Record<string, unknown>>): void {
  // Both are fields of lines.
  const questions = (values["questions"] ?? []) as readonly Line[];
  for (const [at, question] of questions.entries()) {
    const called = `Question ${at + 1}`;
    if (question["kind"] === "choice" && choicesOf(question).length < 2)
      refuse("questions", `${called}: give at least two choices, with semicolons between`);
    if (question["onlyIf"] != null && question["onlyIf"] === question["number"])
      refuse("questions", `${called}: it cannot depend on its own answer`);
    if ((question["onlyIf"] == null) !== ((question["onlyIfAnswer"] ?? "") === ""))
      refuse("questions", `${called}: give both the question that it depends on and the answer, or neither`);
  }
  const approvals = (values["approvals"] ?? []) as readonly Line[];
  for (const [at, approval] of approvals.entries())
    if (approval["by"] === "person" && typeof approval["person"] !== "string")
      refuse("approvals", `Approval ${at + 1}: select the person`);
}
