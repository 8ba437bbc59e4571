/** Starts Reeve: settings -> database -> web and worker; `web` or `worker` starts that part alone. */
import { startDatabase } from "./data-folder.ts";
import { readSettings, SettingsError } from "./kernel/settings.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
try {
  const part = process.argv[2];
  const settings = readSettings(process.env);
  // The server begins while the rest of the product is read, which takes as long.
  const database = part === undefined ? startDatabase(settings, { log: say, stays: true }) : undefined;
  database?.catch(() => {});
  const { runPart } = await import("./run-part.ts");
  await runPart(part, { settings, say, ...(database ? { database } : {}) });
} catch (error) {
  const sentence =
    error instanceof SettingsError ? error.message : (await import("./start-failure.ts")).sentenceFor(error);
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
