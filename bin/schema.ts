/**
 * `npm run schema`: writes the migration that takes the database to the definitions, and db/schema.sql from the
 * catalogue. `npm run schema -- --check` writes nothing, names each difference and ends with 1 when there is one.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { migrate, migrationsFolder, readMigrations } from "../src/kernel/database/migrate.ts";
import { printCatalogue, readCatalogue } from "../src/kernel/schema/catalogue.ts";
import { planMigration } from "../src/kernel/schema/plan.ts";
import { registry } from "../src/records.ts";

const schemaFile = new URL("../db/schema.sql", import.meta.url);
const check = process.argv.includes("--check");
const folder = await mkdtemp(join(tmpdir(), "reeve-schema-"));
const server = await startEmbeddedPostgres({ dataFolder: folder, log: () => {} });
try {
  process.exitCode = await run();
} finally {
  await server.stop({ evenIfShared: true });
  await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<number> {
  await migrate({ ownerUrl: server.url, appPassword: null, registry });
  const plan = await planMigration(server.url, registry);
  for (const sentence of plan.byHand) process.stdout.write(`${sentence}\n`);
  if (check) return checkOnly(plan.statements, plan.byHand);
  if (plan.statements.length > 0) {
    const number = ((await readMigrations()).at(-1)?.number ?? 0) + 1;
    const name = `${String(number).padStart(4, "0")}-${process.argv[2] ?? "types"}.sql`;
    await writeFile(
      join(migrationsFolder, name),
      `-- Generated from the definitions by \`npm run schema\`; read before it is committed.\n${plan.statements.join("\n\n")}\n`,
    );
    process.stdout.write(`Wrote db/migrations/${name}\n`);
    await migrate({ ownerUrl: server.url, appPassword: null, registry });
  }
  await writeFile(schemaFile, await schemaNow());
  process.stdout.write("Wrote db/schema.sql\n");
  return plan.byHand.length > 0 ? 1 : 0;
}

async function checkOnly(statements: readonly string[], byHand: readonly string[]): Promise<number> {
  for (const statement of statements) process.stdout.write(`Not in any migration: ${statement}\n`);
  const written = await readFile(schemaFile, "utf8").catch(() => "");
  const inStep = written === (await schemaNow());
  if (!inStep) process.stdout.write("db/schema.sql is not what the migrations make: run npm run schema\n");
  return statements.length === 0 && byHand.length === 0 && inStep ? 0 : 1;
}

async function schemaNow(): Promise<string> {
  const client = new pg.Client({ connectionString: server.url, options: "-c search_path=reeve,public" });
  await client.connect();
  try {
    return printCatalogue(await readCatalogue(client));
  } finally {
    await client.end();
  }
}
