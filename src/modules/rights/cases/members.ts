import { Refusal } from "../../../kernel/errors.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { findPatterns } from "../redaction/patterns.ts";
import { kindInSentence } from "../redaction/patterns.ts";
import { guardByText } from "../answering/case-answer.ts";
import { guardLate } from "./common.ts";

type Values = Readonly<Record<string, unknown>>;

/** The local rule for enquiries and for letters of Members of Parliament. */
export function isEnquiry({ kind }: Values): { readonly rule: string } | null {
  return kind === "enquiry" || kind === "mp" ? { rule: "member-answer" } : null;
}

/** What the constitution says of questions to a meeting. */
export function isWritten({ kind }: Values): { readonly rule: string } | null {
  return kind === "council" || kind === "committee" ? { rule: "written-question" } : null;
}

/** An answer goes as it was signed, where there is a text of it; one that is late says why. */
export async function guardMemberAnswer(tx: Tx, question: Stored, values: Values): Promise<void> {
  await guardByText(tx, question, values);
  await guardLate(tx, question, values, ["answer", "meeting"]);
}

/** Nothing personal goes out, and nothing that few may see. */
export function guardPublished(_tx: Tx, { sensitivity, values }: Stored): void {
  if (sensitivity === "restricted") throw impossible("It is restricted, so it is not published");
  const words = ["subject", "question", "answer", "supplementary", "supplementaryAnswer"]
    .map((name) => values[name])
    .filter((value) => typeof value === "string")
    .join("\n");
  const [found] = findPatterns(words);
  if (found)
    throw impossible(
      `Something in it looks like a ${kindInSentence(found.kind)}: “${words.slice(found.from, found.until)}”. Nothing personal may be published`,
    );
  const named = [values["onBehalfOf"], values["applicant"]].find(
    (name) => typeof name === "string" && name.trim() !== "" && words.toLowerCase().includes(name.trim().toLowerCase()),
  );
  if (typeof named === "string" && named !== "")
    throw impossible("It names the person for whom it was asked. Nothing personal may be published");
}

function impossible(message: string): Refusal {
  return new Refusal("impossible", [{ message }]);
}
