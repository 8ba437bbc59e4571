import { EmbeddedPostgresError } from "./kernel/database/embedded.ts";
import { MigrationError } from "./kernel/database/migrate.ts";
import { SettingsError } from "./kernel/settings.ts";
import { AlreadyRunning } from "./product.ts";

/** What went wrong in words for the person at the terminal; a stack only for what nobody foresaw. */
export function sentenceFor(error: unknown): string {
  if (
    error instanceof SettingsError ||
    error instanceof EmbeddedPostgresError ||
    error instanceof MigrationError ||
    error instanceof AlreadyRunning
  )
    return error.message;
  if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("E")) {
    if (error.code === "EADDRINUSE")
      return "The port is in use by another program. Set PORT to a free one, like PORT=3001 npm start.";
    if (error.code === "EADDRNOTAVAIL")
      return "This machine has no such address. Set HOST to one that it has, or leave it out for this machine only.";
    if (error.code === "EACCES")
      return `Reeve may not use ${"path" in error ? String(error.path) : "that port"}. Choose another PORT or REEVE_DATA, or give it the right.`;
    if (error.code === "ECONNREFUSED")
      return "The database at DATABASE_URL does not answer. Check the address and that it runs.";
  }
  if (error instanceof Error && "code" in error && error.code === "28P01")
    return "The database refused the user or password in DATABASE_URL.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
