import { Logger, parseCronItems, run } from "graphile-worker";
import type { TaskList } from "graphile-worker";
import type pg from "pg";
import type { Logger as Log } from "pino";
import { erasureListPath, keepErasureList } from "./kernel/backup/erasure-list.ts";
import type { MailChannel } from "./kernel/mail/channel.ts";
import { sealAll } from "./kernel/memory/seal.ts";
import { sweepFiles } from "./kernel/files/sweep-files.ts";
import { forgetOldNotifications } from "./kernel/notifications/forget.ts";
import { keepTelling } from "./kernel/notifications/keep-telling.ts";
import type { Registry } from "./kernel/registry.ts";

/** What the worker needs. */
interface WorkerParts {
  readonly ownerPool: pg.Pool;
  readonly filesFolder: string;
  readonly registry: Registry;
  /** How mail goes out; null when it does not. */
  readonly channel: MailChannel | null;
  /** The address people use, for the links in mail. */
  readonly baseUrl: string;
  readonly log: Log;
}

/** The work that goes on by itself. Each task can be done twice without harm. */
function tasks({ ownerPool, filesFolder, log }: WorkerParts): TaskList {
  return {
    /** Seals the timelines that moved, so that one cut short later shows. */
    seal: async () => {
      await sealAll(ownerPool);
    },
    /** Learns the words of titles, to mend typing mistakes in searches. */
    "learn-words": async () => {
      await ownerPool.query("select learn_words(id) from organisations");
    },
    /** What was erased by law is listed outside the database as well, so that a restore does not bring it back. */
    "keep-erasure-list": async () => {
      await keepErasureList(ownerPool, erasureListPath(filesFolder));
    },
    /** A key of a form or call is remembered for a day. */
    "forget-submissions": async () => {
      await ownerPool.query("delete from submissions where made_at < now() - interval '1 day'");
    },
    /** What people were told long ago, and what became of old mail. */
    "forget-notifications": () => forgetOldNotifications(ownerPool),
    /** Deletes content that nothing names, such as what an erasure let go of just before a crash. */
    "sweep-files": async () => {
      const { refused } = await sweepFiles({ ownerPool, filesFolder, now: Temporal.Now.instant() });
      if (refused !== null) log.warn(refused);
    },
  };
}

const schedule = parseCronItems([
  { task: "seal", match: "* * * * *" },
  { task: "learn-words", match: "* * * * *" },
  { task: "keep-erasure-list", match: "* * * * *" },
  { task: "forget-submissions", match: "17 3 * * *" },
  { task: "forget-notifications", match: "29 3 * * *" },
  { task: "sweep-files", match: "41 3 * * *" },
]);

/** Starts the worker in this process. `stop` lets what runs end, within graphile-worker's own 5 seconds. */
export async function startWorker(parts: WorkerParts): Promise<{ stop(): Promise<void> }> {
  const { ownerPool, log } = parts;
  const logger = new Logger(() => (level, message) => {
    if (level === "error") log.error(message);
    else if (level === "warning") log.warn(message);
  });
  const runner = await run({
    pgPool: ownerPool,
    taskList: tasks(parts),
    parsedCronItems: schedule,
    concurrency: 2,
    noHandleSignals: true,
    logger,
  });
  // A crash comes before a start. The key keeps one waiting, however often it is started.
  await runner.addJob("sweep-files", {}, { jobKey: "sweep-files at start" });
  const telling = keepTelling(parts);
  return {
    stop: async () => {
      await Promise.all([runner.stop(), telling.stop()]);
    },
  };
}
