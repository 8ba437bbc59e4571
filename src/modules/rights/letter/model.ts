import { namesSeen } from "../../../kernel/store/names.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { linesOf } from "../answering/text-rules.ts";
import { withheldBlocks } from "../refusing/notice.ts";
import { frameKept, frameOf, noFrame } from "./frame.ts";

/** A part of a letter: a heading, or paragraphs in Markdown; of a section of the agreed text with its number. */
export type Block = (
  { readonly kind: "heading"; readonly text: string } | { readonly kind: "text"; readonly markdown: string }
) & { readonly section?: number };

/** An answer as a letter says it, before it is drawn as PDF or written as Word. */
export interface AnswerLetter {
  readonly organisation: string;
  readonly reference: string;
  readonly subject: string;
  /** The day it is of, `yyyy-mm-dd`. */
  readonly day: string;
  /** To whom, line by line, as they gave it. */
  readonly to: readonly string[];
  readonly opening: readonly Block[];
  /** What is told: the part that stands on the case as its answer too. */
  readonly body: readonly Block[];
  readonly closing: readonly Block[];
}

/** What a letter says, in its order: the same for whoever reads it before it is signed and for whoever gets it. */
export type LetterWords = Pick<AnswerLetter, "opening" | "body" | "closing">;

/** The letter that answers a case with an agreed text. Names and addresses are read from the case as the actor sees it. */
export async function letterOf(tx: Tx, record: Stored, text: Stored, day: string): Promise<AnswerLetter> {
  const [organisation, to, words] = await Promise.all([
    organisationName(tx),
    addressOf(tx, record),
    letterWords(tx, record, text),
  ]);
  return { organisation, reference: record.reference, subject: record.title, day, to, ...words };
}

/**
 * What the letter of a text says. What stands around the text is that which was signed with it, else as it would be now. Where
 * the actor does not see the case (null) nothing stands around a text that never went to be signed.
 */
export async function letterWords(tx: Tx, record: Stored | null, text: Stored): Promise<LetterWords> {
  const frame = frameKept(text) ?? (record === null ? noFrame : await frameOf(tx, record, text));
  return {
    opening: frame.opening,
    body: [
      ...frame.outcome,
      ...linesOf(text, "sections").flatMap((line, at): Block[] => {
        const section = line.number ?? at + 1;
        return [
          ...(line["heading"] ? [{ kind: "heading" as const, text: String(line["heading"]), section }] : []),
          { kind: "text", markdown: String(line["text"] ?? ""), section },
        ];
      }),
      ...withheldBlocks(text, frame),
      ...frame.ending,
    ],
    closing: frame.closing,
  };
}

/** The same as Markdown: what stands on the case as its answer, and goes by mail. */
export function bodyAsMarkdown({ body }: Pick<AnswerLetter, "body">): string {
  return body
    .map((block) => (block.kind === "heading" ? `### ${block.text}` : block.markdown))
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The name that they gave, else that of their account, and the address. */
async function addressOf(tx: Tx, { values, requesterId }: Stored): Promise<string[]> {
  const gave = values["applicant"];
  const isNamed = typeof gave === "string" && gave.trim() !== "";
  const [person] = isNamed || requesterId === null ? [] : await namesSeen(tx, [requesterId]);
  return [isNamed ? gave : person?.title, values["replyTo"]].flatMap((given) =>
    typeof given === "string" ? given.split(/\n|, /).filter((line) => line.trim() !== "") : [],
  );
}

/** What the organisation calls itself. */
export async function organisationName(tx: Tx): Promise<string> {
  const { name } = await tx.db
    .selectFrom("organisations")
    .select("name")
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  return name;
}
