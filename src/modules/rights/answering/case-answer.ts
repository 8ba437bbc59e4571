import { may } from "../../../kernel/access.ts";
import { Refusal, refuse } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { move } from "../../../kernel/store/move.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { bodyAsMarkdown, letterOf } from "../letter/model.ts";
import { withheldIn } from "../refusing/withheld.ts";
import { whyNotIssued } from "../refusing/issue.ts";
import { questionsOf } from "./assemble.ts";
import { kindOf } from "./case-kinds.ts";
import { guardSections } from "./offered.ts";
import { planFor } from "./plan.ts";
import { withholding } from "./signing.ts";
import { isAgreed, textOfCase } from "./text-rules.ts";

type Values = Readonly<Record<string, unknown>>;

/** That of a review says what became of the first answer, and is given by no text. */
const ofReviews: readonly unknown[] = ["upheld", "upheld_part", "changed"];

/**
 * For the guard of the move by which a case is answered. Where there is an agreed text it is what goes, and only as it was signed;
 * what withholds something, and every answer where the plan says so, needs one.
 */
export async function guardByText(tx: Tx, record: Stored, values: Values): Promise<void> {
  const text = await textOfCase(tx, record);
  const { decisions, withholdsByText } = kindOf(record.type);
  const shown = decisions === null ? "answer" : "decision";
  if (text === null) {
    if (withholdsByText(record.values) && withholding.includes(values["decision"]))
      refuse(
        "decision",
        "What withholds something goes by an agreed text. Begin one, go through the tests of each section, and have it signed: its letter has the reasons, and how they can complain",
      );
    if ((await planFor(tx, record.type)).alwaysSigned)
      refuse(shown, "Here every answer goes by an agreed text. Begin one and have it signed");
    if (!values["answer"]) refuse("answer", "Enter an answer");
    if (record.type === "information_request") await guardSections(tx, record, values["exemptions"]);
    return;
  }
  if (!isAgreed(text))
    throw new Refusal("impossible", [
      {
        message: `${text.reference} is the text of this answer, and it is not signed as it stands. Have it signed, or choose “Do not use it” there`,
      },
    ]);
  const given = decisions?.[String(text.values["outcome"])];
  if (decisions !== null && !ofReviews.includes(values["decision"]) && values["decision"] !== given)
    refuse(
      "decision",
      `The text that was signed (${text.reference}) says otherwise. Select the decision that it gives`,
    );
  const gaps = await whyNotIssued(tx, text);
  if (gaps.length > 0)
    throw new Refusal(
      "invalid",
      gaps.map((message) => ({ field: shown, message })),
    );
  const said = values["exemptions"];
  const sections = sectionsOf(text);
  if (Array.isArray(said) && said.length > 0 && [...said].sort().join() !== [...sections].sort().join())
    refuse("exemptions", "Leave this empty, or select just the sections of the text that was signed");
}

/** What the agreed text gives the case: the words and the sections; nothing where there is none. For the move’s `sets`. */
export async function valuesFromText(tx: Tx, record: Stored): Promise<Values> {
  const text = await textOfCase(tx, record);
  if (text === null || !isAgreed(text)) return {};
  const answer = bodyAsMarkdown(await letterOf(tx, record, text, today(tx)));
  const sections = sectionsOf(text);
  return { answer, ...(sections.length > 0 ? { exemptions: sections } : {}) };
}

function sectionsOf(text: Stored): readonly string[] {
  return [...new Set(withheldIn(text).map(({ section }) => section))];
}

/** Whether a case is answered by an agreed text, so that its reasons stand there. */
export async function hasText(tx: Tx, record: Stored): Promise<boolean> {
  return (await textOfCase(tx, record)) !== null;
}

/** The text is sent with the answer, and what is still asked is asked no longer. For the move’s `effects`. */
export async function sendText(tx: Tx, record: Stored): Promise<void> {
  const text = await textOfCase(tx, record);
  if (text?.state === "agreed") await move(tx, typeNamed(tx.registry, "agreed_text"), text.id, "any", "send", {});
  await askNoLonger(tx, record);
}

/** A case that ends without an answer needs neither its questions nor its text. For the `effects` of the moves that end it. */
export async function endAnswering(tx: Tx, record: Stored): Promise<void> {
  await askNoLonger(tx, record);
  const type = typeNamed(tx.registry, "agreed_text");
  const text = await textOfCase(tx, record);
  if (text && text.closedAt === null && may(tx.actor, type.name, "handle", text))
    await move(tx, type, text.id, "any", "drop", { comment: "The case has ended." });
}

async function askNoLonger(tx: Tx, record: Stored): Promise<void> {
  const type = typeNamed(tx.registry, "case_question");
  for (const one of await questionsOf(tx, { field: kindOf(record.type).field, id: record.id }))
    if (one.closedAt === null && may(tx.actor, type.name, "handle", one))
      await move(tx, type, one.id, "any", "withdraw", {
        comment: "The case has ended, so this is not needed any more.",
      });
}
