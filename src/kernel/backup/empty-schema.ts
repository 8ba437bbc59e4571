import type pg from "pg";
import { makeSchema, readMigrations } from "../database/migrate.ts";
import { BackupError } from "./failed.ts";
import type { Manifest } from "./manifest.ts";

/** The schema as the backup's version made it, without what slows a load; `complete` adds that again. */
export interface EmptySchema {
  /** Adds indexes, foreign keys (each checked over all rows), triggers and the values of sequences. */
  complete(): Promise<void>;
}

/**
 * Makes the schema of the backup's migrations in the client's transaction, in a database that holds no council: none of
 * our tables at all, or only what a first start makes. Refuses (BackupError) any other database and a backup from a newer version.
 */
export async function emptySchema(client: pg.Client, manifest: Manifest): Promise<EmptySchema> {
  await refuseNewer(manifest);
  // The lock of migrate(): two must not make the schema at once.
  await client.query("select pg_advisory_xact_lock(7233011)");
  await refuseUsed(client);
  await client.query("drop schema if exists reeve cascade");
  await makeSchema(client, null);
  const wanted = new Set(manifest.migrations.map(({ number }) => number));
  for (const migration of await readMigrations()) if (wanted.has(migration.number)) await client.query(migration.sql);
  await refuseOtherTables(client, manifest);
  const later = await takeOff(client);
  for (const { name } of manifest.tables) await client.query(`delete from ${client.escapeIdentifier(name)}`);
  return {
    complete: async () => {
      for (const statement of later) await client.query(statement);
      for (const { name, value, called } of manifest.sequences) {
        await client.query(`create sequence if not exists ${client.escapeIdentifier(name)}`);
        await client.query("select setval(format('%I', $1::text)::regclass, $2::bigint, $3)", [name, value, called]);
      }
    },
  };
}

async function refuseNewer(manifest: Manifest): Promise<void> {
  const known = new Map((await readMigrations()).map((migration) => [migration.number, migration]));
  for (const { number, name, sha256 } of manifest.migrations) {
    const mine = known.get(number);
    if (!mine)
      throw new BackupError(
        `This backup was made by a newer version of Reeve (it has ${name}). Restore it with that version. Nothing was restored.`,
      );
    if (mine.sha256 !== sha256)
      throw new BackupError(
        `This backup was made by another version of Reeve: its migration ${name} is not the one here. Restore it with that version. Nothing was restored.`,
      );
  }
}

async function refuseUsed(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ schema: boolean; ours: boolean }>(
    "select to_regnamespace('reeve') is not null as schema, to_regclass('reeve.organisations') is not null as ours",
  );
  if (!rows[0]?.schema) return;
  if (!rows[0].ours) {
    const tables = await client.query("select 1 from pg_class where relnamespace = 'reeve'::regnamespace limit 1");
    if (tables.rows.length === 0) return;
    throw new BackupError(
      "This database has a schema “reeve” that is not ours. Restore into an empty database. Nothing was changed.",
    );
  }
  await client.query("lock table reeve.organisations in access exclusive mode");
  const { rows: used } = await client.query<{ name: string }>(
    "select name from reeve.organisations order by created_at limit 1",
  );
  if (used[0])
    throw new BackupError(
      `This database is not empty: it holds “${used[0].name}”. Restore into an empty database, for example with REEVE_DATA set to a new folder. Nothing was changed.`,
    );
}

async function refuseOtherTables(client: pg.Client, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{
    place: string;
  }>(`select c.relname || '.' || a.attname as place from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'reeve'::regnamespace and c.relkind in ('r', 'p')`);
  const here = new Set(rows.map(({ place }) => place));
  const strange = manifest.tables
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
    .find((place) => !here.has(place));
  if (strange !== undefined)
    throw new BackupError(`The backup holds ${strange}, which its own migrations do not make. Nothing was restored.`);
}

/** Takes off what would be checked or kept row by row, and gives the statements that put it back. */
async function takeOff(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ off: string; on: string }>(`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as off,
           format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as "on", 2 as place
      from pg_constraint where contype = 'f' and connamespace = 'reeve'::regnamespace and conparentid = 0
    union all
    select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 1
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where c.relnamespace = 'reeve'::regnamespace and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    union all
    select format('alter table %s disable trigger %I', tgrelid::regclass, tgname),
           format('alter table %s enable %s trigger %I', tgrelid::regclass, case tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, tgname), 3
      from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'reeve'::regnamespace and not tgisinternal and tgenabled <> 'D'
    order by place, "on"`);
  for (const { off } of rows.toReversed()) await client.query(off);
  return rows.map(({ on }) => on);
}
