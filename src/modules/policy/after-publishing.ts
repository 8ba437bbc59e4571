import { sql } from "kysely";
import type { JobKind, JobRun } from "../../kernel/jobs/run.ts";
import { peopleIn } from "../../kernel/organisation/audience.ts";
import type { InAudience } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { completeValues } from "../../kernel/store/create.ts";
import { createMany } from "../../kernel/store/create-many.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { changedClauses } from "./changed-clauses.ts";
import { citingRecords } from "./citing.ts";
import { isSaid } from "./tell-consulted.ts";
import { publishedVersions } from "./versions.ts";

/** Records written in one transaction. */
const batchMax = 100;

/**
 * What follows from a material change: it is said on what rests on the clauses that changed, confirmations of earlier versions
 * are needed no longer, and whoever must confirm this one is asked. What was done is not done again.
 */
export const policyPublished: JobKind = async (run) => {
  const policy = await run.asProduct((tx) => find(tx, typeNamed(tx.registry, "policy"), run.subject));
  if (policy.state !== "published" || policy.values["change"] !== "material")
    return `${policy.reference} is no longer published so.`;
  const told = await run.asProduct((tx) => tellCiting(tx, policy));
  const earlier = await run.asProduct((tx) => waitingForEarlier(tx, policy));
  await inBatches(run, earlier, (tx, some) => excuse(tx, policy, some));
  const people = await run.asProduct((tx) => stillToAsk(tx, policy));
  await inBatches(run, people, (tx, some) => askToConfirm(tx, policy, some));
  return `${told === 1 ? "One record that rests on it was told" : `${told} records that rest on it were told`}, and ${people.length === 1 ? "one person was asked" : `${people.length} people were asked`} to confirm it.`;
};

async function inBatches<Item>(
  run: JobRun,
  items: readonly Item[],
  work: (tx: Tx, some: readonly Item[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += batchMax) {
    const some = items.slice(at, at + batchMax);
    await run.asProduct((tx) => work(tx, some));
    await run.as((tx) => run.progress(tx, at + some.length, items.length));
  }
}

/** Says on each record that rests on a clause which changed that somebody should look at it. Gives how many heard it. */
export async function tellCiting(tx: Tx, policy: Stored): Promise<number> {
  const versions = await publishedVersions(tx, policy);
  const [before, now] = [versions.at(-2), versions.at(-1)];
  if (before === undefined || now === undefined) return 0;
  const changed = changedClauses(before.clauses, now.clauses).map(({ number }) => number);
  const citing = await citingRecords(tx, policy.id, changed);
  for (const one of citing) {
    const named = one.clauses.filter((clause) => changed.includes(clause));
    const what = named.length === 0 ? "This policy" : `Clause ${named.join(", ")} of this policy`;
    const text = `${what} has changed: [${policy.reference}](/policies/${policy.reference}/versions/${now.edition}), version ${now.edition}. Look whether what stands here is still right.`;
    const type = typeNamed(tx.registry, one.type);
    if (!(await isSaid(tx, one.id, text)))
      await say(tx, type, await find(tx, type, one.id), { text, audience: "everyone" });
  }
  return citing.length;
}

interface Waiting {
  readonly id: string;
}

async function waitingForEarlier(tx: Tx, policy: Stored): Promise<readonly Waiting[]> {
  const { rows } = await sql<Waiting>`select id from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${policy.id}::uuid and state = 'waiting'
      and edition < ${policy.values["edition"]}::integer order by id limit 100000`.execute(tx.db);
  return rows;
}

async function excuse(tx: Tx, policy: Stored, waiting: readonly Waiting[]): Promise<void> {
  // Whoever is asked about the new version is told of that, and need not hear that the old one is over.
  await sql`set local reeve.quiet = on`.execute(tx.db);
  for (const { id } of waiting)
    await move(tx, typeNamed(tx.registry, "attestation"), id, "any", "excuse", {
      comment: `Version ${String(policy.values["edition"])} has taken its place.`,
    });
}

/** Those who must confirm this version and were not asked yet. */
export async function stillToAsk(tx: Tx, policy: Stored): Promise<readonly InAudience[]> {
  const { attestedBy, attestBy, edition } = policy.values;
  if (typeof attestedBy !== "string" || typeof attestBy !== "string") return [];
  const people = await peopleIn(tx, await find(tx, typeNamed(tx.registry, "audience"), attestedBy));
  const { rows } = await sql<{ owner: string }>`select owner_id as owner from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${policy.id}::uuid
      and edition = ${edition}::integer and owner_id is not null`.execute(tx.db);
  const asked = new Set(rows.map(({ owner }) => owner));
  return people.filter(({ id }) => !asked.has(id));
}

/** Asks these people, each by a record of their own that they become the owner of. */
export async function askToConfirm(tx: Tx, policy: Stored, people: readonly InAudience[]): Promise<void> {
  const type = typeNamed(tx.registry, "attestation");
  const { edition, wordsHash, attestBy } = policy.values;
  const values = [];
  for (const { id, teamId } of people)
    values.push(
      await completeValues(
        tx,
        type,
        {
          title: `${policy.title}, version ${String(edition)}`,
          policy: policy.id,
          edition,
          wordsHash,
          owner: id,
          ...(teamId === null ? {} : { team: teamId }),
          dueOn: attestBy,
          sensitivity: policy.sensitivity,
        },
        { trusted: true },
      ),
    );
  await createMany(tx, type, values);
}
