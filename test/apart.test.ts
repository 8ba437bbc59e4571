import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startWeb } from "../src/apart.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { readSettings } from "../src/kernel/settings.ts";
import { apiClient } from "./api-world.ts";
import { checkColumns, createImportWorld, sendFile } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { assertNothingLost, halfDone, readKept } from "./kill-checks.ts";
import { startWriters } from "./kill-writers.ts";
import type { Step } from "./kill-writers.ts";
import { runReeve } from "./running.ts";
import { browserAt, words } from "./web-world.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const started: ChildProcess[] = [];
let world: ImportWorld;

before(async () => {
  world = await createImportWorld();
  // Compiled for the tests already: the web would take a while over it.
  await cp(join(root, ".cache/test-assets"), join(world.filesFolder, "assets"), { recursive: true });
});
after(async () => {
  for (const child of started) child.kill("SIGKILL");
  await world.close();
});

/** Starts a part of the product as `npm run web` and `npm run worker` do, and waits for what it says when it is ready. */
async function startPart(part: "web" | "worker", environment: Readonly<Record<string, string>>) {
  const { DATABASE_URL: _owner, REEVE_APP_DATABASE_URL: _app, ...rest } = process.env;
  const child = spawn(process.execPath, [join(root, "src/main.ts"), part], {
    cwd: root,
    env: {
      ...rest,
      PORT: "0",
      REEVE_DATA: world.filesFolder,
      REEVE_SECRET: "a secret of both, long enough to sign cookies with",
      NODE_TEST_CONTEXT: "",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const ready = new Promise<string>((resolve) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      const [, address] = /is ready(?: at (\S+))?\n/.exec(printed) ?? [];
      if (/is ready/.test(printed)) resolve(address ?? "");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
  const address = await Promise.race([ready, ended.then((code) => `ended with ${code}: ${printed}`)]);
  return { child, address, ended, printed: () => printed };
}

// `npm run ci` sets REEVE_KILLS to 20: five of them are the web's alone, beside those of test/kill.test.ts.
const webKills = Math.max(1, Math.floor(Number(process.env["REEVE_KILLS"] ?? 3) / 4));

test("a web that is killed during writes beside a worker: nothing acknowledged is lost, and nothing is half done", async () => {
  const urls = { DATABASE_URL: world.ownerUrl, REEVE_APP_DATABASE_URL: world.appUrl };
  const worker = await startPart("worker", urls);
  const leads = ["Wanda Web", "Will Write", "Wes Words", "Wyn Work"];
  const clients = await Promise.all(
    leads.map(async (name) => apiClient(world, await world.person(name, "leadSupport"))),
  );
  const steps: Step[] = [];
  for (let kill = 0; kill < webKills; kill += 1) {
    const web = await startPart("web", { REEVE_APP_DATABASE_URL: world.appUrl });
    const writers = startWriters(
      web.address,
      clients.map(({ token }) => token),
    );
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (writers.steps.filter(({ acknowledged }) => acknowledged).length >= 40) break;
      await sleep(25);
    }
    web.child.kill("SIGKILL");
    await web.ended;
    await writers.stop();
    steps.push(...writers.steps);
    assert.ok(steps.filter(({ acknowledged }) => acknowledged).length >= 40 * (kill + 1));
  }
  assertNothingLost(await readKept(world.ownerPool), steps);
  assert.deepEqual(await halfDone(world.ownerPool), []);
  worker.child.kill("SIGTERM");
  assert.equal(await worker.ended, 0);
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
});

test("a worker that is killed in the middle of an import: the next one goes on, nothing is lost and nothing made twice", async () => {
  const administrator = await world.as("administrator");
  const rows = Array.from({ length: 2000 }, (_one, at) => `Killed ${at}`);
  const at = await sendFile(world, administrator, "teams", `Name\n${rows.join("\n")}\n`);
  await checkColumns(world, administrator, at);
  const urls = { DATABASE_URL: world.ownerUrl, REEVE_APP_DATABASE_URL: world.appUrl };
  const first = await startPart("worker", urls);
  await administrator.post(`${at}/save`, {}, { from: at });
  const job = async () => {
    const { rows: found } = await world.ownerPool.query<{ state: string; done: number }>(
      "select state, done from jobs where kind = 'save-import'",
    );
    return found[0] ?? { state: "waiting", done: 0 };
  };
  const until = async (reached: () => Promise<boolean>) => {
    for (let attempt = 0; attempt < 600 && !(await reached()); attempt += 1) await sleep(25);
    assert.ok(await reached());
  };
  await until(async () => (await job()).done > 0);
  first.child.kill("SIGKILL");
  await first.ended;
  const { state, done } = await job();
  assert.equal(state, "running", `it ended too soon to be killed, with ${done} done`);
  const second = await startPart("worker", urls);
  await until(async () => (await job()).state === "done");
  second.child.kill("SIGTERM");
  assert.equal(await second.ended, 0);
  const { rows: made } = await world.ownerPool.query(
    "select count(*)::int as many, count(distinct title)::int as titles from records where title like 'Killed %'",
  );
  assert.deepEqual(made, [{ many: 2000, titles: 2000 }]);
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
});

test("the terminal brings a file in as a person, says what is rejected, and refuses what it does not know", async () => {
  const who = await world.person("Terry Terminal", "administrator");
  const { rows } = await world.ownerPool.query("select reference from records where id = $1", [who.personId]);
  const file = join(world.filesFolder, "teams.csv");
  await writeFile(file, "Name,E-mail address\nFrom the terminal,team@aldermoor.gov.uk\nWrong,nonsense\n");
  const urls = { DATABASE_URL: world.ownerUrl, REEVE_APP_DATABASE_URL: world.appUrl };
  const as = ["--as", rows[0].reference];
  const done = await runReeve(world.filesFolder, ["import", "records", "teams", file, ...as, "--key", "name"], urls);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^Row 3: E-mail address must be an e-mail address/);
  assert.match(done.stderr, /E-mail address: email\n[^]*1 made, 0 changed, 0 as they were, 1 rejected/);
  const wrong = await runReeve(world.filesFolder, ["import", "records", "teams", `${file}.none`, ...as], urls);
  assert.deepEqual([wrong.code, /There is no file/.test(wrong.stderr)], [1, true]);
});

test("the web alone does not start with the owner's address, without its own, or before the worker prepared the database", async () => {
  const start = (environment: Readonly<Record<string, string>>) =>
    startWeb(readSettings({ REEVE_DATA: world.filesFolder, PORT: "0", ...environment }), () => {});
  await assert.rejects(
    start({ REEVE_APP_DATABASE_URL: world.appUrl, DATABASE_URL: world.ownerUrl }),
    /^SettingsError: DATABASE_URL is set, but the web alone must not have the owner’s address/,
  );
  await assert.rejects(start({}), /^SettingsError: REEVE_APP_DATABASE_URL is not set/);
  const empty = new URL(world.appUrl);
  empty.pathname = "/postgres";
  await assert.rejects(start({ REEVE_APP_DATABASE_URL: empty.href }), /Start npm run worker, which prepares it/);
});

test("the web alone, with nothing in the database, says where to begin; then people come in by links, all on the app's role", async () => {
  await world.ownerPool.query("truncate organisations cascade");
  const web = await startPart("web", { REEVE_APP_DATABASE_URL: world.appUrl });
  const visitor = () => browserAt(web.address);
  const [link = ""] = /\/setup\?key=\S+/.exec(web.printed()) ?? assert.fail(web.printed());
  assert.match(words(await visitor().get("/sign-in")), /not set up yet/);
  const administrator = visitor();
  const password = "walrus gantry hollow pepper";
  const given = { organisation: "Fenbridge Council", name: "Ada Quill", email: "ada@fenbridge.gov.uk", password };
  const made = await administrator.post("/setup", given, { from: link });
  assert.equal(made.statusCode, 303, words(made));
  assert.match(words(await administrator.get("/account")), /Administrator/);
  assert.equal((await visitor().get(link)).statusCode, 404, "it works once");

  const noor = { name: "Noor Haddad", email: "noor@fenbridge.gov.uk" };
  const added = await administrator.post("/people/new", noor, { from: "/people/new" });
  const at = String(added.headers.location ?? assert.fail(words(added)));
  const shown = (await administrator.post(`${at}/sign-in-link`, {}, { from: `${at}/sign-in-link` })).body;
  const address = new URL(/id="link"[^>]*value="([^"]*)"/.exec(shown)?.[1]?.replaceAll("&amp;", "&") ?? assert.fail());
  const theirs = `${address.pathname}${address.search}`;
  const someone = visitor();
  assert.equal(
    (await someone.post(theirs, { password: "thimble orchard comet ledger" }, { from: theirs })).statusCode,
    303,
  );
  const entering = { email: noor.email, password: "thimble orchard comet ledger" };
  assert.equal((await someone.post("/sign-in", entering, { from: "/sign-in" })).statusCode, 303);
  assert.match(words(await someone.get("/account")), /Noor Haddad/);
  web.child.kill("SIGTERM");
  assert.equal(await web.ended, 0);
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
});
