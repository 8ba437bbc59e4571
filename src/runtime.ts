import { createHmac } from "node:crypto";
import type pg from "pg";
import { keptSecret, startDatabase } from "./data-folder.ts";
import type { EmbeddedPostgres } from "./kernel/database/embedded.ts";
import { migrate } from "./kernel/database/migrate.ts";
import { openFiles } from "./kernel/files/open-store.ts";
import type { FilesPlace } from "./kernel/files/store.ts";
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
  /** What `startDatabase` gives, where it was begun before. */
  readonly database?: Promise<EmbeddedPostgres | null>;
}

/** Opens the database that the settings name: one that runs already is used, else the product's own is started. */
export async function openRuntime({
  settings,
  log,
  stays = false,
  migrates = true,
  database = startDatabase(settings, { log, stays }),
}: OpenOptions): Promise<Runtime> {
  const embedded = await database;
  const stopServer = async () => {
    await embedded?.stop();
  };
  try {
    const secret = settings.secret ?? (await keptSecret(settings.dataFolder));
    const ownerUrl = settings.databaseUrl ?? embedded!.url;
    const appPassword = createHmac("sha256", secret).update("reeve_app").digest("base64url");
    if (migrates)
      await migrate({
        ownerUrl,
        appPassword: settings.appDatabaseUrl === undefined ? appPassword : null,
        registry,
        log,
      });
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
  } catch (error) {
    await stopServer();
    throw error;
  }
}

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}
