import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { backup } from "../src/kernel/backup/backup.ts";
import { restore } from "../src/kernel/backup/restore.ts";
import { bucketStore } from "../src/kernel/files/bucket.ts";
import { keepContent } from "../src/kernel/files/content.ts";
import { clamd } from "../src/kernel/files/scan.ts";
import type { ContentStore } from "../src/kernel/files/store.ts";
import { StoreUnavailable } from "../src/kernel/files/store.ts";
import { sweepFiles } from "../src/kernel/files/sweep-files.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { deleteErasedFiles } from "../src/web/erased-files.ts";
import { apiClient } from "./api-world.ts";
import { startBucketServer } from "./bucket-server.ts";
import type { BucketServer } from "./bucket-server.ts";
import { eicar, findClamd, startClamd } from "./clamd.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let server: BucketServer;
let folder: string;
let store: { -readonly [Name in keyof ContentStore]: ContentStore[Name] };
let world: WebWorld;
let staff: Browser;

before(async () => {
  server = await startBucketServer();
  folder = await mkdtemp(join(tmpdir(), "reeve-files-bucket-"));
  store = { ...bucketStore(server.settings, { folder: join(folder, "files"), timeoutMs: 5000 }) };
  world = await createWebWorld({ filesFolder: store });
  staff = await world.as("staff");
});
after(async () => {
  await world.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const one = async function* (text: string) {
  yield Buffer.from(text);
};
const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry, filesFolder: store });
const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");
const objectOf = (sha256: string) => join(server.folder, sha256.slice(0, 2), `${sha256}._S3rver_object`);

/** Logs a ticket with a file that holds this text, and gives its reference and the file's address. */
async function logWith(text: string) {
  const file = new File([text], "notes.txt");
  const made = await staff.post("/tickets/new", { summary: "With a file", attachment: file }, { from: "/tickets/new" });
  assert.equal(made.statusCode, 303, words(made));
  const page = String(made.headers.location);
  const href = /href="(\/files\/[^"]+)"/.exec((await staff.get(page)).body)?.[1] ?? "";
  return { page, reference: page.split("/").at(-1)!, href };
}

test("a file is kept in the bucket, read from it, and proved", async () => {
  const { href } = await logWith("In the bucket");
  assert.equal((await staff.get(href)).body, "In the bucket");
  assert.equal(await store.has(sha256Of("In the bucket")), true);
  assert.deepEqual(await readdir(join(folder, "files", "arriving")), [], "nothing stays on this machine");
  const report = await look();
  assert.deepEqual(report.problems, []);
  assert.equal(report.files, 1);
  await writeFile(objectOf(sha256Of("In the bucket")), "Exchanged");
  assert.match((await look()).problems[0]?.message ?? "", /content of “notes.txt” is not what was sent/);
  await writeFile(objectOf(sha256Of("In the bucket")), "In the bucket");
});

test("a backup holds the bucket's files, and a restore brings them to another bucket", async () => {
  const { href } = await logWith("Worth a backup");
  const out = join(folder, "reeve.backup");
  const { contents } = await backup({ ownerUrl: world.ownerUrl, filesFolder: store, out });
  assert.deepEqual(contents.missingFiles, []);
  const elsewhere = await startBucketServer();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: world.ownerUrl });
  await client.connect();
  try {
    await client.query(`create database ${name} template template0`);
    const url = new URL(world.ownerUrl);
    url.pathname = `/${name}`;
    const target = bucketStore(elsewhere.settings, { folder: join(folder, "elsewhere", "files") });
    const restored = await restore({ ownerUrl: url.href, filesFolder: target, from: out, registry: world.registry });
    assert.deepEqual(restored.report.problems, []);
    assert.equal(await target.has(sha256Of("Worth a backup")), true);
    assert.equal((await staff.get(href)).statusCode, 200);
  } finally {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
    await elsewhere.close();
  }
});

test("an erasure by law takes the object, and the sweep what nothing names", async () => {
  const administrator = await world.as("administrator");
  const { reference, href } = await logWith("Passport of T Reid");
  const erasure = await world.store.as(administrator.who!, (tx) =>
    eraseRecord(tx, typeNamed(world.registry, "ticket"), reference, { reason: "Article 17 UK GDPR" }),
  );
  assert.equal(await deleteErasedFiles(world.parts, erasure.files), true);
  assert.equal((await staff.get(href)).statusCode, 404);
  assert.equal(await store.has(sha256Of("Passport of T Reid")), false);

  const [old, young] = [await keepContent(store, one("old"), 100), await keepContent(store, one("young"), 100)];
  const named = await logWith("old and named");
  const longAgo = new Date(Date.now() - 3 * 86_400_000);
  for (const sha256 of [old.sha256, sha256Of("old and named")]) await utimes(objectOf(sha256), longAgo, longAgo);
  const swept = await sweepFiles({ ownerPool: world.ownerPool, filesFolder: store, now: Temporal.Now.instant() });
  assert.deepEqual(swept, { deleted: 1, uploads: 0, refused: null });
  assert.deepEqual([await store.has(old.sha256), await store.has(young.sha256)], [false, true]);
  assert.equal((await staff.get(named.href)).body, "old and named");
  await store.setNote("organisations", `${randomUUID()}\n`);
  const foreign = await sweepFiles({ ownerPool: world.ownerPool, filesFolder: store, now: Temporal.Now.instant() });
  assert.match(foreign.refused ?? "", /belong to an organisation that is not in this database/);
  await store.remove("organisations");
});

test("a list of more objects than one answer holds is read to its end", async () => {
  const names = ["ff01", "ff02", "ff03", "ff04", "ff05"];
  for (const name of names) await store.setNote(`ff/${name}`, "x");
  const small = bucketStore(server.settings, { folder, listedAtOnce: 2 });
  assert.deepEqual(
    (await small.list("ff")).map(({ name }) => name),
    names,
  );
  for (const name of names) await store.remove(name);
});

test("while the store does not answer, what needs it is refused with 503, and nothing is half done", async () => {
  const { href, page } = await logWith("Before the outage");
  const client = await apiClient(world, staff.who!);
  const count = async () => (await world.ownerPool.query("select 1 from reeve.files")).rowCount;
  const files = await count();
  await server.stop();
  try {
    const sent = await staff.post(
      "/tickets/new",
      { summary: "During", attachment: new File(["During it"], "x.txt") },
      { from: "/tickets/new" },
    );
    assert.equal(sent.statusCode, 503);
    assert.match(words(sent), /Files cannot be reached at the moment/);
    assert.equal((await staff.get(href)).statusCode, 503);
    assert.equal((await staff.get(page)).statusCode, 200, "what needs no file goes on");
    const api = await world.app.inject({
      method: "POST",
      url: "/api/v1/files?name=x.txt",
      headers: { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream" },
      payload: "During it",
    });
    assert.equal(api.statusCode, 503);
    assert.match(api.json<{ detail: string }>().detail, /store of files does not answer/);
    const out = join(folder, "during.backup");
    await assert.rejects(backup({ ownerUrl: world.ownerUrl, filesFolder: store, out }), StoreUnavailable);
    assert.equal((await readdir(folder)).includes("during.backup"), false);
    assert.equal(await deleteErasedFiles(world.parts, ["01".repeat(32)]), false);
  } finally {
    await server.start();
  }
  assert.equal(await count(), files);
  assert.deepEqual(await readdir(join(folder, "files", "arriving")), []);
  assert.equal((await staff.get(href)).body, "Before the outage");
});

test("a key that the store does not know, and a bucket that is not there, are said in a sentence", async () => {
  const stranger = bucketStore({ ...server.settings, secret: "wrong" }, { folder });
  await assert.rejects(stranger.note("organisations"), /SignatureDoesNotMatch.*REEVE_S3_SECRET/);
  const nowhere = bucketStore({ ...server.settings, url: server.settings.url.replace("-files", "-none") }, { folder });
  await assert.rejects(nowhere.list("ab/"), /NoSuchBucket/);
});

test("a file with a virus in it is refused, and nothing of it is kept; so is every file while nobody can look", async (t) => {
  const program = await findClamd();
  if (program === null) return t.skip("clamd is not installed (Debian: apt-get install clamav-daemon)");
  const scanner = await startClamd(program);
  const client = await apiClient(world, staff.who!);
  const send = (text: string | Buffer) =>
    world.app.inject({
      method: "POST",
      url: "/api/v1/files?name=x.txt",
      headers: { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream" },
      payload: text,
    });
  const log = (text: string) =>
    staff.post("/tickets/new", { summary: "A file", attachment: new File([text], "x.com") }, { from: "/tickets/new" });
  try {
    store.scanner = clamd({ path: scanner.socket });
    const refused = await log(eicar);
    assert.equal(refused.statusCode, 422);
    assert.match(words(refused), /Picture or document has a virus in it, so it was not kept/);
    const api = await send(eicar);
    assert.equal(api.statusCode, 422);
    assert.match(api.body, /This file has a virus in it, so it was not kept/);
    assert.equal(await store.has(sha256Of(eicar)), false);
    assert.equal((await log("A harmless file")).statusCode, 303);
    assert.equal((await send(Buffer.alloc(25_000_000))).statusCode, 201, "the largest file there may be");
    assert.equal(await store.scanner.ping(), true);
  } finally {
    await scanner.stop();
  }
  assert.equal(await store.scanner.ping(), false);
  const refused = await log("Another harmless file");
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /could not be looked at for viruses just now, so it was not kept/);
  assert.equal((await send("Another harmless file")).statusCode, 503);
  assert.equal(await store.has(sha256Of("Another harmless file")), false);
  delete store.scanner;
});
