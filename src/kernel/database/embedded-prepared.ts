import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { EmbeddedPaths } from "./embedded-folder.ts";

/** What the thread that copies is told. */
export interface CopyOrder {
  /** A server's folder whose server was stopped. */
  readonly from: string;
  /** Where the copy is to be; nothing is there yet. */
  readonly to: string;
  /** The owner's password in the copy. */
  readonly password: string;
  readonly paths: EmbeddedPaths;
}

/**
 * Copies a server's folder that was prepared, as one of its own: with its own password, and on the disk when this ends.
 * False where that cannot be: the folder is not there, is damaged or of another PostgreSQL. What is then in `to` is to be
 * removed. It is done in a thread of its own, since reading the product holds this one up for a second.
 */
export async function copyPrepared(order: CopyOrder): Promise<boolean> {
  const worker = new Worker(new URL("./embedded-copying.ts", import.meta.url), { workerData: order });
  try {
    // One that ends without a word has said its exit code.
    const [answer] = await Promise.race([once(worker, "message"), once(worker, "exit")]);
    return answer === true;
  } catch {
    return false;
  } finally {
    await worker.terminate();
  }
}
