import { sql } from "kysely";
import * as z from "zod";
import { may, mustBeAllowed } from "../access.ts";
import { refuse, unseen } from "../errors.ts";
import type { StoredFile } from "../files/files.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { find, isId } from "./find.ts";
import { titlesOf } from "./timeline.ts";
import type { EventBody } from "./timeline.ts";

/** The most files that one comment brings. */
export const filesOfCommentMax = 10;
/** The most files that a record's comments bring together, without those that were taken away. */
export const filesOfRecordMax = 200;

/** A file that a comment brought. */
export interface Attachment extends Omit<StoredFile, "recordType"> {
  /** The line of the timeline that brought it. */
  readonly comment: number;
  readonly internal: boolean;
  readonly addedBy: string | null;
  readonly addedByName: string;
  /** ISO 8601, UTC. */
  readonly addedAt: string;
}

/** The files that a record's comments brought and nobody took away, as far as the actor reads them; the newest first. */
export async function attachmentsOf(tx: Tx, record: Pick<Stored, "id">): Promise<Attachment[]> {
  const { rows } = await sql<Omit<Attachment, "addedByName">>`
    select f.id, f.name, f.media_type as "mediaType", f.size_bytes::float8 as "sizeBytes", encode(f.sha256, 'hex') as sha256,
      f.comment, f.internal, f.uploaded_by as "addedBy",
      to_char(f.uploaded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "addedAt"
    from files f
    where f.organisation_id = ${tx.actor.organisationId}::uuid and f.record_id = ${record.id}::uuid
      and f.comment is not null and f.removed_at is null
    order by f.comment desc, f.id desc limit ${filesOfRecordMax}`.execute(tx.db);
  const names = await titlesOf(
    tx,
    rows.flatMap(({ addedBy }) => addedBy ?? []),
  );
  return rows.map((file) => ({ ...file, addedByName: names.get(file.addedBy ?? "") ?? "Someone" }));
}

/** Whether the actor may take a file away: what they sent themselves, or any of a record that they may change. */
export function mayRemove(tx: Tx, type: RecordType, record: Stored, { addedBy }: Pick<Attachment, "addedBy">): boolean {
  return (
    (addedBy !== null && addedBy === tx.actor.personId) ||
    may(tx.actor, type.name, type.access.change.permission, record)
  );
}

/**
 * Takes a file that a comment brought away from its record. The timeline says so, and the law's erasure of the comment takes
 * its content. Refuses (unseen, forbidden). Taken away twice, it is taken away once.
 */
export async function removeAttachment(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  fileId: string,
): Promise<{ record: Stored; name: string }> {
  const record = await find(tx, type, idOrReference);
  const { rows } = await sql<{ name: string; addedBy: string | null }>`
    select name, uploaded_by as "addedBy" from files where organisation_id = ${tx.actor.organisationId}::uuid
      and id = ${isId(fileId) ? fileId : null}::uuid and record_id = ${record.id}::uuid and comment is not null`.execute(
    tx.db,
  );
  const file = rows[0] ?? unseen("There is no such file, or you may not see it");
  if (!mayRemove(tx, type, record, file))
    mustBeAllowed(tx.actor, type, type.access.change.permission, "take this file away", record);
  const at = tx.now.toString({ smallestUnit: "microsecond" });
  await sql`select remove_file(${record.id}::uuid, ${fileId}::uuid, ${at}::timestamptz)`.execute(tx.db);
  return { record, name: file.name };
}

const notThere = "Send the files again. One of them is not there, or a record has it";
const idsSchema = z.array(z.uuid()).max(filesOfCommentMax);

/**
 * The files that a comment is to bring, as its line tells of them. Refuses (invalid, at `files`) what is no list of ids of
 * files that the actor sent and no record has, and more than a record may have.
 */
export async function filesToBring(tx: Tx, record: Pick<Stored, "id">, given: unknown): Promise<Brought> {
  if (given === undefined || given === null || (Array.isArray(given) && given.length === 0)) return none;
  const parsed = idsSchema.safeParse(given);
  if (!parsed.success)
    return refuse("files", `Give a list of the ids of files that you sent, ${filesOfCommentMax} at the most`);
  const ids = [...new Set(parsed.data)];
  const { rows } = await sql<{ id: string; name: string; sha256: string; held: number }>`
    select id, name, encode(sha256, 'hex') as sha256,
      (select count(*)::int from files f where f.organisation_id = ${tx.actor.organisationId}::uuid
        and f.record_id = ${record.id}::uuid and f.comment is not null and f.removed_at is null) as held
    from files where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])
      and record_id is null and uploaded_by is not distinct from ${tx.actor.personId}::uuid`.execute(tx.db);
  if (rows.length < ids.length) refuse("files", notThere);
  if ((rows[0]?.held ?? 0) + rows.length > filesOfRecordMax)
    refuse("files", `A record’s comments bring ${filesOfRecordMax} files at the most. Take some away first`);
  return { ids, told: { files: Object.fromEntries(rows.map(({ id, name, sha256 }) => [id, { name, sha256 }])) } };
}

/** What a comment brings: ids for the register, and what its line tells of them. */
export interface Brought {
  readonly ids: readonly string[];
  readonly told: Pick<EventBody, "files">;
}

const none: Brought = { ids: [], told: {} };

/** Gives the files to the record, as those of this comment. */
export async function bringFiles(tx: Tx, recordId: string, sequence: number, { ids }: Brought): Promise<void> {
  if (ids.length === 0) return;
  try {
    await sql`select attach_to_comment(${recordId}::uuid, ${sequence}::integer, ${ids}::uuid[])`.execute(tx.db);
  } catch (error) {
    // 42501 insufficient_privilege: another comment took one of them since they were looked at.
    if (error instanceof Error && "code" in error && error.code === "42501") refuse("files", notThere);
    throw error;
  }
}
