import { execFile } from "node:child_process";
import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { whenMissing } from "./embedded-folder.ts";
import { postgresCommand, runToEnd } from "./embedded-programs.ts";

/** What a server says of itself in postmaster.pid. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Where its socket is; empty when it has none. */
  readonly socketFolder: string;
  /** True when it has opened its port and its shared memory; it may still be putting its data in order. */
  readonly hasBegun: boolean;
}

/** The server that runs on this folder now, or undefined. A user namespace does not change the number in the file. */
export async function runningServer(serverFolder: string): Promise<RunningServer | undefined> {
  const noted = await notedServer(serverFolder);
  return noted !== undefined && (await isServerOf(noted.pid, serverFolder)) ? noted : undefined;
}

/** True when no server runs and the last one did not end as it should: it was killed, or gave up (a full disk). */
export async function hasFallen(serverFolder: string): Promise<boolean> {
  if ((await runningServer(serverFolder)) !== undefined) return false;
  const control = await readFile(join(serverFolder, "global", "pg_control")).catch(whenMissing(() => null));
  // The fourth number of the file is the state of the cluster, and 1 is “shut down” (PostgreSQL's pg_control.h).
  return control !== null && control.length > 20 && control.readUInt32LE(16) !== 1;
}

/**
 * Removes a postmaster.pid, and the lock of a socket, that name a process which is not the server (after a
 * restart of the machine the number can belong to anything), because PostgreSQL only looks whether the number is in use.
 * To be called under the start lock.
 */
export async function removeStaleNote(serverFolder: string): Promise<void> {
  const pid = await notedPid(serverFolder);
  if (pid === undefined || !isAlive(pid) || (await isServerOf(pid, serverFolder))) return;
  // Sessions of a killed server end by themselves; as long as one lives, the note protects their shared memory.
  for (let tries = 0; tries < 100 && (await othersWorkIn(serverFolder)); tries += 1) await sleep(100);
  const locks = (await readdir(serverFolder)).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name));
  for (const name of ["postmaster.pid", ...locks]) await rm(join(serverFolder, name), { force: true });
}

/** Asks the server to stop: "fast" ends sessions and writes everything down, "immediate" leaves that to the next start. */
export async function askToStop(pid: number, how: "fast" | "immediate", serverFolder: string): Promise<void> {
  if (process.platform === "win32") {
    await runToEnd(postgresCommand("pg_ctl", ["stop", "-W", "-m", how, "-D", serverFolder], undefined), serverFolder);
    return;
  }
  try {
    process.kill(pid, how === "fast" ? "SIGINT" : "SIGQUIT");
  } catch {
    // Gone already.
  }
}

/** Waits until the process is no longer the server of this folder; false when the time was not enough. */
export async function waitUntilGone(pid: number, serverFolder: string, timeoutMsMax: number): Promise<boolean> {
  const until = performance.now() + timeoutMsMax;
  while (await isServerOf(pid, serverFolder)) {
    if (performance.now() > until) return false;
    await sleep(20);
  }
  return true;
}

async function notedServer(serverFolder: string): Promise<RunningServer | undefined> {
  // Lines: process, folder, start, port, socket folder, address, shared memory, status (PostgreSQL's miscadmin.h).
  const lines = (await readNote(serverFolder)).split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  const socketFolder = (lines[4] ?? "").trim();
  return pid > 0 && port > 0 ? { pid, port, socketFolder, hasBegun: (lines[7] ?? "").trim() !== "" } : undefined;
}

async function notedPid(serverFolder: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readNote(serverFolder), 10);
  return pid > 0 ? pid : undefined;
}

async function readNote(serverFolder: string): Promise<string> {
  return readFile(join(serverFolder, "postmaster.pid"), "utf8").catch(whenMissing(() => ""));
}

// A server works in its own folder, which tells it from a process that was given the same number later.
async function isServerOf(pid: number, serverFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "win32") return true;
  if (process.platform === "linux") return (await folderOf(pid)) === (await realpath(serverFolder).catch(() => ""));
  const { stdout } = await promisify(execFile)("ps", ["-o", "comm=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.includes("postgres");
}

async function othersWorkIn(serverFolder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const folder = await realpath(serverFolder);
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name) && (await folderOf(Number(name))) === folder) return true;
  }
  return false;
}

// A process that has ended but was not yet collected by its parent has no folder any more, and counts as gone.
async function folderOf(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
