import type { Logger } from "pino";
import { unavailableCause } from "./web/failures.ts";

/**
 * Keeps the process alive when the database is lost, or its disk is full, just as a job ends; gives what stops doing so.
 *
 * graphile-worker 0.18 tells the database that a job is over without waiting for it (`completeJob` and `failJob` in its
 * `worker.js`): where that is refused nobody hears of it, and Node.js ends the process. The job itself is taken up again,
 * at its next time or after four hours, and each can be done twice without harm. Any other failure that nobody waits for
 * ends the process as before.
 */
export function outliveLostDatabase(log: Pick<Logger, "error">): () => void {
  const heard = (reason: unknown) => {
    const cause = reason instanceof Error ? unavailableCause(reason) : null;
    if (cause !== "database" && cause !== "disk") throw reason;
    log.error({ err: reason }, "the database could not be told that a job is over");
  };
  process.on("unhandledRejection", heard);
  return () => process.off("unhandledRejection", heard);
}
