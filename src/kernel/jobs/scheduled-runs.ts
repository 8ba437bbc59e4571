import { sql } from "kysely";
import type pg from "pg";
import type { Logger } from "pino";
import { StoreUnavailable } from "../files/store.ts";
import { traced } from "../tracing.ts";
import type { Tx } from "../transaction.ts";
import { alone } from "./alone.ts";
import { schedulesOf } from "./schedules.ts";
import type { Registry } from "../registry.ts";

/** What became of a task that goes on by itself. Moments are ISO 8601 in UTC. */
export interface ScheduledRun {
  readonly task: string;
  /** When the run began that is the latest; null before the first. */
  readonly begunAt: string | null;
  /** When the run ended that ended last, and how many milliseconds it took. */
  readonly endedAt: string | null;
  readonly tookMs: number | null;
  /** The latest failure, as a sentence; it stays when a later run goes well. */
  readonly failedAt: string | null;
  readonly failure: string | null;
  /** How many runs failed since the last that went well. */
  readonly failures: number;
}

/** What a task is named by in the queue, where one of each may wait. */
export const scheduledKey = (task: string): string => `scheduled ${task}`;

/**
 * Runs a task unless it runs already somewhere, and writes down when it began, how long it took and why it failed. Throws what
 * the task throws, for the queue to try it again.
 */
export async function runScheduled(
  { ownerPool, log }: { readonly ownerPool: pg.Pool; readonly log: Pick<Logger, "error"> },
  task: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const ended = (changes: string, ...values: readonly unknown[]) =>
    ownerPool.query(`update scheduled_runs set ended_at = now(), ${changes} where task = $1`, [task, ...values]);
  await alone(ownerPool, scheduledKey(task), async () => {
    await ownerPool.query(
      "insert into scheduled_runs (task, begun_at) values ($1, now()) on conflict (task) do update set begun_at = now()",
      [task],
    );
    const begun = performance.now();
    const took = () => Math.round(performance.now() - begun);
    try {
      await traced(`job ${task}`, {}, async () => work());
    } catch (error) {
      log.error({ err: error, task }, "work that goes on by itself failed");
      // A database that is not there is what failed it: then the log alone has it.
      await ended(
        "took_ms = $2, failed_at = now(), failure = $3, failures = failures + 1",
        took(),
        failureOf(error),
      ).catch(() => {});
      throw error;
    }
    await ended("took_ms = $2, failures = 0", took());
  });
}

/** Why, in words that hold nothing of a record or of a person: what an error says may quote them. */
function failureOf(error: unknown): string {
  if (error instanceof StoreUnavailable) return error.message.slice(0, 300);
  return `${kindOf(error)}. The log says more.`.replace(/^./, (letter) => letter.toUpperCase()).slice(0, 300);
}

/** What kind of fault it is, of our own words and codes alone. */
function kindOf(error: unknown): string {
  if (error instanceof AggregateError) {
    // `errors` is any[] in the types of the language.
    const inner = error.errors as readonly unknown[];
    return `${error.message} (${inner.length}): ${[...new Set(inner.map(kindOf))].slice(0, 3).join("; ")}`;
  }
  if (!(error instanceof Error)) return "an unknown fault";
  const code =
    "code" in error && typeof error.code === "string" && /^[A-Z0-9_]{2,40}$/.test(error.code) ? error.code : "";
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) return `the database refused it (code ${code})`;
  return code === "" ? `a fault of the kind ${error.name.slice(0, 40)}` : `a fault with the code ${code}`;
}

/** Makes the tasks known that may be asked for, and takes those out of the queue that were given up or stem from older versions. */
export async function prepareScheduled(ownerPool: pg.Pool, registry: Registry): Promise<void> {
  const names = schedulesOf(registry).map(({ task }) => task);
  await ownerPool.query(`insert into scheduled_runs (task) select unnest($1::text[]) on conflict (task) do nothing`, [
    names,
  ]);
  await ownerPool.query("delete from scheduled_runs where task <> all ($1::text[])", [names]);
  await clearQueue(ownerPool, registry, "key is null");
}

/** Takes given-up work out of the queue: what became of it is written down elsewhere. */
export async function clearGivenUp(ownerPool: pg.Pool, registry: Registry): Promise<void> {
  await clearQueue(ownerPool, registry, "attempts >= max_attempts");
}

async function clearQueue(
  ownerPool: pg.Pool,
  registry: Registry,
  which: "key is null" | "attempts >= max_attempts",
): Promise<void> {
  // What a worker holds stays: graphile-worker takes it for dead after four hours.
  await ownerPool.query(
    `select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs
       where task_identifier = any ($1::text[]) and ${which} limit 10000))`,
    [[...schedulesOf(registry).map(({ task }) => task), "person-job"]],
  );
}

/** What became of each task, where the actor may see it. */
export async function scheduledRuns(tx: Tx): Promise<ReadonlyMap<string, ScheduledRun>> {
  const at = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  const { rows } = await sql<ScheduledRun>`select task, ${at("begun_at")} as "begunAt", ${at("ended_at")} as "endedAt",
      took_ms as "tookMs", ${at("failed_at")} as "failedAt", failure, failures from scheduled_runs`.execute(tx.db);
  return new Map(rows.map((row) => [row.task, row]));
}

/** Has a task run at once, for administrators. False when somebody asked within the last minute, or no worker knows it. */
export async function runNow(tx: Tx, task: string): Promise<boolean> {
  const { rows } = await sql<{ asked: boolean }>`select run_scheduled(${task}) as asked`.execute(tx.db);
  return rows[0]?.asked === true;
}

/** When a task goes next by its schedule; `match` as a `Schedule` has it. */
export function nextRun(match: string, now: Temporal.Instant): Temporal.Instant {
  const [minute = "*", hours = "*", , , weekday = "*"] = match.split(" ");
  const from = now.toZonedDateTimeISO("UTC").round({ smallestUnit: "minute", roundingMode: "floor" });
  if (minute === "*") return from.add({ minutes: 1 }).toInstant();
  const [first, last = first] = hours.split("-").map(Number);
  const goes = ({ hour, dayOfWeek }: Temporal.ZonedDateTime) =>
    (hours === "*" || (hour >= first! && hour <= last!)) && (weekday === "*" || dayOfWeek % 7 === Number(weekday));
  let at = from.with({ minute: Number(minute) });
  while (Temporal.ZonedDateTime.compare(at, from) <= 0 || !goes(at)) at = at.add({ hours: 1 });
  return at.toInstant();
}
