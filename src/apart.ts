/** Web and worker as processes of their own: the web never has the owner's address, and there may be several of each. */
import { DoneElsewhere } from "./kernel/errors.ts";
import { openFiles } from "./kernel/files/open-store.ts";
import { openChannel } from "./kernel/mail/open-channel.ts";
import { SettingsError } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { createPool, createStore } from "./kernel/transaction.ts";
import { startWorker } from "./jobs.ts";
import { addressOf, answered, productLog, stopInTime } from "./product.ts";
import type { Product } from "./product.ts";
import { modulePages, registry } from "./records.ts";
import { keptSecret, makeDataFolder, openRuntime } from "./runtime.ts";
import { createApp } from "./web/app.ts";
import { createTokenReader } from "./web/sign-in/api-tokens.ts";
import { createSignIn } from "./web/sign-in/sign-in.ts";
import { prepareAssets } from "./web/view/assets.ts";
import { createRenderer } from "./web/view/render.ts";

/** `npm run web`: pages and API alone, on the app's role. Throws a SettingsError where it is given more, or less. */
export async function startWeb(settings: Settings): Promise<Product> {
  if (settings.databaseUrl !== undefined)
    throw new SettingsError(
      "DATABASE_URL is set, but the web alone must not have the owner’s address. Take it away, and give it to npm run worker.",
    );
  if (settings.appDatabaseUrl === undefined)
    throw new SettingsError(
      "REEVE_APP_DATABASE_URL is not set, but the web alone needs it: the address of the database as the role reeve_app.",
    );
  if (settings.directory !== undefined)
    throw new SettingsError(
      "REEVE_OIDC_ISSUER is set, but the web alone cannot sign people in with your directory. Take it away, or use npm start.",
    );
  await makeDataFolder(settings.dataFolder);
  const log = productLog(settings);
  const secret = settings.secret ?? (await keptSecret(settings.dataFolder));
  const store = createStore({ pool: createPool(settings.appDatabaseUrl, 12), registry });
  try {
    await store.ping();
    const assets = await prepareAssets(`${settings.dataFolder}/assets`);
    const channel = openChannel(settings.mail);
    const app = await createApp({
      store,
      registry,
      signIn: createSignIn({
        pool: store.pool,
        secret,
        baseUrl: settings.baseUrl,
        demo: false,
        asProduct: notHere,
        asPerson: store.as,
        passwords: settings.passwords,
      }),
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
      setup: null,
      ...(channel ? { mail: channel } : {}),
    });
    await app.listen({ port: settings.port, host: settings.host });
    const address = addressOf(app, settings);
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

/** What only the product itself may do needs the owner's address, which the web alone has not. */
function notHere(): Promise<never> {
  return Promise.reject(
    new DoneElsewhere(
      "This is done where Reeve runs in one process (npm start), which this web does not: sign-in links, setting up a second step or a passkey, recovery codes and provisioning",
    ),
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
