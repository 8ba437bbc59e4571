/** Starts Reeve: settings -> database -> web and worker; `web` or `worker` starts that part alone. */
import { setTimeout as sleep } from "node:timers/promises";
import { startDatabase } from "./data-folder.ts";
import { readSettings, SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";

/** So long is waited at most for the database's own program to begin. Milliseconds. */
const beginMsMax = 100;

const say = (line: string) => process.stdout.write(`${line}\n`);
try {
  const part = process.argv[2];
  const settings = readSettings(process.env);
  const database = part === undefined ? await begunDatabase(settings) : undefined;
  const { runPart } = await import("./run-part.ts");
  await runPart(part, { settings, say, ...database });
} catch (error) {
  const sentence =
    error instanceof SettingsError ? error.message : (await import("./start-failure.ts")).sentenceFor(error);
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/**
 * The database while it begins. Reading the rest of the product takes about as long, and holds up everything else in this
 * process: so its own program is to run before that.
 */
async function begunDatabase(settings: Settings): Promise<{ readonly database: ReturnType<typeof startDatabase> }> {
  let begins = () => {};
  const begun = new Promise<void>((resolve) => (begins = resolve));
  const log = (line: string) => {
    say(line);
    begins();
  };
  const database = startDatabase(settings, { log, stays: true });
  await Promise.race([database.catch(() => {}), begun, sleep(beginMsMax)]);
  return { database };
}
