import { sql } from "kysely";
import { Refusal, unseen } from "../errors.ts";
import { addJob } from "../jobs/jobs.ts";
import type { RecordType } from "../record.ts";
import { isId } from "../store/find.ts";
import { list } from "../store/list.ts";
import type { ListQuery } from "../store/list.ts";
import type { Tx } from "../transaction.ts";
import type { Deed, Given } from "./deed.ts";

/** The most records that are changed together by a job. */
export const bulkJobMax = 10_000;

/** Where a bulk change is: its preview runs, waits to be looked at, is carried out, is done. */
export type BulkStage = "checking" | "checked" | "doing" | "done";

/** A change of many records that a person started. */
export interface BulkChange {
  readonly id: string;
  readonly deed: Deed;
  readonly given: Given;
  /** The address of the list that they come from, without its path. */
  readonly view: string;
  readonly stage: BulkStage;
  readonly rowCount: number;
  readonly jobId: string | null;
}

/** What was found for a record, or became of it: null while that is not known. */
export type BulkOutcome = "change" | "same" | "refused" | "changed" | null;

/** One record of a bulk change. */
export interface BulkRow {
  readonly number: number;
  readonly reference: string;
  readonly version: number;
  readonly outcome: BulkOutcome;
  readonly reason: string | null;
}

/**
 * Takes down all records that a list finds, as they are now, and starts the job that looks at what the deed would come to
 * for each. Writes nothing to them. Gives its id. Refuses (invalid) none, more than 10,000, and whoever acts for somebody else.
 */
export async function startBulk(
  tx: Tx,
  type: RecordType,
  given: { query: ListQuery; deed: Deed; given: Given; view: string; title: string; page: (id: string) => string },
): Promise<string> {
  if (tx.actor.standsInFor)
    throw new Refusal("invalid", [
      {
        field: "record",
        message: `While you stand in for ${tx.actor.standsInFor.name}, tick the records: a job would act in your own name`,
      },
    ]);
  const { rows } = await sql<{ id: string }>`
    insert into bulk_changes (organisation_id, type, deed, given, view, started_by)
    values (${tx.actor.organisationId}::uuid, ${type.name}, ${`${given.deed.kind}:${given.deed.name}`},
      ${JSON.stringify(given.given)}::jsonb, ${given.view}, ${tx.actor.personId}::uuid) returning id`.execute(tx.db);
  const id = rows[0]!.id;
  let many = 0;
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = await list(tx, type, { ...given.query, cursor, fields: [], sort: "reference", limit: 200 });
    many += page.items.length;
    if (many > bulkJobMax) tooMany(type);
    await addRows(tx, id, many - page.items.length, page.items);
    cursor = page.nextCursor;
  }
  if (many === 0)
    throw new Refusal("invalid", [{ field: "record", message: `The list finds no ${type.label.many.toLowerCase()}` }]);
  await sql`update bulk_changes set row_count = ${many} where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
  await startStage(tx, id, "checking", { title: `Preview of “${given.title}”`, page: given.page(id) });
  return id;
}

function tooMany(type: RecordType): never {
  throw new Refusal("invalid", [
    {
      field: "record",
      message: `At most ${bulkJobMax.toLocaleString("en-GB")} ${type.label.many.toLowerCase()} can be changed together, and these are more. Narrow the list`,
    },
  ]);
}

async function addRows(
  tx: Tx,
  id: string,
  from: number,
  items: readonly { reference: string; version: number }[],
): Promise<void> {
  const rows = items.map(({ reference, version }, at) => ({ number: from + at + 1, reference, version }));
  await sql`insert into bulk_rows (organisation_id, bulk_id, number, reference, version)
    select ${tx.actor.organisationId}::uuid, ${id}::uuid, r.number, r.reference, r.version
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (number integer, reference text, version integer)`.execute(
    tx.db,
  );
}

/** Starts the preview, or the change once it was previewed, as a job of the actor. */
export async function startStage(
  tx: Tx,
  id: string,
  stage: "checking" | "doing",
  { title, page }: { title: string; page: string },
): Promise<void> {
  const jobId = await addJob(tx, { kind: stage === "checking" ? "check-bulk" : "do-bulk", title, subject: id, page });
  await sql`update bulk_changes set stage = ${stage}, job_id = ${jobId}::uuid
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
}

/** One bulk change of the actor's own, of a type where one is given. Refuses (unseen) any other. `locked` until the end. */
export async function findBulk(
  tx: Tx,
  id: string,
  { type, locked = false }: { type?: string; locked?: boolean } = {},
): Promise<BulkChange & { readonly type: string }> {
  if (!isId(id)) unseen("There is nothing here");
  const { rows } = await sql<BulkChange & { type: string; deed: string }>`
    select id, type, deed, given, view, stage, row_count as "rowCount", job_id as "jobId" from bulk_changes
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid
      ${type === undefined ? sql`` : sql`and type = ${type}`} ${locked ? sql`for no key update` : sql``}`.execute(
    tx.db,
  );
  const row = rows[0] ?? unseen("There is nothing here");
  const [kind = "", name = ""] = row.deed.split(":");
  return { ...row, deed: { kind: kind === "move" ? "move" : "field", name } };
}

/** How many records came to what; what is not known yet under “waiting”. */
export async function bulkCounts(tx: Tx, id: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ outcome: string; many: number }>`
    select coalesce(outcome, 'waiting') as outcome, count(*)::int as many from bulk_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and bulk_id = ${id}::uuid group by 1`.execute(tx.db);
  return Object.fromEntries(rows.map(({ outcome, many }) => [outcome, many]));
}

/** Some of its records, in order from after a number: those that came to this, null for those that wait. */
export async function bulkRows(
  tx: Tx,
  id: string,
  { outcome, after = 0, limit }: { outcome: BulkOutcome; after?: number; limit: number },
): Promise<BulkRow[]> {
  const { rows } = await sql<BulkRow>`
    select number, reference, version, outcome, reason from bulk_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and bulk_id = ${id}::uuid
      and outcome is not distinct from ${outcome}::text and number > ${after}
    order by number limit ${Math.min(limit, 1000)}`.execute(tx.db);
  return rows;
}

/** Says of records what they came to. */
export async function setBulkRows(
  tx: Tx,
  id: string,
  rows: readonly { number: number; outcome: BulkOutcome; reason?: string }[],
): Promise<void> {
  await sql`update bulk_rows b set outcome = r.outcome, reason = left(r.reason, 2000)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (number integer, outcome text, reason text)
    where b.organisation_id = ${tx.actor.organisationId}::uuid and b.bulk_id = ${id}::uuid and b.number = r.number`.execute(
    tx.db,
  );
}

/** Ends a stage. What was given to the records is forgotten once it is done: from then on they alone hold it. */
export async function endStage(tx: Tx, id: string, stage: "checked" | "done"): Promise<void> {
  await sql`update bulk_changes set stage = ${stage}, given = case when ${stage} = 'done' then '{}'::jsonb else given end
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
}
