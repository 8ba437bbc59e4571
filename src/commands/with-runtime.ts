import { resolve } from "node:path";
import { readSettings } from "../kernel/settings.ts";
import type { Settings } from "../kernel/settings.ts";
import { openRuntime } from "../runtime.ts";
import type { Runtime } from "../runtime.ts";
import { Refusal } from "../kernel/errors.ts";

/** Progress and warnings for the person at the terminal: on stderr, so that stdout holds the result alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs work on the database that runs under REEVE_DATA, or on one started for as long as this takes. */
export async function withRuntime<Result>(
  work: (runtime: Runtime, settings: Settings) => Promise<Result>,
  options: { migrates?: boolean } = {},
): Promise<Result> {
  const settings = readSettings(process.env);
  const runtime = await openRuntime({ settings, log: progress, migrates: options.migrates ?? true });
  try {
    return await work(runtime, settings);
  } finally {
    await runtime.close();
  }
}

/** A path as the person typed it: npm runs us in the project's folder, not theirs. */
export function pathFrom(given: string): string {
  return resolve(process.env["INIT_CWD"] ?? process.cwd(), given);
}

/** The organisation that a command is about: the one named, or the only one there is. */
export async function organisationFor(
  runtime: Runtime,
  named: string | undefined,
): Promise<{ id: string; name: string }> {
  const { rows } = await runtime.ownerPool.query<{ id: string; name: string }>(
    "select id, name from organisations order by created_at",
  );
  const found =
    named === undefined
      ? rows
      : rows.filter(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase());
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = rows.map(({ name }) => `“${name}”`).join(", ");
  if (rows.length === 0)
    throw new Refusal("invalid", [{ message: "There is no organisation yet. Start Reeve once and make it" }]);
  throw new Refusal("invalid", [
    {
      message:
        named === undefined
          ? `Say which organisation with --organisation: ${names}`
          : `There is no organisation “${named}”. There are: ${names}`,
    },
  ]);
}

/** Refuses when there is nothing here yet: most likely REEVE_DATA names another folder than was meant. */
export async function mustHoldAnOrganisation(runtime: Runtime): Promise<void> {
  const { rows } = await runtime.ownerPool.query("select 1 from organisations limit 1");
  if (rows.length === 0)
    throw new Refusal("invalid", [
      { message: "There is no organisation in this database yet. Is REEVE_DATA the folder that you meant?" },
    ]);
}
