import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { holidaysPublishedTo } from "../src/commands/doctor.ts";
import { demoPeople } from "../src/council/demo-people.ts";
import { demoToken } from "../src/council/demo-token.ts";
import { readMigrations } from "../src/kernel/database/migrate.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { runReeve, temporaryFolder } from "./running.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

const readers = [["verify"], ["export", "tickets"], ["token", "lead-support"]] as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let world: World;
let database: Readonly<Record<string, string>>;

before(async () => {
  [folder, world] = await Promise.all([temporaryFolder(), createWorld()]);
  database = { DATABASE_URL: world.ownerUrl, REEVE_APP_DATABASE_URL: world.appUrl, REEVE_DEMO: "on" };
});
after(async () => {
  await world.close();
  await folder.remove();
});

const reeve = (words: readonly string[], environment = database) => runReeve(folder.path, words, environment);

test("where Reeve was never started, what only reads says so in a sentence and makes nothing", async () => {
  const path = join(folder.path, "nothing");
  const commands = [...readers, ["backup", join(folder.path, "a.backup")]];
  for (const { code, stdout, stderr } of await Promise.all(commands.map((words) => runReeve(path, words)))) {
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^There is no database in .*nothing yet\. Start Reeve once, or set REEVE_DATA .*\n$/);
  }
  const doctor = await runReeve(path, ["doctor", "--json"]);
  assert.equal(doctor.code, 1);
  assert.match(doctor.stdout, /^\{"fine":false,"findings":\[\{"what":"Database","fine":false,"says":"There is no /);
  await assert.rejects(access(path));
  assert.deepEqual(await readdir(folder.path), []);
});

test("a database that does not answer is a sentence, and doctor’s finding", async () => {
  const nowhere = { DATABASE_URL: "postgres://owner:secret@127.0.0.1:1/reeve" };
  const { code, stderr } = await reeve(["verify"], nowhere);
  assert.deepEqual([code, stderr.split("\n").length], [1, 2], stderr);
  assert.match(stderr, /does not answer/);
  assert.match((await reeve(["doctor"], nowhere)).stdout, /^WRONG {2}Database: .*does not answer.*\n$/);
});

test("a database that is behind is refused by what only reads, found by doctor, and left as it is", async () => {
  const { rows: whole } = await world.ownerPool.query<{ number: number; name: string }>(
    "select number, name from migrations order by number",
  );
  const last = whole.at(-1)!;
  await world.ownerPool.query("create table kept as select * from migrations where number = $1", [last.number]);
  await world.ownerPool.query("delete from migrations where number = $1", [last.number]);
  for (const { code, stdout, stderr } of await Promise.all(readers.map((words) => reeve(words)))) {
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^The database is behind .* \(\d+ of \d+ migrations\)\. Start Reeve, or run “npm run reeve -- /,
    );
  }
  const doctor = await reeve(["doctor"]);
  assert.equal(doctor.code, 1);
  assert.match(
    doctor.stdout,
    new RegExp(`^WRONG {2}Migrations: at ${whole.length - 1} of ${whole.length}; .*${last.name}`, "m"),
  );
  const { rows } = await world.ownerPool.query("select number, name from migrations order by number");
  assert.deepEqual(rows, whole.slice(0, -1));
  await world.ownerPool.query("insert into migrations select * from kept; drop table kept");
  const mended = await reeve(["doctor"]);
  assert.equal(mended.code, 0, mended.stdout);
  assert.match(
    mended.stdout,
    new RegExp(`^fine {3}Migrations: at ${whole.length} of ${(await readMigrations()).length}$`, "m"),
  );
});

test("doctor says half a year before the published bank holidays end", () => {
  const on = (day: string) => holidaysPublishedTo(2028, Temporal.PlainDate.from(day));
  assert.deepEqual([on("2028-06-30").fine, on("2028-07-01").fine, on("2031-01-01").fine], [true, false, false]);
  assert.match(on("2028-07-01").says, /published to the end of 2028; download .* import bank-holidays FILE/);
});

test("a database from a newer version is refused by what only reads, and doctor says so", async () => {
  await world.ownerPool.query("insert into migrations (number, name, sha256) values (9999, '9999-later.sql', 'x')");
  const [verified, { code, stdout }] = await Promise.all([reeve(["verify"]), reeve(["doctor"])]);
  assert.equal(verified.code, 1);
  assert.match(verified.stderr, /newer version of Reeve \(it has 9999-later\.sql\)/);
  assert.equal(code, 1);
  assert.match(stdout, /^WRONG {2}Migrations: .*newer version/m);
  await world.ownerPool.query("delete from migrations where number = 9999");
});

test("no token is printed that would not act", async () => {
  const lead = await world.person("Dee Osei", "leadSupport");
  await world.ownerPool.query("update person set email = $1 where id = $2", [
    demoPeople["lead-support"].email,
    lead.personId,
  ]);
  const asked = { store: world.store, ownerPool: world.ownerPool, key: "lead-support" };
  const impossible = (says: RegExp) => (error: unknown) =>
    error instanceof Refusal && error.kind === "impossible" && says.test(error.message);
  await assert.rejects(demoToken(asked), impossible(/no demonstration in this database/));
  await world.ownerPool.query("update organisations set demo = true");
  const made = await reeve(["token", "lead-support"]);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.match(made.stdout, /^reeve_[\w-]{43}\n$/);
  // A database of one's own has no demonstration unless told.
  for (const demo of ["off", ""]) {
    const { code, stdout, stderr } = await reeve(["token", "lead-support"], { ...database, REEVE_DEMO: demo });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^The demonstration is off, .*REEVE_DEMO=on/);
  }
  const stranger = await reeve(["token", "lead-support"], { ...database, REEVE_APP_DATABASE_URL: "" });
  assert.equal(stranger.code, 1);
  assert.match(stranger.stderr, /does not know the password of Reeve’s pages\. Start Reeve/);
  await world.ownerPool.query("update person set active = false where id = $1", [lead.personId]);
  await assert.rejects(demoToken(asked), impossible(/is no longer active/));
  await world.another("Bexwick District Council");
  await assert.rejects(demoToken(asked), impossible(/an organisation of its own beside the demonstration/));
});

test("an export is harmless in a spreadsheet, and exact where that is asked for", async () => {
  const { council, registry, system } = world;
  await system((tx) => create(tx, typeNamed(registry, "ticket"), { summary: "=1+1" }));
  const organisation = ["--organisation", council.organisationId];
  const harmless = await reeve(["export", "tickets", ...organisation]);
  assert.equal(harmless.code, 0, harmless.stderr);
  assert.match(harmless.stdout, /,'=1\+1,/);
  const exact = await reeve(["export", "tickets", "--exact", ...organisation]);
  assert.match(exact.stdout, /,=1\+1,/);
  assert.match((await reeve(["help", "export"])).stdout, /spreadsheet[\s\S]*--exact/);
});

test("a command that is misused exits 2, and asking how to use one exits 0", async () => {
  const misused = await Promise.all([["verify", "--nonsense"], ["token"], ["deadline"]].map((words) => reeve(words)));
  for (const { code, stdout } of misused) assert.deepEqual([code, stdout], [2, ""]);
  const [help, own] = await Promise.all([reeve(["help", "deadline"]), reeve(["deadline", "--help"])]);
  assert.deepEqual([help.code, own.code, own.stdout], [0, 0, help.stdout]);
  assert.match(help.stdout, /retarget=MOMENT\/LENGTH/);
});
