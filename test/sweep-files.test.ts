import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { access, appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { startWorker } from "../src/jobs.ts";
import { filePath } from "../src/kernel/files/disk.ts";
import { keepContent } from "../src/kernel/files/content.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { sweepFiles } from "../src/kernel/files/sweep-files.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let administrator: Who;
let filesFolder: string;
let number = 0;

before(async () => {
  world = await createWorld();
  administrator = await world.person("Ada King", "administrator");
});
beforeEach(async () => {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-sweep-"));
});
afterEach(() => rm(filesFolder, { recursive: true }));
after(() => world.close());

const now = Temporal.Now.instant();
const sweep = () => sweepFiles({ ownerPool: world.ownerPool, filesFolder, now });
const newHex = () => (++number).toString(16).padStart(64, "ab");
const ticketType = () => typeNamed(world.registry, "ticket");
const newTicket = (): Promise<Stored> =>
  world.store.as(administrator, (tx) => create(tx, ticketType(), { summary: "The printer is jammed" }));

/** Puts content on the disk, as old as that; `suffix` makes it a part of a file, or one set aside. */
async function put(hex: string, hoursOld: number, suffix = ""): Promise<string> {
  const path = `${filePath(filesFolder, hex)}${suffix}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "a passport");
  await renewed(path, hoursOld);
  return path;
}

async function renewed(path: string, hoursOld: number): Promise<void> {
  const at = new Date(now.subtract({ hours: hoursOld }).epochMilliseconds);
  await utimes(path, at, at);
}

/** Names content as an upload does: for a record, or for none yet. */
async function name(hex: string, record: Stored | null, hoursOld = 0): Promise<void> {
  await world.ownerPool.query(
    `insert into files (organisation_id, name, media_type, size_bytes, sha256, record_id, uploaded_at)
     values ($1, 'passport.png', 'image/png', 10, decode($2, 'hex'), $3, now() - make_interval(hours => $4))`,
    [world.council.organisationId, hex, record?.id ?? null, hoursOld],
  );
}

async function* bytes(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text);
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test("what an erasure let go of just before a crash is deleted by the next sweep, and another record's is not", async () => {
  const [ticket, other] = [await newTicket(), await newTicket()];
  const [own, shared] = [newHex(), newHex()];
  const paths = [await put(own, 30), await put(shared, 30)];
  for (const [hex, record] of [
    [own, ticket],
    [shared, ticket],
    [shared, other],
  ] as const)
    await name(hex, record);
  assert.deepEqual(await sweep(), { deleted: 0, uploads: 0, refused: null });
  // The process ends here, before deleteFiles() is called with what this answers.
  const { files } = await world.store.as(administrator, (tx) =>
    eraseRecord(tx, ticketType(), ticket.id, { reason: "Article 17 UK GDPR" }),
  );
  assert.deepEqual(files, [own]);
  assert.deepEqual(await Promise.all(paths.map(isThere)), [true, true]);
  assert.deepEqual(await sweep(), { deleted: 1, uploads: 0, refused: null });
  assert.deepEqual(await Promise.all(paths.map(isThere)), [false, true]);
});

test("content that an upload may be about to name stays for a day, also when it was there long before", async () => {
  const fresh = await put(newHex(), 23);
  const sha256 = createHash("sha256").update("a passport").digest("hex");
  const again = await put(sha256, 2000);
  const broken = await put(newHex(), 25, ".0198c0de-0000-7000-8000-00000000e4a5");
  const going = await put(newHex(), 1, ".0198c0de-0000-7000-8000-00000000e4a5");
  const arriving = [join(filesFolder, "arriving", "one"), join(filesFolder, "arriving", "two")] as const;
  await mkdir(dirname(arriving[0]), { recursive: true });
  for (const path of arriving) await writeFile(path, "half a pass");
  await renewed(arriving[0], 25);
  assert.deepEqual(await keepContent(filesFolder, bytes("a passport"), 100).then(({ sha256 }) => sha256), sha256);
  assert.equal((await sweep()).deleted, 2);
  assert.deepEqual(await Promise.all(arriving.map(isThere)), [false, true]);
  assert.deepEqual(await Promise.all([fresh, again, broken, going].map(isThere)), [true, true, false, true]);
  assert.equal((await sweepFiles({ ownerPool: world.ownerPool, filesFolder, now: now.add({ hours: 26 }) })).deleted, 4);
  assert.deepEqual(await Promise.all([fresh, again, going].map(isThere)), [false, false, false]);
});

test("an upload that no record took is forgotten after a day, and its content with it", async () => {
  const [taken, waiting, abandoned] = [newHex(), newHex(), newHex()];
  const paths = await Promise.all([taken, waiting, abandoned].map((hex) => put(hex, 48)));
  await name(taken, await newTicket(), 48);
  await name(waiting, null, 23);
  await name(abandoned, null, 25);
  assert.deepEqual(await sweep(), { deleted: 1, uploads: 1, refused: null });
  assert.deepEqual(await Promise.all(paths.map(isThere)), [true, true, false]);
});

test("what a sweep had set aside when it was cut short is put back when it is named, else deleted", async () => {
  const [named, renewedSince, unnamed] = [newHex(), newHex(), newHex()];
  await name(named, await newTicket());
  await put(named, 48, ".aside");
  await put(renewedSince, 1, ".aside");
  const gone = await put(unnamed, 48, ".aside");
  assert.equal((await sweep()).deleted, 1);
  assert.deepEqual(
    await Promise.all([filePath(filesFolder, named), filePath(filesFolder, renewedSince), gone].map(isThere)),
    [true, true, false],
  );
});

test("the files of another database's organisations are left alone, and the reason is said", async () => {
  await sweep();
  const path = await put(newHex(), 48);
  await appendFile(join(filesFolder, "organisations"), "0198c0de-0000-7000-8000-00000000e4a5\n");
  const swept = await sweep();
  assert.equal(swept.deleted, 0);
  assert.match(String(swept.refused), /belong to an organisation that is not in this database/);
  assert.ok(await isThere(path));
});

test("the worker sweeps when it starts", async () => {
  const [left, kept] = [await put(newHex(), 48), await put(newHex(), 1)];
  const worker = await startWorker({
    ownerPool: world.ownerPool,
    store: world.store,
    filesFolder,
    registry: world.registry,
    channel: null,
    baseUrl: "http://localhost:3000",
    secret: "a secret of the tests, long enough to seal with",
    webhookNetworks: [],
    log: pino({ level: "silent" }),
  });
  try {
    for (let attempt = 0; attempt < 200 && (await isThere(left)); attempt++) await sleep(50);
    assert.deepEqual([await isThere(left), await isThere(kept)], [false, true]);
  } finally {
    await worker.stop();
  }
});
