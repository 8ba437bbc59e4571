import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { typeNamed } from "../src/kernel/registry.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const receive = (
  subject: string,
  applicant: string | null,
  replyTo: string | null,
  more: Values = {},
  name = "information_request",
) =>
  world.store.as(officer, (tx) =>
    create(tx, type(name), {
      subject,
      question: `What is known of ${subject}?`,
      receivedOn: dayIn(0),
      applicant,
      replyTo,
      ...more,
    }),
  );
const shows = async (record: Stored, who: Who = officer) =>
  words(await (await world.as(who)).get(`/${type(record.type).path}/${record.reference}`));
/** What stands under “Of the same person”. */
const others = async (record: Stored, who: Who = officer) =>
  /Of the same person (.*?)(?:From the first day|Conversation|May answer it)/.exec(await shows(record, who))?.[1] ?? "";

test("whoever has no account is known by e-mail, or by name with postcode or address, however they are written", async () => {
  const first = await receive("Hedges", "Zephyrine Mole", "4 Mill Lane, Aldermoor, AM1 2BC");
  const second = await receive("Trees", "Mrs MOLE, Zephyrine", "Flat 4, Mill Lane am12bc");
  const complaint = await receive("The hedges again", "Zephyrine Mole", "AM1 2BC", {}, "information_complaint");
  const byMail = await receive("Bins", "Z. Mole", "Zephyrine <Zeph@Example.org>");
  const again = await receive("Bins again", null, "zeph@example.org");
  const lane = await receive("Lamps", "Otto Crane", "The Old Forge, Long Lane");
  const same = await receive("Lamps again", "Otto Crane", "the old forge long lane");
  // Somebody else: another of the family, a namesake elsewhere, a neighbour, and whoever gave nothing.
  await receive("Sibling", "Quentin Mole", "4 Mill Lane, Aldermoor, AM1 2BC");
  const husband = await receive("Family", "Mr Mole", "4 Mill Lane, Aldermoor, AM1 2BC");
  await receive("Wife", "Mrs Mole", "4 Mill Lane, Aldermoor, AM1 2BC");
  await receive("Namesake", "Zephyrine Mole", "9 High Street, Brackenshire, BR9 9ZZ");
  const nobody = await receive("Nobody", null, null);
  assert.match(await others(first), new RegExp(`${second.reference} Trees`));
  assert.match(await others(first), new RegExp(`${complaint.reference} The hedges again`));
  assert.doesNotMatch(await others(first), /Sibling|Family|Namesake|Bins|Lamps|Nobody/);
  assert.match(await others(complaint), new RegExp(`${first.reference} Hedges`));
  assert.match(await others(byMail), new RegExp(`${again.reference} Bins again`));
  assert.match(await others(lane), new RegExp(`${same.reference} Lamps again`));
  for (const one of [nobody, husband]) assert.equal(await others(one), "");
});

test("a restricted case is found by nobody who may not see it, and by no other organisation", async () => {
  const open = await receive("Kerbs", "Ada Pike", "AM7 7AA");
  const secret = await receive("Her own file", "Ada Pike", "AM7 7AA", { kind: "access" }, "data_protection_request");
  assert.match(await others(open), new RegExp(secret.reference));
  const asks = (who: Who, id: string) =>
    world.store.as(who, async (tx) => {
      const { rows } = await sql<{ id: string }>`select same_askers(${id}::uuid) as id`.execute(tx.db);
      return rows.map((row) => row.id);
    });
  assert.deepEqual(await asks(officer, open.id), [secret.id]);
  // A director reads the request and not the restricted case; staff read neither.
  const director = await world.person("Di Rector", "assistantDirector");
  const plain = await receive("Kerbs again", "Ada Pike", "AM7 7AA");
  assert.deepEqual(await asks(director, open.id), [plain.id]);
  assert.doesNotMatch(await shows(open, director), new RegExp(secret.reference));
  const staff = await world.person("Una Known", "staff");
  for (const { id } of [open, secret]) assert.deepEqual(await asks(staff, id), []);
  // Whoever asks under the same name does not learn from theirs what else there is.
  const own = await receive("My kerbs", "Ada Pike", "AM7 7AA", { requester: staff.personId });
  assert.deepEqual(await asks(staff, own.id), []);
  assert.deepEqual(await asks(staff, secret.id), [], "though their own is of the same name");
  const { rows } = await world.ownerPool.query<{ shared: boolean }>(
    "select reeve.asker_keys($1, 'Ada Pike', 'AM7 7AA') && reeve.asker_keys($2, 'Ada Pike', 'AM7 7AA') as shared",
    [officer.organisationId, officer.personId],
  );
  assert.deepEqual(rows, [{ shared: false }], "no key is that of another organisation");
});

test("what the law has erased is found by no name any more", async () => {
  const [one, two] = [
    await receive("Drains", "Ivo Ash", "AM3 3CC"),
    await receive("Drains again", "Ivo Ash", "AM3 3CC"),
  ];
  assert.match(await others(one), /Drains again/);
  const administrator = await world.as("administrator");
  await world.store.as(administrator.who!, (tx) =>
    eraseRecord(tx, type("information_request"), two.id, { reason: "They asked for it" }),
  );
  assert.equal(await others(one), "");
});
