import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import { withLocalCopy } from "../files/content.ts";
import { findFile } from "../files/files.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { Tx } from "../transaction.ts";
import { importOfJob, setImport } from "./imports.ts";
import { limits, readTable } from "./read-file.ts";

const rowsAtATime = 5000;

/** The job that reads a file's rows into the database: the first row with anything in it holds the headings. */
export const readImport: JobKind = async (run) => {
  const file = await run.as(async (tx) => {
    const { fileId } = await importOfJob(tx, run);
    if (fileId === null) throw new Refusal("impossible", [{ message: "The file is not there any more" }]);
    return findFile(tx, fileId);
  });
  const told = await withLocalCopy(run.filesFolder, file.sha256, (path) => readRows(run, path));
  return told ?? refuseGone();
};

function refuseGone(): never {
  throw new Refusal("impossible", [{ message: "The file is not there any more. Send it again" }]);
}

async function readRows(run: JobRun, path: string): Promise<string> {
  const { told, rows } = await readTable(path);
  let headings: readonly string[] | null = null;
  let number = 0;
  let kept = 0;
  let batch: { number: number; cells: readonly string[] }[] = [];
  let keeping: Promise<void> = Promise.resolve();
  for await (const cells of rows) {
    number += 1;
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (headings === null) {
      headings = headingsOf(cells);
      continue;
    }
    kept += 1;
    if (kept > limits.rows)
      refuseFile(`The file has more than ${limits.rows.toLocaleString("en-GB")} rows. Divide it and send the parts`);
    batch.push({ number, cells: headings.map((_heading, at) => cellOf(cells[at] ?? "", number)) });
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
  if (headings === null || kept === 0) refuseFile("The file has no rows below its headings");
  await run.as((tx) =>
    setImport(tx, run.subject, { stage: "columns", told, headings: headings ?? [], rowCount: kept }),
  );
  return `${kept.toLocaleString("en-GB")} rows were read`;
}

/** The headings, each once and none empty; columns on the right without a heading are left out. */
function headingsOf(cells: readonly string[]): string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== "");
  const all = cells.slice(0, last + 1);
  if (all.length > limits.columns) refuseFile(`The file has more than ${limits.columns} columns`);
  const seen = new Map<string, number>();
  return all.map((cell, at) => {
    const heading = clean(cell).trim().slice(0, 200).toWellFormed() || `Column ${at + 1}`;
    const times = (seen.get(heading) ?? 0) + 1;
    seen.set(heading, times);
    return times === 1 ? heading : `${heading} (${times})`;
  });
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

async function keepRows(
  run: JobRun,
  batch: readonly { number: number; cells: readonly string[] }[],
  done: number,
): Promise<void> {
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
