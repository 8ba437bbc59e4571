import { sql } from "kysely";
import type { Problem } from "../errors.ts";
import { Refusal, unseen } from "../errors.ts";
import type { Field } from "../fields/kind.ts";
import type { Line } from "../fields/lines.ts";
import type { LineFields } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import type { Values } from "../store/values.ts";
import type { Tx } from "../transaction.ts";
import type { Content } from "./content.ts";

/** A file that was sent: the content by its SHA-256 (hexadecimal), and what whoever sent it calls it. */
export interface StoredFile extends Content {
  readonly id: string;
  readonly name: string;
  /** The type of the record that has it; null while none does. */
  readonly recordType: string | null;
}

/** The most bytes of one file. */
export const fileBytesMax = 25_000_000;

/** The most files of one person that no record has taken yet, and their bytes: bounds what anyone can put on the disk. */
const waitingMax = { files: 100, bytes: 500_000_000 };

/**
 * Puts content that was kept into the register of files, as the actor's own until a record takes it. Refuses (impossible)
 * when too many of theirs wait to be taken.
 */
export async function addFile(tx: Tx, name: string, content: Content): Promise<StoredFile> {
  const { rows: waiting } = await sql<{ full: boolean }>`
    select count(*) >= ${waitingMax.files} or coalesce(sum(size_bytes), 0) + ${content.sizeBytes} > ${waitingMax.bytes} as full from files
    where organisation_id = ${tx.actor.organisationId}::uuid and record_id is null and uploaded_by = ${tx.actor.personId}::uuid`.execute(
    tx.db,
  );
  if (waiting[0]?.full)
    throw new Refusal("impossible", [
      {
        message:
          "Too many files that you sent are in no record yet. Give them to records, or wait a day until they are gone",
      },
    ]);
  const called = fileNameOf(name);
  const { rows } = await sql<{ id: string }>`
    insert into files (organisation_id, name, media_type, size_bytes, sha256, uploaded_by)
    values (${tx.actor.organisationId}::uuid, ${called}, ${content.mediaType}, ${content.sizeBytes},
      decode(${content.sha256}, 'hex'), ${tx.actor.personId}::uuid) returning id`.execute(tx.db);
  return { id: rows[0]!.id, name: called, recordType: null, ...content };
}

/** A file that the actor may read: their own, or one of a record that they see. Refuses (unseen) any other. */
export async function findFile(tx: Tx, id: string): Promise<StoredFile> {
  const { rows } = await sql<StoredFile>`
    select f.id, f.name, r.type as "recordType", f.media_type as "mediaType", f.size_bytes::float8 as "sizeBytes", encode(f.sha256, 'hex') as sha256
    from files f left join records r on r.organisation_id = f.organisation_id and r.id = f.record_id
    where f.organisation_id = ${tx.actor.organisationId}::uuid and f.id = ${id}::uuid`.execute(tx.db);
  return rows[0] ?? unseen("There is no such file, or you may not see it");
}

/** What is wrong with the files among these values: the actor did not send them, or another record has them. */
export async function fileProblems(
  tx: Tx,
  type: RecordType,
  values: Values,
  recordId: string | null,
): Promise<Problem[]> {
  const mentions = filesIn(type.fields, values);
  if (mentions.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from files where organisation_id = ${tx.actor.organisationId}::uuid
      and id = any (${mentions.map(({ id }) => id)}::uuid[])
      and case when record_id is null then uploaded_by = ${tx.actor.personId}::uuid else record_id = ${recordId}::uuid end`.execute(
    tx.db,
  );
  const free = new Set(rows.map(({ id }) => id));
  return mentions
    .filter(({ id }) => !free.has(id))
    .map(({ field, label }) => ({ field, message: `${label}: send the file again. This one is not there` }));
}

/**
 * What the line of a timeline tells of the files among these values: their names and contents, by id, so that verify can
 * prove that they are still the ones that were sent. Undefined where there is none.
 */
export async function filesTold(
  tx: Tx,
  type: RecordType,
  values: Values,
): Promise<Readonly<Record<string, { readonly name: string; readonly sha256: string }>> | undefined> {
  const ids = filesIn(type.fields, values).map(({ id }) => id);
  if (ids.length === 0) return undefined;
  const { rows } = await sql<{ id: string; name: string; sha256: string }>`
    select id, name, encode(sha256, 'hex') as sha256 from files
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])`.execute(tx.db);
  return Object.fromEntries(rows.map(({ id, name, sha256 }) => [id, { name, sha256 }]));
}

/** Makes the files among these values the record's own, so that whoever sees it reads them. */
export async function attachFiles(tx: Tx, type: RecordType, recordId: string, values: Values): Promise<void> {
  const mentions = filesIn(type.fields, values);
  for (const internal of [false, true]) {
    const ids = mentions.filter((mention) => mention.internal === internal).map(({ id }) => id);
    if (ids.length > 0)
      await sql`select attach_files(${recordId}::uuid, ${ids}::uuid[], ${internal}::boolean)`.execute(tx.db);
  }
}

interface Mention {
  readonly field: string;
  readonly label: string;
  readonly internal: boolean;
  readonly id: string;
}

function filesIn(fields: Readonly<Record<string, Field>>, values: Values, within?: Mention): Mention[] {
  return Object.entries(values).flatMap(([name, value]): Mention[] => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || value === null || value === undefined) return [];
    const { label, internal = false } = field.options;
    const mention = { field: within?.field ?? name, label, internal: within?.internal ?? internal, id: String(value) };
    if (field.kind.name === "file") return [mention];
    if (field.kind.name !== "lines") return [];
    // The lines kind gives lines, and its options carry the fields of a line.
    const lineFields = (field.options as unknown as { fields: LineFields }).fields;
    return (value as readonly Line[]).flatMap((line) => filesIn(lineFields, line, mention));
  });
}

/** A file's name as it is kept: the last part of a path, without what a disk or a header could not carry. */
function fileNameOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>|:*?]/gu, "")
    .trim();
  const dot = plain.lastIndexOf(".");
  const ending = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : "";
  const stem = ending === "" ? plain : plain.slice(0, dot);
  return `${stem.slice(0, 200).toWellFormed()}${ending}` || "file";
}
