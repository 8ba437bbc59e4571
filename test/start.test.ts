import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { makeDataFolder } from "../src/data-folder.ts";
import { findPrepared } from "../src/prepared.ts";
import { demoFolder, runReeve, startReeve, temporaryFolder } from "./running.ts";
import type { Running } from "./running.ts";

let folder: Awaited<ReturnType<typeof demoFolder>>;
/** Of a demo person, printed while the product ran. */
let token: string;

before(async () => {
  // Made by a first start on a folder that was not there.
  folder = await demoFolder();
});
after(() => folder.remove());

/** Asks for tickets with the token. */
const ticketsWith = (reeve: Running) =>
  fetch(`${reeve.address}/api/v1/tickets`, { headers: { authorization: `Bearer ${token}` } });

/** Sends a signal to the whole group of a process that startReeve made. */
const signalGroup = (pid: number | undefined, signal: NodeJS.Signals) => process.kill(-pid!, signal);

test("it starts with a demonstration, says so once, refuses a second start, and told twice to stop answers first and stops whole", async () => {
  const reeve = await startReeve(folder.path);
  assert.match(reeve.address, /^http:\/\/localhost:\d+$/);
  const health = await fetch(`${reeve.address}/health`);
  assert.deepEqual([health.status, await health.json()], [200, { status: "ok" }]);
  const second = await startReeve(folder.path).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assert.match(second, /Reeve already runs on this database/);
  const printed = await runReeve(folder.path, ["token", "lead-support"]);
  assert.equal(printed.code, 0);
  assert.match(printed.stdout, /^reeve_[\w-]{43}\n$/);
  token = printed.stdout.trim();
  assert.equal((await ticketsWith(reeve)).status, 200);
  const answers = Promise.all(
    Array.from({ length: 20 }, () =>
      fetch(`${reeve.address}/sign-in`).then((answer) => answer.text().then(() => answer.status)),
    ),
  );
  await fetch(`${reeve.address}/health`);
  const asked = performance.now();
  signalGroup(reeve.process.pid, "SIGTERM");
  signalGroup(reeve.process.pid, "SIGTERM");
  assert.deepEqual(new Set(await answers), new Set([200]));
  assert.equal(await reeve.ended, 0);
  // Connections that a browser keeps open hold nothing up, and the database is stopped too.
  assert.ok(performance.now() - asked < 5_000);
  await assert.rejects(access(join(folder.path, "postgres", "postmaster.pid")));
});

test("a wrong setting, a taken port and demo beside another organisation are each a sentence", async () => {
  const wrong = await startReeve(folder.path, { PORT: "threethousand" }).catch((error: Error) => error.message);
  assert.match(String(wrong), /PORT/);
  assert.doesNotMatch(String(wrong), /\n\s+at /);
  const elsewhere = await temporaryFolder();
  try {
    const first = await startReeve(elsewhere.path, { REEVE_DEMO: "off" });
    assert.match(first.output(), /first administrator at http:\/\/localhost:\d+\/setup\?/);
    const isCopied = (await findPrepared()) !== undefined;
    assert.equal(/Migrated the database/.test(first.output()), !isCopied, "what was prepared needs no migration");
    const taken = await startReeve(folder.path, { PORT: new URL(first.address).port }).catch(
      (error: Error) => error.message,
    );
    assert.match(String(taken), /port is in use/);
    first.process.kill("SIGTERM");
    assert.equal(await first.ended, 0);
  } finally {
    await elsewhere.remove();
  }
});

test("with the demonstration off its people cannot come in, by button, by hand or by token, though the database holds them", async () => {
  // No token is printed that would not act: neither with it off, nor where other machines can reach it.
  for (const [name, value] of [
    ["REEVE_DEMO", "off"],
    ["HOST", "0.0.0.0"],
  ] as const) {
    const refused = await runReeve(folder.path, ["token", "lead-support"], { [name]: value });
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /^The demonstration is off/);
  }
  const reeve = await startReeve(folder.path, { REEVE_DEMO: "off" });
  const page = await (await fetch(`${reeve.address}/sign-in`)).text();
  assert.doesNotMatch(page, /sign-in\/demo/);
  assert.equal((await ticketsWith(reeve)).status, 401);
  reeve.process.kill("SIGTERM");
  assert.equal(await reeve.ended, 0);
  const nobody = await runReeve(folder.path, ["token", "nobody"]);
  assert.deepEqual([nobody.code, nobody.stdout], [1, ""]);
  assert.equal((await runReeve(folder.path, ["nonsense"])).code, 2);
});

test("a start that fails says why in a sentence and leaves no database running", async () => {
  const elsewhere = await temporaryFolder();
  try {
    const nowhere = await startReeve(folder.path, { HOST: "203.0.113.9" }).catch((error: Error) => error.message);
    assert.match(String(nowhere), /This machine has no such address/);
    await assert.rejects(access(join(folder.path, "postgres", "postmaster.pid")));
    const file = join(elsewhere.path, "a-file");
    await writeFile(file, "");
    const notFolder = await startReeve(file).catch((error: Error) => error.message);
    assert.match(String(notFolder), /REEVE_DATA: there can be no folder/);
    // Where the system keeps a folder of its own, Node would try for ever.
    if (existsSync("/proc/self"))
      await assert.rejects(makeDataFolder("/proc/nope"), /there can be no folder \/proc\/nope/);
    const empty = await runReeve(join(elsewhere.path, "nothing"), ["verify"]);
    assert.equal(empty.code, 1);
  } finally {
    await elsewhere.remove();
  }
});

test("the stored memory of the demonstration verifies, and doctor finds nothing wrong", async () => {
  const verified = await runReeve(folder.path, ["verify", "--json"]);
  assert.equal(verified.code, 0, verified.stderr + verified.stdout);
  const doctor = await runReeve(folder.path, ["doctor"]);
  assert.equal(doctor.code, 0, doctor.stdout);
});

test("a database from a newer version is refused", async () => {
  const server = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => {} });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query("insert into reeve.migrations (number, name, sha256) values (9999, '9999-later.sql', 'x')");
  const refused = await startReeve(folder.path).catch((error: Error) => error.message);
  await client.query("delete from reeve.migrations where number = 9999");
  await client.end();
  await server.stop({ evenIfShared: true });
  assert.match(String(refused), /newer version/);
});
