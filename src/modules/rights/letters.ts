import type { Letter, LetterAbout, SayLetter } from "../../kernel/mail/letters.ts";
import { replyToOf } from "../desk/module.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { textOfCase } from "./answering/text-rules.ts";
import { sentLetter } from "./letter/make-letters.ts";
import { followPath } from "./public/front.ts";

/** Says what goes to whoever asked for information and has no account: what was said to everyone, and the answer. */
export const sayRequestLetter = letterOf({
  type: "information_request",
  called: "request",
  about: "Your request for information",
  attached: letterWith,
});

/** A kind of case whose letters are said. */
interface CaseOfLetters {
  readonly type: string;
  readonly called: string;
  /** The subject where it is restricted: mail says no more of it. */
  readonly about: string;
  /** States in which the answer has gone; answered unless told. */
  readonly answeredIn?: readonly string[];
  /** Whether whoever asked is written to in such a case; always unless told. */
  readonly writes?: (request: Stored) => boolean;
  /** What the law wants with the answer beside it. */
  readonly with?: (request: Stored) => readonly string[];
  /** Files that go with the answer. */
  readonly attached?: (tx: Tx, request: Stored, about: LetterAbout) => Promise<Pick<Letter, "attachments">>;
}

/** How letters of a kind of case are said: what was said to everyone in it, and its answer. */
export function letterOf({
  type,
  called,
  about,
  answeredIn = ["answered"],
  writes = () => true,
  with: beside = () => [],
  attached = () => Promise.resolve({}),
}: CaseOfLetters): SayLetter {
  const say = async (tx: Tx, letter: LetterAbout): Promise<Letter | null> => {
    const { recordId, sequence, personId } = letter;
    const request = await find(tx, typeNamed(tx.registry, type), recordId);
    if (sequence === null || request.requesterId !== personId || !writes(request)) return null;
    const [line] = await timeline(tx, request, { after: sequence - 1, limit: 1 });
    const subject = `[${request.reference}] ${request.sensitivity === "restricted" ? about : request.title}`;
    const to = await replyToOf(tx, type);
    if (line?.verb === "commented" && line.audience === "everyone" && line.body?.text)
      return { subject, body: line.body.text, automatic: "auto-generated", ...to };
    const answer = request.values["answer"];
    if (line?.verb !== "moved" || !answeredIn.includes(String(line.body?.state)) || typeof answer !== "string")
      return null;
    const words = [`This is the answer to your ${called} ${request.reference}.`, answer];
    const body = [...words, ...beside(request)].join("\n\n");
    return { subject, body, ...to, ...(await attached(tx, request, letter)) };
  };
  return async (tx, told) => {
    const letter = await say(tx, told);
    return letter && told.follow ? { ...letter, body: withAddress(letter.body, told.follow) } : letter;
  };
}

/** With the address by which somebody without an account follows it. */
function withAddress(body: string, { baseUrl, key }: NonNullable<LetterAbout["follow"]>): string {
  const where = `${baseUrl}${followPath(key)}`;
  return `${body}\n\nYou can follow it and write to us about it here:\n\n${where}\n\nKeep this address to yourself: whoever has it can read what you asked and what we answer.`;
}

/** The letter itself, where the answer went by an agreed text. */
export async function letterWith(
  tx: Tx,
  request: Stored,
  { filesFolder }: LetterAbout,
): Promise<Pick<Letter, "attachments">> {
  const text = filesFolder === undefined ? null : await textOfCase(tx, request);
  if (text === null || filesFolder === undefined) return {};
  const content = await sentLetter(tx, { text, record: request, filesFolder });
  return { attachments: [{ name: `${request.reference}.pdf`, mediaType: "application/pdf", content }] };
}
