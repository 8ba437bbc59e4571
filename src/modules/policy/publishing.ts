import { refuse } from "../../kernel/errors.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { today } from "./approval.ts";
import { changedClauses } from "./changed-clauses.ts";
import { citingRecords } from "./citing.ts";
import { clausesOf, publishedClauses } from "./clauses.ts";
import { hashOfWords } from "./words-hash.ts";

type Values = Readonly<Record<string, unknown>>;

/** Days that lie ahead; a first version is a material change; only a material change asks people to confirm. */
export function guardPublishing(tx: Tx, record: Stored, values: Values): void {
  const { reviewOn, change, attestedBy, attestBy } = values;
  const now = today(tx.now);
  if (typeof reviewOn === "string" && reviewOn <= now)
    refuse("reviewOn", "Review by: give a day that is still to come");
  if (change === "editorial" && record.values["edition"] === null)
    refuse("change", "The first version is a material change: nobody has read it before");
  if (change === "editorial" && (attestedBy || attestBy))
    refuse("attestedBy", "Who must read and confirm it: leave it empty, since an editorial change asks nobody");
  if (attestedBy && record.sensitivity !== "normal")
    refuse("attestedBy", "Who must read and confirm it: leave it empty, since they cannot read a restricted policy");
  if (attestedBy && !attestBy) refuse("attestBy", "Enter the day by which they confirm");
  if (attestBy && !attestedBy) refuse("attestedBy", "Select who must read and confirm it");
  if (typeof attestBy === "string" && attestBy <= now)
    refuse("attestBy", "They confirm by: give a day that is still to come");
}

/** What a publication holds still: the words as they are now, under a number and a fingerprint of their own. */
export function publishedValues(tx: Tx, record: Stored, values: Values): Values {
  const clauses = clausesOf(record);
  const { edition, purpose } = record.values;
  return {
    publishedOn: today(tx.now),
    edition: typeof edition === "number" ? edition + 1 : 1,
    published: clauses.map(({ number, heading, text }) => ({ clause: number, heading, text })),
    wordsHash: hashOfWords({ title: record.title, purpose: String(purpose ?? ""), clauses }),
    attestedBy: values["attestedBy"] ?? null,
    attestBy: values["attestBy"] ?? null,
  };
}

/** What will follow, by the kind of change. */
export async function whatPublishingDoes(tx: Tx, record: Stored): Promise<readonly string[]> {
  const changed = changedClauses(publishedClauses(record.values["published"]), clausesOf(record));
  const citing = await citingRecords(
    tx,
    record.id,
    changed.map(({ number }) => number),
  );
  const clauses = changed.map(({ number }) => number).join(", ");
  return [
    `${changed.length === 0 ? "No clause has changed" : `Changed: clause ${clauses}`} since what is published now.`,
    `A material change is said on ${citing.length === 0 ? "nothing, for nothing rests on those clauses" : citing.map(({ reference }) => reference).join(", ")}, and whoever must confirm is asked.`,
    "An editorial change does neither.",
  ];
}

/** The kind of job that follows a material change. */
export const policyPublishedKind = "policy-published";

/** Said in a transaction’s memo by whoever does at once what the job would do. */
export const followedByCaller = "policies followed by the caller";

/** A material change is followed by a job; an editorial one by nothing, nor a first version that nobody must confirm. */
export async function followPublication(tx: Tx, policy: Stored): Promise<void> {
  const { change, edition, attestedBy } = policy.values;
  if (
    tx.actor.personId === null ||
    tx.memo.has(followedByCaller) ||
    change !== "material" ||
    (edition === 1 && !attestedBy)
  )
    return;
  await addJob(tx, {
    kind: policyPublishedKind,
    title: `Tell of version ${String(edition)} of ${policy.reference}, and ask who must confirm`,
    subject: policy.id,
    page: `/policies/${policy.reference}/confirmations`,
  });
}
