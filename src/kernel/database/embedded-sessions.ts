import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { databaseName } from "./embedded-folder.ts";

/** Undefined when a session can be had, otherwise the code of the refusal (PostgreSQL's or the system's). */
export async function tryConnect(url: string): Promise<{ code: string } | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return { code: error instanceof Error && "code" in error ? String(error.code) : "" };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes the product's database in a server that has none yet. */
export async function createDatabase(url: string): Promise<void> {
  await withClient(url.replace(/\/[^/]*$/, "/postgres"), (client) => client.query(`create database ${databaseName}`));
}

/** True when there are sessions besides this one, so that stopping the server would cut somebody off. */
export async function othersUse(url: string): Promise<boolean> {
  const query = `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`;
  try {
    return await withClient(url, async (client) => {
      // Sessions that we have just closed ourselves are listed for a moment.
      for (let tries = 0; tries < 20; tries += 1) {
        if ((await client.query(query)).rowCount === 0) return false;
        await sleep(50);
      }
      return true;
    });
  } catch {
    // A server that takes no session has none to protect.
    return false;
  }
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
