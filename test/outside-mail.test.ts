import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { bounce, message } from "./mail-messages.ts";
import { arrive, begin, end, forget, idOf, send, world } from "./mail-in/stage.ts";
import { publicAsker, usualAnswers } from "./public-asker.ts";
import { words } from "./web-world.ts";

let officer: Who;
let asker: ReturnType<typeof publicAsker>;

before(async () => {
  await begin();
  officer = await world.person("Nia Rowe", "policyManager");
  asker = publicAsker(world);
});
after(end);
beforeEach(forget);

const type = () => typeNamed(world.registry, "information_request");
const today = () => Temporal.Now.plainDateISO("Europe/London").toString();
const from = "Ifeoma Zeller <Ifeoma@example.org>";

/** Somebody asked on the public pages and got the receipt by mail. */
async function asks() {
  const { person, page } = await asker.asked();
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select record_id as id from outside_requesters order by made_at desc, record_id desc limit 1",
  );
  await send();
  await world.system((tx) => acknowledgeAll(tx));
  const [receipt] = await send();
  return { person, page, record: await now(rows[0]!.id), receipt: idOf(receipt ?? assert.fail("no receipt")) };
}

const now = (id: string) => world.store.as(officer, (tx) => find(tx, type(), id));
const said = async (record: Stored) =>
  (await world.store.as(officer, (tx) => timeline(tx, record, { verbs: ["commented"] }))).map(
    ({ audience, body, actorId }) => ({ audience, text: body?.text, by: body?.by, actorId }),
  );
const people = async () => (await world.ownerPool.query("select 1 from records where type = 'person'")).rows.length;
const tickets = async () => (await world.ownerPool.query("select 1 from records where type = 'ticket'")).rows.length;

test("an answer by mail to the receipt joins its request, in no name, and makes neither a ticket nor a person", async () => {
  const { person, page, record, receipt } = await asks();
  const before = [await people(), await tickets()];
  const { message: taken } = await arrive(message({ from, references: receipt, text: "I forgot: also for 2019." }));
  assert.deepEqual([taken.values["verdict"], taken.state], ["threaded", "taken"]);
  assert.deepEqual((await said(record)).at(-1), {
    audience: "everyone",
    text: "I forgot: also for 2019.",
    by: "The person who asked, by mail",
    actorId: null,
  });
  assert.deepEqual([await people(), await tickets()], before);
  assert.match(words(await person.get(page)), /You , .*I forgot: also for 2019\./);
  assert.equal((await send()).length, 0, "nobody is written to of their own words");
  const { rows } = await world.ownerPool.query("select 1 from links where from_id = $1 and to_id = $2", [
    record.id,
    taken.id,
  ]);
  assert.equal(rows.length, 1, "the request is joined to the message");
});

test("a clarification that comes by mail restarts no clock: an officer reads it and confirms the day", async () => {
  const { record } = await asks();
  await world.store.as(officer, (tx) =>
    move(tx, type(), record.id, "any", "clarify", { askedOn: today(), comment: "Which schools do you mean?" }),
  );
  const [question] = await send();
  const states = async () =>
    (await world.system(async (tx) => clocksOf(tx, type(), await find(tx, type(), record.id)))).map(
      ({ state }) => state,
    );
  const paused = await states();
  await arrive(message({ from, references: idOf(question ?? assert.fail()), text: "All primary schools." }));
  assert.equal((await now(record.id)).state, "clarifying");
  assert.deepEqual(await states(), paused);
  const browser = await world.as(officer);
  const seen = await browser.get(`/information-requests/${record.reference}`);
  assert.match(words(seen), /They have written since you asked On .*“All primary schools\.” The time is still stopped/);
  const href =
    /href="([^"]*\/moves\/clarified\?[^"]*)"/.exec(seen.body)?.[1]?.replaceAll("&amp;", "&") ?? assert.fail();
  const form = await browser.get(href);
  const given = Object.fromEntries(new URL(href, "http://localhost").searchParams);
  assert.equal(Object.keys(given).length, 3);
  for (const [name, value] of Object.entries(given))
    assert.match(form.body, new RegExp(`name="${name}"[^>]*value="${value}"`), name);
  assert.equal((await browser.post(href.replace(/\?.*/, ""), given, { from: href })).statusCode, 303);
  assert.equal((await now(record.id)).state, "open");
  assert.notDeepEqual(await states(), paused);
  assert.doesNotMatch(words(await browser.get(`/information-requests/${record.reference}`)), /They have written since/);
});

test("the reference in a subject counts from the address that asked, and from no other", async () => {
  const { record } = await asks();
  const subject = `My request ${record.reference}`;
  const { message: taken } = await arrive(message({ from, subject, text: "When will it come?" }));
  assert.equal(taken.values["verdict"], "threaded");
  assert.equal((await said(record)).at(-1)?.text, "When will it come?");
  const other = await arrive(message({ from: "Eve <eve@elsewhere.example>", subject, text: "Tell me too." }));
  assert.equal(other.message.state, "held");
  assert.ok((await said(record)).every(({ text }) => text !== "Tell me too."));
});

test("from another address, or by a program, it is kept among officers and the sender learns nothing", async () => {
  const { person, page, record, receipt } = await asks();
  await arrive(message({ from: "Eve <eve@elsewhere.example>", references: receipt, text: "I am Ifeoma." }));
  const stranger = (await said(record)).at(-1);
  assert.equal(stranger?.audience, "internal");
  assert.match(String(stranger?.text), /From an address that has no part in this/);
  const headers = ["Auto-Submitted: auto-replied"];
  await arrive(message({ from, references: receipt, headers, subject: "Away", text: "I am away." }));
  assert.match(String((await said(record)).at(-1)?.text), /^A program sent this by itself\./);
  assert.doesNotMatch(words(await person.get(page)), /I am Ifeoma|I am away/);
  const mails = await send();
  assert.ok(mails.every(({ to }) => !to.includes("ifeoma@example.org")));
  assert.doesNotMatch(JSON.stringify(mails), /Zeller|crossing patrols/);
});

test("an answer to a request for somebody's own data is as restricted as the request", async () => {
  const { page } = await asker.asked(asker.somebody(), {
    ...usualAnswers,
    kind: { kind: "own" },
    question: { question: "All that Housing has about me." },
  });
  await send();
  await world.system((tx) => acknowledgeAll(tx));
  const receipt = (await send())[0] ?? assert.fail("no receipt");
  const text = "Only since 2024, about the damp.";
  const { message: taken } = await arrive(message({ from, references: idOf(receipt), text }));
  assert.deepEqual([taken.values["verdict"], taken.sensitivity], ["threaded", "restricted"]);
  const director = await world.as("assistantDirector");
  for (const path of [`/inbound-mail/${taken.reference}`, "/search?q=damp"])
    assert.doesNotMatch((await director.get(path)).body, /about the damp/, path);
  // What is held, for it may not be from them, may still be of the request.
  const headers = ["Authentication-Results: mx.aldermoor.gov.uk; dmarc=fail header.from=example.org"];
  const { message: held } = await arrive(
    message({ from, headers, references: idOf(receipt), text: "The damp again." }),
  );
  assert.deepEqual([held.state, held.sensitivity], ["held", "restricted"]);
  // Whoever has the address reads what they wrote themselves, as on the page.
  assert.match(words(await asker.somebody().get(page)), /about the damp/);
});

test("somebody who works here and asked as anybody may is not named by their answer", async () => {
  const email = "priya.nair@aldermoor.gov.uk";
  await asker.asked(asker.somebody(), {
    ...usualAnswers,
    name: { name: "Priya Nair" },
    reply: { email, address: "" },
    question: { question: "What did the new desks cost?" },
  });
  await send();
  await world.system((tx) => acknowledgeAll(tx));
  const receipt = (await send()).find(({ to }) => to.includes(email)) ?? assert.fail("no receipt");
  const text = "And the chairs.";
  const { message: taken } = await arrive(message({ from: `Priya Nair <${email}>`, references: idOf(receipt), text }));
  assert.deepEqual([taken.values["verdict"], taken.values["sender"] ?? null], ["threaded", null]);
});

test("our letter that comes back is told on its case, among officers", async () => {
  const { record, receipt } = await asks();
  await arrive(bounce({ of: receipt, to: "ifeoma@example.org" }));
  const last = (await said(record)).at(-1);
  assert.equal(last?.audience, "internal");
  assert.match(String(last?.text), /^Mail came back: .*User unknown/s);
});
