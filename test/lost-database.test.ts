import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
