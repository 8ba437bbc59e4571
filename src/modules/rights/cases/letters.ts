import type { SayLetter } from "../../../kernel/mail/letters.ts";
import type { Stored } from "../../../kernel/transaction.ts";
import { letterOf, letterWith } from "../letters.ts";
import { howToComplain } from "./data-exemptions.ts";

/** What is mailed to those without an account in each kind of case, by type. */
export const caseLetters: Readonly<Record<string, SayLetter>> = {
  data_protection_request: letterOf({
    type: "data_protection_request",
    called: "request",
    about: "Your data protection request",
    with: whyRefused,
    attached: letterWith,
  }),
  members_question: letterOf({
    type: "members_question",
    called: "question",
    about: "Your question",
    attached: letterWith,
  }),
  information_complaint: letterOf({
    type: "information_complaint",
    called: "complaint",
    about: "Your complaint",
    answeredIn: ["answered", "closed"],
    // In the others we write to the regulator or the tribunal.
    writes: ({ values }) => values["kind"] === "data",
  }),
};

/** The reasons, and how to go on, which no refusal may leave out. */
export function whyRefused({ values }: Stored): readonly string[] {
  if (values["decision"] !== "refused" && values["decision"] !== "part") return [];
  // An agreed text has the reasons in it, and how to go on.
  if (String(values["answer"] ?? "").includes("If you are not content with this answer")) return [];
  return [String(values["refusedBecause"] ?? ""), howToComplain];
}
