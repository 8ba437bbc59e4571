import { typeNamed } from "../../kernel/registry.ts";
import { withErasedFilledIn } from "../../kernel/store/erased-facts.ts";
import { factsFrom, storedFacts, titlesOf } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { linesOf, publishedClauses } from "./clauses.ts";
import { hashOfWords } from "./words-hash.ts";
import type { PolicyWords } from "./words-hash.ts";

/** A question to those who confirm. `right` is `a`, `b` or `c`. */
export interface QuizQuestion {
  readonly question: string;
  readonly answers: readonly { readonly letter: string; readonly text: string }[];
  readonly right: string;
}

/** A version of a policy as it was published. */
export interface Version extends PolicyWords {
  readonly edition: number;
  /** The day on which it was published, `yyyy-mm-dd`. */
  readonly publishedOn: string;
  readonly publishedBy: string | null;
  readonly isMaterial: boolean;
  readonly reason: string;
  readonly quiz: readonly QuizQuestion[];
  /** The fingerprint of the words as they are told here. */
  readonly hash: string;
  /** Whether they are what was published: false where the law has had some of them erased. */
  readonly isWhole: boolean;
}

/** Every version of a policy that was published, the first one first: told by its timeline, which nobody can change. */
export async function publishedVersions(tx: Tx, policy: Stored): Promise<readonly Version[]> {
  const rows = withErasedFilledIn(await storedFacts(tx, policy), typeNamed(tx.registry, "policy"), policy);
  const versions: Version[] = [];
  let values: Stored["values"] = {};
  const told: { readonly version: Omit<Version, "publishedBy">; readonly by: string | null }[] = [];
  for (const fact of factsFrom(rows)) {
    if (!fact.values) continue;
    values = { ...values, ...fact.values };
    // Only a publication gives a new number.
    if (typeof fact.values["edition"] === "number") told.push({ version: versionOf(values), by: fact.actorId });
  }
  const names = await titlesOf(
    tx,
    told.flatMap(({ by }) => by ?? []),
  );
  for (const { version, by } of told)
    versions.push({ ...version, publishedBy: by === null ? null : (names.get(by) ?? "Someone") });
  return versions;
}

/** One of them, by its number; null where there is none. */
export async function publishedVersion(tx: Tx, policy: Stored, edition: number): Promise<Version | null> {
  return (await publishedVersions(tx, policy)).find((version) => version.edition === edition) ?? null;
}

function versionOf(values: Stored["values"]): Omit<Version, "publishedBy"> {
  const words: PolicyWords = {
    title: String(values["title"] ?? ""),
    purpose: String(values["purpose"] ?? ""),
    clauses: publishedClauses(values["published"]),
  };
  const hash = hashOfWords(words);
  return {
    ...words,
    edition: Number(values["edition"]),
    publishedOn: String(values["publishedOn"] ?? ""),
    isMaterial: values["change"] !== "editorial",
    reason: String(values["changeReason"] ?? ""),
    quiz: linesOf({ values }, "quiz").map((line) => ({
      question: String(line["question"] ?? ""),
      answers: (["a", "b", "c"] as const).flatMap((letter) => {
        const text = line[`answer${letter.toUpperCase()}`];
        return typeof text === "string" && text !== "" ? [{ letter, text }] : [];
      }),
      right: String(line["rightAnswer"] ?? ""),
    })),
    hash,
    isWhole: hash === values["wordsHash"],
  };
}
