import { Refusal, refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { guardLate } from "./common.ts";

type Values = Readonly<Record<string, unknown>>;

/** The duty to acknowledge is that of complaints to us alone. */
export function acknowledgedBy({ kind }: Values): { readonly rule: string } | null {
  return kind === "data" ? { rule: "complaint" } : null;
}

/** Only the regulator and the tribunal order something. */
export function isAboutOne(_tx: Tx, { values }: Stored): void {
  if (values["kind"] === "data")
    refuse("notice", "Nobody gives a notice of a complaint to us. Close it with the outcome");
}

/** Whether it stands before the regulator or the tribunal, who wait for the council: no desk can have it. */
export function isBeforeOthers(_tx: Tx, { values }: Pick<Stored, "values">): boolean {
  return values["kind"] !== "data";
}

/** Refuses to pass on what the regulator or the tribunal has. */
export function guardToDesk(tx: Tx, complaint: Stored): void {
  if (isBeforeOthers(tx, complaint))
    throw new Refusal("impossible", [
      {
        message:
          "It is before the regulator or a tribunal, who want our answer, so the desk cannot have it. If it is not, change what it is first",
      },
    ]);
}

/** A complaint to us is acknowledged and answered before it is closed; what was wanted by a day and came later says why. */
export async function guardConcluded(tx: Tx, complaint: Stored, values: Values): Promise<void> {
  const { kind, acknowledgedOn, answer, answerBy } = complaint.values;
  if (kind === "data") {
    if (!answer && !values["answer"]) refuse("answer", "Enter what they are told of the outcome");
    if (!acknowledgedOn) await guardLate(tx, complaint, values, ["acknowledge"]);
  }
  const isExplained = Boolean(values["lateBecause"] ?? complaint.values["lateBecause"]);
  if (complaint.state === "open" && typeof answerBy === "string" && today(tx) > answerBy && !isExplained)
    refuse("lateBecause", `Our answer was wanted by ${formatDay(answerBy)}. Say why it is late`);
}
