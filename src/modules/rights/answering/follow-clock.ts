import { may } from "../../../kernel/access.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { questionsOf } from "./assemble.ts";
import { kindOf } from "./case-kinds.ts";
import { milestonesOf } from "./plan.ts";
import { textOfCase } from "./text-rules.ts";

/** The days of questions and text follow the deadline of their case. For the `effects` of moves that move that. */
export async function followClock(tx: Tx, record: Stored): Promise<void> {
  const days = await milestonesOf(tx, record);
  if (days === null) return;
  const { field } = kindOf(record.type);
  const question = typeNamed(tx.registry, "case_question");
  for (const one of await questionsOf(tx, { field, id: record.id })) {
    if (!["draft", "asked"].includes(one.state) || !may(tx.actor, question.name, "change", one)) continue;
    const { commissionBy, answerBy } = days;
    await change(
      tx,
      question,
      one.id,
      "any",
      { commissionBy, answerBy, chasedOn: null, escalatedOn: null },
      { trusted: true },
    );
  }
  const type = typeNamed(tx.registry, "agreed_text");
  const text = await textOfCase(tx, record);
  if (text && ["drafting", "signing"].includes(text.state) && may(tx.actor, type.name, "change", text))
    await change(tx, type, text.id, "any", { draftBy: days.draftBy, agreeBy: days.agreeBy }, { trusted: true });
}
