import { sql } from "kysely";
import { Refusal, unseen } from "../errors.ts";
import { addJob, findJob } from "../jobs/jobs.ts";
import type { JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";

/** Where an import is: each stage that ends in -ing is the work of a job. */
export type Stage =
  "reading" | "columns" | "checking" | "checked" | "saving" | "saved" | "undoing" | "undone" | "forgotten";

/** What a row of a file comes to. */
export type Outcome = "create" | "update" | "unchanged" | "rejected";

/** Which column is which field, and how what is here already is found. */
export interface Plan {
  /** For each column of the file a field, `reference`, or null where it is left out. */
  readonly columns: readonly (string | null)[];
  /** The field by which a row finds the record that it changes; null where every row makes a new one. */
  readonly key: string | null;
  /** What an empty cell does to a record that is here already. */
  readonly blanks: "keep" | "empty";
  /** The columns beyond the headings that are left out knowingly, counted from 0: a cell in any other rejects its row. */
  readonly ignored?: readonly number[];
}

/** What became known of a file as it was read. */
export interface Told {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly sheet?: string;
  /** The row of the headings, as a spreadsheet counts; what stands above it is left out. Absent where it is not among the rows. */
  readonly headingRow?: number;
  /** How many columns have headings; absent where all have. */
  readonly headed?: number;
  /** Why the file is no table, as a sentence: nothing more comes of it. */
  readonly refused?: string;
}

/** A file that somebody brings in as records of one type. */
export interface Import {
  readonly id: string;
  readonly type: string;
  readonly fileName: string;
  readonly fileId: string | null;
  readonly startedAt: string;
  readonly savedAt: string | null;
  readonly stage: Stage;
  readonly told: Told;
  /** Of every column; those beyond `told.headed` have none in the file and are called by their letter. */
  readonly headings: readonly string[];
  readonly rowCount: number;
  readonly plan: Partial<Plan>;
  readonly jobId: string | null;
}

/** A row of an import. */
export interface ImportRow {
  readonly number: number;
  readonly cells: readonly string[];
  readonly outcome: Outcome | null;
  readonly title: string | null;
  /** Why it is rejected or was left as it is; for a change, which fields change. */
  readonly reason: string | null;
  readonly given: Readonly<Record<string, unknown>> | null;
  readonly recordId: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly version: number | null;
  readonly state: "waiting" | "saved" | "undone" | "kept";
}

/** Puts a sent file down as an import and starts the job that reads it. Gives the import's id. */
export async function startImport(
  tx: Tx,
  type: RecordType,
  file: { readonly id: string; readonly name: string },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into imports (organisation_id, type, file_name, file_id, started_by)
    values (${tx.actor.organisationId}::uuid, ${type.name}, ${file.name}, ${file.id}::uuid, ${tx.actor.personId}::uuid)
    returning id`.execute(tx.db);
  const { id } = rows[0]!;
  await startStage(tx, type, { id, fileName: file.name }, "reading");
  return id;
}

const jobOf = {
  reading: { kind: "read-file", title: "Read" },
  checking: { kind: "check-import", title: "Check" },
  saving: { kind: "save-import", title: "Import" },
  undoing: { kind: "undo-import", title: "Undo the import of" },
} as const;

/** Starts the job of a stage. */
export async function startStage(
  tx: Tx,
  type: RecordType,
  { id, fileName }: Pick<Import, "id" | "fileName">,
  stage: keyof typeof jobOf,
): Promise<void> {
  const { kind, title } = jobOf[stage];
  const jobId = await addJob(tx, {
    kind,
    title: `${title} ${fileName}: ${type.label.many.toLowerCase()}`,
    subject: id,
    page: `/${type.path}/import/${id}`,
  });
  await setImport(tx, id, { stage, jobId });
}

/** Changes what is kept of an import. */
export async function setImport(
  tx: Tx,
  id: string,
  change: Partial<Pick<Import, "stage" | "told" | "headings" | "rowCount" | "jobId" | "savedAt"> & { plan: Plan }>,
): Promise<void> {
  const { stage, told, headings, rowCount, plan, jobId, savedAt } = change;
  await sql`update imports set
      stage = coalesce(${stage ?? null}, stage), told = coalesce(${told ? JSON.stringify(told) : null}::jsonb, told),
      headings = coalesce(${headings ?? null}::text[], headings), row_count = coalesce(${rowCount ?? null}::integer, row_count),
      plan = coalesce(${plan ? JSON.stringify(plan) : null}::jsonb, plan), job_id = coalesce(${jobId ?? null}::uuid, job_id),
      saved_at = coalesce(${savedAt ?? null}::timestamptz, saved_at)
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
}

/** The actor's own import. Refuses (unseen) any other. */
export async function findImport(
  tx: Tx,
  id: string,
  type?: RecordType,
  options: { readonly locked?: boolean } = {},
): Promise<Import> {
  if (isId(id) && options.locked)
    await sql`select 1 from imports where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid for update`.execute(
      tx.db,
    );
  const [found] = isId(id) ? await select(tx, sql`and id = ${id}::uuid`, 1) : [];
  return found && (type === undefined || found.type === type.name)
    ? found
    : unseen("There is no such import, or it is somebody else’s");
}

/**
 * The import that a job works on. Refuses (impossible) one that has gone on to another step since: a job that was
 * cancelled and is tried again too late would begin anew what others have built on.
 */
export async function importOfJob(tx: Tx, { jobId, subject }: Pick<JobRun, "jobId" | "subject">): Promise<Import> {
  const file = await findImport(tx, subject);
  if (file.jobId !== jobId)
    throw new Refusal("impossible", [{ message: "The import has gone on without this job, so it did nothing" }]);
  return file;
}

/** Whether a step of an import waits to be done or is being done. */
export async function isUnderWay(tx: Tx, { jobId }: Pick<Import, "jobId">): Promise<boolean> {
  if (jobId === null) return false;
  const { state } = await findJob(tx, jobId);
  return state === "waiting" || state === "running";
}

/** The actor's own imports of a type, the newest 20. */
export function listImports(tx: Tx, type: RecordType): Promise<Import[]> {
  return select(tx, sql`and type = ${type.name}`, 20);
}

function select(tx: Tx, which: ReturnType<typeof sql>, limit: number): Promise<Import[]> {
  return sql<Import>`
    select id, type, file_name as "fileName", file_id as "fileId", started_at as "startedAt", saved_at as "savedAt", stage, told, headings,
      row_count as "rowCount", plan, job_id as "jobId"
    from imports where organisation_id = ${tx.actor.organisationId}::uuid and started_by = ${tx.actor.personId}::uuid ${which}
    order by id desc limit ${limit}`
    .execute(tx.db)
    .then(({ rows }) => rows);
}

/** Rows of an import in their order, after a number; of some outcomes and states where told. */
export async function importRows(
  tx: Tx,
  importId: string,
  options: {
    after?: number;
    limit: number;
    outcomes?: readonly Outcome[];
    states?: readonly ImportRow["state"][];
  },
): Promise<ImportRow[]> {
  const { after = 0, limit, outcomes, states } = options;
  const { rows } = await sql<ImportRow>`
    select number, cells, outcome, title, reason, given, record_id as "recordId", before, version, state from import_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${importId}::uuid and number > ${after}
      ${outcomes ? sql`and outcome = any (${outcomes}::text[])` : sql``} ${states ? sql`and state = any (${states}::text[])` : sql``}
    order by number limit ${limit}`.execute(tx.db);
  return rows;
}

/** Holds rows until the transaction ends. Throws where one of them is not in this state any more: two never save, or take back, the same row. */
export async function mustBe(
  tx: Tx,
  importId: string,
  rows: readonly Pick<ImportRow, "number">[],
  state: ImportRow["state"],
): Promise<void> {
  const numbers = rows.map(({ number }) => number);
  const held = await sql`select number from import_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${importId}::uuid and number = any (${numbers}::integer[])
      and state = ${state} for update`.execute(tx.db);
  if (held.rows.length !== numbers.length) throw new Error("Somebody else has gone on with rows of this import");
}

/** How many rows of an import there are, by outcome and by state. */
export async function importCounts(
  tx: Tx,
  importId: string,
): Promise<{ of(outcome: Outcome, state?: ImportRow["state"]): number }> {
  const { rows } = await sql<{ outcome: string | null; state: string; many: number }>`
    select outcome, state, count(*)::integer as many from import_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${importId}::uuid group by outcome, state`.execute(
    tx.db,
  );
  return {
    of: (outcome, state) =>
      rows
        .filter((row) => row.outcome === outcome && (state === undefined || row.state === state))
        .reduce((sum, { many }) => sum + many, 0),
  };
}

/** What becomes known of a row. */
export type RowChange = Pick<ImportRow, "number"> & Partial<Omit<ImportRow, "number" | "cells">>;

/** What of a row can become known: the type of each column. */
const rowColumns = {
  outcome: "text",
  title: "text",
  reason: "text",
  given: "jsonb",
  record_id: "uuid",
  before: "jsonb",
  version: "integer",
  state: "text",
} as const;
/** How many characters are kept of a longer text. */
const longest: Readonly<Record<string, number>> = { title: 300, reason: 2000 };

/** Writes what became known of rows, a statement for all that say the same things; what a change does not name stays. */
export async function setRows(tx: Tx, importId: string, changes: readonly RowChange[]): Promise<void> {
  const rows = changes.map(({ recordId, ...change }) => ({ ...change, record_id: recordId }));
  const columnsOf = (row: (typeof rows)[number]) =>
    // The keys of an object are its own.
    (Object.keys(rowColumns) as (keyof typeof rowColumns)[]).filter((name) => row[name] !== undefined);
  for (const alike of Map.groupBy(rows, (row) => columnsOf(row).join(" ")).values()) {
    const columns = columnsOf(alike[0]!);
    if (columns.length === 0) continue;
    const numbers = alike.map(({ number }) => number);
    const types = columns.map((name) => sql`${sql.ref(name)} ${sql.raw(rowColumns[name])}`);
    const sets = columns.map((name) => {
      const value = sql.ref(`c.${name}`);
      return sql`${sql.ref(name)} = ${name in longest ? sql`left(${value}, ${longest[name]}::integer)` : value}`;
    });
    // Between the least and the greatest, so that a batch never reads the rest of a long file.
    await sql`update import_rows w set ${sql.join(sets)}
      from jsonb_to_recordset(${JSON.stringify(alike)}::jsonb) as c (number integer, ${sql.join(types)})
      where w.organisation_id = ${tx.actor.organisationId}::uuid and w.import_id = ${importId}::uuid and w.number = c.number
        and w.number between ${Math.min(...numbers)}::integer and ${Math.max(...numbers)}::integer`.execute(tx.db);
  }
}
