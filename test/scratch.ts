import { statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";

const memory = "/dev/shm";
const spareBytes = 4 * 2 ** 30;

/** Whether the system keeps a folder in memory with plenty of room, as most Linuxes do. */
export const isInMemory = hasRoom();

/**
 * Where tests keep what they throw away. A database is seven hundred files, and making those takes ten times as long on a
 * disk as in memory.
 */
export const scratch = isInMemory ? memory : tmpdir();

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return Math.min(bavail * bsize, freemem()) > spareBytes;
  } catch {
    return false;
  }
}
