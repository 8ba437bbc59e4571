import { createHmac, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type pg from "pg";
import { startEmbeddedPostgres } from "./kernel/database/embedded.ts";
import { migrate } from "./kernel/database/migrate.ts";
import { openFiles } from "./kernel/files/open-store.ts";
import type { FilesPlace } from "./kernel/files/store.ts";
import { SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { createPool, createStore } from "./kernel/transaction.ts";
import type { Store } from "./kernel/transaction.ts";
import { registry } from "./records.ts";

/** The database, open and migrated, as the product and the terminal use it. */
export interface Runtime {
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** For migrations, jobs and the terminal; pages and API are never given it. */
  readonly ownerPool: pg.Pool;
  readonly store: Store;
  /** Signs cookies and form tokens; kept in the data folder unless it is set. */
  readonly secret: string;
  /** Where the content of files is kept. */
  readonly filesFolder: FilesPlace;
  close(): Promise<void>;
}

interface OpenOptions {
  readonly settings: Settings;
  readonly log: (line: string) => void;
  /** Bring the embedded server back when it was killed: for a process that stays. */
  readonly stays?: boolean;
  readonly migrates?: boolean;
}

/** Opens the database that the settings name: one that runs already is used, else the product's own is started. */
export async function openRuntime({ settings, log, stays = false, migrates = true }: OpenOptions): Promise<Runtime> {
  await makeDataFolder(settings.dataFolder);
  const secret = settings.secret ?? (await keptSecret(settings.dataFolder));
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataFolder: settings.dataFolder, log, restartWhenKilled: stays })
      : null;
  const ownerUrl = settings.databaseUrl ?? embedded!.url;
  const appPassword = createHmac("sha256", secret).update("reeve_app").digest("base64url");
  const stopServer = async () => {
    await embedded?.stop();
  };
  try {
    if (migrates)
      await migrate({
        ownerUrl,
        appPassword: settings.appDatabaseUrl === undefined ? appPassword : null,
        registry,
        log,
      });
  } catch (error) {
    await stopServer();
    throw error;
  }
  const appUrl = settings.appDatabaseUrl ?? withUser(ownerUrl, "reeve_app", appPassword);
  const ownerPool = createPool(ownerUrl, 6, "long work");
  const store = createStore({ pool: createPool(appUrl, 12), registry });
  return {
    ownerUrl,
    appUrl,
    ownerPool,
    store,
    secret,
    filesFolder: openFiles(settings),
    close: async () => {
      await store.close();
      await ownerPool.end();
      await stopServer();
    },
  };
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

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
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
