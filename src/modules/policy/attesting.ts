import { Refusal, refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { publishedVersion } from "./versions.ts";
import type { QuizQuestion, Version } from "./versions.ts";

/**
 * Only the person who was asked confirms, nobody in their place, and only the words that they were asked about; where the
 * version has questions, each is answered rightly.
 */
export async function guardConfirming(
  tx: Tx,
  attestation: Stored,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (tx.actor.personId === null || attestation.ownerId !== tx.actor.personId)
    throw new Refusal("forbidden", [{ message: "Only the person who was asked confirms it, and nobody for them" }]);
  const { quiz } = await versionToConfirm(tx, attestation);
  const wrong = wrongAnswers(quiz, String(values["answers"] ?? ""));
  if (wrong.length > 0)
    refuse(
      "answers",
      wrong.length === 1
        ? `Look at question ${wrong[0]} again: the clauses have the answer`
        : `Look at questions ${wrong.join(" and ")} again: the clauses have the answers`,
    );
}

/** The version that somebody was asked to confirm, as it was published. Refuses (impossible) one whose words are not what was asked about. */
export async function versionToConfirm(tx: Tx, attestation: Stored): Promise<Version> {
  const policy = await find(tx, typeNamed(tx.registry, "policy"), String(attestation.values["policy"]));
  const version = await publishedVersion(tx, policy, Number(attestation.values["edition"]));
  if (version === null || version.hash !== attestation.values["wordsHash"])
    throw new Refusal("impossible", [
      { message: "The words that you were asked to confirm are no longer there. Ask whoever has the policy" },
    ]);
  return version;
}

/** The numbers of the questions, from 1, that were not answered rightly. */
function wrongAnswers(quiz: readonly QuizQuestion[], answers: string): readonly number[] {
  // What stands for no answer keeps its place.
  const given = answers.toLowerCase().match(/[a-z]/g) ?? [];
  return quiz.flatMap(({ right }, at) => (given[at] === right ? [] : [at + 1]));
}
