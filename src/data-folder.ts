import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startEmbeddedPostgres } from "./kernel/database/embedded.ts";
import type { EmbeddedPostgres } from "./kernel/database/embedded.ts";
import { SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { findPrepared } from "./prepared.ts";

/**
 * The product's own server in the data folder, which is made where there is none; null where the settings name another.
 * What this needs is read in a moment, so that it can begin before the rest of the product is there.
 */
export async function startDatabase(
  settings: Settings,
  { log, stays }: { readonly log: (line: string) => void; readonly stays: boolean },
): Promise<EmbeddedPostgres | null> {
  await makeDataFolder(settings.dataFolder);
  if (settings.databaseUrl !== undefined) return null;
  return startEmbeddedPostgres({ dataFolder: settings.dataFolder, log, restartWhenKilled: stays, findPrepared });
}

/** Makes the data folder. Throws a SettingsError when there can be none. */
export async function makeDataFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new SettingsError(
      `REEVE_DATA: there can be no folder ${path} (${why}). Give a folder that you may write to.`,
    );
  }
}

/** One after the other: where the system makes none and says that there is none, as in /proc, `recursive` never ends. */
async function makeFolders(path: string): Promise<void> {
  const isThere = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  await makeFolders(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (!isThere()) throw error;
  });
}

/** The secret in the data folder, made at the first start; of two starts at once, one makes it and both use it. */
export async function keptSecret(dataFolder: string): Promise<string> {
  const path = join(dataFolder, "secret");
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(randomBytes(48).toString("base64url"));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = (await readFile(path, "utf8")).trim();
  if (secret.length < 32)
    throw new Error(
      `The secret in ${path} is damaged. Put it back from a copy. Without one delete it: everyone signs in again, and second steps and the secrets of webhooks are made anew.`,
    );
  return secret;
}
