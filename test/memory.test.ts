import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { Refusal } from "../src/kernel/errors.ts";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { problemText, verifyText } from "../src/kernel/memory/verify-text.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import {
  begin,
  end,
  world,
  lead,
  staff,
  administrator,
  superuser,
  victim,
  ticket,
  look,
  tampered,
} from "./memory/stage.ts";

before(begin);
after(end);

const kind = (expected: string) => (error: unknown) => error instanceof Refusal && error.kind === expected;

test("what was written is proved, and nothing waits to be sealed", async () => {
  const report = await look();
  assert.deepEqual(report.problems, []);
  assert.equal(report.ok, true);
  assert.equal(report.unsealed, 0);
  assert.ok(report.records > 15 && report.events > report.records, verifyText(report));
  assert.deepEqual([report.seals, report.clocks, report.clocksErased], [1, 2, 0]);
  assert.match(verifyText(report), /Everything is as it was written/);
});

test("a seal covers each head once, two at once do no harm, and nothing new costs nothing", async () => {
  const extra = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Sealed by two at once" }));
  const both = await Promise.all([sealAll(world.ownerPool), sealAll(world.ownerPool)]);
  assert.equal(both[0] + both[1], 1);
  assert.equal(await sealAll(world.ownerPool), 0);
  const heads = await superuser.query("select number from seal_heads where record_id = $1", [extra.id]);
  assert.equal(heads.rowCount, 1);
  assert.equal((await look()).ok, true);
});

test("an event of a transaction that ends after a seal began is in the next one", async () => {
  const slow = new pg.Client({ connectionString: world.ownerUrl, options: "-c search_path=reeve,public" });
  await slow.connect();
  await slow.query("begin");
  await slow.query("select act_as_system($1)", [world.council.organisationId]);
  await slow.query("select append_event($1, 'noted', now(), 'everyone', '{}')", [world.council.team]);
  assert.equal(await sealAll(world.ownerPool), 0);
  await slow.query("commit");
  await slow.end();
  assert.equal(await sealAll(world.ownerPool), 1);
});

test("the app's role can change and delete nothing of the memory", async () => {
  const statements = [
    "update events set at = now()",
    "delete from events",
    "insert into events select * from events",
    "update event_bodies set body = null",
    "delete from event_bodies",
    "insert into event_bodies select * from event_bodies",
    "delete from records",
    "delete from clocks",
    "insert into erasures (organisation_id, record_id, reason) values (current_organisation(), uuidv7(), 'x')",
    "delete from seals",
    "delete from unsealed",
    "delete from seal_heads",
    "select erase_values(r) from records r",
    "select seal(current_organisation())",
    "select said_words(uuidv7(), 'internal')",
    "select act_as_system(current_organisation())",
  ];
  for (const statement of statements) {
    await assert.rejects(
      world.store.as(administrator, (tx) => sql.raw(statement).execute(tx.db)),
      /permission denied/,
      statement,
    );
  }
});

test("only those with the permission erase, and the database says so too", async () => {
  await assert.rejects(
    world.store.as(lead, (tx) => eraseEvent(tx, ticket(), victim.id, { sequence: 3, reason: "I would like to" })),
    kind("forbidden"),
  );
  await assert.rejects(
    world.store.as(lead, (tx) => sql`select erase(${victim.id}::uuid, 3, 'I would like to')`.execute(tx.db)),
    /needs the permission/,
  );
  const other = await world.another("Brackley Town Council");
  const stranger = await world.person("Sam Moss", "administrator", { organisation: other });
  await assert.rejects(
    world.store.as(stranger, (tx) => sql`select erase(${victim.id}::uuid, 3, 'I would like to')`.execute(tx.db)),
    /no such record/,
  );
  await assert.rejects(
    world.store.as(administrator, (tx) =>
      eraseEvent(tx, ticket(), victim.id, { sequence: 99, reason: "A line that is not there" }),
    ),
    kind("impossible"),
  );
  await assert.rejects(
    world.store.as(administrator, (tx) => eraseEvent(tx, ticket(), victim.id, { sequence: 3, reason: " " })),
    kind("invalid"),
  );
});

test("a comment erased by law is gone, its words are not found, and verify reports it as erased", async () => {
  const made = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Cannot reach the zebra share" }));
  await world.store.as(staff, (tx) =>
    comment(tx, ticket(), made.id, { text: "My password is hippopotamus", audience: "everyone" }),
  );
  await world.store.as(lead, (tx) =>
    comment(tx, ticket(), made.id, { text: "The requester wrote giraffe", audience: "internal" }),
  );
  await sealAll(world.ownerPool);
  const finds = async (words: string) => (await world.store.as(lead, (tx) => search(tx, words))).found.length;
  assert.equal(await finds("hippopotamus"), 1);
  const erasure = await world.store.as(administrator, (tx) =>
    eraseEvent(tx, ticket(), made.reference, { sequence: 2, reason: "A password was pasted" }),
  );
  assert.equal(erasure.bodies, 1);
  assert.equal(await finds("hippopotamus"), 0);
  assert.equal(await finds("giraffe"), 1);
  assert.equal(await finds("zebra"), 1);
  assert.equal((await world.store.as(staff, (tx) => search(tx, "giraffe"))).found.length, 0);
  assert.equal((await world.store.as(staff, (tx) => search(tx, "zebra"))).found.length, 1);
  const lines = await world.store.as(lead, (tx) => timeline(tx, made));
  assert.deepEqual(
    lines.map(({ verb, erasedBy }) => [verb, erasedBy]),
    [
      ["created", null],
      ["commented", erasure.certificate],
      ["commented", null],
      ["erased", null],
    ],
  );
  assert.equal(lines[1]?.body, null);
  assert.equal(lines[3]?.body?.certificate, erasure.certificate);
  const before = await look();
  assert.deepEqual(before.problems, []);
  assert.equal(before.erased, 1);
  await assert.rejects(
    world.store.as(administrator, (tx) => eraseEvent(tx, ticket(), made.id, { sequence: 2, reason: "Once more" })),
    kind("impossible"),
  );
  // The record goes on as before.
  const taken = await world.store.as(lead, (tx) => move(tx, ticket(), made.id, made.version, "take", {}));
  assert.equal(taken.state, "assigned");
  assert.equal((await look()).ok, true);
});

test("an erasure that is listed, and what it names brought back, is caught", async () => {
  const report = await tampered(
    `update event_bodies set body = '{"text": "back"}', salt = '\\x00', erased_by_certificate = null where erased_by_certificate is not null`,
  );
  assert.ok(report.problems.some(({ message }) => /still there/.test(message)));
  const unlisted = await tampered("delete from erasures");
  assert.match(problemText(unlisted.problems[0]!), /no erasure of this record has/);
});

test("a record erased by law keeps its number, states and clocks, and says nothing of anyone", async () => {
  const file = await superuser.query<{ id: string }>(
    `insert into files (organisation_id, name, media_type, size_bytes, sha256) values ($1, 'passport.png', 'image/png', 3, '\\xabcd') returning id`,
    [world.council.organisationId],
  );
  const made = await world.store.as(lead, (tx) =>
    create(tx, ticket(), { summary: "Okonkwo cannot sign in", details: "Rings from 01632 960983" }),
  );
  await superuser.query("update files set record_id = $1 where id = $2", [made.id, file.rows[0]!.id]);
  await world.store.as(lead, (tx) =>
    change(tx, ticket(), made.id, made.version, { details: "Rings from 01632 960984" }),
  );
  await world.ownerPool.query("select learn_words($1)", [world.council.organisationId]);
  const words = async () =>
    (
      await superuser.query("select word from search_words where word in ('okonkwo', 'cannot', 'sign') order by word")
    ).rows.map((row: { word: string }) => row.word);
  assert.deepEqual(await words(), ["cannot", "okonkwo", "sign"]);
  const erasure = await world.store.as(administrator, (tx) =>
    eraseRecord(tx, ticket(), made.id, { reason: "Article 17 UK GDPR" }),
  );
  assert.deepEqual(erasure.files, ["abcd"]);
  const after = await world.store.as(lead, (tx) => find(tx, ticket(), made.reference));
  assert.equal(after.title, "Erased");
  assert.equal(after.values["details"], null);
  assert.equal(after.state, "new");
  assert.equal(after.version, made.version + 2);
  assert.ok(!(await words()).includes("okonkwo"));
  assert.equal((await world.store.as(lead, (tx) => search(tx, "Okonkwo"))).found.length, 0);
  assert.equal((await world.store.as(lead, (tx) => search(tx, made.reference))).found.length, 1);
  const everything = await superuser.query<{ text: string }>(
    `select string_agg(t::text, ' ') as text from (
    select to_jsonb(r)::text as t from records r where id = $1 union all select to_jsonb(o)::text from ticket o where id = $1
    union all select body::text from event_bodies where record_id = $1 union all select name from files) t`,
    [made.id],
  );
  assert.doesNotMatch(everything.rows[0]!.text, /okonkwo|96098|passport/i);
  const report = await look();
  assert.deepEqual(report.problems, []);
  assert.equal(report.erased, 3);
  assert.equal(report.clocksErased, 2);
  assert.match(verifyText(report), /Not recomputable: erased: 2 clocks/);
  await assert.rejects(
    world.store.as(administrator, (tx) => eraseRecord(tx, ticket(), made.id, { reason: "Once more" })),
    kind("impossible"),
  );
});

test("a policy and its clauses, and a person with an account, are erased whole", async () => {
  const policy = typeNamed(world.registry, "policy");
  const made = await world.store.as(administrator, (tx) =>
    create(tx, policy, { title: "About Mr Quill", clauses: [{ heading: "Quill", text: "Who he is" }] }),
  );
  await world.store.as(administrator, (tx) => eraseRecord(tx, policy, made.id, { reason: "It was about one person" }));
  assert.deepEqual(
    (await superuser.query("select heading, text, number from policy_clauses where parent_id = $1", [made.id])).rows,
    [{ heading: null, text: null, number: 1 }],
  );
  await superuser.query("insert into sign_in_user (id, name, email) values ('quill', 'Q', 'quill@aldermoor.example')");
  const leaver = await world.person("Quentin Quill", "staff");
  await superuser.query("update person set account_id = 'quill', email = 'quill@aldermoor.example' where id = $1", [
    leaver.personId,
  ]);
  await world.store.as(administrator, (tx) =>
    eraseRecord(tx, typeNamed(world.registry, "person"), leaver.personId, { reason: "Article 17 UK GDPR" }),
  );
  assert.equal((await superuser.query("select 1 from sign_in_user where id = 'quill'")).rowCount, 0);
  assert.deepEqual(
    (await superuser.query("select email, account_id from person where id = $1", [leaver.personId])).rows,
    [{ email: null, account_id: null }],
  );
  const queue = typeNamed(world.registry, "queue");
  await assert.rejects(
    world.store.as(administrator, (tx) => eraseRecord(tx, queue, world.council.queue, { reason: "Out of spite" })),
    kind("impossible"),
  );
  assert.deepEqual((await look()).problems, []);
});
