import { statisticsDue } from "../database/statistics.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import type { Tx } from "../transaction.ts";
import { mustImport } from "./check.ts";
import { importCounts, importOfJob, importRows, mustBe, setImport, setRows } from "./imports.ts";
import type { ImportRow, RowChange } from "./imports.ts";
import { readyRows, refusedBy, saveRows } from "./save-rows.ts";
import type { ReadyRows } from "./save-rows.ts";
import { inTurns } from "./turns.ts";

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
  let [after, done, batch] = [0, saved, 0];
  await inTurns(
    async () => {
      const ready = await batchAfter(run, type, after);
      after = ready?.rows.at(-1)?.number ?? after;
      return ready;
    },
    async (ready) => {
      await saveBatch(run, type, ready, { done, total });
      done += ready.rows.length;
      if (statisticsDue(++batch)) await run.refreshStatistics([type.name]);
    },
  );
  return run.as(async (tx) => {
    await setImport(tx, run.subject, { stage: "saved", savedAt: tx.now.toString() });
    const { of } = await importCounts(tx, run.subject);
    const count = (number: number) => number.toLocaleString("en-GB");
    return `${count(of("create", "saved"))} made, ${count(of("update", "saved"))} changed, ${count(of("unchanged"))} as they were, ${count(of("rejected"))} rejected`;
  });
};

/** Rows that are next, and what is to be done to save them; null for what would not go together. */
interface Batch {
  readonly rows: readonly ImportRow[];
  readonly ready: ReadyRows | null;
}

async function batchAfter(run: JobRun, type: RecordType, after: number): Promise<Batch | null> {
  const rows = await run.as((tx) =>
    importRows(tx, run.subject, { after, limit: rowsAtATime, outcomes, states: ["waiting"] }),
  );
  if (rows.length === 0) return null;
  try {
    return { rows, ready: await run.as((tx) => readyRows(tx, type, rows)) };
  } catch (error) {
    if (refusedBy(error) === null) throw error;
    return { rows, ready: null };
  }
}

/** Saves rows in one transaction; where the database refuses one of them, each in a transaction of its own. */
async function saveBatch(
  run: JobRun,
  type: RecordType,
  { rows, ready }: Batch,
  at: { done: number; total: number },
): Promise<void> {
  try {
    if (ready !== null)
      return await run.as(async (tx) => {
        await mustBe(tx, run.subject, rows, "waiting");
        await setRows(tx, run.subject, await saveRows(tx, type, ready, rows.length === 1));
        await run.progress(tx, at.done + rows.length, at.total);
      });
  } catch (error) {
    if (refusedBy(error) === null) throw error;
  }
  for (const [place, row] of rows.entries()) await saveAlone(run, type, row, { ...at, done: at.done + place + 1 });
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
    await settle(async (tx) => {
      await mustBe(tx, run.subject, [row], "waiting");
      return saveRows(tx, type, await readyRows(tx, type, [row]), true);
    });
  } catch (error) {
    const reason = refusedBy(error);
    if (reason === null) throw error;
    await settle(async () => [{ number: row.number, outcome: "rejected", reason }]);
  }
}
