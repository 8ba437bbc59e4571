import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { constants, createZstdCompress } from "node:zlib";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { pack } from "tar-stream";
import pg from "pg";
import { backup } from "../src/kernel/backup/backup.ts";
import { erasureListPath, keepErasureList, readErasureList } from "../src/kernel/backup/erasure-list.ts";
import { BackupError } from "../src/kernel/backup/failed.ts";
import { filePath } from "../src/kernel/files/disk.ts";
import { restore } from "../src/kernel/backup/restore.ts";
import type { Restored } from "../src/kernel/backup/restore.ts";
import { MigrationError, migrate } from "../src/kernel/database/migrate.ts";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let folder: string;
let filesFolder: string;
let staff: Who;
let lead: Who;
let administrator: Who;
let erased: Stored;
const made: string[] = [];
const picture = Buffer.from("not really a picture");
const pictureHash = createHash("sha256").update(picture).digest("hex");

before(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "reeve-backup-test-"));
  filesFolder = join(folder, "here", "files");
  staff = await world.person("Tom Reid", "staff");
  lead = await world.person("Dee Osei", "leadSupport");
  administrator = await world.person("Ada King", "administrator");
  await world.store.as(administrator, (tx) =>
    create(tx, typeNamed(world.registry, "policy"), {
      title: "Acceptable use",
      clauses: [
        { heading: "Back \\ slashes \\N", text: "One\n\tTwo \\." },
        { heading: "Ünïcödé 🐢", text: "b" },
      ],
    }),
  );
  erased = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Cannot sign in" }));
  await world.store.as(staff, (tx) =>
    comment(tx, ticket(), erased.id, { text: "My password is walrus", audience: "everyone" }),
  );
  await world.store.as(administrator, (tx) =>
    eraseEvent(tx, ticket(), erased.id, { sequence: 2, reason: "A password was pasted" }),
  );
  await mkdir(join(filesFolder, pictureHash.slice(0, 2)), { recursive: true });
  await writeFile(filePath(filesFolder, pictureHash), picture);
  await world.ownerPool.query(
    "insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256) values ($1, $2, 'a.png', 'image/png', $3, decode($4, 'hex'))",
    [world.council.organisationId, erased.id, picture.length, pictureHash],
  );
  await world.ownerPool.query(
    "insert into bank_holidays (division, day, read_at, name, announced) values ('scotland', '2027-06-04', now(), 'Jubilee', '2026-11-22')",
  );
  await world.ownerPool.query("insert into sign_in_user (id, name, email) values ('u', 'U', 'u@aldermoor.example')");
  await world.ownerPool.query(
    "insert into sign_in_session (user_id, token, expires_at) values ('u', 'secret', now() + interval '1 day')",
  );
  await sealAll(world.ownerPool);
});
after(async () => {
  for (const name of made) await admin((client) => client.query(`drop database if exists ${name} with (force)`));
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const ticket = () => typeNamed(world.registry, "ticket");
const says = (words: RegExp) => (error: unknown) => error instanceof BackupError && words.test(error.message);

async function admin<Result>(work: (client: pg.Client) => Promise<Result>, database = "postgres"): Promise<Result> {
  const url = new URL(world.ownerUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href, options: "-c search_path=reeve,public" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** An empty database, and a folder for its files. */
async function emptyDatabase(): Promise<{ name: string; ownerUrl: string; filesFolder: string }> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await admin((client) => client.query(`create database ${name} template template0`));
  made.push(name);
  const url = new URL(world.ownerUrl);
  url.pathname = `/${name}`;
  await mkdir(join(folder, name));
  return { name, ownerUrl: url.href, filesFolder: join(folder, name, "files") };
}

/** Every table's rows as one checksum, whatever their order; not what begins anew or is worked out anew in another database. */
async function checksums(database: string): Promise<Record<string, string>> {
  return admin(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'reeve'::regnamespace and relkind = 'r' order by 1",
    );
    const sums: Record<string, string> = {};
    for (const { name } of rows.filter(
      (table) => !["sign_in_session", "feed_epoch", "grants_marks", "grants_kept"].includes(table.name),
    )) {
      const result = await client.query<{ sum: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(said, E'\\n' order by said)), '') as sum from (select (to_jsonb(t) - 'transaction_id')::text as said from ${client.escapeIdentifier(name)} t) every`,
      );
      sums[name] = result.rows[0]!.sum;
    }
    return sums;
  }, database);
}

const databaseOf = (url: string) => new URL(url).pathname.slice(1);
const restoreInto = (target: { ownerUrl: string; filesFolder: string }, from: string): Promise<Restored> =>
  restore({ ...target, from, registry: world.registry });

test("a backup is the same records, files, numbers and erasures in another database", async () => {
  const out = join(folder, "quiet.reeve");
  const said: string[] = [];
  const { contents } = await backup({
    ownerUrl: world.ownerUrl,
    filesFolder,
    out,
    progress: (line) => said.push(line),
  });
  assert.equal((await stat(out)).mode & 0o777, 0o600);
  assert.deepEqual(contents.missingFiles, []);
  assert.ok(said.some((line) => /events/.test(line)));
  const target = await emptyDatabase();
  const restored = await restoreInto(target, out);
  assert.deepEqual(restored.report.problems, []);
  assert.equal(restored.report.erased, 1);
  assert.equal(restored.erasedAgain, 0);
  assert.equal(restored.files, 1);
  assert.deepEqual(await readFile(filePath(target.filesFolder, pictureHash)), picture);
  assert.deepEqual(await checksums(target.name), await checksums(databaseOf(world.ownerUrl)));
  assert.equal(
    (await admin((client) => client.query("select 1 from sign_in_session"), target.name)).rowCount,
    0,
    "sessions end with the database that gave them",
  );
  // The schema is whole too, and work goes on with the next number.
  const catalogue = async (database: string) =>
    admin(
      async (client) =>
        (
          await client.query(`select conname || pg_get_constraintdef(oid) as is from pg_constraint where connamespace = 'reeve'::regnamespace
    union all select pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'reeve'::regnamespace
    union all select tgname || tgenabled::text from pg_trigger where not tgisinternal order by 1`)
        ).rows,
      database,
    );
  assert.deepEqual(await catalogue(target.name), await catalogue(databaseOf(world.ownerUrl)));
  const numbers = async (database: string) =>
    admin(
      async (client) =>
        (await client.query("select sequencename, last_value from pg_sequences where schemaname = 'reeve' order by 1"))
          .rows,
      database,
    );
  assert.ok((await numbers(target.name)).length > 5);
  assert.deepEqual(await numbers(target.name), await numbers(databaseOf(world.ownerUrl)));
});

test("a backup made while people write is one moment, and its chains verify", async () => {
  let stop = false;
  let written = 0;
  const writer = async () => {
    while (!stop) {
      const one = await world.store.as(staff, (tx) =>
        create(tx, ticket(), { summary: `Written meanwhile ${written}` }),
      );
      await world.store.as(lead, (tx) => move(tx, ticket(), one.id, one.version, "take", {}));
      await world.store.as(staff, (tx) =>
        comment(tx, ticket(), one.id, { text: "Still broken", audience: "everyone" }),
      );
      written++;
    }
  };
  const writing = [writer(), writer()];
  while (written < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  const out = join(folder, "busy.reeve");
  const before = written;
  const { manifest } = await backup({ ownerUrl: world.ownerUrl, filesFolder, out });
  const during = written - before;
  stop = true;
  await Promise.all(writing);
  const target = await emptyDatabase();
  const restored = await restoreInto(target, out);
  assert.ok(during > 0, "the writers wrote meanwhile");
  assert.deepEqual(restored.report.problems, []);
  const { rows } = await admin(
    (client) =>
      client.query<{ events: number; said: number }>(
        "select (select count(*)::int from events) as events, (select sum(event_count)::int from records) as said",
      ),
    target.name,
  );
  assert.equal(rows[0]!.events, rows[0]!.said);
  assert.equal(
    restored.rows,
    manifest.tables.reduce((sum, table) => sum + table.rows, 0),
  );
  const again = await backup({
    ownerUrl: target.ownerUrl,
    filesFolder: target.filesFolder,
    out: join(folder, "again.reeve"),
  });
  for (const { name, rows: many } of manifest.tables) assert.equal(again.contents.tables[name]?.rows, many, name);
});

test("what was erased after the backup does not come back, and what came after in its place is left alone", async () => {
  const one = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Erased later" }));
  await world.store.as(staff, (tx) =>
    comment(tx, ticket(), one.id, { text: "My password is narwhal", audience: "everyone" }),
  );
  const whole = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Erased later, whole: Mx Quill" }));
  const out = join(folder, "before-erasing.reeve");
  await backup({ ownerUrl: world.ownerUrl, filesFolder, out });
  await world.store.as(staff, (tx) =>
    comment(tx, ticket(), whole.id, { text: "Said after the backup", audience: "everyone" }),
  );
  await world.store.as(administrator, (tx) => eraseEvent(tx, ticket(), one.id, { sequence: 2, reason: "A password" }));
  await world.store.as(administrator, (tx) => eraseRecord(tx, ticket(), whole.id, { reason: "Article 17" }));
  const afterwards = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Not in the backup" }));
  await world.store.as(administrator, (tx) => eraseRecord(tx, ticket(), afterwards.id, { reason: "Article 17" }));
  const list = erasureListPath(filesFolder);
  assert.equal(await keepErasureList(world.ownerPool, list), 3);
  assert.equal(await keepErasureList(world.ownerPool, list), 0);
  assert.doesNotMatch(await readFile(list, "utf8"), /Quill|password/i);
  const target = await emptyDatabase();
  const restored = await restore({ ...target, from: out, registry: world.registry, erasureLists: [list] });
  assert.equal(restored.erasedAgain, 2);
  assert.deepEqual(restored.report.problems, []);
  const text = await admin(
    async (client) =>
      (
        await client.query<{ text: string }>(
          "select string_agg(body::text, ' ') || (select string_agg(title, ' ') from records) as text from event_bodies",
        )
      ).rows[0]!.text,
    target.name,
  );
  assert.doesNotMatch(text, /narwhal|Quill/);
  assert.equal(
    (await readErasureList(erasureListPath(target.filesFolder))).length,
    3,
    "the list goes on in the new folder",
  );
});

test("a restore refuses a database with a council in it, and leaves it as it is", async () => {
  const before = await checksums(databaseOf(world.ownerUrl));
  await assert.rejects(
    restoreInto({ ownerUrl: world.ownerUrl, filesFolder: join(folder, "elsewhere") }, join(folder, "quiet.reeve")),
    says(/not empty: it holds “Aldermoor Borough Council”/),
  );
  assert.deepEqual(await checksums(databaseOf(world.ownerUrl)), before);
});

test("a database that was only migrated counts as empty", async () => {
  const target = await emptyDatabase();
  await migrate({ ownerUrl: target.ownerUrl, appPassword: null, registry: world.registry });
  assert.equal((await restoreInto(target, join(folder, "quiet.reeve"))).report.ok, true);
});

test("an owner who may not make or change the app’s role is told what to do", async () => {
  const target = await emptyDatabase();
  const owner = new pg.Client({ connectionString: target.ownerUrl });
  await owner.connect();
  const plain = `plain_${randomUUID().slice(0, 8)}`;
  await owner.query(`create role ${plain} login password 'plain'`);
  await owner.query(`grant create on database ${new URL(target.ownerUrl).pathname.slice(1)} to ${plain}`);
  const url = new URL(target.ownerUrl);
  Object.assign(url, { username: plain, password: "plain" });
  try {
    await assert.rejects(
      migrate({ ownerUrl: url.href, appPassword: "another", registry: world.registry }),
      (error) => error instanceof MigrationError && /REEVE_APP_DATABASE_URL/.test(error.message),
    );
  } finally {
    await owner.query(`drop owned by ${plain} cascade; drop role ${plain}`);
    await owner.end();
  }
});

test("a backup that is damaged, cut short, not ours or newer is refused in a sentence, and nothing is restored", async () => {
  const whole = await readFile(join(folder, "quiet.reeve"));
  const flipped = Buffer.from(whole);
  flipped[Math.floor(whole.length / 2)]! ^= 0x10;
  const files: Record<string, [content: Buffer, words: RegExp]> = {
    "cut-short": [whole.subarray(0, whole.length - 2000), /damaged|cut short/],
    "cut-at-the-end": [whole.subarray(0, whole.length - 3), /damaged|cut short/],
    "cut-early": [whole.subarray(0, 500), /damaged|cut short/],
    flipped: [flipped, /damaged|no backup/],
    "not-ours": [Buffer.from("PK\u0003\u0004 something else"), /damaged|no backup/],
    empty: [Buffer.alloc(0), /damaged|no backup/],
  };
  const target = await emptyDatabase();
  for (const [name, [content, words]] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
    await assert.rejects(
      restoreInto(target, join(folder, name)),
      (error) => says(words)(error) && says(/Nothing was restored/)(error),
      name,
    );
    assert.equal(
      await admin(
        async (client) => (await client.query("select to_regnamespace('reeve') as there")).rows[0].there as unknown,
        target.name,
      ),
      null,
      name,
    );
    assert.deepEqual(
      await readdir(target.filesFolder, { recursive: true }).then(
        (names) => names.filter((entry) => entry.length > 3),
        () => [],
      ),
      [],
      name,
    );
  }
  await assert.rejects(restoreInto(target, join(folder, "nowhere")), says(/There is no file/));
});

test("an archive whose parts do not agree is refused", async () => {
  const migrations = (
    await world.ownerPool.query<{ number: number; name: string; sha256: string }>(
      "select number, name, sha256 from migrations order by number",
    )
  ).rows;
  const manifest = {
    format: "reeve-backup",
    version: 1,
    madeAt: "2026-01-01T00:00:00Z",
    migrations,
    tables: [{ name: "organisations", columns: ["id", "name"], rows: 1 }],
    sequences: [],
  };
  const row = Buffer.from("0197b3a0-0000-7000-8000-000000000001\tForged\n");
  const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const archive = async (name: string, entries: readonly [string, string | Buffer][]) => {
    const tar = pack();
    for (const [entry, content] of entries) tar.entry({ name: entry }, content);
    tar.finalize();
    await pipeline(
      tar,
      createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
      createWriteStream(join(folder, name)),
    );
    return join(folder, name);
  };
  const json = JSON.stringify(manifest);
  const contents = JSON.stringify({
    manifestSha256: sha(Buffer.from(json)),
    tables: { organisations: { rows: 1, bytes: row.length, sha256: sha(row) } },
    files: 0,
    missingFiles: [],
  });
  const wrong: Record<string, [entries: [string, string | Buffer][], words: RegExp]> = {
    "without its end": [
      [
        ["manifest.json", json],
        ["tables/organisations/000001.copy", row],
      ],
      /its end is missing/,
    ],
    "with a changed row": [
      [
        ["manifest.json", json],
        ["tables/organisations/000001.copy", Buffer.from(row.toString().replace("Forged", "Forgot"))],
        ["contents.json", contents],
      ],
      /the rows of organisations/,
    ],
    "with a row too few": [
      [
        ["manifest.json", json],
        ["contents.json", contents],
      ],
      /the rows of organisations/,
    ],
    "with rows of no table": [
      [
        ["manifest.json", json],
        ["tables/pg_authid/000001.copy", row],
      ],
      /stand where none should/,
    ],
    "from a newer version": [
      [
        [
          "manifest.json",
          JSON.stringify({
            ...manifest,
            migrations: [...migrations, { number: 9999, name: "9999-later.sql", sha256: sha(row) }],
          }),
        ],
      ],
      /newer version of Reeve \(it has 9999-later\.sql\)/,
    ],
    "with another migration": [
      [
        [
          "manifest.json",
          JSON.stringify({ ...manifest, migrations: migrations.map((one) => ({ ...one, sha256: sha(row) })) }),
        ],
      ],
      /another version/,
    ],
    "with a file of another content": [
      [
        ["manifest.json", json],
        [`files/${sha(row)}`, "other"],
      ],
      /has other content/,
    ],
    "with a path of its own": [
      [
        ["manifest.json", json],
        ["files/../../../etc/passwd", "other"],
      ],
      /does not know/,
    ],
    "of nothing": [[["readme.txt", "hello"]], /does not know/],
  };
  const target = await emptyDatabase();
  for (const [name, [entries, words]] of Object.entries(wrong)) {
    await assert.rejects(restoreInto(target, await archive(name.replaceAll(" ", "-"), entries)), says(words), name);
    assert.equal(
      await admin(
        async (client) => (await client.query("select to_regnamespace('reeve') as there")).rows[0].there as unknown,
        target.name,
      ),
      null,
      name,
    );
  }
});

test("a backup is not written over another file, and a file that is gone is named", async () => {
  await assert.rejects(
    backup({ ownerUrl: world.ownerUrl, filesFolder, out: join(folder, "quiet.reeve") }),
    says(/There is a file/),
  );
  await assert.rejects(
    backup({ ownerUrl: world.ownerUrl, filesFolder, out: join(folder, "none", "x.reeve") }),
    says(/no folder/),
  );
  await rm(filePath(filesFolder, pictureHash));
  const { contents } = await backup({ ownerUrl: world.ownerUrl, filesFolder, out: join(folder, "missing.reeve") });
  assert.deepEqual(contents.missingFiles, [pictureHash]);
  assert.equal((await verify({ ownerPool: world.ownerPool, registry: world.registry })).ok, true);
});
