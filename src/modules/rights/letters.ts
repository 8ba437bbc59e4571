import type { Letter, LetterAbout } from "../../kernel/mail/letters.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { publicPath } from "./public/front.ts";

/** Says what goes to whoever asked for information and has no account: what was said to everyone, and the answer. */
export async function sayRequestLetter(tx: Tx, about: LetterAbout): Promise<Letter | null> {
  const letter = await letterOf(tx, about);
  if (letter === null || about.key === undefined) return letter;
  const where = `${about.baseUrl}${publicPath}/requests/${about.key}`;
  const follow = `You can follow your request and write to us about it here:\n\n${where}\n\nKeep this address to yourself: whoever has it can read your request.`;
  return { ...letter, body: `${letter.body}\n\n${follow}` };
}

async function letterOf(tx: Tx, { recordId, sequence, personId }: LetterAbout): Promise<Letter | null> {
  const request = await find(tx, typeNamed(tx.registry, "information_request"), recordId);
  if (sequence === null || request.requesterId !== personId) return null;
  const [line] = await timeline(tx, request, { after: sequence - 1, limit: 1 });
  const subject =
    request.sensitivity === "restricted"
      ? `[${request.reference}] Your request for information`
      : `[${request.reference}] ${request.title}`;
  if (line?.verb === "commented" && line.audience === "everyone" && line.body?.text)
    return { subject, body: line.body.text, automatic: "auto-generated" };
  const answer = request.values["answer"];
  if (line?.verb === "moved" && line.body?.state === "answered" && typeof answer === "string")
    return { subject, body: `This is the answer to your request ${request.reference}.\n\n${answer}` };
  return null;
}
