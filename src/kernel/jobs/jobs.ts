import { sql } from "kysely";
import { Refusal, unseen } from "../errors.ts";
import { currentRequestId } from "../request-context.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";

/** Where a job is in its life. A waiting one has not begun, or is tried again after a failure. */
export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** Work that a person started and that goes on by itself. Moments are ISO 8601 in UTC. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  /** The id of what it works on. */
  readonly subject: string | null;
  /** Where what comes of it is seen. */
  readonly page: string | null;
  readonly startedBy: string;
  /** Null where the actor may not see that person. */
  readonly startedByName: string | null;
  readonly state: JobState;
  readonly done: number;
  /** How much there is to do; null until that is known. */
  readonly total: number | null;
  readonly attempts: number;
  readonly cancelAsked: boolean;
  /** What came of it, as a sentence. */
  readonly result: string | null;
  /** Why it failed, or why it is tried again, as a sentence. */
  readonly failure: string | null;
  readonly addedAt: string;
  readonly nextAt: string;
  readonly begunAt: string | null;
  /** How much was done when it last began. */
  readonly begunDone: number;
  readonly endedAt: string | null;
}

/** Starts a job as the actor, in this transaction. Gives its id. Refuses (impossible) when 20 of theirs are under way. */
export async function addJob(
  tx: Tx,
  job: { kind: string; title: string; subject: string | null; page: string | null },
): Promise<string> {
  try {
    const [, { rows }] = await Promise.all([
      sql`select set_config('reeve.request', ${currentRequestId() ?? ""}, true)`.execute(tx.db),
      sql<{
        id: string;
      }>`select add_job(${job.kind}, ${job.title.slice(0, 300).toWellFormed()}, ${job.subject}::uuid, ${job.page}) as id`.execute(
        tx.db,
      ),
    ]);
    return rows[0]!.id;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "54000")
      throw new Refusal("impossible", [
        { message: "You have 20 jobs under way, which is the most. Wait for one to end, or cancel one" },
      ]);
    throw error;
  }
}

/** One job that the actor may see: their own, or anybody's for whoever may change every role. Refuses (unseen) any other. */
export async function findJob(tx: Tx, id: string): Promise<Job> {
  if (!isId(id)) unseen("There is no such job, or you may not see it");
  const [job] = await select(tx, sql`and j.id = ${id}::uuid`, 1);
  return job ?? unseen("There is no such job, or you may not see it");
}

/** Jobs that the actor may see, the newest first, at most 50 from `before` on. */
export function listJobs(tx: Tx, options: { states?: readonly JobState[]; before?: string } = {}): Promise<Job[]> {
  const { states, before } = options;
  return select(
    tx,
    sql`${states ? sql`and j.state = any (${states}::text[])` : sql``} ${before ? sql`and j.id < ${before}::uuid` : sql``}`,
    50,
  );
}

function select(tx: Tx, which: ReturnType<typeof sql>, limit: number): Promise<Job[]> {
  return sql<Job>`
    select j.id, j.kind, j.title, j.subject, j.page, j.started_by as "startedBy", p.title as "startedByName", j.state, j.done, j.total,
      j.attempts, j.cancel_asked as "cancelAsked", j.result, j.failure, j.added_at as "addedAt", j.next_at as "nextAt",
      j.begun_at as "begunAt", j.begun_done as "begunDone", j.ended_at as "endedAt"
    from jobs j left join records p on p.organisation_id = j.organisation_id and p.id = j.started_by
    where j.organisation_id = ${tx.actor.organisationId}::uuid ${which} order by j.id desc limit ${limit}`
    .execute(tx.db)
    .then(({ rows }) => rows);
}

/** Cancels a job: at once where it waits, else at the end of what it is in the middle of. Gives its state after that. */
export async function cancelJob(tx: Tx, id: string): Promise<JobState> {
  const { state } = await findJob(tx, id);
  if (state !== "waiting" && state !== "running")
    throw new Refusal("impossible", [{ message: "This job has ended, so it cannot be cancelled" }]);
  const { rows } = await sql<{ state: JobState }>`select cancel_job(${id}::uuid) as state`.execute(tx.db);
  return rows[0]!.state;
}

/** Lets a job that failed or was cancelled go on from where it was. Refuses (impossible) any other. */
export async function retryJob(tx: Tx, id: string): Promise<void> {
  await findJob(tx, id);
  const { rows } = await sql<{ retried: boolean }>`select retry_job(${id}::uuid) as retried`.execute(tx.db);
  if (rows[0]?.retried !== true)
    throw new Refusal("impossible", [{ message: "Only a job that failed or was cancelled can be tried again" }]);
}

/** Says how far the actor's job is, in the transaction that took it there. Whether it is to go on: false once cancelled. */
export async function jobProgress(tx: Tx, id: string, done: number, total: number | null): Promise<boolean> {
  const { rows } = await sql<{
    on: boolean;
  }>`select job_progress(${id}::uuid, ${done}, ${total}::integer) as on`.execute(tx.db);
  return rows[0]?.on === true;
}

/** How long a running job still takes at the speed of this run, in seconds; null when that cannot be told yet. */
export function secondsLeft(job: Job, now: Temporal.Instant): number | null {
  if (job.state !== "running" || job.begunAt === null || job.total === null) return null;
  const done = job.done - job.begunDone;
  const seconds = (now.epochMilliseconds - Temporal.Instant.from(job.begunAt).epochMilliseconds) / 1000;
  return done <= 0 || seconds < 1 ? null : Math.ceil((seconds / done) * Math.max(0, job.total - job.done));
}
