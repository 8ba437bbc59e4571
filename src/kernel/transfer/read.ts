import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import { withLocalCopy } from "../files/content.ts";
import { findFile } from "../files/files.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { Tx } from "../transaction.ts";
import { typeNamed } from "../registry.ts";
import { matchColumns } from "./columns.ts";
import { headRows, headingsOf, likelyHeadings } from "./headings.ts";
import { importOfJob, setImport } from "./imports.ts";
import { columnTargets } from "./plan.ts";
import { limits, readTable, whyNoTable } from "./read-file.ts";

const rowsAtATime = 5000;

/**
 * The job that reads a file's rows into the database, the headings and what stands above them included. What is no table is
 * told with the import: that is for its person to put right, and no failure of a job.
 */
export const readImport: JobKind = async (run) => {
  const { file, isKnown } = await run.as(async (tx) => {
    const { fileId, type } = await importOfJob(tx, run);
    if (fileId === null) refuseGone();
    const targets = columnTargets(tx.actor, typeNamed(tx.registry, type));
    const known = (cell: string) => matchColumns([cell], targets)[0] !== null;
    return { file: await findFile(tx, fileId), isKnown: known };
  });
  try {
    const why = whyNoTable(file.mediaType);
    if (why !== null) refuseFile(why);
    return (await withLocalCopy(run.filesFolder, file.sha256, (path) => readRows(run, path, isKnown))) ?? refuseGone();
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    await run.as((tx) => setImport(tx, run.subject, { told: { refused: error.message } }));
    return `The file was not read. ${error.message}`;
  }
};

function refuseGone(): never {
  throw new Refusal("impossible", [{ message: "The file is not there any more. Send it again" }]);
}

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

async function readRows(run: JobRun, path: string, isKnown: (cell: string) => boolean): Promise<string> {
  const { told, rows } = await readTable(path);
  const head: Row[] = [];
  let [number, kept, widest] = [0, 0, 0];
  let batch: Row[] = [];
  let keeping: Promise<void> = Promise.resolve();
  for await (const read of rows) {
    number += 1;
    const cells = cellsOf(read, number);
    if (cells.length === 0) continue;
    kept += 1;
    // The headings are a row as well.
    if (kept > limits.rows + 1)
      refuseFile(`The file has more than ${limits.rows.toLocaleString("en-GB")} rows. Divide it and send the parts`);
    const row = { number, cells };
    if (head.length < headRows) head.push(row);
    else widest = Math.max(widest, cells.length);
    batch.push(row);
    if (batch.length === rowsAtATime) {
      // The database keeps one batch while the next is read.
      await keeping;
      keeping = keepRows(run, batch, kept);
      keeping.catch(() => {});
      batch = [];
    }
  }
  await keeping;
  await keepRows(run, batch, kept);
  const top = likelyHeadings(head, isKnown);
  const rowCount = kept - head.filter((row) => row.number <= (top?.number ?? 0)).length;
  if (!top || rowCount === 0) refuseFile("The file has no rows below its headings");
  for (const row of head) if (row.number > top.number) widest = Math.max(widest, row.cells.length);
  const { headings, headed } = headingsOf(top.cells, widest);
  await run.as((tx) =>
    setImport(tx, run.subject, {
      stage: "columns",
      told: { ...told, headingRow: top.number, headed },
      headings,
      rowCount,
    }),
  );
  return `${rowCount.toLocaleString("en-GB")} rows were read`;
}

/** The cells of a row as far as anything is in them. */
function cellsOf(cells: readonly string[], row: number): string[] {
  const filled = cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== "") + 1);
  if (filled.length > limits.columns) refuseFile(`Row ${row} has more than ${limits.columns} columns`);
  return filled.map((cell) => cellOf(cell, row));
}

function cellOf(cell: string, row: number): string {
  if (cell.length > limits.cellCharacters)
    refuseFile(`Row ${row} has a cell of more than ${limits.cellCharacters.toLocaleString("en-GB")} characters`);
  return clean(cell);
}

/** PostgreSQL holds no U+0000, and half a surrogate pair is no text. */
function clean(cell: string): string {
  return cell.replaceAll("\u0000", "").toWellFormed();
}

async function keepRows(run: JobRun, batch: readonly Row[], done: number): Promise<void> {
  if (batch.length === 0) return;
  await run.as(async (tx: Tx) => {
    await sql`insert into import_rows (organisation_id, import_id, number, cells)
      select ${tx.actor.organisationId}::uuid, ${run.subject}::uuid, (one ->> 'number')::integer,
        array(select jsonb_array_elements_text(one -> 'cells')) from jsonb_array_elements(${JSON.stringify(batch)}::jsonb) as one
      on conflict do nothing`.execute(tx.db);
    await run.progress(tx, done, null);
  });
}

function refuseFile(message: string): never {
  throw new Refusal("invalid", [{ field: "file", message }]);
}
