import { createRequire } from "node:module";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import type { MatchExtended } from "@zxcvbn-ts/core";
import { commonWords } from "./common-words.ts";
import { keyboard } from "./keyboard.ts";

/** Whose password it is to be; none of it may be in the password. */
export interface PasswordContext {
  readonly name?: string;
  readonly email?: string;
  readonly organisation?: string;
}

/** `message` is a sentence for the person, without a full stop, as in an error summary. */
export type PasswordCheck = { readonly ok: true } | { readonly ok: false; readonly message: string };

export const passwordLengthMin = 12;
export const passwordLengthMax = 128;
/** 0 to 4 as zxcvbn rates; 3 withstands some 10^8 guesses, more than a slow hash lets through. */
const scoreMin = 3;

/** Is this password good enough to be chosen? Says what to do when not. Does not look at how it is stored or used. */
export function checkPassword(password: string, context: PasswordContext = {}): PasswordCheck {
  if (password.length === 0) return refused("Enter a password");
  if (password.length < passwordLengthMin) {
    return refused(`Password must be ${passwordLengthMin} characters or more`);
  }
  if (password.length > passwordLengthMax) {
    return refused(`Password must be ${passwordLengthMax} characters or fewer`);
  }
  const bare = lettersAndDigits(password);
  const contains = (words: readonly string[]): boolean => words.some((word) => bare.includes(word));
  if (contains(wordsOf(context.name))) return refused("Password must not contain your name");
  const [mailbox, domain] = (context.email ?? "").split("@");
  if (contains(wordsOf(mailbox)) || contains(wordsOf(domain?.split(".")[0]))) {
    return refused("Password must not contain your email address");
  }
  if (contains(wordsOf(context.organisation)))
    return refused("Password must not contain the name of your organisation");

  const known = [context.name, context.email, context.organisation].flatMap((text) => text?.split(/[\s@.]+/) ?? []);
  const theirs = known.filter((word) => word.length > 2);
  const found = strength.check(password, theirs);
  if (
    found.score < scoreMin ||
    isPatchwork(found.sequence) ||
    wideStrength().check(password, theirs).score < scoreMin
  ) {
    return refused("Password is too easy to guess. Use three or more words that do not belong together");
  }
  return { ok: true };
}

const strength = new ZxcvbnFactory({
  dictionary: { passwords: [...commonWords] },
  graphs: { qwerty: keyboard },
  useLevenshteinDistance: true,
  // Every substitution multiplies the work; the check must stay quick for any input.
  l33tMaxSubstitutions: 20,
  maxLength: passwordLengthMax,
});

let wide: ZxcvbnFactory | null = null;

/**
 * The same against some 110,000 passwords that leaked and words of English. They take 50 MB, so they are read at the
 * first check; looking for near misses among so many would take a second, so only exact ones count.
 */
function wideStrength(): ZxcvbnFactory {
  if (wide) return wide;
  const load = createRequire(import.meta.url);
  // Both packages export their lists of words by name; the check stays synchronous, so they are required.
  const lists = (name: string) => (load(name) as { dictionary: Record<string, string[]> }).dictionary;
  const leaked = lists("@zxcvbn-ts/language-common")["passwords-common"] ?? [];
  const english = lists("@zxcvbn-ts/language-en");
  wide = new ZxcvbnFactory({
    dictionary: { leaked, words: english["commonWords-en"] ?? [], names: english["firstnames-en"] ?? [] },
    graphs: { qwerty: keyboard },
    l33tMaxSubstitutions: 20,
    maxLength: passwordLengthMax,
  });
  return wide;
}

/**
 * Nothing but one or two common words, dates, years, keyboard walks and a little decoration, as in `Summer2026Winter`.
 * zxcvbn multiplies such parts as if they were independent, and people choose them because they are not.
 */
function isPatchwork(parts: readonly MatchExtended[]): boolean {
  const own = parts.filter((part) => part.pattern === "bruteforce" && /(\p{L}.*){3}/u.test(part.token));
  return own.length === 0 && parts.filter((part) => part.pattern === "dictionary").length < 3;
}

/** Too common in names of councils to give anything away. */
const plainWords = new Set(
  "council borough county district city town royal metropolitan combined authority".split(" "),
);

function wordsOf(text: string | undefined): string[] {
  const words = (text ?? "").split(/[^\p{L}\p{N}]+/u).map(lettersAndDigits);
  // Shorter ones are part of too many ordinary words, as Ann is of channel.
  return [...words, lettersAndDigits(text ?? "")].filter((word) => word.length >= 4 && !plainWords.has(word));
}

function lettersAndDigits(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function refused(message: string): PasswordCheck {
  return { ok: false, message };
}
