import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, openDataFolder, ownerName, prepareServerFolder } from "./embedded-folder.ts";
import type { EmbeddedPaths, FindPrepared } from "./embedded-folder.ts";
import { launchServer, removeOldLogs, startProblem } from "./embedded-launch.ts";
import { withStartLock } from "./embedded-lock.ts";
import { createDatabase, othersUse, tryConnect } from "./embedded-sessions.ts";
import { askToStop, removeStaleNote, runningServer, waitUntilGone, hasFallen } from "./embedded-process.ts";
import type { RunningServer } from "./embedded-process.ts";
import { EmbeddedPostgresError } from "./embedded-programs.ts";

export { EmbeddedPostgresError } from "./embedded-programs.ts";

/** The product's own PostgreSQL server in its data folder. */
export interface EmbeddedPostgres {
  /** Address of the database as its owner and superuser. It holds a password: never log it. */
  readonly url: string;
  /** False when a server that already ran on the folder was adopted. */
  readonly startedHere: boolean;
  /**
   * Stops the server, so close your own sessions first. Does nothing when others still have sessions, or when the server
   * was adopted by someone who does not look after it (`restartWhenKilled`), except with `evenIfShared`. Answers whether
   * it was stopped.
   */
  stop(options?: { evenIfShared?: boolean }): Promise<boolean>;
}

export interface EmbeddedPostgresOptions {
  /** Absolute path; made, closed to others, when it is not there. */
  readonly dataFolder: string;
  /** Takes one line of progress for a person. */
  readonly log: (message: string) => void;
  /** Bring the server back when it was killed or gave up, on the same port (not when it was stopped). Default: no. */
  readonly restartWhenKilled?: boolean;
  /**
   * Where a server's folder is that was prepared, with the database and all that is the same in each new one; asked only
   * when there is none yet. It is copied; without it, or where it is of no use, a new one is made. Default: none.
   */
  readonly findPrepared?: FindPrepared;
}

/** A server that was killed during heavy writing reads up to 2 GB of its log again before it is ready. */
const startTimeoutMsMax = 300_000;
const stopTimeoutMsMax = 10_000;

/**
 * Starts PostgreSQL in the data folder, or adopts the server that runs there. The server is a process of its own that
 * outlives this one. Throws an EmbeddedPostgresError that says what to do when it cannot.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const paths = await openDataFolder(options.dataFolder).catch(inWords(options.dataFolder));
  const { url, startedHere } = await startOrAdopt(paths, options).catch(inWords(options.dataFolder));
  const stopWatching = watch(paths, options);
  return {
    url,
    startedHere,
    stop: async ({ evenIfShared = false } = {}) => {
      // The product looks after the server, so it also ends one that an earlier run of it left behind.
      const ours = startedHere || options.restartWhenKilled === true;
      if (!evenIfShared && (!ours || (await othersUse(url)))) return false;
      await stopWatching();
      await stopServer(paths);
      return true;
    },
  };
}

async function startOrAdopt(
  paths: EmbeddedPaths,
  { log, findPrepared = async () => undefined }: EmbeddedPostgresOptions,
  keepsPort = false,
): Promise<{ url: string; startedHere: boolean }> {
  return withStartLock(paths.dataFolder, startTimeoutMsMax, async () => {
    const password = await prepareServerFolder(paths, log, findPrepared);
    const urlOf = ({ port, socketFolder }: Pick<RunningServer, "port" | "socketFolder">): string =>
      `postgres://${ownerName}:${password}@127.0.0.1:${port}/${databaseName}${socketFolder === "" ? "" : `?host=${encodeURIComponent(socketFolder)}`}`;
    // A server that was just killed or is stopping may be found and then be gone; a new one is started then.
    const running = await runningServer(paths.serverFolder);
    if (running !== undefined && (await becomesReady(paths, urlOf(running), log))) {
      return { url: urlOf(running), startedHere: false };
    }
    await removeStaleNote(paths.serverFolder);
    const url = urlOf(await launchServer(paths, keepsPort));
    if (!(await becomesReady(paths, url, log))) throw await startProblem(paths);
    return { url, startedHere: true };
  });
}

/** Waits until the server takes sessions; false when it ends instead. */
async function becomesReady(paths: EmbeddedPaths, url: string, log: (message: string) => void): Promise<boolean> {
  const begun = performance.now();
  let nextWordMs = 5_000;
  for (;;) {
    const refusal = await tryConnect(url);
    if (refusal === undefined) return true;
    const waitedMs = performance.now() - begun;
    if ((await runningServer(paths.serverFolder)) === undefined) return false;
    if (waitedMs > startTimeoutMsMax) throw await startProblem(paths);
    // 28P01 invalid_password
    if (refusal.code === "28P01") throw wrongPassword(paths);
    // 3D000 invalid_catalog_name: the server is new, or its maker was interrupted before this.
    if (refusal.code === "3D000") await createDatabase(url);
    else await sleep(20);
    if (waitedMs > nextWordMs) {
      log("PostgreSQL is putting its data in order after it was interrupted");
      nextWordMs += 15_000;
    }
  }
}

function wrongPassword(paths: EmbeddedPaths): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The password in ${paths.passwordFile} is not the one of the database in ${paths.serverFolder}: put the right ` +
      "file back.",
  );
}

async function stopServer(paths: EmbeddedPaths): Promise<void> {
  const server = await runningServer(paths.serverFolder);
  if (server === undefined) return;
  await askToStop(server.pid, "fast", paths.serverFolder);
  if (await waitUntilGone(server.pid, paths.serverFolder, stopTimeoutMsMax)) return;
  await askToStop(server.pid, "immediate", paths.serverFolder);
  if (await waitUntilGone(server.pid, paths.serverFolder, stopTimeoutMsMax)) return;
  throw new EmbeddedPostgresError(`PostgreSQL (process ${server.pid}) does not stop.`);
}

/** What the system says about our own files, as a sentence; every other error passes. */
function inWords(dataFolder: string): (error: NodeJS.ErrnoException) => never {
  const sentences: Record<string, string> = {
    EACCES: "may not be used by this user: run Reeve as the user who owns it, or set REEVE_DATA to another folder.",
    EPERM: "may not be used by this user: run Reeve as the user who owns it, or set REEVE_DATA to another folder.",
    EROFS: "is on a disk that can only be read: set REEVE_DATA to a folder that can be written.",
    ENOSPC: "is on a disk that is full: make room and start again.",
    EDQUOT: "is on a disk of which this user's share is full: make room and start again.",
    ENOTDIR: "is not a folder: set REEVE_DATA to a folder.",
    EEXIST: "is not a folder: set REEVE_DATA to a folder.",
  };
  return (error) => {
    const sentence = error instanceof EmbeddedPostgresError ? undefined : sentences[error.code ?? ""];
    if (sentence === undefined) throw error;
    throw new EmbeddedPostgresError(`The data folder ${dataFolder} ${sentence}`, { cause: error });
  };
}

/** Looks after the server while this process lives. Gives the function that ends it. */
function watch(paths: EmbeddedPaths, options: EmbeddedPostgresOptions): () => Promise<void> {
  const ended = new AbortController();
  let tries = 0;
  const looking = (async () => {
    for (let seconds = 1; !ended.signal.aborted; seconds += 1) {
      await sleep(1_000, undefined, { ref: false, signal: ended.signal });
      if (seconds % 3_600 === 0) await removeOldLogs(paths).catch(() => undefined);
      if (options.restartWhenKilled !== true || !(await hasFallen(paths.serverFolder).catch(() => false))) continue;
      // Where it cannot start, as on a full disk, it is tried every five seconds and told of once a minute.
      const isTold = tries % 12 === 0;
      if (isTold) options.log("PostgreSQL has ended unexpectedly; starting it again");
      try {
        await startOrAdopt(paths, options, true);
        tries = 0;
        options.log("PostgreSQL runs again");
      } catch (error) {
        tries += 1;
        if (isTold) options.log(error instanceof Error ? error.message : String(error));
        await sleep(5_000, undefined, { ref: false, signal: ended.signal });
      }
    }
  })().catch(() => undefined);
  return async () => {
    ended.abort();
    await looking;
  };
}
