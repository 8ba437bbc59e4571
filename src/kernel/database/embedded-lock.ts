import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-programs.ts";

/**
 * Does the work while no other process on this machine does its own for the same folder. The lock is a listening name
 * that the operating system frees when its process ends, however it ends, so that a `kill -9` leaves nothing behind.
 * Where there are no such names (macOS) PostgreSQL's own note, postmaster.pid, decides between two starts.
 */
export async function withStartLock<Result>(
  dataFolder: string,
  timeoutMsMax: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = await lockName(dataFolder);
  if (name === undefined) return work();
  const until = performance.now() + timeoutMsMax;
  let lock = await tryListen(name);
  while (lock === undefined) {
    if (performance.now() > until) {
      throw new EmbeddedPostgresError(`Another start of Reeve on the folder ${dataFolder} does not come to an end.`);
    }
    await sleep(50);
    lock = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function lockName(dataFolder: string): Promise<string | undefined> {
  const id = createHash("sha256")
    .update(await realpath(dataFolder))
    .digest("hex")
    .slice(0, 32);
  if (process.platform === "linux") return `\0reeve-start-${id}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\reeve-start-${id}` : undefined;
}

async function tryListen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path, exclusive: true }, () => resolve(server));
  });
}
