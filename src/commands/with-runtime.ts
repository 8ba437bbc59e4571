import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readSettings } from "../kernel/settings.ts";
import type { Settings } from "../kernel/settings.ts";
import { openRuntime } from "../runtime.ts";
import type { Runtime } from "../runtime.ts";
import { MigrationError } from "../kernel/database/migrate.ts";
import { migrationState } from "../kernel/database/migration-state.ts";
import type { MigrationState } from "../kernel/database/migration-state.ts";
import { Refusal } from "../kernel/errors.ts";

/** Progress and warnings for the person at the terminal: on stderr, so that stdout holds the result alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

type Work<Result> = (runtime: Runtime, settings: Settings) => Promise<Result>;

/**
 * Runs work on the database that runs under REEVE_DATA, or on one started for as long as this takes. Brings it to this
 * version first, unless told not to.
 */
export async function withRuntime<Result>(work: Work<Result>, options: { migrates?: boolean } = {}): Promise<Result> {
  const settings = readSettings(process.env);
  const runtime = await openRuntime({ settings, log: progress, migrates: options.migrates ?? true });
  try {
    return await work(runtime, settings);
  } finally {
    await runtime.close();
  }
}

/** Like `withRuntime`, for what only looks: never makes a database, nor changes one. Refuses where there is none yet. */
export async function lookingAt<Result>(work: Work<Result>): Promise<Result> {
  const { databaseUrl, dataFolder } = readSettings(process.env);
  if (databaseUrl === undefined && !(await exists(join(dataFolder, "postgres"))))
    throw new Refusal("impossible", [
      {
        message: `There is no database in ${dataFolder} yet. Start Reeve once, or set REEVE_DATA to the folder that you mean`,
      },
    ]);
  return withRuntime(work, { migrates: false });
}

/** Like `lookingAt`, and refuses a database that is not at this version. */
export async function reading<Result>(work: Work<Result>): Promise<Result> {
  return lookingAt(async (runtime, settings) => {
    const { applied, known, pending } = await mustBeStarted(runtime);
    if (pending.length > 0)
      throw new Refusal("impossible", [
        {
          message: `The database is behind this version of Reeve (${applied} of ${known} migrations). Start Reeve, or run “npm run reeve -- migrate”, and then try again`,
        },
      ]);
    return work(runtime, settings);
  });
}

/** Refuses a database that Reeve never was in, or that this version cannot work on. */
export async function mustBeStarted(runtime: Runtime): Promise<MigrationState> {
  const state = await migrationState(runtime.ownerPool);
  if (state.stranger !== null) throw new MigrationError(state.stranger);
  if (state.applied === 0)
    throw new Refusal("impossible", [
      { message: "This database holds nothing of Reeve yet. Start Reeve once, or run “npm run reeve -- migrate”" },
    ]);
  return state;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
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
