/** Web and worker as processes of their own: the web never has the owner's address, and there may be several of each. */
import { keptSecret, makeDataFolder } from "./data-folder.ts";
import { openFiles } from "./kernel/files/open-store.ts";
import { openChannel } from "./kernel/mail/open-channel.ts";
import { SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { asSignIn } from "./kernel/at-the-door.ts";
import { createPool, createStore } from "./kernel/transaction.ts";
import type { Store } from "./kernel/transaction.ts";
import { startWorker } from "./jobs.ts";
import { addressOf, answered, firstVisit, productLog, stopInTime } from "./product.ts";
import type { Product } from "./product.ts";
import { preparedFolder } from "./prepared.ts";
import { modulePages, registry } from "./records.ts";
import { openRuntime } from "./runtime.ts";
import { createApp } from "./web/app.ts";
import { createTokenReader } from "./web/sign-in/api-tokens.ts";
import { createSignIn } from "./web/sign-in/sign-in.ts";
import { prepareAssets } from "./web/view/assets.ts";
import { createRenderer } from "./web/view/render.ts";

/**
 * `npm run web`: pages and API alone, on the app's role. Throws a SettingsError where it is given more, or less, or the database
 * has not been brought to this version.
 */
export async function startWeb(settings: Settings, say: (line: string) => void): Promise<Product> {
  if (settings.databaseUrl !== undefined)
    throw new SettingsError(
      "DATABASE_URL is set, but the web alone must not have the owner’s address. Take it away, and give it to npm run worker.",
    );
  if (settings.appDatabaseUrl === undefined)
    throw new SettingsError(
      "REEVE_APP_DATABASE_URL is not set, but the web alone needs it: the address of the database as the role reeve_app.",
    );
  await makeDataFolder(settings.dataFolder);
  const log = productLog(settings);
  const secret = settings.secret ?? (await keptSecret(settings.dataFolder));
  const store = createStore({ pool: createPool(settings.appDatabaseUrl, 12), registry });
  try {
    await mustBePrepared(store);
    const assets = await prepareAssets(`${settings.dataFolder}/assets`, preparedFolder);
    const channel = openChannel(settings.mail);
    const signIn = createSignIn({
      pool: store.pool,
      secret,
      baseUrl: settings.baseUrl,
      demo: false,
      asProduct: (organisationId, work) => asSignIn({ pool: store.pool, registry, organisationId }, work),
      ...(settings.directory ? { directory: settings.directory } : {}),
      passwords: settings.passwords,
    });
    const first = await firstVisit({ pool: store.pool, signIn, secret, baseUrl: settings.baseUrl });
    const app = await createApp({
      store,
      registry,
      signIn,
      tokens: createTokenReader({ pool: store.pool, demo: false }),
      assets,
      render: createRenderer({ assets }),
      modulePages,
      filesFolder: openFiles(settings),
      log,
      secret,
      baseUrl: settings.baseUrl,
      apiRequestsPerMinute: settings.apiRequestsPerMinute,
      metricsToken: settings.metricsToken,
      setup: first?.setup ?? null,
      ...(channel ? { mail: channel } : {}),
    });
    await app.listen({ port: settings.port, host: settings.host });
    const address = addressOf(app, settings);
    if (first) say(first.sentence(address));
    return {
      address,
      ready: `Reeve is ready at ${address}`,
      stop: () =>
        stopInTime(async () => {
          await answered(app);
          await store.close();
        }),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Throws a SettingsError where the worker, which alone may, has not brought the database to this version. */
async function mustBePrepared(store: Store): Promise<void> {
  const { rows } = await store.pool.query<{ prepared: boolean }>(
    "select to_regprocedure('reeve.waits_for_founding()') is not null as prepared",
  );
  if (rows[0]?.prepared !== true)
    throw new SettingsError(
      "The database at REEVE_APP_DATABASE_URL is empty or of an older version. Start npm run worker, which prepares it, and then this again.",
    );
}

/** `npm run worker`: brings the database to this version and does the work that goes on by itself. */
export async function startWorkerAlone(settings: Settings, say: (line: string) => void): Promise<Product> {
  const log = productLog(settings);
  const runtime = await openRuntime({ settings, log: say, stays: true });
  try {
    const { ownerPool, store, filesFolder } = runtime;
    const worker = await startWorker({
      ownerPool,
      store,
      filesFolder,
      registry,
      channel: openChannel(settings.mail),
      baseUrl: settings.baseUrl,
      secret: runtime.secret,
      webhookNetworks: settings.webhookNetworks,
      log,
    });
    return {
      address: "",
      ready: "Reeve’s worker is ready",
      stop: () =>
        stopInTime(async () => {
          await worker.stop();
          await runtime.close();
        }),
    };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
