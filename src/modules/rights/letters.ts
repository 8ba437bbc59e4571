import type { Letter, LetterAbout } from "../../kernel/mail/letters.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { textOfCase } from "./answering/text-rules.ts";
import { sentLetter } from "./letter/make-letters.ts";

/** Says what goes to whoever asked for information and has no account: what was said to everyone, and the answer. */
export async function sayRequestLetter(tx: Tx, about: LetterAbout): Promise<Letter | null> {
  const { recordId, sequence, personId } = about;
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
    return {
      subject,
      body: `This is the answer to your request ${request.reference}.\n\n${answer}`,
      ...(await letterWith(tx, request, about)),
    };
  return null;
}

/** The letter itself, where the answer went by an agreed text. */
async function letterWith(tx: Tx, request: Stored, { filesFolder }: LetterAbout): Promise<Pick<Letter, "attachments">> {
  const text = filesFolder === undefined ? null : await textOfCase(tx, request);
  if (text === null || filesFolder === undefined) return {};
  const content = await sentLetter(tx, { text, record: request, filesFolder });
  return { attachments: [{ name: `${request.reference}.pdf`, mediaType: "application/pdf", content }] };
}
