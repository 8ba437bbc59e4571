import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { linesOf, textOfCase } from "../src/modules/rights/answering/text-rules.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let browser: Browser;
let second: Browser;
let responder: Who;
let earlier: Stored;
let secret: Stored;

const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = (name: string) => typeNamed(world.registry, name);
const makes = (name: string, values: Values, who = officer) =>
  world.store.as(who, (tx) => create(tx, type(name), values), on("2026-03-16"));
const does = (record: Stored, name: string, values: Values = {}, who = officer) =>
  world.store.as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values), on("2026-03-18"));
const request = (subject: string, question: string, values: Values = {}) =>
  makes("information_request", {
    subject,
    question,
    receivedOn: "2026-03-16",
    applicant: "Zephyrine Mole",
    // Somebody else each time: what the same person asked stands on the page as well.
    replyTo: `zephyrine-${randomUUID()}@example.org`,
    ...values,
  });
const bring = (name: string, values: Values) =>
  world.system((tx) => create(tx, type(name), values, { trusted: true }), on("2026-03-02"));
const shows = async (record: Stored, by = browser) =>
  words(await by.get(`/${type(record.type).path}/${record.reference}`));
const textOf = (record: Stored) => world.store.as(officer, (tx) => textOfCase(tx, record));
const asked = "How many penalty notices were issued for idling engines outside schools, and what did each collect?";

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  browser = await world.as(officer);
  second = await world.as(await world.person("Otto Crane", "policyManager"));
  responder = await world.person("Sam Ito", "staff");
  earlier = await does(await request("Idling engines outside schools", asked), "answer", {
    decision: "granted",
    answer: "We issued 14 penalty notices for idling.",
  });
  secret = await does(
    await request("Idling engines outside schools of one family", asked, { sensitivity: "restricted" }),
    "answer",
    { decision: "granted", answer: "We issued one to that family." },
  );
});
after(() => world.close());

test("a request shows earlier answers in words like its own, and no other", async () => {
  await does(await request("Hedges of Mill Lane", "When are the hedges cut?"), "answer", {
    decision: "granted",
    answer: "In autumn.",
  });
  const open = await request("Idling engines in the centre", asked);
  const page = await shows(await request("Idling engines", asked));
  assert.match(page, /May answer it: earlier answers/);
  assert.match(
    page,
    new RegExp(`${earlier.reference} Idling engines outside schools Information request, answered on 18 March 2026`),
  );
  assert.doesNotMatch(page, /Hedges/);
  // One that is not answered yet answers nothing.
  assert.doesNotMatch(page, new RegExp(open.reference));
});

test("what was published of a case stands for the case", async () => {
  const answered = await does(
    await request("Costs of tree planting along avenues", "Tree planting along avenues?"),
    "answer",
    {
      decision: "granted",
      answer: "We planted 40.",
    },
  );
  await makes("publication", { title: "Tree planting along avenues", request: answered.id, answer: "We planted 40." });
  const open = await request("Tree planting", "How much tree planting along avenues?");
  assert.match(await shows(open), new RegExp(`${answered.reference} Costs`));
  await world.ownerPool.query("update records set state = 'published' where type = 'publication'");
  const page = await shows(open);
  assert.match(page, /PUB-00001 Tree planting along avenues Publication/);
  assert.doesNotMatch(page, new RegExp(`${answered.reference} Costs`));
});

test("records of registers are shown by their words, and restricted ones only to whoever may see them", async () => {
  await bring("service", { name: "Bulky waste collection" });
  await bring("service", { name: "Bulky waste appeals", sensitivity: "restricted" });
  await bring("service", { name: "Pest control" });
  const page = await shows(await request("Bulky waste", "How often is bulky waste collected?"));
  assert.match(page, /May answer it: records here SER-\S+ Bulky waste collection Service/);
  assert.doesNotMatch(page, /Pest control|appeals/);
});

test("nothing is shown where nothing fits, nor for words that every request says", async () => {
  await bring("service", { name: "Council information service" });
  const page = await shows(
    await request(
      "Information request",
      "Please provide the total number of services of the council in the last year.",
    ),
  );
  assert.doesNotMatch(page, /May answer it/);
});

test("a member’s question and the question of a case show them, and neither a data protection request nor whoever answers", async () => {
  const enquiry = await makes("members_question", {
    subject: "Idling engines",
    question: asked,
    kind: "enquiry",
    receivedOn: "2026-03-16",
  });
  assert.match(await shows(enquiry), new RegExp(earlier.reference));
  const open = await request("Something else", "Of many things.");
  const question = await makes("case_question", {
    request: open.id,
    title: "Idling engines outside schools",
    details: asked,
  });
  assert.match(await shows(question), new RegExp(`${earlier.reference} Idling`));
  const team = await world.system(async (tx) => {
    const values = { name: "Parking", members: [{ member: responder.personId, lead: true }] };
    return (await create(tx, type("team"), values, { trusted: true })).id;
  });
  await does(question, "give", { team });
  const face = await shows(question, await world.as(responder));
  assert.match(face, /What is wanted/);
  assert.doesNotMatch(face, /May answer it/);
  const own = await makes("data_protection_request", {
    subject: "Idling engines outside schools",
    question: asked,
    kind: "access",
    receivedOn: "2026-03-16",
    applicant: "Zephyrine Mole",
  });
  assert.doesNotMatch(await shows(own), /May answer it/);
  const part = await makes("case_question", {
    dataRequest: own.id,
    title: "Idling engines outside schools",
    details: asked,
  });
  assert.doesNotMatch(await shows(part), /May answer it/);
});

test("the words of an earlier answer go into the text with where they are from, once, and not where it is signed", async () => {
  const open = await request("Idling engines", asked);
  const page = `/information-requests/${open.reference}`;
  const take = (from: string, by: Browser = browser) => by.post(`${page}/earlier-answer`, { from }, { from: page });
  const answer = await take(earlier.reference);
  assert.equal(answer.statusCode, 303);
  const text = (await textOf(open))!;
  assert.equal(answer.headers.location, `/agreed-texts/${text.reference}`);
  assert.deepEqual(
    linesOf(text, "sections").map((line) => [line["heading"], line["text"]]),
    [
      [
        "Idling engines",
        `From ${earlier.reference}, answered on 18 March 2026:\n\nWe issued 14 penalty notices for idling.`,
      ],
    ],
  );
  // What stands in the text stays.
  await take(earlier.reference, second);
  assert.equal(linesOf((await textOf(open))!, "sections").length, 2);

  // A restricted answer is shown to whoever may see it, and its words stay in it.
  assert.match(await shows(open), new RegExp(secret.reference));
  assert.doesNotMatch((await browser.get(page)).body, new RegExp(`value="${secret.reference}"`));
  await take(secret.reference);
  assert.match(await shows(open), /is restricted\. Its words would be read/);
  assert.equal(linesOf((await textOf(open))!, "sections").length, 2);

  await world.ownerPool.query("update records set state = 'signing' where id = $1", [text.id]);
  assert.equal((await take(earlier.reference)).statusCode, 303);
  assert.match(await shows(open), /TXT-\d+: It is signed as it stands\. Choose “Change the text”/);
  assert.equal(linesOf((await textOf(open))!, "sections").length, 2);
});

test("whoever does not handle the case can put nothing into it", async () => {
  const open = await request("Idling engines", asked);
  const post = async (who: Browser, at: string) =>
    who.post(`${at}/earlier-answer`, { from: earlier.reference }, { from: "/help" });
  const stranger = await world.as(await world.person("Una Known", "supportOfficer"));
  assert.equal((await post(stranger, `/information-requests/${open.reference}`)).statusCode, 404);
  // Whoever asked reads their own, and does not answer it.
  const asker = await world.person("Ask Er", "staff");
  const own = await request("Idling engines", asked, { requester: asker.personId });
  const answer = await post(await world.as(asker), `/information-requests/${own.reference}`);
  assert.equal(answer.statusCode, 403);
  assert.match(words(answer), /You may not use earlier words here/);
  assert.equal(await textOf(open), null);
  const missing = await browser.post(
    `/information-requests/${open.reference}/earlier-answer`,
    { from: "FOI-1999-0001" },
    { from: `/information-requests/${open.reference}` },
  );
  assert.equal(missing.statusCode, 404);
});
