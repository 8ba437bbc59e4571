import type { Tx } from "../transaction.ts";

/** What a letter is about: a record, the line of its timeline that it tells of, and to whom it goes. */
export interface LetterAbout {
  readonly recordId: string;
  /** null for a question who somebody is. */
  readonly sequence: number | null;
  /** null for somebody outside, who is no person here. */
  readonly personId: string | null;
  /** Of somebody outside: the secret by which they follow it, and the address people use, without a slash at the end. */
  readonly follow?: { readonly key: string; readonly baseUrl: string };
}

/** A mail that carries what was said to somebody who asked: it can be answered, and the answer comes back to the record. */
export interface Letter {
  readonly subject: string;
  /** Paragraphs in Markdown. */
  readonly body: string;
  /** Where answers go; absent for the address that mail is from. */
  readonly replyTo?: string;
  /** The Message-IDs of theirs that it answers, the oldest first. */
  readonly references?: readonly string[];
  /** Whether a program wrote it, as Auto-Submitted says (RFC 3834); absent for a person. */
  readonly automatic?: "auto-replied" | "auto-generated";
}

/**
 * Says a letter as the product, which sees everything: it may say no more than its reader may read. null when there is
 * nothing to say, and then none goes.
 */
export type SayLetter = (tx: Tx, about: LetterAbout) => Promise<Letter | null>;
