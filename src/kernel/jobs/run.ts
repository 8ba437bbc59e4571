import type pg from "pg";
import type { Logger } from "pino";
import { refreshStatistics } from "../database/statistics.ts";
import { Refusal } from "../errors.ts";
import type { FilesPlace } from "../files/store.ts";
import { asSystem } from "../transaction.ts";
import { requestContext } from "../request-context.ts";
import { traced } from "../tracing.ts";
import type { Store, Tx } from "../transaction.ts";
import { alone } from "./alone.ts";
import { jobProgress } from "./jobs.ts";

/** What a kind of job is given to do its work with. */
export interface JobRun {
  readonly jobId: string;
  /** What it works on, as `addJob` was told. */
  readonly subject: string;
  readonly filesFolder: FilesPlace;
  /** Runs work as the person who started the job, in one transaction: only what they may do is done. */
  as<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Runs work as the product itself in the organisation, in one transaction: what follows from rules whoever may see it.
   * Never for what a person asked to be done to a record.
   */
  asProduct<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Says in a batch's own transaction how far the job is. Throws `Cancelled`, which undoes nothing, at the next batch. */
  progress(tx: Tx, done: number, total: number | null): Promise<void>;
  /** Tells PostgreSQL how large the tables have become, so that it goes by the right indexes in the rest of a long job. */
  refreshStatistics(tables: readonly string[]): Promise<void>;
}

/**
 * A kind of job. It works in batches, each a transaction that says how far it is, and can be begun again at any point:
 * what was done is not done again. Gives what came of it as a sentence.
 */
export type JobKind = (run: JobRun) => Promise<string>;

/** The job was cancelled: thrown between two batches. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

interface Worker {
  readonly ownerPool: pg.Pool;
  readonly store: Store;
  readonly kinds: Readonly<Record<string, JobKind>>;
  readonly filesFolder: FilesPlace;
  readonly log: Pick<Logger, "error">;
}

/** How often a job is tried that meets a fault of ours; what a person can put right is not tried again. */
const attemptsMax = 5;
/** Seconds before the second attempt; four times as long before each that follows. */
const firstWaitSeconds = 5;

interface Row {
  readonly kind: string;
  readonly subject: string | null;
  readonly started_by: string;
  readonly state: string;
  readonly attempts: number;
  /** The request that began it. */
  readonly request_id: string | null;
}

/**
 * Runs one job if it is due and nobody else runs it. A lock of this process's own session says that it runs here, so that
 * a job whose worker died is taken up by the next one that looks.
 */
export function runJob(worker: Worker, where: { organisation: string; job: string }): Promise<void> {
  return alone(worker.ownerPool, `reeve.job.${where.job}`, () => runLocked(worker, where));
}

async function runLocked(worker: Worker, { organisation, job }: { organisation: string; job: string }): Promise<void> {
  const { rows } = await worker.ownerPool.query<Row>(
    `update jobs set state = 'running', attempts = attempts + 1, begun_at = now(), begun_done = done
     where organisation_id = $1 and id = $2 and (state = 'running' or state = 'waiting' and next_at <= now())
     returning kind, subject, started_by, state, attempts, request_id`,
    [organisation, job],
  );
  const [row] = rows;
  if (!row) return;
  await requestContext.run({ requestId: row.request_id }, () =>
    traced(`job ${row.kind}`, { "reeve.job_id": job }, () => doRow(worker, { organisation, job }, row)),
  );
}

/** Does what the row asks for, and writes down what came of it. */
async function doRow(
  worker: Worker,
  { organisation, job }: { organisation: string; job: string },
  row: Row,
): Promise<void> {
  const end = (state: string, words: { result?: string; failure?: string }) =>
    worker.ownerPool.query(
      "update jobs set state = $3, result = $4, failure = $5, ended_at = now() where organisation_id = $1 and id = $2",
      [organisation, job, state, words.result ?? null, words.failure ?? null],
    );
  // A job that takes the process down with it must not do so at every start.
  if (row.attempts > attemptsMax) {
    await end("failed", {
      failure: `Reeve stopped in the midst of it, ${attemptsMax} times. What was done so far is kept. Try it again, or ask whoever runs Reeve: the log has it under ${job}.`,
    });
    worker.log.error({ job }, "a job was given up because Reeve stopped in the midst of it too often");
    return;
  }
  try {
    await end("done", { result: await work(worker, { organisation, job }, row) });
  } catch (error) {
    if (error instanceof Cancelled) await end("cancelled", {});
    else if (error instanceof Refusal) await end("failed", { failure: `${error.message}.` });
    else await failed(worker, { organisation, job, row, error });
  }
}

function work(worker: Worker, { organisation, job }: { organisation: string; job: string }, row: Row): Promise<string> {
  const kind = Object.hasOwn(worker.kinds, row.kind) ? worker.kinds[row.kind] : undefined;
  if (!kind)
    throw new Refusal("impossible", [{ message: `This version of Reeve knows no jobs of the kind “${row.kind}”` }]);
  let goesOn = true;
  return kind({
    jobId: job,
    subject: row.subject ?? "",
    filesFolder: worker.filesFolder,
    as: (doing) => {
      if (!goesOn) throw new Cancelled();
      return worker.store.as({ organisationId: organisation, personId: row.started_by }, doing);
    },
    asProduct: (doing) => {
      if (!goesOn) throw new Cancelled();
      const { ownerPool, store } = worker;
      return asSystem({ ownerPool, registry: store.registry, organisationId: organisation }, doing);
    },
    progress: async (tx, done, total) => {
      goesOn = await jobProgress(tx, job, done, total);
    },
    refreshStatistics: (tables) => refreshStatistics(worker.ownerPool, tables),
  });
}

/** A fault of ours: tried again later, and given up after the last attempt. The log says what it was. */
async function failed(
  { ownerPool, log }: Worker,
  { organisation, job, row, error }: { organisation: string; job: string; row: Row; error: unknown },
): Promise<void> {
  log.error({ err: error, job }, "a job failed");
  const last = row.attempts >= attemptsMax;
  const words = last
    ? `Something went wrong, ${row.attempts} times. What was done so far is kept. Whoever runs Reeve finds it in the log under ${job}.`
    : `Something went wrong at attempt ${row.attempts} of ${attemptsMax}. It is tried again by itself.`;
  await ownerPool.query(
    `update jobs set state = $3, failure = $4, ended_at = case when $3 = 'failed' then now() end,
       next_at = now() + make_interval(secs => $5) where organisation_id = $1 and id = $2`,
    [organisation, job, last ? "failed" : "waiting", words, firstWaitSeconds * 4 ** (row.attempts - 1)],
  );
  if (!last)
    await ownerPool.query(
      "select wake_job(organisation_id, id, next_at) from jobs where organisation_id = $1 and id = $2",
      [organisation, job],
    );
}

/**
 * Asks for a worker for every job that is due and that nobody runs: one whose worker died, and one that waited while there
 * was no queue. Gives how many there were.
 */
export async function wakeJobs(ownerPool: pg.Pool): Promise<number> {
  const { rows } = await ownerPool.query(
    `select wake_job(organisation_id, id, now()) from jobs where state in ('waiting', 'running') and next_at <= now()
       and not exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
         and l.database = (select oid from pg_database where datname = current_database())
         and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('reeve.job.' || id, 0))
     limit 1000`,
  );
  return rows.length;
}
