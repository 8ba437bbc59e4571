import { statisticsDue } from "../database/statistics.ts";
import { Refusal } from "../errors.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import { change } from "../store/change.ts";
import { completeValues, insertRecord } from "../store/create.ts";
import { canMakeMany, createMany } from "../store/create-many.ts";
import { find } from "../store/find.ts";
import type { Values } from "../store/values.ts";
import type { Tx } from "../transaction.ts";
import { mustImport } from "./check.ts";
import { importCounts, importOfJob, importRows, setImport, setRows } from "./imports.ts";
import type { ImportRow, RowChange } from "./imports.ts";

const rowsAtATime = 1000;
const outcomes = ["create", "update"] as const;

/** The job that makes and changes the records of a checked file, as its person and only what they may. */
export const saveImport: JobKind = async (run) => {
  const { type, total, saved } = await run.as(async (tx) => {
    const file = await importOfJob(tx, run);
    const found = typeNamed(tx.registry, file.type);
    mustImport(tx.actor, found);
    const { of } = await importCounts(tx, run.subject);
    return {
      type: found,
      total: of("create") + of("update"),
      saved: of("create", "saved") + of("update", "saved"),
    };
  });
  for (let done = saved, after = 0, batch = 1; ; batch += 1) {
    const rows: readonly ImportRow[] = await saveBatch(run, type, { after, done, total });
    done += rows.length;
    after = rows.at(-1)?.number ?? after;
    if (rows.length < rowsAtATime) break;
    if (statisticsDue(batch)) await run.refreshStatistics([type.name]);
  }
  return run.as(async (tx) => {
    await setImport(tx, run.subject, { stage: "saved", savedAt: tx.now.toString() });
    const { of } = await importCounts(tx, run.subject);
    const count = (number: number) => number.toLocaleString("en-GB");
    return `${count(of("create", "saved"))} made, ${count(of("update", "saved"))} changed, ${count(of("unchanged"))} as they were, ${count(of("rejected"))} rejected`;
  });
};

/** Saves the next rows in one transaction; where the database refuses one of them, each in a transaction of its own. */
async function saveBatch(
  run: JobRun,
  type: RecordType,
  at: { after: number; done: number; total: number },
): Promise<readonly ImportRow[]> {
  try {
    return await run.as(async (tx) => {
      const rows = await nextRows(tx, run.subject, at.after);
      await setRows(tx, run.subject, await saveRows(tx, type, rows));
      await run.progress(tx, at.done + rows.length, at.total);
      return rows;
    });
  } catch (error) {
    if (refusedBy(error) === null) throw error;
  }
  const rows = await run.as((tx) => nextRows(tx, run.subject, at.after));
  for (const [place, row] of rows.entries()) await saveAlone(run, type, row, { ...at, done: at.done + place + 1 });
  return rows;
}

async function saveAlone(
  run: JobRun,
  type: RecordType,
  row: ImportRow,
  at: { done: number; total: number },
): Promise<void> {
  const settle = (work: (tx: Tx) => Promise<RowChange[]>) =>
    run.as(async (tx) => {
      await setRows(tx, run.subject, await work(tx));
      await run.progress(tx, at.done, at.total);
    });
  try {
    await settle((tx) => saveRows(tx, type, [row]));
  } catch (error) {
    const reason = refusedBy(error);
    if (reason === null) throw error;
    await settle(async () => [{ number: row.number, outcome: "rejected", reason }]);
  }
}

function nextRows(tx: Tx, importId: string, after: number): Promise<ImportRow[]> {
  return importRows(tx, importId, { after, limit: rowsAtATime, outcomes, states: ["waiting"], locked: true });
}

async function saveRows(tx: Tx, type: RecordType, rows: readonly ImportRow[]): Promise<RowChange[]> {
  const changes: RowChange[] = [];
  const together: { row: ImportRow; values: Values }[] = [];
  for (const row of rows) {
    const given = row.given ?? {};
    try {
      if (row.outcome === "update") changes.push(await update(tx, type, row, given));
      else if (canMakeMany(type, given))
        // The check has read what the links lead to; what became of that since, the database asks again.
        together.push({ row, values: await completeValues(tx, type, given, { linksKnown: true }) });
      else changes.push(made(row, (await insertRecord(tx, type, given)).id));
    } catch (error) {
      // Refused before anything was written, so the others go on.
      if (!(error instanceof Refusal) || rows.length === 1) throw error;
      changes.push({ number: row.number, outcome: "rejected", reason: error.message });
    }
  }
  const names = await createMany(
    tx,
    type,
    together.map(({ values }) => values),
  );
  return [...changes, ...names.map(({ id }, at) => made(together[at]!.row, id))];
}

function made({ number }: ImportRow, recordId: string): RowChange {
  return { number, recordId, version: 1, state: "saved" };
}

async function update(tx: Tx, type: RecordType, row: ImportRow, given: Values): Promise<RowChange> {
  const record = await find(tx, type, row.recordId ?? "");
  const before = Object.fromEntries(Object.keys(given).map((name) => [name, record.values[name] ?? null]));
  const { version } = await change(tx, type, record.id, row.version ?? 0, given);
  return { number: row.number, before, version, state: "saved" };
}

/** Why a row cannot be saved, where that is the row's own fault; null for every other error. */
function refusedBy(error: unknown): string | null {
  if (error instanceof Refusal)
    return error.kind === "stale" ? "Somebody changed this record after the file was checked" : error.message;
  // Class 22 data exception, class 23 integrity constraint violation.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^2[23]/.test(code) ? "The database does not take these values together" : null;
}
