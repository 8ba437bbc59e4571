/** Starts Reeve: settings -> database -> web and worker; `web` or `worker` starts that part alone. */
import { startWeb, startWorkerAlone } from "./apart.ts";
import { EmbeddedPostgresError } from "./kernel/database/embedded.ts";
import { MigrationError } from "./kernel/database/migrate.ts";
import { readSettings, SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { AlreadyRunning, startProduct, stayUntilStopped } from "./product.ts";
import type { Product } from "./product.ts";
import { withTraces } from "./traces.ts";

try {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const settings = readSettings(process.env);
  const product = await withTraces(settings, () => started(process.argv[2], settings, say));
  stayUntilStopped(product, say);
} catch (error) {
  process.stderr.write(`${sentenceFor(error)}\n`);
  process.exit(1);
}

/** All of it in this process, or the web or the worker alone. */
function started(part: string | undefined, settings: Settings, say: (line: string) => void): Promise<Product> {
  if (part === "web") return startWeb(settings, say);
  return part === "worker" ? startWorkerAlone(settings, say) : startProduct(settings, say);
}

/** What went wrong in words for the person at the terminal; a stack only for what nobody foresaw. */
function sentenceFor(error: unknown): string {
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
