import { sql } from "kysely";
import type pg from "pg";
import { Refusal, unseen } from "../errors.ts";
import type { Form } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";

/** A form that somebody began and has not sent: theirs alone. */
export interface Draft {
  readonly id: string;
  readonly type: string;
  /** The record that it changes; null for a new one. */
  readonly recordId: string | null;
  /** Which form of the record: "" for its own, `comment`, or `move.` and the name of a move. */
  readonly form: string;
  /** The form's controls as they were typed, right or wrong. */
  readonly content: Form;
  readonly begunAt: string;
  readonly savedAt: string;
}

/** A draft is kept for so many days after it was last saved. */
export const draftDays = 30;

/** The most drafts of one person: with one more, the one that was left alone for longest goes. */
const draftsMax = 20;

/** The most bytes of one draft, in UTF-8. */
const draftBytesMax = 500_000;

const alive = sql`saved_at > now() - make_interval(days => ${draftDays})`;

/**
 * Keeps what is in a form, under an id that the form made up. False where that form has been sent meanwhile (`submission` is
 * its key): it is a draft no more. Refuses (invalid) what is too long, and (unseen) an id that is another's.
 */
export async function saveDraft(
  tx: Tx,
  type: RecordType,
  draft: Pick<Draft, "id" | "recordId" | "content"> & { readonly form?: string; readonly submission: string },
): Promise<boolean> {
  const content = JSON.stringify(plain(draft.content));
  if (Buffer.byteLength(content) > draftBytesMax)
    throw new Refusal("invalid", [{ message: "This is too long to be kept as a draft. It can still be sent" }]);
  if (await wasSent(tx, draft.submission)) return false;
  await makeRoom(tx, draft.id);
  const { organisationId, personId } = tx.actor;
  try {
    await sql`insert into drafts (organisation_id, id, person_id, type, record_id, form, content)
      values (${organisationId}::uuid, ${draft.id}::uuid, ${personId}::uuid, ${type.name}, ${draft.recordId}::uuid, ${draft.form ?? ""}, ${content}::jsonb)
      on conflict (organisation_id, id) do update set content = excluded.content, saved_at = now()
        where drafts.type = excluded.type and drafts.record_id is not distinct from excluded.record_id and drafts.form = excluded.form`.execute(
      tx.db,
    );
  } catch (error) {
    // 42501 insufficient_privilege: the id is another person's, which nobody comes upon by chance.
    if (error instanceof Error && "code" in error && error.code === "42501") unseen("There is no such draft");
    throw error;
  }
  return true;
}

/** Whether a form with this key, or with one that begins with it and a full stop, was sent by this person. */
async function wasSent(tx: Tx, submission: string): Promise<boolean> {
  if (submission === "") return false;
  const { rows } = await sql`select 1 from submissions where organisation_id = ${tx.actor.organisationId}::uuid
    and person_id = ${tx.actor.personId}::uuid and split_part(key, '.', 1) = ${submission} limit 1`.execute(tx.db);
  return rows.length > 0;
}

async function makeRoom(tx: Tx, id: string): Promise<void> {
  const own = sql`organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid`;
  await sql`delete from drafts where ${own} and id in (
    select id from drafts where ${own} and id <> ${id}::uuid order by saved_at desc offset ${draftsMax - 1})`.execute(
    tx.db,
  );
}

/** A draft of this person for records of this type; null where there is none. */
export async function findDraft(tx: Tx, type: RecordType, id: string): Promise<Draft | null> {
  const { rows } =
    await sql<Draft>`select ${columns} from drafts where ${ownDrafts(tx)} and type = ${type.name} and id = ${id}::uuid`.execute(
      tx.db,
    );
  return rows[0] ?? null;
}

/** This person's drafts, the latest first; those of one form of one type and record (null: new ones) where it is said. */
export async function draftsOf(
  tx: Tx,
  {
    of,
  }: { readonly of?: { readonly type: RecordType; readonly recordId: string | null; readonly form?: string } } = {},
): Promise<Draft[]> {
  const which = of
    ? sql`and type = ${of.type.name} and record_id is not distinct from ${of.recordId}::uuid and form = ${of.form ?? ""}`
    : sql``;
  const { rows } = await sql<Draft>`select ${columns} from drafts where ${ownDrafts(tx)} ${which}
    order by saved_at desc limit ${draftsMax}`.execute(tx.db);
  return rows;
}

const columns = sql`id, type, record_id as "recordId", form, content, begun_at as "begunAt", saved_at as "savedAt"`;

function ownDrafts(tx: Tx) {
  return sql`organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and ${alive}`;
}

/** Throws a draft of this person away: it was sent, or is wanted no more. One that is not there is no fault. */
export async function dropDraft(tx: Tx, id: string): Promise<void> {
  await sql`delete from drafts where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid
    and id = ${id}::uuid`.execute(tx.db);
}

/** Forgets drafts that were left alone for 30 days. Can be done twice without harm. */
export async function forgetDrafts(ownerPool: pg.Pool): Promise<void> {
  await ownerPool.query("delete from reeve.drafts where saved_at < now() - make_interval(days => $1)", [draftDays]);
}

/** Without what PostgreSQL's jsonb cannot hold; a form that is sent is refused for it. */
function plain(content: Form): Form {
  const kept = (text: string) => text.toWellFormed().replaceAll("\u0000", "");
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]) =>
      value === undefined ? [] : [[kept(name), typeof value === "string" ? kept(value) : value.map(kept)]],
    ),
  );
}
