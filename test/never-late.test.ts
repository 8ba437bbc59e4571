import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { composeMail } from "../src/kernel/mail/compose.ts";
import { gatherDigest } from "../src/kernel/mail/digests.ts";
import type { OutboxMail } from "../src/kernel/mail/compose.ts";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { askAll } from "../src/modules/rights/board/ask-why-late.ts";
import { boardTypes, readBoard } from "../src/modules/rights/board/read.ts";
import { namesOf } from "../src/web/names.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let who: Who;
let colleague: Who;
const today = Temporal.Now.plainDateISO("Europe/London");
const ago = (days: number) => today.subtract({ days }).toString();
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = () => typeNamed(world.registry, "information_request");
const receive = (days: number, values: Record<string, unknown> = {}) =>
  world.store.as(
    who,
    (tx) =>
      create(tx, type(), {
        subject: `Asked ${days} days ago`,
        question: "How many?",
        receivedOn: ago(days),
        owner: who.personId,
        ...values,
      }),
    on(ago(days)),
  );
const does = (days: number, record: Stored, name: string, values: Record<string, unknown>) =>
  world.store.as(who, (tx) => move(tx, type(), record.id, "any", name, values), on(ago(days)));
const open: Record<string, Stored> = {};

before(async () => {
  world = await createWebWorld();
  officer = await world.as("policyManager");
  who = officer.who!;
  colleague = (await world.as("policyManager")).who!;
  // Ten were answered a few days after they came, so that there is something to go by.
  for (let at = 0; at < 10; at++) {
    const one = await receive(100 + at);
    await does(95 + at, one, "answer", { decision: "granted", answer: "Ten." });
  }
  open["late"] = await receive(60, { subject: "Long since due" });
  open["near"] = await receive(26, { subject: "Nearly due" });
  open["new"] = await receive(1, { subject: "Only just come" });
  open["away"] = await receive(2, { subject: "Of somebody who is away", owner: colleague.personId });
  open["nobodys"] = await receive(20, { subject: "Nobody has it", owner: null });
  open["waits"] = await receive(10, { subject: "Which floor?" });
  await does(8, open["waits"], "clarify", { askedOn: ago(8), comment: "Which floor?" });
  await world.store.as(colleague, (tx) =>
    makeAbsence(tx, {
      delegate: who.personId,
      from: today.toString(),
      until: today.add({ days: 60 }).toString(),
      kinds: ["decisions"],
    }),
  );
});
after(() => world.close());

const board = (by = who) =>
  world.store.as(by, async (tx) => {
    const { cases, more } = await readBoard(tx, { kind: null, ownerId: null });
    const names = await namesOf(
      tx,
      cases.map(({ id }) => id),
    );
    return { more, cases: cases.map((one) => ({ ...one, title: names.get(one.id)?.title ?? "" })) };
  });

test("each open case stands once on the board, in order of danger, with its forecast", async () => {
  const { cases, more } = await board();
  assert.equal(more, false);
  assert.equal(new Set(cases.map(({ id }) => id)).size, 6);
  const danger = Object.fromEntries(cases.map((one) => [one.title, one.forecast.danger]));
  assert.equal(danger["Long since due"], "late");
  assert.equal(danger["Of somebody who is away"], "likely");
  assert.equal(danger["Nobody has it"], "tight");
  assert.equal(danger["Only just come"], "fine");
  assert.equal(danger["Which floor?"], "waits");
  assert.deepEqual(
    [cases[0]?.title, cases[1]?.title, cases.at(-1)?.title],
    ["Long since due", "Of somebody who is away", "Which floor?"],
  );
  const fresh = cases.find(({ title }) => title === "Only just come");
  assert.deepEqual(fresh?.forecast.like, { many: 10, late: 0 });
});

test("the page says whom each waits for and why, in words, and narrows to what is asked for", async () => {
  const page = await officer.get("/rights/board");
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /Late by \d+ working days; nobody has said why yet/);
  assert.match(words(page), /is away until \d+ \w+ \d{4}/);
  assert.match(words(page), /The person who asked No deadline runs while it waits/);
  assert.match(words(page), /Of 10 like it that were open \d+ working days before their day, 0 came late/);
  const late = await officer.get("/rights/board?danger=late");
  assert.match(words(late), /Long since due/);
  assert.doesNotMatch(words(late), /Only just come/);
  for (const asked of ["kind=ticket", "owner=everybody", "danger=constructor", "page=0", "page=99999", "danger=%00"])
    assert.equal((await officer.get(`/rights/board?${asked}`)).statusCode, 422, asked);
  assert.match((await officer.get("/rights/board?kind=ticket")).body, /<a href="#filter-kind">/);
  assert.equal((await (await world.as("staff")).get("/rights/board")).statusCode, 404);
});

test("nobody sees a restricted case or another organisation’s on it, nor in its history", async () => {
  const secret = await receive(3, { subject: "Secret", sensitivity: "restricted" });
  const director = await world.person("Ada Lee", "assistantDirector");
  assert.ok((await board()).cases.some(({ id }) => id === secret.id));
  assert.ok(!(await board(director)).cases.some(({ id }) => id === secret.id));
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Ann Other", "policyManager", { organisation: other });
  assert.deepEqual((await board(stranger)).cases, []);
  const margins = (by: Who) =>
    world.store.as(by, async (tx) => {
      const { rows } =
        await sql`select many from answer_margins('{information_request}', now() - interval '1 year', current_date, '{0}')`.execute(
          tx.db,
        );
      return rows.length;
    });
  assert.ok((await margins(who)) > 0);
  assert.equal(await margins(stranger), 0);
  assert.equal(await margins(await world.person("Sam Ito", "staff")), 0);
});

test("why a request is late is asked once when its day has passed, and said by a move of its own", async () => {
  assert.equal(await world.system((tx) => askAll(tx)), 1);
  assert.equal(await world.system((tx) => askAll(tx)), 0);
  const lines = await world.store.as(who, async (tx) => timeline(tx, await find(tx, type(), open["late"]!.id)));
  assert.ok(
    lines.some(
      ({ verb, audience, body }) =>
        verb === "commented" && audience === "internal" && /say now why it is late/.test(body?.text ?? ""),
    ),
  );
  // What is not late offers no such move.
  assert.match(words(await officer.get(`/information-requests/${open["late"]!.reference}`)), /Say why it is late/);
  assert.doesNotMatch(
    words(await officer.get(`/information-requests/${open["new"]!.reference}`)),
    /Say why it is late/,
  );
  await does(0, open["late"]!, "explain", { lateBecause: "The survey came late" });
  assert.doesNotMatch(words(await officer.get("/rights/board")), /nobody has said why yet/);
  // It need not be said again.
  await does(0, open["late"]!, "answer", { decision: "granted", answer: "Here." });
});

test("whoever has open cases gets theirs by mail on a working morning, once, and as they may see them", async () => {
  const give = (person: Who, email: string) =>
    world.system(async (tx) => {
      const people = typeNamed(tx.registry, "person");
      const { version } = await find(tx, people, person.personId);
      await change(tx, people, person.personId, version, { email }, { trusted: true });
    });
  await give(who, "nia@aldermoor.gov.uk");
  await give(colleague, "leo@aldermoor.gov.uk");
  const gather = (now: string, goesOn = true) =>
    gatherDigest(world.ownerPool, {
      name: "never-late",
      types: boardTypes,
      domain: "aldermoor.gov.uk",
      goesOn: () => goesOn,
      now: Temporal.Instant.from(now),
    });
  assert.equal(await gather("2026-11-20T06:00:00Z"), 0);
  assert.equal(await gather("2026-11-20T09:00:00Z", false), 0);
  assert.equal(await gather("2026-11-20T09:00:00Z"), 2);
  assert.equal(await gather("2026-11-20T10:00:00Z"), 0);
  const { rows } = await world.ownerPool.query<OutboxMail>(
    `select organisation_id as "organisationId", id, person_id as "personId", purpose, null as "reportId", message_id as "messageId", digest from mail_outbox where purpose = 'digest' and person_id = $1`,
    [who.personId],
  );
  const mail = await composeMail(
    { ownerPool: world.ownerPool, registry: world.registry, baseUrl: "http://localhost:3000" },
    rows[0]!,
  );
  assert.match(mail?.text ?? "", /You have \d+ open cases/);
  assert.match(mail?.text ?? "", /Only just come/);
  assert.doesNotMatch(mail?.text ?? "", /Of somebody who is away|Secret/);
});

test("a case whose question a team still has waits for that team, and is ready no sooner than it was asked to answer", async () => {
  const team = await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "team"), { name: "Highways", members: [] }, { trusted: true }),
  );
  const questions = typeNamed(world.registry, "case_question");
  const { id } = open["new"]!;
  const asked = await world.store.as(who, (tx) => create(tx, questions, { request: id, title: "How many?" }));
  const onBoard = async () => (await board()).cases.find((one) => one.id === id)!;
  assert.deepEqual((await onBoard()).questions, [], "nobody was asked yet");
  await world.store.as(who, (tx) => move(tx, questions, asked.id, "any", "give", { team: team.id }));
  const [question] = (await onBoard()).questions;
  assert.deepEqual([question?.caseId, question?.askedOf], [id, team.id]);
  assert.match(words(await officer.get("/rights/board")), /Only just come .*Highways/);
});
