import type { Letter, LetterAbout } from "../../kernel/mail/letters.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { saidOf } from "./sending.ts";

/**
 * What goes by mail to those who are told: one part of what a message has said (`sequence` is its number), and the link by which it is
 * read in the product. There is no picture that counts who opens the mail. null for a message that was cancelled meanwhile.
 */
export async function sayMessage(tx: Tx, { recordId, sequence }: LetterAbout): Promise<Letter | null> {
  const message = await find(tx, typeNamed(tx.registry, "broadcast"), recordId);
  const part = saidOf(message).find(({ number }) => number === sequence);
  if (part === undefined || message.state === "cancelled" || message.state === "draft") return null;
  return {
    subject: message.title,
    body: String(part["text"]),
    automatic: "auto-generated",
    readOn: { label: "Read it, and what is said after it", path: `${messagePath(message.reference)}?from=mail` },
  };
}

/** Where those who are told read a message. */
export function messagePath(reference: string): string {
  return `/messages/${reference}/read`;
}
