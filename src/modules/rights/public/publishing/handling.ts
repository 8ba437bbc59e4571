import { createHash } from "node:crypto";
import { sql } from "kysely";
import { Refusal, refuse } from "../../../../kernel/errors.ts";
import { addJob } from "../../../../kernel/jobs/jobs.ts";
import { ownsOrWrote } from "../../../../kernel/store/written-by.ts";
import { handsOf } from "../../../../kernel/access.ts";
import type { Stored, Tx } from "../../../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The job that looks for what is personal. */
export const checkJob = "check-publication";

export function newPublication(tx: Tx): Promise<Values> {
  return Promise.resolve({ owner: tx.actor.personId });
}

/** An entry of the scheme leads somewhere, and an answer answers something. */
export function checkPublication(_tx: Tx, values: Values): void {
  const files = Array.isArray(values["files"]) ? values["files"].length : 0;
  if (values["kind"] === "scheme" && !values["address"] && files === 0 && !values["about"])
    refuse("address", "Where it is read: give the address of a page, a file, or say how to get it under “What it is”");
}

/** Refuses an answer without question or answer, and has what would go out looked through by a job. */
export async function startCheck(tx: Tx, { id, reference, values }: Stored): Promise<void> {
  if (values["kind"] === "answer" && !(values["question"] && values["answer"]))
    throw new Refusal("impossible", [{ message: "Say what was asked and what was answered first" }]);
  await addJob(tx, {
    kind: checkJob,
    title: `Look for personal data in ${reference}`,
    subject: id,
    page: `/publications/${reference}`,
  });
}

/** A file that would go out. */
export interface OutgoingFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: string;
}

/** The files of a publication. */
export async function filesOf(tx: Tx, { values }: Pick<Stored, "values">): Promise<OutgoingFile[]> {
  const lines = Array.isArray(values["files"]) ? values["files"] : [];
  // Only `field.lines` makes these.
  const ids = lines.map((line) => (line as Values)["file"]).filter((id) => typeof id === "string");
  const { rows } =
    await sql<OutgoingFile>`select id, name, media_type as "mediaType", encode(sha256, 'hex') as sha256 from files
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[]) order by id`.execute(tx.db);
  return rows;
}

/** Everything of it that everybody will read, as one text. */
export function outgoingText({ values }: Pick<Stored, "values">): string {
  return ["title", "question", "answer", "about", "address"]
    .map((name) => values[name])
    .filter((value) => typeof value === "string")
    .join("\n\n");
}

/** SHA-256 of all that would go out: what passed or was overruled is this and nothing else. */
export async function contentHash(tx: Tx, publication: Stored): Promise<string> {
  const files = (await filesOf(tx, publication)).map(({ name, sha256 }) => [name, sha256]);
  return createHash("sha256")
    .update(JSON.stringify([outgoingText(publication), files]))
    .digest("hex");
}

/** Refuses to publish anything but what passed. */
export async function guardPassed(tx: Tx, publication: Stored): Promise<void> {
  if (publication.values["passedHash"] === (await contentHash(tx, publication))) return;
  throw new Refusal("impossible", [{ message: "Reeve publishes this by itself once it has passed the check" }]);
}

/** What was found is judged by somebody who neither wrote it nor has it. */
export async function guardOverrule(tx: Tx, publication: Stored): Promise<void> {
  if (!publication.values["findings"])
    throw new Refusal("impossible", [{ message: "The check has found nothing, so there is nothing to overrule" }]);
  const made = publication.createdBy !== null && handsOf(tx.actor).includes(publication.createdBy);
  if (made || (await ownsOrWrote(tx, publication)))
    throw new Refusal("impossible", [
      { message: "You wrote this or have it. Somebody else must say that it may be published all the same" },
    ]);
}

/** Overruled is what stands there now: another word, and it is looked through anew. */
export async function overruledContent(tx: Tx, publication: Stored): Promise<Values> {
  return { overruledHash: await contentHash(tx, publication) };
}
