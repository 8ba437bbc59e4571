import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { composeMail } from "../src/kernel/mail/compose.ts";
import type { OutboxMail } from "../src/kernel/mail/compose.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { deliverMessages } from "../src/modules/messages/module.ts";
import { rawSql } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let manager: Browser;
let director: Browser;
let joe: Browser;
let una: Browser;
let lead: Browser;
let audience: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Browser | Who, work: (tx: Tx) => Promise<Result>) =>
  world.store.as("get" in who ? who.who! : who, work);
const refused =
  (kind: string, said = /./) =>
  (error: unknown) =>
    error instanceof Refusal && error.kind === kind && said.test(error.message);
const { raw, mustBeDenied } = rawSql(() => world);
const now = Temporal.Now.instant();
const at = (minutes: number) => now.add({ minutes }).toString({ smallestUnit: "millisecond" });
const send = (minutes = 0) =>
  deliverMessages(
    { ownerPool: world.ownerPool, registry: world.registry, domain: "aldermoor.gov.uk" },
    Temporal.Now.instant().add({ minutes }),
  );
const make = (who: Browser, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values));
const asItIs = (record: Stored) => as(manager, (tx) => find(tx, type(record.type), record.id));
const write = (values: Record<string, unknown> = {}, who = manager) =>
  as(who, (tx) =>
    create(tx, type("broadcast"), {
      title: "E-mail is off on Sunday",
      body: "From 8 to 10 there is **no e-mail**. You need do nothing.",
      audience: audience.id,
      ...values,
    }),
  );
const letters = async (record: Stored) => {
  const { rows } = await world.ownerPool.query<OutboxMail>(
    `select organisation_id as "organisationId", id, person_id as "personId", purpose, report_id as "reportId", message_id as "messageId", record_id as "recordId", sequence
     from mail_outbox where record_id = $1 order by sequence, person_id`,
    [record.id],
  );
  return rows;
};
const composed = (mail: OutboxMail) =>
  composeMail({ ownerPool: world.ownerPool, registry: world.registry, baseUrl: "http://localhost:3000" }, mail);

before(async () => {
  world = await createWebWorld();
  const person = async (...given: Parameters<typeof world.person>) => world.as(await world.person(...given));
  manager = await person("Priya Nair", "policyManager");
  director = await person("Marcus Webb", "assistantDirector");
  const joes = await world.person("Joe Price", "staff");
  await world.system((tx) =>
    change(tx, type("person"), joes.personId, "any", { email: "joe@aldermoor.gov.uk" }, { trusted: true }),
  );
  joe = await world.as(joes);
  una = await person("Una Asked", "staff");
  lead = await person("Lee Lead", "leadSupport");
  audience = await as(manager, (tx) =>
    create(tx, type("audience"), {
      name: "Two",
      parts: [joe, director].map(({ who }) => ({ way: "in", kind: "person", person: who!.personId })),
    }),
  );
});
after(() => world.close());

test("a notice is approved by another, sent at its time, once, by mail and across the top, and opened by its link", async () => {
  const notice = await write({ asBanner: true, sendAt: at(60), showUntil: at(600) });
  await assert.rejects(make(manager, notice, "approve"), refused("forbidden"));
  await make(manager, notice, "submit");
  await make(director, notice, "approve");
  await assert.rejects(
    as(manager, (tx) => change(tx, type("broadcast"), notice.id, "any", { body: "Other words" })),
    refused("invalid", /approved as it stands/),
  );
  assert.equal(await send(), 0, "its time has not come");
  assert.equal((await asItIs(notice)).state, "scheduled");
  assert.equal((await joe.get(`/messages/${notice.reference}/read`)).statusCode, 404);
  assert.equal(await send(61), 2);
  assert.equal(await send(62), 0, "nobody is told twice");
  const sent = await asItIs(notice);
  assert.deepEqual([sent.state, sent.values["toldPart"]], ["sent", 1]);

  const [mail, ...others] = await letters(notice);
  assert.equal(others.length, 0, "whoever has no address has no mail");
  const letter = await composed(mail!);
  assert.equal(letter?.subject, "E-mail is off on Sunday");
  assert.match(letter?.html ?? "", /<strong>no e-mail<\/strong>/);
  assert.match(letter?.text ?? "", /\/messages\/MSG-\d+\/read\?from=mail/);
  assert.doesNotMatch(letter?.html ?? "", /<img/, "no picture counts who opens it");

  assert.match(words(await joe.get("/help")), /E-mail is off on Sunday Read it/);
  assert.doesNotMatch(words(await una.get("/help")), /E-mail is off/);
  assert.equal((await una.get(`/messages/${notice.reference}/read`)).statusCode, 404);
  assert.equal((await joe.get(`/messages/${notice.reference}`)).statusCode, 404, "the record is not theirs to see");
  const page = () => manager.get(`/messages/${notice.reference}`);
  await joe.get(`/messages/${notice.reference}/read`);
  assert.match(words(await page()), /2 people told\. 0 \(0 %\) opened it/);
  const read = await joe.get(`/messages/${notice.reference}/read?from=mail`);
  assert.match(words(read), /From 8 to 10 there is no e-mail/);
  assert.match(words(await page()), /2 people told\. 1 \(50 %\) opened it by the link/);
  assert.equal((await joe.post(`/messages/${notice.reference}/put-away`, {}, { from: "/help" })).statusCode, 303);
  assert.doesNotMatch(words(await joe.get("/help")), /E-mail is off on Sunday Read it/);
  assert.equal((await joe.get("/messages/%00/read")).statusCode, 404);
  await make(manager, sent, "cancel", { comment: "Put off." });
  assert.equal(await composed(mail!), null, "mail that waits of what was cancelled does not go");
});

test("two who deliver at once tell everybody once, and neither fails by the other", async () => {
  const written = await Promise.all(
    Array.from({ length: 4 }, async (_unused, n) => write({ title: `The lift is mended, ${n}` })),
  );
  for (const record of written) {
    await make(manager, record, "submit");
    await make(director, record, "approve");
  }
  await Promise.all([send(1), send(1), send(1)]);
  for (const record of written) {
    assert.equal((await asItIs(record)).state, "sent");
    const people = (await letters(record)).map(({ personId }) => personId);
    assert.ok(people.length > 0);
    assert.equal(new Set(people).size, people.length);
  }
});

test("nobody approves what they wrote, and a message says how and until when", async () => {
  const none = await write({ byMail: false });
  await assert.rejects(make(manager, none, "submit"), refused("invalid", /Say how people are told/));
  const endless = await write({ asBanner: true });
  await assert.rejects(make(manager, endless, "submit"), refused("invalid", /Show it until/));
  const own = await write({ owner: director.who!.personId });
  await make(manager, own, "submit");
  await assert.rejects(make(director, own, "approve"), refused("invalid", /someone other than its owner/));
});

test("what the public reads is those words alone, while it is sent and not over", async () => {
  const notice = await write({
    title: "Opening times",
    body: "Among us: the strike.",
    onStatus: true,
    publicWords: "The counter opens at **nine**.",
    showUntil: at(600),
  });
  const shown = async () => words(await world.visitor().get(`/status/${world.council.organisationId}`));
  await make(manager, notice, "submit");
  await make(director, notice, "approve");
  assert.doesNotMatch(await shown(), /Opening times/);
  await send();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.match(await shown(), /Good to know Opening times .*The counter opens at nine \./);
  assert.doesNotMatch(await shown(), /strike/);
});

test("news of a major incident passes on each update, says when people hear again, and ends with words of its own", async () => {
  const declare = () =>
    as(lead, (tx) =>
      create(tx, type("major_incident"), { title: "No telephones", description: "All lines are dead." }),
    );
  const incident = await declare();
  const values = {
    kind: "incident",
    majorIncident: incident.id,
    title: "Telephones",
    body: "The telephones are off.",
    asBanner: true,
  };
  const news = await write(values, lead);
  await assert.rejects(make(lead, news, "submit"), refused("invalid", /needs no approval/));
  await make(lead, news, "follow");
  assert.equal(await send(), 0, "nothing was said yet");
  assert.equal((await asItIs(news)).values["hearAgainAt"], (await asItIs(incident)).values["nextUpdateAt"]);
  const update = { stage: "investigating", update: "We are looking.", nextUpdateIn: "60" };
  await make(lead, incident, "update", update);
  assert.equal(await send(), 2);
  await make(lead, incident, "update", { ...update, update: "It is the exchange." });
  assert.equal(await send(), 2);
  assert.equal(await send(), 0);
  await assert.rejects(make(lead, news, "close", { closing: "Over." }), refused("impossible", /still under way/));
  const mails = await letters(news);
  assert.deepEqual(
    mails.map(({ sequence }) => sequence),
    [1, 2],
  );
  assert.match(
    (await composed(mails[1]!))?.text ?? "",
    /The telephones are off\.[^]*It is the exchange\.[^]*You will hear again by/,
  );
  await make(lead, incident, "resolve", { update: "They ring again." });
  assert.equal(await send(), 2);
  assert.deepEqual([(await asItIs(news)).state, (await asItIs(news)).values["hearAgainAt"]], ["sent", null]);
  assert.match(
    words(await joe.get(`/messages/${news.reference}/read`)),
    /Over .*They ring again\. The 2 earlier updates/,
  );

  const second = await declare();
  const other = await write({ ...values, majorIncident: second.id }, lead);
  await make(lead, other, "follow");
  await make(lead, second, "stand_down", { comment: "One office alone." });
  await send();
  const waiting = await asItIs(other);
  assert.equal(waiting.state, "following", "it is not over before people are told how it ended");
  assert.ok(waiting.dueAt, "and that has a deadline");
  await make(lead, other, "close", { closing: "It was one office. All is well." });
  assert.equal(await send(), 2);
  assert.equal((await asItIs(other)).state, "sent");

  const third = await as(lead, (tx) =>
    create(tx, type("major_incident"), { title: "A breach", description: "Names.", sensitivity: "restricted" }),
  );
  const hidden = await write({ ...values, majorIncident: third.id }, lead);
  await assert.rejects(make(lead, hidden, "follow"), refused("invalid", /restricted/));
});

test("the database gives nobody the list of who was told or opened it, and lets nobody but the product tell", async () => {
  const notice = await write();
  await mustBeDenied(manager.who!, "select * from message_deliveries");
  await mustBeDenied(manager.who!, "select deliver_message($1, 1, $2, 'x.example')", [notice.id, [joe.who!.personId]]);
  await mustBeDenied(joe.who!, "select * from message_figures($1)", [notice.id]);
  await assert.rejects(
    raw(null, async (query) => {
      await query("select act_as_sign_in($1)", [world.council.organisationId]);
      await query("select deliver_message($1, 1, $2, 'x.example')", [notice.id, [joe.who!.personId]]);
    }),
    /not allowed/,
  );
  const other = await world.another("Elsewhere Council");
  const stranger = await world.person("Odd Person", "administrator", { organisation: other });
  await mustBeDenied(stranger, "select * from message_figures($1)", [notice.id]);
});
