import { Logger, parseCronItems, run, runMigrations } from "graphile-worker";
import type { CronItem, Task } from "graphile-worker";
import type pg from "pg";
import * as z from "zod";
import { bulkJobs, forgetBulkChanges } from "./kernel/bulk/jobs.ts";
import { erasureListPath, keepErasureList } from "./kernel/backup/erasure-list.ts";
import { runJob, wakeJobs } from "./kernel/jobs/run.ts";
import type { JobKind } from "./kernel/jobs/run.ts";
import { clearGivenUp, prepareScheduled, runScheduled, scheduledKey } from "./kernel/jobs/scheduled-runs.ts";
import { round } from "./kernel/jobs/round.ts";
import { schedulesOf } from "./kernel/jobs/schedules.ts";
import type { ScheduledTask, ScheduleParts } from "./kernel/jobs/schedules.ts";
import { sealAll } from "./kernel/memory/seal.ts";
import { sweepFiles } from "./kernel/files/sweep-files.ts";
import { disposeApproved } from "./kernel/retention/dispose.ts";
import { findDue } from "./kernel/retention/find-due.ts";
import { forgetImports } from "./kernel/transfer/forget.ts";
import { deadlineJobs } from "./kernel/store/deadline-jobs.ts";
import { readClocksAnew } from "./kernel/memory/read-clocks-anew.ts";
import { importJobs } from "./kernel/transfer/jobs.ts";
import { forgetDrafts } from "./kernel/store/drafts.ts";
import { forgetHowOften } from "./kernel/outside/how-often.ts";
import { forgetOldNotifications } from "./kernel/notifications/forget.ts";
import { gatherReports } from "./kernel/reports/send.ts";
import { warnAll } from "./kernel/notifications/warn.ts";
import { keepTelling } from "./kernel/notifications/keep-telling.ts";
import { forgetDeliveries } from "./kernel/outward/forget.ts";
import { keepSending } from "./kernel/outward/keep-sending.ts";
import type { Network } from "./kernel/outward/networks.ts";
import type { Registry } from "./kernel/registry.ts";
import { outliveLostDatabase } from "./outlive-lost-database.ts";
import { webhookMessages } from "./web/api/webhook-message.ts";
import { followLater } from "./web/scim/follow.ts";
import { sayReport } from "./web/measures/report-mail.ts";

/** What the worker needs. */
interface WorkerParts extends ScheduleParts {
  /** Networks to which webhooks may go beside the public internet. */
  readonly webhookNetworks: readonly Network[];
  /** The kinds of job that people start; the product's own unless told. */
  readonly kinds?: Readonly<Record<string, JobKind>>;
}

/** The kinds of job that people start: the kernel's, and those of the modules. */
const personJobs = ({ modules }: Registry): Readonly<Record<string, JobKind>> =>
  Object.assign({}, importJobs, bulkJobs, deadlineJobs, ...modules.map(({ jobs }) => jobs));
const payload = z.object({ organisation: z.uuid(), job: z.uuid() });

/** The work that goes on by itself, and that of people. Each task can be done twice without harm. */
function tasks(parts: WorkerParts): Readonly<Record<ScheduledTask | "person-job", Task>> {
  const { ownerPool, filesFolder, log } = parts;
  return {
    "person-job": (given) =>
      runJob({ ...parts, kinds: parts.kinds ?? personJobs(parts.registry) }, payload.parse(given)),
    seal: async () => {
      await sealAll(ownerPool);
    },
    "warn-deadlines": async () => {
      await warnAll({ ownerPool, registry: parts.registry, mail: parts.channel !== null });
    },
    "read-clocks-anew": async () => {
      await readClocksAnew({ ownerPool, registry: parts.registry });
    },
    "learn-words": async () => {
      await ownerPool.query("select learn_words(id) from organisations");
    },
    "keep-erasure-list": async () => {
      await keepErasureList(ownerPool, erasureListPath(filesFolder));
    },
    "wake-jobs": async () => {
      await wakeJobs(ownerPool);
      await clearGivenUp(ownerPool, parts.registry);
    },
    "send-reports": async () => {
      if (parts.channel) await gatherReports(ownerPool, parts.channel);
    },
    "follow-groups": async () => {
      await followLater(parts);
    },
    dispose: async () => {
      await disposeApproved(parts);
    },
    "find-due": async () => {
      await findDue(parts);
    },
    "forget-submissions": async () => {
      await ownerPool.query("delete from submissions where made_at < now() - interval '1 day'");
    },
    "forget-notifications": () => forgetOldNotifications(ownerPool),
    "forget-deliveries": () => forgetDeliveries(ownerPool),
    "forget-imports": async () => {
      await forgetImports(ownerPool);
      await forgetBulkChanges(ownerPool);
    },
    "forget-drafts": () => forgetDrafts(ownerPool),
    "forget-how-often": () => forgetHowOften(ownerPool, Temporal.Now.instant()),
    "sweep-files": async () => {
      const { refused } = await sweepFiles({ ownerPool, filesFolder, now: Temporal.Now.instant() });
      if (refused !== null) log.warn(refused);
    },
  };
}

/** Makes graphile-worker's own tables where there are none; `startWorker` would as well, later. */
export async function prepareJobs(ownerPool: pg.Pool): Promise<void> {
  await runMigrations({ pgPool: ownerPool, logger: new Logger(() => () => {}) });
}

/** Starts the worker in this process. `stop` lets what runs end, within graphile-worker's own 5 seconds. */
export async function startWorker(parts: WorkerParts): Promise<{ stop(): Promise<void> }> {
  const { ownerPool, log } = parts;
  const logger = new Logger(() => (level, message) => {
    if (level === "error") log.error(message);
    else if (level === "warning") log.warn(message);
  });
  const endOutliving = outliveLostDatabase(log);
  const runner = await run({
    pgPool: ownerPool,
    taskList: taskList(parts),
    parsedCronItems: parseCronItems(cronItems(parts.registry)),
    concurrency: 2,
    noHandleSignals: true,
    logger,
  });
  await prepareScheduled(ownerPool, parts.registry);
  // A crash comes before a start. The key keeps one waiting, however often it is started.
  await runner.addJob("sweep-files", {}, { jobKey: scheduledKey("sweep-files"), maxAttempts: attemptsMax });
  await wakeJobs(ownerPool);
  const telling = keepTelling({ ...parts, sayReport });
  const sending = keepSending({
    ...parts,
    networks: parts.webhookNetworks,
    message: webhookMessages(parts.baseUrl),
  });
  const rounds = parts.registry.modules.flatMap((module) =>
    (module.rounds ?? []).map(({ run, failure }) => round((stop) => run(parts, stop), failure, log)),
  );
  return {
    stop: async () => {
      await Promise.all([runner.stop(), telling.stop(), sending.stop(), ...rounds.map((one) => one.stop())]);
      endOutliving();
    },
  };
}

/** How often a task is tried that does not come again within minutes. */
const attemptsMax = 5;

/** When each goes. One of each waits in the queue: the next replaces one that is late or was given up. */
export function cronItems(registry: Registry): CronItem[] {
  return schedulesOf(registry).map(({ task, match }) => ({
    task,
    match,
    options: { jobKey: scheduledKey(task), maxAttempts: match.startsWith("*") ? 1 : attemptsMax },
  }));
}

/** Each task as a trace of its own, with what became of it written down; a person's job sees to both by itself. */
function taskList(parts: WorkerParts): Record<string, Task> {
  const { "person-job": personJob, ...scheduled } = tasks(parts);
  const ofModules = parts.registry.modules.flatMap(({ schedules = [] }) =>
    schedules.map(({ task, run }): [string, Task] => [task, () => run(parts).then(() => undefined)]),
  );
  const noted = [...Object.entries(scheduled), ...ofModules].map(([name, task]): [string, Task] => [
    name,
    (...given) => runScheduled(parts, name, async () => task(...given)),
  ]);
  return { "person-job": personJob, ...Object.fromEntries(noted) };
}
