import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import pino from "pino";
import { demoPeople, makeDemoCouncil } from "./council/demo.ts";
import { progressIn } from "./council/demo-progress.ts";
import { createSetup, waitsForFounding } from "./council/setup.ts";
import { prepareJobs, startWorker } from "./jobs.ts";
import type { EmbeddedPostgres } from "./kernel/database/embedded.ts";
import { toldAsWell } from "./kernel/log-lines.ts";
import { openChannel } from "./kernel/mail/open-channel.ts";
import { baseUrlFor } from "./kernel/settings.ts";
import type { Settings } from "./kernel/settings.ts";
import { asSignIn } from "./kernel/at-the-door.ts";
import { preparedFolder } from "./prepared.ts";
import { modulePages, registry } from "./records.ts";
import { openRuntime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";
import { createApp } from "./web/app.ts";
import { createTokenReader } from "./web/sign-in/api-tokens.ts";
import { createSignIn } from "./web/sign-in/sign-in.ts";
import type { SignIn } from "./web/sign-in/contract.ts";
import { prepareAssets } from "./web/view/assets.ts";
import { createRenderer } from "./web/view/render.ts";
import { logOptions } from "./web/log.ts";

/** The product, running. */
export interface Product {
  readonly address: string;
  /** The line that says that it runs, and where; `stayUntilStopped` says it. */
  readonly ready: string;
  /** Answers what was asked, ends what was begun, and stops the database that it started: within 10 seconds. */
  stop(): Promise<void>;
}

/** Another Reeve works on the same database. */
export class AlreadyRunning extends Error {
  override name = "AlreadyRunning";
}

const stopMsMax = 9_500;
/** What is still being answered by then is cut off, so that the database can be stopped in time. */
const answerMsMax = 7_000;
const lockNumber = 7233022;

export interface StartOptions {
  readonly settings: Settings;
  /** Takes one line of progress for a person. */
  readonly say: (line: string) => void;
  /** What `startDatabase` gives, where it was begun before. */
  readonly database?: Promise<EmbeddedPostgres | null>;
}

/** Starts everything. Throws when it cannot, leaving nothing running. */
export async function startProduct({ settings, say, ...begun }: StartOptions): Promise<Product> {
  const log = productLog(settings);
  const assetsReady = prepareAssets(`${settings.dataFolder}/assets`, preparedFolder);
  assetsReady.catch(() => {});
  const runtime = await openRuntime({ ...begun, settings, log: say, stays: true });
  let releaseLock = async () => {};
  const ready = Promise.withResolvers<void>();
  try {
    releaseLock = await holdLock(runtime.ownerUrl);
    // A database that holds another organisation refuses the demonstration, its buttons and its tokens.
    const { rows } = await runtime.ownerPool.query("select 1 from organisations where not demo limit 1");
    const demo = settings.demo && rows.length === 0;
    const signIn = createSignIn({
      pool: runtime.store.pool,
      secret: runtime.secret,
      baseUrl: settings.baseUrl,
      demo,
      demoEmails: Object.values(demoPeople).map(({ email }) => email),
      asProduct: (organisationId, work) => asSignIn({ pool: runtime.store.pool, registry, organisationId }, work),
      ...(settings.directory ? { directory: settings.directory } : {}),
      passwords: settings.passwords,
    });
    // Of a demonstration the pages and the table of jobs are made ready while it is made.
    const { setupLink, demoMade } = await prepareOrganisation(settings, runtime, signIn, {
      say,
      ready: ready.promise,
    });
    const prepared = Promise.all([demoMade, prepareJobs(runtime.ownerPool)]);
    prepared.catch(() => {});
    const channel = openChannel(settings.mail);
    const assets = await assetsReady;
    const app = await createApp({
      store: runtime.store,
      registry,
      signIn,
      tokens: createTokenReader({ pool: runtime.store.pool, demo }),
      assets,
      render: createRenderer({ assets }),
      modulePages,
      filesFolder: runtime.filesFolder,
      log,
      secret: runtime.secret,
      baseUrl: settings.baseUrl,
      apiRequestsPerMinute: settings.apiRequestsPerMinute,
      metricsToken: settings.metricsToken,
      setup: setupLink?.setup ?? null,
      ...(channel ? { mail: channel } : {}),
    });
    await prepared;
    await app.listen({ port: settings.port, host: settings.host });
    const address = addressOf(app, settings);
    const worker = await startWorker({
      ownerPool: runtime.ownerPool,
      store: runtime.store,
      filesFolder: runtime.filesFolder,
      registry,
      channel,
      baseUrl: settings.baseUrl,
      secret: runtime.secret,
      webhookNetworks: settings.webhookNetworks,
      log,
    });
    if (setupLink) say(setupLink.sentence(address));
    ready.resolve();
    return {
      address,
      ready: `Reeve is ready at ${address}`,
      stop: () => stopAll({ app, worker, releaseLock, runtime }),
    };
  } catch (error) {
    ready.resolve();
    // The server is stopped only when nobody else uses it, and the lock is a session of ours.
    await releaseLock();
    await runtime.close();
    throw error;
  }
}

/** The log of a process: on stderr, as much as the settings say. */
export function productLog(settings: Settings): pino.Logger {
  const stderr = pino.destination({ dest: 2, sync: false });
  return pino({ level: settings.logLevel, ...logOptions }, settings.traces?.sends.logs ? toldAsWell(stderr) : stderr);
}

/** Where a server that listens can be reached. */
export function addressOf(app: FastifyInstance, settings: Settings): string {
  const bound = app.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : settings.port;
  return settings.host === "127.0.0.1" ? `http://localhost:${port}` : baseUrlFor(settings.host, port);
}

/** Begins the demo council in an empty database, or opens the one-time link when there is to be no demo. */
async function prepareOrganisation(
  settings: Settings,
  runtime: Runtime,
  signIn: SignIn,
  { say, ready }: { readonly say: (line: string) => void; readonly ready: Promise<void> },
) {
  const { rows } = await runtime.ownerPool.query<{ demo: boolean }>("select demo from organisations");
  const parts = { ownerPool: runtime.ownerPool, registry, signIn, filesFolder: runtime.filesFolder };
  if (settings.demo && rows.every(({ demo }) => demo)) {
    const kept = progressIn(join(settings.dataFolder, "demonstration.json"));
    const demoMade = makeDemoCouncil({ ...parts, now: Temporal.Now.instant(), progress: say, kept, ready });
    return { setupLink: null, demoMade };
  }
  if (settings.demo && settings.databaseUrl !== undefined)
    say(
      "There is no demonstration: this database holds an organisation of its own. Give the demonstration a database to itself.",
    );
  const visit = { pool: runtime.store.pool, signIn, secret: runtime.secret, baseUrl: settings.baseUrl };
  return { setupLink: await firstVisit(visit), demoMade: null };
}

interface FirstVisitParts {
  /** The app's. */
  readonly pool: pg.Pool;
  readonly signIn: SignIn;
  readonly secret: string;
  readonly baseUrl: string;
}

/** The one-time link while nobody can sign in, with what says it; an import may have made an organisation that nobody can enter. */
export async function firstVisit({ baseUrl, ...parts }: FirstVisitParts) {
  if (!(await waitsForFounding(parts.pool))) return null;
  const setup = createSetup({ ...parts, registry });
  return {
    setup,
    // Behind a proxy that speaks https, cookies come only there.
    sentence: (address: string) => {
      const base = baseUrl.startsWith("https:") ? baseUrl : address;
      return `Make your organisation and its first administrator at ${setup.link(base) ?? base}`;
    },
  };
}

/** Holds a lock for as long as this process lives, so that a second start on the same database says so. */
async function holdLock(ownerUrl: string): Promise<() => Promise<void>> {
  let client = await lockedClient(ownerUrl);
  if (!client)
    throw new AlreadyRunning(
      "Reeve already runs on this database. Open it in the browser, or stop it before starting another.",
    );
  let released = false;
  const watch = (held: pg.Client) => {
    held.on("error", () => {});
    held.on("end", () => {
      if (!released) setTimeout(() => void regain(), 1000).unref();
    });
  };
  // The server was restarted under us: take the lock again as soon as it answers.
  const regain = async () => {
    client = await lockedClient(ownerUrl).catch(() => null);
    if (client) watch(client);
    else if (!released) setTimeout(() => void regain(), 1000).unref();
  };
  watch(client);
  return async () => {
    released = true;
    await client?.end();
  };
}

async function lockedClient(ownerUrl: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "reeve lock" });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [lockNumber]);
  if (rows[0]?.locked) return client;
  await client.end();
  return null;
}

interface Running {
  readonly app: FastifyInstance;
  readonly worker: { stop(): Promise<void> };
  readonly releaseLock: () => Promise<void>;
  readonly runtime: Runtime;
}

function stopAll({ app, worker, releaseLock, runtime }: Running): Promise<void> {
  return stopInTime(async () => {
    await Promise.allSettled([answered(app), worker.stop()]);
    await releaseLock();
    await runtime.close();
  });
}

/** Ends when what was asked has been answered, and nothing more can be asked. */
export async function answered(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), answerMsMax).unref();
  await app.close();
  clearTimeout(cut);
}

/** Says that the product runs, and ends this process when it is asked to end: by a signal, also when it comes twice. */
export function stayUntilStopped(product: Product, say: (line: string) => void): void {
  let stopping: Promise<void> | null = null;
  const stop = () => {
    // A second signal (npm forwards what the whole group got already) changes nothing.
    stopping ??= product.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, stop);
  // Only now: who reads it may send a signal at once.
  say(product.ready);
}

/** Stops in order, or after 9.5 seconds as it is. */
export async function stopInTime(orderly: () => Promise<void>): Promise<void> {
  const inTime = new Promise<void>((resolve) => setTimeout(resolve, stopMsMax).unref());
  await Promise.race([orderly(), inTime]);
}
