import { Refusal } from "../kernel/errors.ts";
import { StoreUnavailable } from "../kernel/files/store.ts";

/** Whether it is our fault rather than something that the person can put right. */
export function isFault(error: Error): boolean {
  return !(error instanceof Refusal) && statusOf(error) >= 500;
}

/** The status that an error has of itself. */
export function statusOf(error: Error): number {
  return "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
}

/** Whether an error says that the database or the store of files cannot be reached, has no room for more, or that a disk is full. */
export function unavailableCause(error: Error): "database" | "disk" | "files" | null {
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof StoreUnavailable) return "files";
  if (code === "53100" || code === "ENOSPC") return "disk";
  // The server's socket is a file, which is not there while no server is.
  const noSocket = code === "ENOENT" && "syscall" in error && error.syscall === "connect";
  const lost =
    noSocket ||
    /^(08|57P|53200|53300)/.test(code) ||
    ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE", "CONNECT_TIMEOUT"].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    );
  return lost ? "database" : null;
}
