import { BackupError } from "../kernel/backup/failed.ts";
import { EmbeddedPostgresError } from "../kernel/database/embedded.ts";
import { MigrationError } from "../kernel/database/migrate.ts";
import { Refusal } from "../kernel/errors.ts";
import { StoreUnavailable } from "../kernel/files/store.ts";
import { SettingsError } from "../kernel/settings.ts";

const foreseen = [Refusal, SettingsError, EmbeddedPostgresError, MigrationError, BackupError, StoreUnavailable];
// Class 28: the database turns the user or password away; 3D000: it has no database of that name.
const databaseSays = /^(28...|3D000)$/;
const unreachable = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];

/** What went wrong, in words for the person at the terminal; null for what nobody foresaw. */
export function sentenceFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (foreseen.some((kind) => error instanceof kind)) return error.message;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (unreachable.includes(code))
    return `The database does not answer (${code}). Check that it runs, and DATABASE_URL if it is set.`;
  if (databaseSays.test(code))
    return `The database does not let Reeve in: ${error.message}. Check DATABASE_URL, if it is set.`;
  // What the system says about a file or a pipe is a sentence that names it.
  return "syscall" in error ? error.message : null;
}
