import pg from "pg";
import type { Registry } from "../registry.ts";
import { readMigrations } from "../database/migrate.ts";
import { readCatalogue } from "./catalogue.ts";
import { sqlOfType } from "./definition-sql.ts";
import { difference } from "./difference.ts";
import type { Difference } from "./difference.ts";

/**
 * What the database at `ownerUrl` lacks to be as the definitions say. It makes two databases beside it, one from the
 * hand-written migrations and the definitions alone, and compares what PostgreSQL says of each.
 */
export async function planMigration(ownerUrl: string, registry: Registry): Promise<Difference> {
  const actual = await withClient(ownerUrl, readCatalogue);
  const types = [...registry.types.values()];
  const newTypes = types.filter((type) => !actual.has(`column ${type.name} organisation_id`));
  const newStatements = newTypes.flatMap(sqlOfType);
  return withScratchDatabase(ownerUrl, async (wantedUrl) =>
    withScratchDatabase(ownerUrl, async (actualUrl) => {
      const migrations = await readMigrations();
      const byHand = migrations.filter(({ sql }) => !sql.startsWith("-- Generated"));
      const wanted = await withClient(wantedUrl, (client) => runAll(client, [...byHand.map(({ sql }) => sql), ...types.flatMap(sqlOfType)]));
      const have = await withClient(actualUrl, (client) => runAll(client, [...migrations.map(({ sql }) => sql), ...newStatements]));
      const rest = difference(have, wanted, types);
      return { statements: [...newStatements, ...rest.statements], byHand: rest.byHand };
    }),
  );
}

async function runAll(client: pg.Client, statements: readonly string[]) {
  await client.query("create schema reeve; set search_path = reeve, public; set check_function_bodies = off");
  for (const statement of statements) await client.query(statement);
  return readCatalogue(client);
}

async function withScratchDatabase<Result>(ownerUrl: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const name = `schema_${crypto.randomUUID().replaceAll("-", "")}`;
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  await withClient(ownerUrl, (client) => client.query(`create database ${name} template template0`));
  try {
    return await work(url.href);
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
