import { refuse } from "../../../kernel/errors.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { linesOf } from "./text-rules.ts";

type Values = Readonly<Record<string, unknown>>;

const asked = { remarkSection: null, remarkPassage: null, remark: null, remarkNumber: null, remarkReply: null };

/** A comment stands beside the text with the passage that it is about, whatever becomes of that. */
export function remarked(tx: Tx, text: Stored, { remarkSection, remarkPassage, remark }: Values): Values {
  const section = linesOf(text, "sections").find(({ number }) => number === remarkSection);
  if (!section && linesOf(text, "sections").length > 0)
    refuse("remarkSection", "Section: there is none of that number in this text");
  if (typeof remarkPassage === "string" && section && !String(section["text"]).includes(remarkPassage))
    refuse("remarkPassage", "The words that you mean: copy them as they stand in that section, or leave this empty");
  const line = { section: remarkSection, passage: remarkPassage ?? null, words: remark, by: tx.actor.personId };
  return { ...asked, remarks: [...linesOf(text, "remarks"), line] };
}

/** A comment is settled by saying what became of it. */
export function settled(_tx: Tx, text: Stored, { remarkNumber, remarkReply }: Values): Values {
  const remarks = linesOf(text, "remarks");
  if (remarks.length > 0 && !remarks.some(({ number }) => number === remarkNumber))
    refuse("remarkNumber", "Which comment: there is none of that number");
  return {
    ...asked,
    remarks: remarks.map((line) => (line.number === remarkNumber ? { ...line, reply: remarkReply } : line)),
  };
}
