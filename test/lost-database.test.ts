import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import type { EmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { demoFolder, runReeve, startReeve, temporaryFolder } from "./running.ts";
import type { Running } from "./running.ts";

let database: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: EmbeddedPostgres;
let reeve: Running;
let token: string;

before(async () => {
  [database, folder] = await Promise.all([demoFolder(), temporaryFolder()]);
  server = await startEmbeddedPostgres({ dataFolder: database.path, log: () => {} });
  const environment = { DATABASE_URL: server.url, REEVE_DEMO: "on" };
  reeve = await startReeve(folder.path, environment);
  token = (await runReeve(folder.path, ["token", "lead-support"], environment)).stdout.trim();
});
after(async () => {
  reeve.process.kill("SIGTERM");
  await reeve.ended;
  await server.stop({ evenIfShared: true });
  await Promise.all([database.remove(), folder.remove()]);
});

const ask = (path: string) =>
  fetch(`${reeve.address}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    redirect: "manual",
    signal: AbortSignal.timeout(15_000),
  });

test("a database of one's own works like the embedded one", async () => {
  assert.equal((await ask("/health")).status, 200);
  assert.equal((await ask("/api/v1/tickets")).status, 200);
});

test("a lost database is a page, a problem and a health report that say so, and comes back by itself", async () => {
  await server.stop({ evenIfShared: true });
  const page = await ask("/sign-in");
  assert.equal(page.status, 503);
  assert.match(await page.text(), /cannot work just now/);
  const problem = await ask("/api/v1/tickets");
  assert.deepEqual(
    [problem.status, problem.headers.get("content-type")?.split(";")[0]],
    [503, "application/problem+json"],
  );
  assert.equal((await ask("/health")).status, 503);
  server = await startEmbeddedPostgres({ dataFolder: database.path, log: () => {} });
  assert.equal((await ask("/health")).status, 200);
  assert.equal((await ask("/api/v1/tickets")).status, 200);
});

test("what goes on by itself outlives a database that is killed in the midst of it, and goes on after", async () => {
  const [inTheWay, beside] = [new pg.Client(server.url), new pg.Client(server.url)];
  for (const client of [inTheWay, beside]) {
    client.on("error", () => {});
    await client.connect();
  }
  await inTheWay.query("begin; lock table reeve.submissions in access exclusive mode");
  await beside.query("select graphile_worker.add_job('forget-submissions', '{}', max_attempts => 1)");
  const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and query ~ '^delete from submissions'";
  const held = async () => (await beside.query(waiting)).rowCount;
  for (let tries = 0; (await held()) === 0; tries += 1) {
    assert.ok(tries < 100, "the task waits for the table");
    await sleep(100);
  }
  process.kill(
    Number.parseInt(await readFile(join(database.path, "postgres", "postmaster.pid"), "utf8"), 10),
    "SIGKILL",
  );
  while (reeve.process.exitCode === null && !/could not be told that a job is over/.test(reeve.output()))
    await sleep(100);
  assert.equal(reeve.process.exitCode, null, reeve.output());
  server = await startEmbeddedPostgres({ dataFolder: database.path, log: () => {} });
  assert.equal((await ask("/health")).status, 200);
  assert.equal((await ask("/api/v1/tickets")).status, 200);
});
