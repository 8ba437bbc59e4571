import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { composeMail } from "../src/kernel/mail/compose.ts";
import type { OutboxMail } from "../src/kernel/mail/compose.ts";
import { gatherDigest } from "../src/kernel/mail/digests.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { askAll } from "../src/modules/rights/board/ask-why-late.ts";
import { ledBy } from "../src/modules/rights/board/digest.ts";
import { boardTypes } from "../src/modules/rights/board/read.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let who: Who;
const today = Temporal.Now.plainDateISO("Europe/London");
const ago = (days: number) => today.subtract({ days }).toString();
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const make = (days: number, name: string, values: Record<string, unknown>) =>
  world.store.as(
    who,
    (tx) => create(tx, typeNamed(world.registry, name), { subject: `${name} of ${days} days`, ...values }),
    on(ago(days)),
  );
const cases: Stored[] = [];

before(async () => {
  world = await createWebWorld();
  officer = await world.as("policyManager");
  who = officer.who!;
  const member = await world.person("Cllr Mo Finch", "councillor");
  const came = { receivedOn: ago(80), owner: who.personId };
  const asked = { ...came, question: "How many?" };
  cases.push(
    await make(80, "information_request", asked),
    await make(80, "data_protection_request", asked),
    await make(80, "members_question", { ...asked, kind: "enquiry", requester: member.personId }),
    await make(80, "information_complaint", { ...came, kind: "data", question: "It was wrong" }),
    await make(5, "data_breach", { what: "A letter went astray", owner: who.personId }),
  );
});
after(() => world.close());

const comments = (record: Stored) =>
  world.store.as(who, async (tx) =>
    (await timeline(tx, record)).flatMap(({ verb, audience, body }) =>
      verb === "commented" && audience === "internal" ? [body?.text ?? ""] : [],
    ),
  );

test("why a case is late is asked once by itself, for every kind of case", async () => {
  // A day that they wanted for themselves is no promise.
  const wanted = await make(10, "data_protection_request", {
    question: "Who lives there?",
    kind: "disclosure",
    dataSubject: "Rosa Pike",
    receivedOn: ago(10),
    wantedBy: ago(2),
    owner: who.personId,
  });
  assert.equal(await world.system((tx) => askAll(tx)), 5);
  assert.equal(await world.system((tx) => askAll(tx)), 0);
  for (const record of cases) {
    const asked = (await comments(record)).filter((text) => /say now why it is late/.test(text));
    assert.equal(asked.length, 1, record.type);
    const { path } = typeNamed(world.registry, record.type);
    assert.match(words(await officer.get(`/${path}/${record.reference}`)), /Say why it is late/, record.type);
  }
  assert.deepEqual(await comments(wanted), []);
  assert.match(words(await officer.get("/rights/board")), /Late by \d+ working days?; nobody has said why yet/);
});

test("what was said while it was late need not be said again with the answer", async () => {
  for (const record of cases)
    await world.store.as(who, (tx) =>
      move(tx, typeNamed(world.registry, record.type), record.id, "any", "explain", { lateBecause: "Nobody had it" }),
    );
  assert.doesNotMatch(words(await officer.get("/rights/board")), /nobody has said why yet/);
  const does = (at: number, name: string, values: Record<string, unknown>) =>
    world.store.as(who, (tx) => {
      const { id, type } = cases[at]!;
      return move(tx, typeNamed(world.registry, type), id, "any", name, values);
    });
  assert.equal((await does(2, "answer", { answer: "Ten." })).state, "answered");
  assert.equal((await does(3, "conclude", { outcome: "upheld", answer: "You were right." })).state, "closed");
  const told = Temporal.Now.instant().subtract({ minutes: 1 }).toString();
  assert.equal((await does(4, "tell_regulator", { notifiedAt: told })).state, "reported");
});

test("whoever answers for every case hears each working morning of what nobody has, and nobody else does", async () => {
  const people = [
    await world.person("Lea Dunn", "policyManager"),
    // Handles requests and cannot sign them off; signs them off and does not handle them; both, but of their own team.
    await personWith(world, [
      ["information_request", "read", "all"],
      ["information_request", "internal", "all"],
      ["information_request", "handle", "all"],
    ]),
    await world.person("Di Rector", "assistantDirector"),
    await personWith(world, [
      ["information_request", "handle", "team"],
      ["information_request", "approve", "team"],
    ]),
  ];
  // Mail goes to those who can sign in.
  for (const one of people) await world.as(one);
  await world.system(async (tx) => {
    const type = typeNamed(tx.registry, "person");
    for (const [at, { personId }] of people.entries()) {
      const { version } = await find(tx, type, personId);
      await change(tx, type, personId, version, { email: `p${at}@aldermoor.gov.uk` }, { trusted: true });
    }
  });
  const gather = (now: string) =>
    gatherDigest(world.ownerPool, {
      name: "never-late",
      types: boardTypes,
      ledBy,
      domain: "aldermoor.gov.uk",
      goesOn: () => true,
      now: Temporal.Instant.from(now),
    });
  const mailOf = async ({ personId }: Who) => {
    const { rows } = await world.ownerPool.query<OutboxMail>(
      `select organisation_id as "organisationId", id, person_id as "personId", purpose, null as "reportId", message_id as "messageId", digest from mail_outbox where purpose = 'digest' and person_id = $1 order by made_at desc`,
      [personId],
    );
    const parts = { ownerPool: world.ownerPool, registry: world.registry, baseUrl: "http://localhost:3000" };
    return rows[0] ? composeMail(parts, rows[0]) : null;
  };
  assert.equal(await gather("2026-11-19T09:00:00Z"), 0, "somebody has each case");
  const asked = { question: "How many?", receivedOn: ago(3), owner: null };
  await make(3, "information_request", { ...asked, subject: "Nobody took it" });
  const secret = await make(3, "information_request", { ...asked, subject: "Hush", sensitivity: "restricted" });
  assert.equal(await gather("2026-11-20T09:00:00Z"), 1);
  const mail = await mailOf(people[0]!);
  assert.match(mail?.subject ?? "", /^(Reeve: )?Nobody has 2 cases/);
  assert.match(mail?.text ?? "", /Nobody has 2 open cases\. Give each to somebody/);
  assert.match(mail?.text ?? "", /Nobody has it: FOI-\d+-\d+ Nobody took it/);
  assert.match(mail?.text ?? "", new RegExp(`Nobody has it: ${secret.reference}`));
  assert.doesNotMatch(mail?.text ?? "", /Hush/);
  for (const one of people.slice(1)) assert.equal(await mailOf(one), null);
  const type = typeNamed(world.registry, "information_request");
  await world.store.as(who, async (tx) => {
    const { version } = await find(tx, type, secret.id);
    await change(tx, type, secret.id, version, { owner: people[0]!.personId });
  });
  assert.equal(await gather("2026-11-23T09:00:00Z"), 1);
  const both = await mailOf(people[0]!);
  assert.match(both?.subject ?? "", /Your cases: .+; nobody has 1 case$/);
  assert.match(both?.text ?? "", /they stand first\. You have 1 open case/);
});
