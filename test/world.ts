import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { addPerson, foundOrganisation } from "../src/council/found.ts";
import type { FoundedOrganisation } from "../src/council/found.ts";
import type { StartingRoleName } from "../src/council/roles.ts";
import { erasableOf } from "../src/kernel/memory/erasable.ts";
import { migrate, readMigrations } from "../src/kernel/database/migrate.ts";
import { decisionsOf, isWork } from "../src/kernel/work.ts";
import type { Registry } from "../src/kernel/registry.ts";
import { asSystem, createPool, createStore } from "../src/kernel/transaction.ts";
import type { Store, Tx, Who } from "../src/kernel/transaction.ts";
import { registry as wholeRegistry } from "../src/records.ts";
import { testServer } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

/** A database of a test file's own, with an organisation in it, on a real PostgreSQL. */
export interface World {
  readonly registry: Registry;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly ownerPool: pg.Pool;
  readonly store: Store;
  readonly council: FoundedOrganisation;
  /** Adds a person with a starting role; to a second organisation when told. */
  person(
    name: string,
    role: StartingRoleName,
    options?: { organisation?: FoundedOrganisation; team?: string },
  ): Promise<Who>;
  /** Founds another organisation in the same database. */
  another(name: string): Promise<FoundedOrganisation>;
  /** Acts as the product itself in an organisation. */
  system<Result>(
    work: (tx: Tx) => Promise<Result>,
    options?: { organisationId?: string; now?: Temporal.Instant },
  ): Promise<Result>;
  close(): Promise<void>;
}

/** The password of `reeve_app` on the tests' own server, which listens on loopback alone. */
export const appPassword = "tests-only";

/** Clones the template database (made once for each set of migrations) and opens a store on it. */
export async function createWorld(registry: Registry = wholeRegistry): Promise<World> {
  const server = await testServer();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await withClient(server.url, async (client) => {
    await client.query("select pg_advisory_lock(7233099)");
    // The whole of a new database goes through the server's log, where making it smaller takes four fifths of the time.
    await client.query("set wal_compression = off");
    await client.query(`create database ${name} template ${await template(client, server, registry)}`);
    // What a power cut would lose is for the kill tests, on servers of their own.
    await client.query(`alter database ${name} set synchronous_commit = off`);
  });
  const ownerUrl = databaseUrl(server.url, name);
  const appUrl = appUrlOf(ownerUrl);
  const ownerPool = createPool(ownerUrl, 4);
  const store = createStore({ pool: createPool(appUrl, 10), registry });
  const council = await foundOrganisation({ ownerPool, registry }, { name: "Aldermoor Borough Council", demo: false });
  return {
    registry,
    ownerUrl,
    appUrl,
    ownerPool,
    store,
    council,
    person: async (personName, role, { organisation = council, team } = {}) => {
      const personId = await asSystem({ ownerPool, registry, organisationId: organisation.organisationId }, (tx) =>
        addPerson(tx, { name: personName, roles: [organisation.roles[role]], ...(team ? { team } : {}) }),
      );
      return { organisationId: organisation.organisationId, personId };
    },
    another: (other) => foundOrganisation({ ownerPool, registry }, { name: other, demo: false }),
    system: (work, { organisationId = council.organisationId, now } = {}) =>
      asSystem({ ownerPool, registry, organisationId, ...(now ? { now } : {}) }, work),
    close: async () => {
      await store.close();
      await ownerPool.end();
      await withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** The address of the app's role on the same database. */
export function appUrlOf(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  url.username = "reeve_app";
  url.password = appPassword;
  return url.href;
}

async function template(client: pg.Client, server: TestServer, registry: Registry): Promise<string> {
  const migrations = await readMigrations();
  const types = [...registry.types.values()].map((type) => [
    type.name,
    type.referenceData,
    erasableOf(type),
    isWork(type),
    decisionsOf(type),
  ]);
  const ofMigrations = `template_${shortHash(migrations.map(({ sha256 }) => sha256))}`;
  const name = `${ofMigrations}_${shortHash(types)}`;
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [name]);
  if (rows.length > 0) return name;
  await dropLeftBehind(client, ofMigrations);
  await client.query(`drop database if exists ${name}_making with (force)`);
  await client.query(`create database ${name}_making template template0`);
  await migrate({ ownerUrl: databaseUrl(server.url, `${name}_making`), appPassword, registry });
  await client.query(`alter database ${name}_making rename to ${name}`);
  await server.keep();
  return name;
}

/** Templates of other migrations, and what tests that were killed left: the server's upkeep goes round all of them. */
async function dropLeftBehind(client: pg.Client, ofMigrations: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where (datname like 'test\\_%' or datname like 'template\\_%') and datname not like $1 || '\\_%'
       and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '1 hour'`,
    [ofMigrations.replaceAll("_", "\\_")],
  );
  for (const { datname } of rows) await client.query(`drop database if exists ${datname}`).catch(() => {});
}

function shortHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
