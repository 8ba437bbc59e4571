import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { decisionsOf, isWork } from "../work.ts";
import { columnName } from "../record.ts";
import { erasableOf } from "../memory/erasable.ts";
import type { Registry } from "../registry.ts";

/** Where the migrations are kept, in order of their numbers. */
export const migrationsFolder = fileURLToPath(new URL("../../../db/migrations/", import.meta.url));

/** A step that takes the database from one version to the next. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** What went wrong with a migration, in a sentence that says what to do. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/** The migrations of this version of the product. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => /^\d{4}-[\w-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${migrationsFolder}${name}`, "utf8");
      return { number: Number(name.slice(0, 4)), name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings the database to this version, each migration in its own transaction, one process at a time. Makes the role
 * `reeve_app` with the password given (none: leaves the role as it is). Refuses a database from a newer version.
 */
export async function migrate(options: {
  ownerUrl: string;
  appPassword: string | null;
  registry: Registry;
  log?: (line: string) => void;
}): Promise<number> {
  const client = new pg.Client({ connectionString: options.ownerUrl, options: "-c timezone=UTC" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(7233011)");
    await makeSchema(client, options.appPassword);
    const migrations = await readMigrations();
    const applied = await client.query<{ number: number; name: string; sha256: string }>(
      "select number, name, sha256 from migrations order by number",
    );
    refuseStrangers(migrations, applied.rows);
    const done = new Set(applied.rows.map(({ number }) => number));
    for (const migration of migrations.filter(({ number }) => !done.has(number))) {
      await apply(client, migration);
      options.log?.(`Migrated the database: ${migration.name}`);
    }
    const types = [...options.registry.types.values()];
    await client.query(
      `insert into record_types (name, reference_data, erasable, work, waits_for, part_of)
        select name, reference_data, erasable, work, string_to_array(waits_for, ' '), string_to_array(part_of, ' ')
        from unnest($1::text[], $2::boolean[], $3::jsonb[], $4::boolean[], $5::text[], $6::text[]) as t (name, reference_data, erasable, work, waits_for, part_of)
      on conflict (name) do update set reference_data = excluded.reference_data, erasable = excluded.erasable,
        work = excluded.work, waits_for = excluded.waits_for, part_of = excluded.part_of`,
      [
        types.map(({ name }) => name),
        types.map(({ referenceData }) => referenceData),
        types.map((type) => JSON.stringify(erasableOf(type))),
        types.map(isWork),
        types.map((type) => decisionsOf(type).join(" ")),
        types.map(({ partOf }) => partOf.map(columnName).join(" ")),
      ],
    );
    return migrations.at(-1)?.number ?? 0;
  } finally {
    await client.end();
  }
}

/** Makes the schema, the app's role and the table of migrations where they are not there, and looks in that schema from then on. */
export async function makeSchema(client: pg.Client, appPassword: string | null): Promise<void> {
  await client.query("create schema if not exists reeve; set search_path = reeve, public");
  await makeAppRole(client, appPassword);
  await client.query(
    "create table if not exists migrations (number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())",
  );
}

async function makeAppRole(client: pg.Client, password: string | null): Promise<void> {
  const { rows } = await client.query("select 1 from pg_roles where rolname = 'reeve_app'");
  try {
    if (rows.length === 0) await client.query("create role reeve_app login");
    if (password !== null)
      await client.query(`alter role reeve_app with login password ${client.escapeLiteral(password)}`);
  } catch (error) {
    // insufficient_privilege: an owner without CREATEROLE, or a role that somebody else made on this server.
    if (!(error instanceof pg.DatabaseError && error.code === "42501")) throw error;
    throw new MigrationError(
      `The owner in DATABASE_URL may not make the role reeve_app or change its password (${error.message}). Let it by “alter role … createrole”, or make reeve_app yourself and give its address in REEVE_APP_DATABASE_URL.`,
    );
  }
  await client.query("revoke create on schema public from public");
}

/** Throws a MigrationError when a database holds a migration that this version does not know, or not in this form. */
export function refuseStrangers(
  known: readonly Migration[],
  applied: readonly { number: number; name: string; sha256: string }[],
): void {
  for (const { number, name, sha256 } of applied) {
    const mine = known.find((migration) => migration.number === number);
    if (!mine)
      throw new MigrationError(
        `The database was made by a newer version of Reeve (it has ${name}). Start that version, or restore a backup made by this one.`,
      );
    if (mine.sha256 !== sha256)
      throw new MigrationError(
        `Migration ${name} has changed since it was applied to this database. Put it back as it was and write a new migration instead.`,
      );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query("insert into migrations (number, name, sha256) values ($1, $2, $3)", [
      migration.number,
      migration.name,
      migration.sha256,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new MigrationError(
      `Migration ${migration.name} failed and was undone: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
