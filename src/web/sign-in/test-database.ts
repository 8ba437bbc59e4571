import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import type { PoolClient, QueryResult } from "pg";
import { startEmbeddedPostgres } from "../../kernel/database/embedded.ts";

/** A real PostgreSQL with the first two migrations, for the tests of this folder. */
export interface TestDatabase {
  readonly owner: Pool;
  /** A pool of `reeve_app`. */
  readonly app: Pool;
  readonly demoOrganisation: string;
  readonly council: string;
  /** Makes a person and answers its id. */
  addPerson(organisation: string, name: string, accountId: string | null): Promise<string>;
  /** Does the work in a transaction of `reeve_app` in which this person is the actor. */
  actingAs<Result>(
    organisation: string,
    person: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** What the tests need of the table that the definition of a person generates. */
const personTable = `create table reeve.person (
  organisation_id uuid not null, id uuid not null, email text, account_id text unique, active boolean not null default true,
  primary key (organisation_id, id))`;

export async function testDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "reeve-sign-in-"));
  const server = await startEmbeddedPostgres({ dataFolder: folder, log: () => {} });
  const appUrl = new URL(server.url);
  appUrl.username = "reeve_app";
  appUrl.password = "app-password";
  const options = "-c search_path=reeve,public";
  const owner = new Pool({ connectionString: server.url, options, max: 4 });
  const app = new Pool({ connectionString: appUrl.href, options, max: 8 });
  // A pool that has ended may still hear that the server stops.
  for (const pool of [owner, app]) pool.on("error", () => {});
  await owner.query(`create role reeve_app login password 'app-password'`);
  await owner.query("create schema reeve");
  for (const name of ["0001-kernel", "0002-sign-in"]) {
    await owner.query(await readFile(new URL(`../../../db/migrations/${name}.sql`, import.meta.url), "utf8"));
  }
  await owner.query(personTable);
  await owner.query("insert into reeve.record_types values ('person')");

  const addOrganisation = async (name: string, demo: boolean): Promise<string> =>
    idOf(await owner.query("insert into reeve.organisations (name, demo) values ($1, $2) returning id", [name, demo]));
  let number = 0;
  return {
    owner,
    app,
    demoOrganisation: await addOrganisation("Demo Council", true),
    council: await addOrganisation("Fenbridge Council", false),
    async addPerson(organisation, name, accountId) {
      number += 1;
      const person = idOf(
        await owner.query(
          `insert into reeve.records (organisation_id, type, reference, title, state)
           values ($1, 'person', $2, $3, 'active') returning id`,
          [organisation, `PER-${number}`, name],
        ),
      );
      await owner.query("insert into reeve.person (organisation_id, id, account_id) values ($1, $2, $3)", [
        organisation,
        person,
        accountId,
      ]);
      return person;
    },
    async actingAs(organisation, person, work) {
      const client = await app.connect();
      try {
        await client.query("begin");
        await client.query("select set_config('reeve.organisation', $1, true), set_config('reeve.person', $2, true)", [
          organisation,
          person,
        ]);
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
    async close() {
      await app.end();
      await owner.end();
      await server.stop({ evenIfShared: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function idOf(result: QueryResult<{ id: string }>): string {
  const [row] = result.rows;
  if (row === undefined) throw new Error("nothing was inserted");
  return row.id;
}
