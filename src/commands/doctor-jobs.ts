import type pg from "pg";
import type { Finding } from "./doctor.ts";

/** Whether work goes on: what waits, and by name what failed at its last run or was given up. */
export async function jobsFinding(ownerPool: pg.Pool): Promise<Finding> {
  const runs = await ownerPool.query<{ task: string; failures: number; failure: string; at: string }>(
    `select task, failures, failure, to_char(failed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as at
     from scheduled_runs where failures > 0 order by task`,
  );
  const failed = runs.rows.map(
    ({ task, failures, failure, at }) =>
      `${task} failed ${failures === 1 ? "at its last run" : `${failures} times in a row`}, at ${at}: ${failure}`,
  );
  const { dead, waiting, there } = await queue(ownerPool);
  const givenUp = dead.map(({ task, many }) => `${task} given up ${many === 1 ? "once" : `${many} times`}`);
  const wrong = [...failed, ...givenUp];
  if (wrong.length === 0) return { what: "Jobs", fine: true, says: there ? `${waiting} waiting` : "none yet" };
  return { what: "Jobs", fine: false, says: `${waiting} waiting; ${wrong.join("; ").replace(/\.$/, "")}` };
}

interface Queue {
  readonly there: boolean;
  readonly waiting: number;
  readonly dead: readonly { readonly task: string; readonly many: number }[];
}

async function queue(ownerPool: pg.Pool): Promise<Queue> {
  const there = await ownerPool.query<{ there: boolean }>(
    "select to_regclass('graphile_worker.jobs') is not null as there",
  );
  if (there.rows[0]?.there !== true) return { there: false, waiting: 0, dead: [] };
  // One that a worker holds at its last attempt is not given up.
  const { rows } = await ownerPool.query<{ task: string; dead: number; waiting: number }>(
    `select task_identifier as task, count(*) filter (where attempts >= max_attempts and locked_at is null)::int as dead,
       count(*) filter (where attempts < max_attempts)::int as waiting
     from graphile_worker.jobs group by task_identifier order by task_identifier`,
  );
  return {
    there: true,
    waiting: rows.reduce((sum, row) => sum + row.waiting, 0),
    dead: rows.filter(({ dead }) => dead > 0).map(({ task, dead }) => ({ task, many: dead })),
  };
}
