import pg from "pg";
import type { Registry } from "../registry.ts";
import { readMigrations } from "../database/migrate.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue } from "./catalogue.ts";
import { sqlOfTables, sqlOfType, sqlOfView } from "./definition-sql.ts";
import { difference } from "./difference.ts";
import type { Difference } from "./difference.ts";

/**
 * What the migrations lack to make a database as the definitions say, and wherein the database at `ownerUrl` is not what
 * the migrations make. It makes two databases beside it, one from the hand-written migrations and the definitions alone,
 * one from every migration, and compares what PostgreSQL says of each.
 */
export async function planMigration(ownerUrl: string, registry: Registry): Promise<Difference> {
  const types = [...registry.types.values()];
  const migrations = (await readMigrations()).map(({ sql }) => sql);
  const actual = await withClient(ownerUrl, readCatalogue);
  const wanted = await definedCatalogue(ownerUrl, registry);
  const { migrated, have, newStatements } = await withScratchDatabase(ownerUrl, async (client) => {
    const migrated = await runAll(client, migrations);
    const newStatements = types
      .filter((type) => !migrated.has(`column ${type.name} organisation_id`))
      .flatMap(sqlOfType);
    return { migrated, newStatements, have: await runAll(client, newStatements) };
  });
  const rest = difference(have, wanted, types);
  return { statements: [...newStatements, ...rest.statements], byHand: [...rest.byHand, ...strays(actual, migrated)] };
}

/**
 * What PostgreSQL says of a database made from the hand-written migrations and the definitions alone. The definitions
 * stand where the first generated migration does, so that a later one by hand may add to the tables of types; what it
 * drops of them it drops `if exists`. Views come last: a later one by hand may add to what every view shows.
 */
export async function definedCatalogue(ownerUrl: string, registry: Registry): Promise<Catalogue> {
  const migrations = (await readMigrations()).map(({ sql }) => sql);
  const generated = migrations.findIndex(isGenerated);
  const first = generated < 0 ? migrations.length : generated;
  const types = [...registry.types.values()];
  const statements = [
    ...migrations.toSpliced(first, 1, ...types.flatMap(sqlOfTables)).filter((sql) => !isGenerated(sql)),
    ...types.flatMap(sqlOfView),
  ];
  return withScratchDatabase(ownerUrl, (client) => runAll(client, statements));
}

function isGenerated(sql: string): boolean {
  return sql.startsWith("-- Generated");
}

/** What somebody changed in the database itself, past the migrations. */
function strays(actual: Catalogue, migrated: Catalogue): string[] {
  return [
    ...[...actual.keys()]
      .filter((key) => !migrated.has(key))
      .map((key) => `The database has ${key}, which no migration makes`),
    ...[...migrated.keys()]
      .filter((key) => !actual.has(key))
      .map((key) => `The database has no ${key}, which the migrations make`),
    ...[...actual]
      .filter(([key, is]) => migrated.has(key) && migrated.get(key) !== is)
      .map(([key, is]) => `${key} is “${is}” in the database and “${migrated.get(key)}” by the migrations`),
  ];
}

async function runAll(client: pg.Client, statements: readonly string[]): Promise<Catalogue> {
  for (const statement of statements) await client.query(statement);
  return readCatalogue(client);
}

async function withScratchDatabase<Result>(
  ownerUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const name = `schema_${crypto.randomUUID().replaceAll("-", "")}`;
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  await withClient(ownerUrl, (client) => client.query(`create database ${name} template template0`));
  try {
    return await withClient(url.href, async (client) => {
      await client.query("create schema reeve; set search_path = reeve, public; set check_function_bodies = off");
      return work(client);
    });
  } finally {
    await withClient(ownerUrl, (client) => client.query(`drop database ${name} with (force)`));
  }
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC -c search_path=reeve,public" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
