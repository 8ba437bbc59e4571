import type pg from "pg";
import { Refusal } from "../errors.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import { bulkCounts, bulkRows, endStage, findBulk, setBulkRows } from "./bulk.ts";
import type { BulkRow } from "./bulk.ts";
import { doTo, isNothing, previewOf, reasonOf } from "./deed.ts";

const previewsAtATime = 100;

/** The kinds of job that change many records together. */
export const bulkJobs: Readonly<Record<string, JobKind>> = { "check-bulk": checkBulk, "do-bulk": doBulk };

/** Looks at what the deed would come to for each record: the same checks as the change itself, and nothing written. */
async function checkBulk(run: JobRun): Promise<string> {
  for (;;) {
    const more = await run.as(async (tx) => {
      const change = await findBulk(tx, run.subject);
      const type = typeNamed(tx.registry, change.type);
      const rows = await bulkRows(tx, change.id, { outcome: null, limit: previewsAtATime });
      const found: { number: number; outcome: "change" | "same" | "refused"; reason?: string }[] = [];
      for (const { number, reference, version } of rows) {
        const preview = await previewOf(tx, type, change.deed, change.given, { reference, version });
        if (preview.reason !== undefined) found.push({ number, outcome: "refused", reason: preview.reason });
        else found.push({ number, outcome: isNothing(preview) ? "same" : "change" });
      }
      await setBulkRows(tx, change.id, found);
      if (rows.length === 0) await endStage(tx, change.id, "checked");
      const { waiting = 0 } = await bulkCounts(tx, change.id);
      await run.progress(tx, change.rowCount - waiting, change.rowCount);
      return rows.length > 0;
    });
    if (!more) break;
  }
  const { change = 0, same = 0, refused = 0 } = await run.as((tx) => bulkCounts(tx, run.subject));
  return `${count(change)} will be changed, ${count(same)} are so already, ${count(refused)} cannot be`;
}

/** Does it, each record in a transaction of its own, so that what is refused stops nothing else. */
async function doBulk(run: JobRun): Promise<string> {
  for (;;) {
    const { type, change, rows } = await run.as(async (tx) => {
      const found = await findBulk(tx, run.subject);
      const next = await bulkRows(tx, found.id, { outcome: "change", limit: previewsAtATime });
      return { type: typeNamed(tx.registry, found.type), change: found, rows: next };
    });
    if (rows.length === 0) break;
    const { changed = 0, change: left = 0 } = await run.as((tx) => bulkCounts(tx, run.subject));
    for (const [at, row] of rows.entries())
      await doOne(run, type, change, row, { done: changed + at + 1, total: changed + left });
  }
  return run.as(async (tx) => {
    await endStage(tx, run.subject, "done");
    const { changed = 0, refused = 0, same = 0 } = await bulkCounts(tx, run.subject);
    return `${count(changed)} changed, ${count(same)} were so already, ${count(refused)} refused`;
  });
}

async function doOne(
  run: JobRun,
  type: RecordType,
  { id, deed, given }: Awaited<ReturnType<typeof findBulk>>,
  { number, reference, version }: BulkRow,
  at: { done: number; total: number },
): Promise<void> {
  try {
    await run.as(async (tx) => {
      await doTo(tx, type, deed, given, { reference, version });
      await setBulkRows(tx, id, [{ number, outcome: "changed" }]);
      await run.progress(tx, at.done, at.total);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await run.as(async (tx) => {
      await setBulkRows(tx, id, [{ number, outcome: "refused", reason: reasonOf(error) }]);
      await run.progress(tx, at.done, at.total);
    });
  }
}

/** Forgets previews that nobody carried out within a day, and after 30 days what was done. */
export async function forgetBulkChanges(ownerPool: pg.Pool): Promise<void> {
  await ownerPool.query(
    `delete from bulk_changes b where started_at < now() - case when stage = 'done' then interval '30 days' else interval '1 day' end
       and not exists (select 1 from jobs j where j.organisation_id = b.organisation_id and j.id = b.job_id and j.state in ('waiting', 'running'))`,
  );
}

function count(many: number): string {
  return many.toLocaleString("en-GB");
}
