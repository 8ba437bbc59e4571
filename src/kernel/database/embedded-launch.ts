import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { handOver, whenMissing } from "./embedded-folder.ts";
import type { EmbeddedPaths } from "./embedded-folder.ts";
import { runningServer } from "./embedded-process.ts";
import type { RunningServer } from "./embedded-process.ts";
import {
  cannotSpawn,
  EmbeddedPostgresError,
  launchProblemIn,
  postgresCommand,
  postgresSpawnOptions,
} from "./embedded-programs.ts";

/**
 * Starts a detached server, waits until it has opened its port, and gives where it can be reached. With `keepsPort` it is
 * reached where it was, for others hold that address: by its socket alone where the port was taken meanwhile.
 */
export async function launchServer(
  paths: EmbeddedPaths,
  keepsPort = false,
): Promise<Pick<RunningServer, "port" | "socketFolder">> {
  await removeOldLogs(paths);
  let port = (keepsPort ? await notedPort(paths) : await lastPort(paths)) ?? (await freePort());
  let listens = "127.0.0.1";
  // A port can be taken between our look and the server's, and a killed server's sessions take a moment to end.
  for (let tries = 1; ; tries += 1) {
    const before = await endOfLog(paths);
    const failure = await launchOnce(paths, port, listens);
    if (failure === undefined) break;
    const said = await allSaid(paths, failure, before);
    const canWait = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(said);
    const portTaken = /could not create any TCP\/IP sockets/.test(said);
    if (!(canWait || portTaken) || tries === 20) throw await startProblem(paths, failure);
    // Somebody else's start may have won; that server is as good.
    const winner = await runningServer(paths.serverFolder);
    if (winner !== undefined) return winner;
    if (portTaken && !keepsPort) port = await freePort();
    else if (portTaken && socketFolderOf(paths.serverFolder, port) !== "") listens = "";
    else await sleep(500);
  }
  await writeFile(paths.portFile, String(port), { mode: 0o600 });
  await handOver(paths, paths.portFile);
  return { port, socketFolder: socketFolderOf(paths.serverFolder, port) };
}

/** The longest wait for what a server that has ended still has to say: its log is written by a process of its own (milliseconds). */
const lastWordsMax = 1000;

/** A log, and how much of it is written (bytes). */
interface LogEnd {
  readonly path: string;
  readonly size: number;
}

async function endOfLog(paths: EmbeddedPaths): Promise<LogEnd | undefined> {
  const path = (await serverLogs(paths)).at(0);
  return path === undefined ? undefined : { path, size: await sizeOf(path) };
}

/** What a server said that ended as it began: where it had its own log by then, why is said there, after what was there before. */
async function allSaid(paths: EmbeddedPaths, printed: string, before: LogEnd | undefined): Promise<string> {
  if (!/redirecting log output/.test(printed)) return printed;
  for (let waited = 0; ; waited += 50) {
    const newest = (await serverLogs(paths)).at(0);
    const logged = newest === undefined ? "" : await readTail(newest, newest === before?.path ? before.size : 0);
    if (/FATAL|PANIC/.test(logged) || waited >= lastWordsMax) return `${printed}\n${logged}`;
    await sleep(50);
  }
}

/** What the server printed last, for a person who has to find out why it does not run. */
export async function startProblem(paths: EmbeddedPaths, output?: string): Promise<EmbeddedPostgresError> {
  const newest = (await serverLogs(paths)).at(0);
  const printed = output ?? (await readTail(paths.startLog));
  const files = newest !== undefined && !/FATAL|PANIC/.test(printed) ? [newest, paths.startLog] : [paths.startLog];
  const texts = await Promise.all(files.map((path) => readTail(path)));
  const lines = texts.join("\n").trim().split("\n").slice(-8).join("\n");
  const problem = launchProblemIn(printed) ?? (await likelyReason(paths, texts.join("\n")));
  return new EmbeddedPostgresError(`${problem} The end of its log ${files[0]}:\n${lines}`);
}

// Gives what the server printed when it could not begin.
async function launchOnce(paths: EmbeddedPaths, port: number, listens: string): Promise<string | undefined> {
  const output = await open(paths.startLog, "w", 0o600);
  await handOver(paths, paths.startLog);
  try {
    const command = postgresCommand(
      "postgres",
      ["-D", paths.serverFolder, ...serverSettings(port, socketFolderOf(paths.serverFolder, port), listens)],
      paths.identity,
    );
    const child = spawn(command.program, command.args, {
      ...postgresSpawnOptions(command, paths.dataFolder),
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
    });
    const ended = once(child, "exit").catch((error: Error) => Promise.reject(cannotSpawn(command, error)));
    child.unref();
    while ((await Promise.race([ended, sleep(10)])) === undefined) {
      const server = await runningServer(paths.serverFolder);
      if (server?.hasBegun === true && server.pid === child.pid) return undefined;
    }
    return await readTail(paths.startLog);
  } finally {
    await output.close();
  }
}

/** The most bytes of a socket's path that every system takes (sun_path in unix(7), and macOS's is shorter). */
const socketPathMax = 103;

/** Where the server opens its socket: nowhere where the system has none, or the path is too long or would be read as two. */
function socketFolderOf(serverFolder: string, port: number): string {
  const path = join(serverFolder, `.s.PGSQL.${port}`);
  return process.platform === "win32" || Buffer.byteLength(path) > socketPathMax || /[,"]/.test(path)
    ? ""
    : serverFolder;
}

/** What PostgreSQL's `max_locks_per_transaction` must be at least: more than there are tables and indexes. */
export const locksPerSession = 1024;

/** For two cores and plenty of memory. Given with each start, so that a new version of the product brings its own. */
function serverSettings(port: number, socketFolder: string, listens: string): string[] {
  const settings = {
    listen_addresses: listens,
    port,
    // Its own folder, which is closed to every other user. A session through it takes less of both processes' time.
    unix_socket_directories: socketFolder,
    unix_socket_permissions: "0700",
    max_connections: 60,
    // For each session a lock of every table and index, as a restore takes, and all of them of the kind that takes no shared memory.
    max_locks_per_transaction: locksPerSession,
    shared_buffers: "256MB",
    work_mem: "16MB",
    maintenance_work_mem: "128MB",
    effective_cache_size: "2GB",
    random_page_cost: 1.1,
    jit: "off",
    fsync: "on",
    synchronous_commit: "on",
    wal_compression: "on",
    max_wal_size: "2GB",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "on",
    // Relative to the server's folder, so that the data folder may be moved.
    log_directory: "../postgres-logs",
    log_filename: "postgres-%Y%m%d-%H%M%S.log",
    log_rotation_size: "10MB",
    // No values of records in a log: details of an error ("Key (email)=...") and statements hold them.
    log_error_verbosity: "terse",
    log_min_error_statement: "panic",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

const logsKeptMax = 10;

/** Keeps the newest logs: at 10 MB each, they stay near 100 MB. */
export async function removeOldLogs(paths: EmbeddedPaths): Promise<void> {
  for (const path of (await serverLogs(paths)).slice(logsKeptMax)) await rm(path, { force: true });
}

async function serverLogs(paths: EmbeddedPaths): Promise<string[]> {
  const names = await readdir(paths.logFolder).catch(whenMissing((): string[] => []));
  const logs = names.filter((name) => /^postgres-\d+-\d+\.log$/.test(name));
  return logs
    .toSorted()
    .toReversed()
    .map((name) => join(paths.logFolder, name));
}

// The same port as last time where it is free, so that sessions of a product that is running find the server again.
async function lastPort(paths: EmbeddedPaths): Promise<number | undefined> {
  const port = await notedPort(paths);
  return port === undefined ? undefined : freePort(port).catch(() => undefined);
}

async function notedPort(paths: EmbeddedPaths): Promise<number | undefined> {
  const port = Number(await readFile(paths.portFile, "utf8").catch(whenMissing(() => "")));
  return Number.isInteger(port) && port >= 1024 && port <= 65_535 ? port : undefined;
}

async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

async function likelyReason(paths: EmbeddedPaths, text: string): Promise<string> {
  const cannot = `PostgreSQL cannot start on the folder ${paths.serverFolder}`;
  if (/No space left on device/.test(text) || (await isDiskFull(paths))) return `${cannot}: the disk is full.`;
  if (/database files are incompatible with server/.test(text)) {
    const version = await readFile(join(paths.serverFolder, "PG_VERSION"), "utf8").catch(() => "another version");
    return `${cannot}: it was made by PostgreSQL ${version.trim()}, which this version of Reeve does not run.`;
  }
  if (/Permission denied/.test(text)) {
    return `${cannot}: it belongs to another user, so run Reeve as the user who made it.`;
  }
  return `${cannot}.`;
}

// On a full disk the log that would say so is empty.
async function isDiskFull(paths: EmbeddedPaths): Promise<boolean> {
  const disk = await statfs(paths.serverFolder).catch(() => undefined);
  return disk !== undefined && disk.bavail * disk.bsize < 2 ** 20;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The end of a file, at most 20,000 bytes, and none of its first `from`. */
async function readTail(path: string, from = 0): Promise<string> {
  const size = await sizeOf(path);
  if (size <= from) return "";
  const file = await open(path, "r");
  try {
    const length = Math.min(size - from, 20_000);
    const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    return buffer.toString();
  } finally {
    await file.close();
  }
}
