import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, Server } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import * as z from "zod";
import { EmbeddedPostgresError, startEmbeddedPostgres } from "./embedded.ts";
import type { EmbeddedPostgres } from "./embedded.ts";
import { scratch } from "../../../test/scratch.ts";

let outer: string;
let dataFolder: string;

before(async () => {
  // Closed to others on every level, as a clone in a private home folder is.
  outer = await mkdtemp(join(scratch, "reeve-embedded-"));
  await chmod(outer, 0o700);
  dataFolder = join(outer, "data of a council's");
});

after(async () => {
  const left = await start().catch(() => undefined);
  await left?.stop({ evenIfShared: true });
  await rm(outer, { recursive: true, force: true });
});

test("a first start makes the database, closed to others, and says so", async () => {
  const said: string[] = [];
  const postgres = await start({ log: (message) => said.push(message) });
  assert.equal(postgres.startedHere, true);
  assert.deepEqual(said, ["Making the database (once)"]);
  assert.equal((await stat(join(dataFolder, "postgres-password"))).mode & 0o777, 0o600);
  assert.equal((await stat(dataFolder)).mode & 0o777, 0o700);
  await writeWord(postgres, "first");
});

test("it is durable, UTF-8, in UTC, and listens on this machine only", async () => {
  const postgres = await start();
  const wanted = {
    fsync: "on",
    synchronous_commit: "on",
    server_encoding: "UTF8",
    TimeZone: "UTC",
    listen_addresses: "127.0.0.1",
    unix_socket_directories: join(dataFolder, "postgres"),
    unix_socket_permissions: "0700",
    password_encryption: "scram-sha-256",
    jit: "off",
    data_checksums: "on",
  };
  for (const [name, value] of Object.entries(wanted)) {
    assert.equal(await one(postgres.url, `select current_setting('${name}')`), value, name);
  }
  assert.equal(await one(postgres.url, "select current_user || ' ' || current_database()"), "reeve_owner reeve");
  assert.equal(await one(postgres.url, "select upper('é')"), "É");
});

test("its sessions come through the socket, and by the port where its path would be too long for one", async () => {
  const { url } = await start();
  assert.equal(await one(url, "select inet_client_addr() is null"), true);
  const long = await startEmbeddedPostgres({ dataFolder: join(outer, "l".repeat(90)), log: () => {} });
  try {
    assert.equal(await one(long.url, "select host(inet_client_addr())"), "127.0.0.1");
    assert.equal(await one(long.url, "select current_setting('unix_socket_directories')"), "");
  } finally {
    await long.stop();
  }
});

test("a session without the password is refused, by the socket and by the port", async () => {
  const { url } = await start();
  const wrong = url.replace(/:[^:@]+@/, ":wrong@");
  await assert.rejects(one(wrong, "select 1"), { code: "28P01" });
  await assert.rejects(one(wrong.replace(/\?.*/, ""), "select 1"), { code: "28P01" });
});

test("a second start adopts the server, and its stop leaves the server alone", async () => {
  const pid = await serverPid();
  const second = await start();
  assert.equal(second.startedHere, false);
  assert.equal(await second.stop(), false);
  assert.equal(await serverPid(), pid);
  assert.equal(await one(second.url, "select word from words"), "first");
});

test("after kill -9 of the server, a start has all that was written, on the same port", async () => {
  const earlier = await start();
  await writeWord(earlier, "just before");
  process.kill(await serverPid(), "SIGKILL");
  const postgres = await start();
  assert.equal(postgres.startedHere, true);
  assert.equal(postgres.url, earlier.url);
  assert.equal(await one(postgres.url, "select string_agg(word, ',' order by word) from words"), "first,just before");
});

test("the server stays while another has a session, and stops when it has gone", async () => {
  process.kill(await serverPid(), "SIGKILL");
  const postgres = await start();
  const other = new Client({ connectionString: postgres.url });
  await other.connect();
  assert.equal(await postgres.stop(), false);
  await other.end();
  assert.equal(await postgres.stop(), true);
  assert.ok(!(await readdir(join(dataFolder, "postgres"))).includes("postmaster.pid"));
});

test("a note of a server whose number now belongs to another process does not stop a start", async () => {
  const stranger = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
  try {
    const note = join(dataFolder, "postgres", "postmaster.pid");
    await writeFile(
      note,
      `${stranger.pid}\n${dataFolder}/postgres\n1700000000\n5432\n\n127.0.0.1\n  12345 6\nready   \n`,
    );
    const port = await readFile(join(dataFolder, "postgres-port"), "utf8");
    const lock = join(dataFolder, "postgres", `.s.PGSQL.${port}.lock`);
    await writeFile(lock, `${stranger.pid}\n${dataFolder}/postgres\n1700000000\n${port}\n${dataFolder}/postgres\n`);
    const postgres = await start();
    assert.equal(postgres.startedHere, true);
    assert.equal(await one(postgres.url, "select count(*)::int from words"), 2);
    assert.equal(await postgres.stop(), true);
  } finally {
    stranger.kill();
  }
});

test("a port that somebody else has taken is not needed", async () => {
  const port = Number(await readFile(join(dataFolder, "postgres-port"), "utf8"));
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  try {
    const postgres = await start();
    assert.notEqual(new URL(postgres.url).port, String(port));
    assert.equal(await postgres.stop(), true);
  } finally {
    other.close();
  }
});

test("a port that somebody else takes between our look and the server’s is not needed either", async () => {
  const first = await start();
  const { port } = new URL(first.url);
  assert.equal(await first.stop(), true);
  const other = createServer();
  const close = Server.prototype.close;
  // Whoever looks whether a port is free opens it, and has to let it go before the server can have it.
  Server.prototype.close = function (this: Server, told) {
    const address = this.address();
    Server.prototype.close = close;
    close.call(this, told);
    if (typeof address === "object" && String(address?.port) === port) other.listen(Number(port), "127.0.0.1");
    return this;
  };
  try {
    const postgres = await start();
    assert.equal(other.listening, true);
    assert.notEqual(new URL(postgres.url).port, port);
    assert.equal(await postgres.stop(), true);
  } finally {
    Server.prototype.close = close;
    other.close();
  }
});

test("a server that is killed is brought back where that is asked for, and one that is stopped is not", async () => {
  const said: string[] = [];
  const postgres = await start({ restartWhenKilled: true, log: (message) => said.push(message) });
  process.kill(await serverPid(), "SIGKILL");
  for (let tries = 0; tries < 100 && !said.includes("PostgreSQL runs again"); tries += 1) await sleep(100);
  assert.equal(await one(postgres.url, "select count(*)::int from words"), 2);
  process.kill(await serverPid(), "SIGINT");
  await sleep(2_500);
  assert.ok(!(await readdir(join(dataFolder, "postgres"))).includes("postmaster.pid"));
  assert.equal(await postgres.stop(), true);
});

test("a server that is brought back is reached where it was, whoever took its port meanwhile", async () => {
  const said: string[] = [];
  const postgres = await start({ restartWhenKilled: true, log: (message) => said.push(message) });
  const other = createServer();
  process.kill(await serverPid(), "SIGKILL");
  for (let tries = 0; tries < 100 && !other.listening; tries += 1) {
    other.once("error", () => {});
    other.listen(Number(new URL(postgres.url).port), "127.0.0.1");
    await sleep(10);
  }
  try {
    assert.equal(other.listening, true);
    for (let tries = 0; tries < 100 && !said.includes("PostgreSQL runs again"); tries += 1) await sleep(100);
    assert.equal(await one(postgres.url, "select count(*)::int from words"), 2);
    assert.equal(await postgres.stop(), true);
  } finally {
    other.close();
  }
});

test("a first start copies a folder that was prepared and makes anew what no two may share, or does without it where it is damaged", async () => {
  const original = await start();
  await one(original.url, "create schema reeve");
  await one(original.url, "create table reeve.feed_epoch as select gen_random_uuid() as epoch");
  const epoch = await one(original.url, "select epoch::text from reeve.feed_epoch");
  assert.equal(await original.stop(), true);
  const prepared = join(dataFolder, "postgres");
  const startOn = (folder: string, from: string) =>
    startEmbeddedPostgres({ dataFolder: join(outer, folder), log: () => {}, findPrepared: async () => from });

  const copy = await startOn("copied", prepared);
  assert.equal(await one(copy.url, "select count(*)::int from words"), 2);
  assert.notEqual(await one(copy.url, "select epoch::text from reeve.feed_epoch"), epoch);
  const passwordOf = (url: string) => new URL(url).password;
  assert.notEqual(passwordOf(copy.url), passwordOf(original.url));
  const asOriginal = copy.url.replace(passwordOf(copy.url), passwordOf(original.url));
  await assert.rejects(one(asOriginal, "select 1"), { code: "28P01" });
  const made = join(outer, "copied", "postgres");
  assert.equal((await stat(made)).mode & 0o777, 0o700);
  assert.equal((await stat(join(made, "global", "pg_control"))).mode & 0o777, 0o600);
  assert.equal(await copy.stop(), true);

  const damaged = join(outer, "damaged one");
  await cp(prepared, damaged, { recursive: true });
  for (const base of await readdir(join(damaged, "base"))) await rm(join(damaged, "base", base, "pg_filenode.map"));
  const without = await startOn("without", damaged);
  assert.equal(await one(without.url, "select to_regclass('words') is null"), true);
  assert.equal(await without.stop(), true);
  assert.deepEqual((await readdir(join(outer, "without"))).toSorted(), [
    "postgres",
    "postgres-logs",
    "postgres-password",
    "postgres-port",
  ]);
});

test("starts at the same moment, in processes of their own, end with one server", async () => {
  const folder = join(outer, "together");
  const starts = await Promise.all([1, 2, 3].map(() => startInProcess(folder)));
  assert.deepEqual(new Set(starts.map(({ url }) => url)).size, 1);
  assert.equal(starts.filter(({ startedHere }) => startedHere).length, 1);
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, log: () => undefined });
  await postgres.stop({ evenIfShared: true });
});

test("a first start that was cut short is done again", async () => {
  const folder = join(outer, "cut short");
  const { child } = spawnStart(folder);
  while (!(await readdir(folder).catch((): string[] => [])).some((name) => name.startsWith("postgres.new-"))) {
    await sleep(5);
  }
  child.kill("SIGKILL");
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, log: () => undefined });
  assert.equal(await one(postgres.url, "select 1"), 1);
  assert.equal(await postgres.stop(), true);
});

test("a folder of another version is refused in a sentence that names it", async () => {
  await writeFile(join(dataFolder, "postgres", "PG_VERSION"), "99\n");
  try {
    await assert.rejects(start(), (error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.match(error.message, /it was made by PostgreSQL 99, which this version of Reeve does not run/);
      assert.match(error.message, /start\.log:\n.*FATAL: /);
      return true;
    });
  } finally {
    await writeFile(join(dataFolder, "postgres", "PG_VERSION"), "18\n");
  }
});

test("a damaged folder is refused in a sentence that shows the end of the log", async () => {
  const folder = join(outer, "damaged");
  await mkdir(join(folder, "postgres"), { recursive: true });
  await writeFile(join(folder, "postgres", "something"), "");
  await assert.rejects(startEmbeddedPostgres({ dataFolder: folder, log: () => undefined }), /is damaged/);

  const control = join(dataFolder, "postgres", "global", "pg_control");
  const whole = await readFile(control);
  await writeFile(control, Buffer.alloc(whole.length, 7));
  await assert.rejects(start(), /cannot start on the folder .*\n.*FATAL/s);
  await writeFile(control, whole);
});

function start(
  options: { log?: (message: string) => void; restartWhenKilled?: boolean } = {},
): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataFolder, log: () => undefined, ...options });
}

async function serverPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataFolder, "postgres", "postmaster.pid"), "utf8"), 10);
}

async function writeWord(postgres: EmbeddedPostgres, word: string): Promise<void> {
  await one(postgres.url, "create table if not exists words (word text)");
  await one(postgres.url, `insert into words values ('${word}')`);
}

async function one(url: string, query: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

function spawnStart(folder: string) {
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL("embedded.ts", import.meta.url))});
    const { url, startedHere } = await startEmbeddedPostgres({ dataFolder: process.argv[1], log: () => undefined });
    console.log(JSON.stringify({ url, startedHere }));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child };
}

async function startInProcess(folder: string): Promise<{ url: string; startedHere: boolean }> {
  const { child } = spawnStart(folder);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return z.object({ url: z.string(), startedHere: z.boolean() }).parse(JSON.parse(text));
}
