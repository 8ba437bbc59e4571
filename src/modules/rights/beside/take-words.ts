import { mustBeAllowed } from "../../../kernel/access.ts";
import { Refusal, unseen } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { find, findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { problem } from "../../../web/flash.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { sendOnce } from "../../../web/pages/submitting.ts";
import { beginText } from "../answering/begin-text.ts";
import { linesOf, textOfCase } from "../answering/text-rules.ts";
import { caseBeside, earlier, whereFrom, wordsOfAnswer } from "./earlier.ts";

/** POST at a case or at a question of one: the words of an earlier answer become a section of its agreed text, which is begun where there is none. */
export function postEarlierWords(page: PageRequest): Promise<PageAnswer> {
  const found = async (tx: Tx) => {
    const type = page.parts.registry.byPath.get(page.params["path"] ?? "");
    const record = type ? await find(tx, type, page.params["reference"] ?? "") : null;
    const about = record && (await caseBeside(tx, record));
    return record && about ? { record, about } : unseen("There is no such page");
  };
  return sendOnce(page, {
    work: async (tx) => {
      const { record, about } = await found(tx);
      mustBeAllowed(tx.actor, typeNamed(tx.registry, record.type), "handle", "use earlier words here", record);
      const text = await takeWords(tx, about, record.title, await answerNamed(tx, first(page.form, "from")));
      return { location: addressOf(tx, text), recordId: text.id };
    },
    flash: () => "The earlier words are the last section of the text. Check that they still hold",
    again: async (tx, refusal) => ({
      redirect: addressOf(tx, (await found(tx)).record),
      flash: problem(refusal.message),
    }),
  });
}

/** Puts an earlier answer under its own heading, with where it is from, at the end of a case’s text. Refused where that is signed. */
async function takeWords(tx: Tx, about: Stored, heading: string, from: Stored): Promise<Stored> {
  const words = wordsOfAnswer(from);
  if (words === null) throw new Refusal("invalid", [{ message: `${from.reference} holds no answer that can be used` }]);
  if (from.sensitivity === "restricted")
    throw new Refusal("invalid", [
      { message: `${from.reference} is restricted. Its words would be read by people who may not know of it` },
    ]);
  if (about.closedAt !== null)
    throw new Refusal("invalid", [{ message: `${about.reference} is closed, so nothing is added to its text` }]);
  const text = (await textOfCase(tx, about)) ?? (await beginText(tx, about));
  const section = { heading: heading.slice(0, 200), text: `${whereFrom(from)}:\n\n${words}` };
  const type = typeNamed(tx.registry, "agreed_text");
  // Said beside the case, where the button is, and not on a page of its own.
  const signed = type.locked(text);
  if (signed !== null) throw new Refusal("invalid", [{ message: `${text.reference}: ${signed}` }]);
  return change(tx, type, text.id, text.version, {
    sections: [...linesOf(text, "sections"), section],
  });
}

/** The earlier answer of that reference, of whichever kind it is, as far as the actor sees it. */
async function answerNamed(tx: Tx, reference: string): Promise<Stored> {
  for (const name of Object.keys(earlier)) {
    const found = await findIfSeen(tx, typeNamed(tx.registry, name), reference);
    if (found !== null) return found;
  }
  return unseen("There is no such answer");
}
