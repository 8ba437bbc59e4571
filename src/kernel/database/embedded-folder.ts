import { randomBytes, randomUUID } from "node:crypto";
import { chown, link, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EmbeddedPostgresError, launchProblemIn, postgresCommand, runToEnd } from "./embedded-programs.ts";
import type { ServerIdentity } from "./embedded-programs.ts";
import { copyPrepared } from "./embedded-prepared.ts";

/** The superuser that owns the database, and the database. */
export const ownerName = "reeve_owner";
export const databaseName = "reeve";

/** Where things lie in the data folder. */
export interface EmbeddedPaths {
  readonly dataFolder: string;
  readonly serverFolder: string;
  readonly passwordFile: string;
  readonly portFile: string;
  readonly logFolder: string;
  /** What the server prints before its own log begins. */
  readonly startLog: string;
  /** Whose folder it is, when we are root and it is not ours: the server then runs as that user. */
  readonly identity: ServerIdentity | undefined;
}

/** Makes the data folder, closed to others, where there is none, and gives the paths of the server's things in it. */
export async function openDataFolder(path: string): Promise<EmbeddedPaths> {
  await makeDataFolder(resolve(path));
  const dataFolder = await realpath(path);
  const logFolder = join(dataFolder, "postgres-logs");
  const { uid, gid } = await stat(dataFolder);
  return {
    identity: process.getuid?.() === 0 && uid !== 0 ? { uid, gid } : undefined,
    dataFolder,
    serverFolder: join(dataFolder, "postgres"),
    passwordFile: join(dataFolder, "postgres-password"),
    portFile: join(dataFolder, "postgres-port"),
    logFolder,
    startLog: join(logFolder, "start.log"),
  };
}

/** Finds the folder of a server that was prepared, from which a new one may be copied; undefined where there is none. */
export type FindPrepared = () => Promise<string | undefined>;

/**
 * Makes the server's folder where there is none yet, and gives the owner's password. A making that was cut short is
 * done again: the folder gets its name only when it is whole and on the disk.
 */
export async function prepareServerFolder(
  paths: EmbeddedPaths,
  log: (message: string) => void,
  findPrepared: FindPrepared,
): Promise<string> {
  await mkdir(paths.logFolder, { recursive: true, mode: 0o700 });
  await handOver(paths, paths.logFolder);
  await removeUnfinished(paths);
  const present = await readdir(paths.serverFolder).catch(whenMissing((): string[] => []));
  if (present.length === 0) {
    const password = (await readPassword(paths)) ?? (await makePassword(paths));
    log("Making the database (once)");
    await makeServerFolder(paths, { password, prepared: await findPrepared() });
    return password;
  }
  if (!present.includes("PG_VERSION")) {
    throw new EmbeddedPostgresError(
      `The folder ${paths.serverFolder} is damaged: it holds files but no PostgreSQL database. Restore it from a ` +
        "backup, or move it away to begin with an empty database.",
    );
  }
  const password = await readPassword(paths);
  if (password !== undefined) return password;
  throw new EmbeddedPostgresError(
    `The password of the database in ${paths.serverFolder} is missing: put the file ${paths.passwordFile} back.`,
  );
}

// What root makes in a user's folder is to stay usable by that user.
async function makeDataFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade === undefined || process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(firstMade));
  for (let made = path; made.length >= firstMade.length; made = dirname(made)) await chown(made, uid, gid);
}

/** Hands a file that we made to the user whose data folder it is in. */
export async function handOver(paths: EmbeddedPaths, path: string): Promise<void> {
  if (paths.identity !== undefined) await chown(path, paths.identity.uid, paths.identity.gid);
}

async function makeServerFolder(
  paths: EmbeddedPaths,
  { password, prepared }: { readonly password: string; readonly prepared: string | undefined },
): Promise<void> {
  // A name of its own each time: a program that outlived its starter must not write into ours.
  const unfinished = `${paths.serverFolder}.new-${randomUUID()}`;
  const isCopied = prepared !== undefined && (await copyPrepared({ from: prepared, to: unfinished, password, paths }));
  if (!isCopied) {
    await rm(unfinished, { recursive: true, force: true });
    await initialise(paths, unfinished);
  }
  await rename(unfinished, paths.serverFolder);
  await writeThrough(paths.dataFolder);
}

/** A new server's folder as PostgreSQL itself makes it. */
async function initialise(paths: EmbeddedPaths, unfinished: string): Promise<void> {
  const settings = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const access = [`--username=${ownerName}`, `--pwfile=${paths.passwordFile}`, "--auth=scram-sha-256"];
  const command = postgresCommand(
    "initdb",
    [`--pgdata=${unfinished}`, ...access, ...settings, "--no-instructions"],
    paths.identity,
  );
  const { succeeded, output } = await runToEnd(command, paths.dataFolder);
  if (!succeeded) {
    await rm(unfinished, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      launchProblemIn(output) ??
        `PostgreSQL could not make its folder ${paths.serverFolder}. It says:\n${output.trim().split("\n").slice(-8).join("\n")}`,
    );
  }
}

async function removeUnfinished(paths: EmbeddedPaths): Promise<void> {
  for (const name of await readdir(paths.dataFolder)) {
    if (!name.startsWith("postgres.new-") && !name.startsWith("postgres-password.new-")) continue;
    // What an initdb without its starter still writes there is left for the next start.
    await rm(join(paths.dataFolder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function readPassword(paths: EmbeddedPaths): Promise<string | undefined> {
  const text = await readFile(paths.passwordFile, "utf8").catch(whenMissing(() => undefined));
  return text?.trim();
}

async function makePassword(paths: EmbeddedPaths): Promise<string> {
  const password = randomBytes(32).toString("base64url");
  const unfinished = `${paths.passwordFile}.new-${randomUUID()}`;
  const file = await open(unfinished, "wx", 0o600);
  await file.writeFile(password);
  await file.sync();
  await file.close();
  await handOver(paths, unfinished);
  // link, unlike rename, never replaces a password that is there.
  await link(unfinished, paths.passwordFile);
  await rm(unfinished);
  return password;
}

/** A new name in a folder survives a power cut only when the folder itself has been written. */
async function writeThrough(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}

/** Turns "there is no such file" into a value and lets every other error pass. */
export function whenMissing<T>(value: () => T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value();
    throw error;
  };
}
