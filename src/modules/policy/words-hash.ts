import { createHash } from "node:crypto";
import type { Clause } from "./clauses.ts";

/** What of a policy is published under one number. */
export interface PolicyWords {
  readonly title: string;
  readonly purpose: string;
  readonly clauses: readonly Clause[];
}

/**
 * The fingerprint of a version’s words, by which a confirmation is bound to them: SHA-256, in hexadecimal, of the JSON of
 * `[title, purpose, [[number, heading, text], …]]`.
 */
export function hashOfWords({ title, purpose, clauses }: PolicyWords): string {
  const words = [title, purpose, clauses.map(({ number, heading, text }) => [number, heading, text])];
  return createHash("sha256").update(JSON.stringify(words)).digest("hex");
}
