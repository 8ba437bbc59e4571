import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { attachmentsOf } from "../src/kernel/store/attachments.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { rights, statisticsOf } from "../src/modules/rights/module.ts";
import { dayIn } from "./day-in.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { extract } from "./redacted-pdf.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let desk: Browser;
let other: Browser;
let administrator: Browser;
let rightsOfficer: Browser;
let staff: Browser;

before(async () => {
  world = await createImportWorld();
  desk = await world.as("supportOfficer");
  other = await world.as(await world.person("Oda Lund", "supportOfficer"));
  administrator = await world.as("administrator");
  rightsOfficer = await world.as("policyManager");
  staff = await world.as("staff");
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const log = (summary: string, details: string) =>
  world.store.as(staff.who!, (tx) => create(tx, type("ticket"), { summary, details }));
const look = (record: Pick<Stored, "type" | "id">, who: Who) =>
  world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const said = (record: Stored, who: Who) =>
  world.store.as(who, async (tx) =>
    (await timeline(tx, record)).flatMap(({ verb, body }) => (verb === "commented" ? [String(body?.text)] : [])),
  );
const newest = (name: string, title: string, who: Who) =>
  world.store.as(who, async (tx) =>
    (await list(tx, type(name), { show: "all", limit: 50 })).items.find((one) => one.title === title),
  );
const pass = async (ticket: Stored, given: Readonly<Record<string, string>>) => {
  const at = `/tickets/${ticket.reference}/moves/pass_to_rights`;
  const answer = await desk.post(at, given, { from: at });
  await runs();
  return answer;
};

const runs = async () => {
  await world.runJobs(rights.jobs);
  const { rows } = await world.ownerPool.query("select failure from jobs where failure is not null");
  assert.deepEqual(rows, []);
};
/** Tickets with that title, whoever may see them. */
const ticketsCalled = async (title: string) =>
  (
    await world.ownerPool.query<Stored>(
      "select id, type, reference from records where type = 'ticket' and title = $1",
      [title],
    )
  ).rows;
/** Neither the desk nor another officer finds a restricted ticket. */
const seenByNoDesk = async (reference: string, title: string) => {
  for (const browser of [desk, other]) {
    assert.equal((await browser.get(`/tickets/${reference}`)).statusCode, 404);
    assert.doesNotMatch(words(await browser.get(`/search?q=${encodeURIComponent(title)}`)), new RegExp(reference));
  }
};

test("a ticket goes on as a request of the day it came, with what was said and sent, and whoever asked is told by when", async () => {
  const ticket = await log("What do the laptops cost?", "Please tell me what the council paid for laptops last year.");
  const page = `/tickets/${ticket.reference}`;
  await staff.post(
    `${page}/comments`,
    { text: "The list that I mean", "files[]": [new File(["laptops,price"], "list.csv")] },
    { from: `/help${page}` },
  );
  await world.store.as(desk.who!, (tx) =>
    comment(tx, type("ticket"), ticket.id, { text: "Finance has it", audience: "internal" }),
  );
  const answer = await pass(ticket, {
    passedAs: "information_request",
    passedSubject: "Cost of laptops",
    reachedOn: dayIn(-3),
  });
  assert.equal(answer.statusCode, 303);
  assert.equal((await look(ticket, desk.who!)).state, "closed");

  const request = await newest("information_request", "Cost of laptops", rightsOfficer.who!);
  assert.ok(request);
  const { values, requesterId, createdBy } = await look(request, rightsOfficer.who!);
  assert.equal(requesterId, staff.who!.personId);
  assert.equal(createdBy, null);
  assert.equal(values["receivedOn"], dayIn(-3));
  assert.equal(values["receivedBy"], "form");
  assert.equal(
    values["question"],
    "What do the laptops cost?\n\nPlease tell me what the council paid for laptops last year.",
  );
  const history = (await said(request, rightsOfficer.who!)).join("\n");
  assert.match(history, /The list that I mean/);
  assert.match(history, /\(internal\)\*\*\n\nFinance has it/);
  const files = await world.store.as(rightsOfficer.who!, (tx) => attachmentsOf(tx, request));
  assert.deepEqual(
    files.map(({ name, internal }) => [name, internal]),
    [["list.csv", true]],
  );
  // Both ends lead to each other, and whoever asked is told of the day that the law gives.
  assert.match(
    words(await administrator.get(`/information-requests/${request.reference}?tab=connected`)),
    new RegExp(ticket.reference),
  );
  assert.match(
    (await said(ticket, staff.who!)).at(-1) ?? "",
    new RegExp(`go on with this as ${request.reference}\\. It counts from .* and you will be answered by \\d+ `),
  );
  // Whoever asked reads nothing of what the desk said among itself.
  assert.doesNotMatch((await said(request, staff.who!)).join("\n"), /Finance has it/);

  // The job that is run again makes nothing twice.
  await world.ownerPool.query("update jobs set state = 'waiting', next_at = now() where kind = 'pass-to-rights'");
  await world.runJobs(rights.jobs);
  const all = await world.store.as(
    rightsOfficer.who!,
    async (tx) => (await list(tx, type("information_request"), { show: "all", limit: 50 })).items,
  );
  assert.equal(all.filter(({ title }) => title === "Cost of laptops").length, 1);
});

test("what is about somebody’s own data is restricted, and so is the ticket that it was", async () => {
  const ticket = await log("My file", "Please send me all that you hold about me, Sam.");
  await pass(ticket, { passedAs: "data_protection_request", passedSubject: "A copy of a file" });
  const request = await newest("data_protection_request", "A copy of a file", rightsOfficer.who!);
  assert.equal(request?.sensitivity, "restricted");
  assert.equal((await look(ticket, desk.who!).catch(() => null))?.sensitivity ?? "unseen", "unseen");
  for (const browser of [desk, other]) {
    assert.equal((await browser.get(`/data-protection-requests/${request?.reference}`)).statusCode, 404);
    assert.equal((await browser.get(`/tickets/${ticket.reference}`)).statusCode, 404);
    assert.doesNotMatch(words(await browser.get("/search?q=file")), /My file|A copy of a file/);
  }
  assert.doesNotMatch((await said(ticket, staff.who!)).join("\n"), /DPR-/);
});

test("what is missing or cannot be is refused with what to do, and nothing is made", async () => {
  const ticket = await log("Passed too late", "Something");
  const tomorrow = await pass(ticket, { passedAs: "information_request", passedSubject: "Late", reachedOn: dayIn(1) });
  assert.equal(tomorrow.statusCode, 422);
  assert.match(words(tomorrow), /Give that day or an earlier one/);
  const nameless = await pass(ticket, { passedAs: "information_request", passedSubject: "" });
  assert.equal(nameless.statusCode, 422);
  assert.equal((await look(ticket, desk.who!)).state, "new");
  assert.equal((await staff.get(`/tickets/${ticket.reference}/moves/pass_to_rights`)).statusCode, 403);
});

test("a request that is ordinary business becomes a ticket, and is counted as no request", async () => {
  const year = {
    column: "",
    name: dayIn(0).slice(0, 4),
    label: "",
    from: `${dayIn(0).slice(0, 4)}-01-01`,
    to: `${dayIn(0).slice(0, 4)}-12-31`,
  };
  const received = async () =>
    (await world.store.as(rightsOfficer.who!, (tx) => statisticsOf(tx, year))).of("received");
  const before = await received();
  const request = await world.store.as(rightsOfficer.who!, (tx) =>
    create(tx, type("information_request"), {
      subject: "Password again",
      question: "Please reset my password.",
      receivedOn: dayIn(0),
      requester: staff.who!.personId,
    }),
  );
  assert.equal(await received(), before + 1);
  const at = `/information-requests/${request.reference}/moves/to_desk`;
  assert.equal(
    (await rightsOfficer.post(at, { comment: "The desk resets it for you." }, { from: at })).statusCode,
    303,
  );
  await world.runJobs(rights.jobs);
  assert.equal((await look(request, rightsOfficer.who!)).state, "ordinary");
  assert.equal(await received(), before);
  const ticket = await newest("ticket", "Password again", desk.who!);
  assert.ok(ticket);
  const made = await look(ticket, desk.who!);
  assert.equal(made.values["details"], "Please reset my password.");
  assert.equal(made.requesterId, staff.who!.personId);
  assert.match((await said(ticket, desk.who!)).join("\n"), /The desk resets it for you/);
  // The desk learns nothing of the case itself but what was said to whoever asked.
  assert.equal((await desk.get(`/information-requests/${request.reference}`)).statusCode, 404);
});

test("the timeline of an incident is taken into a request as a PDF, as far as the officer reads it, and both lead to each other", async () => {
  const ticket = await log("The network fails", "Nobody at the depot can work.");
  const say = (text: string, audience: string) =>
    world.store.as(desk.who!, (tx) => comment(tx, type("ticket"), ticket.id, { text, audience }));
  await say("We are on the way", "everyone");
  await say("Ada Pike pulled the wrong cable", "internal");
  const request = await world.store.as(rightsOfficer.who!, (tx) =>
    create(tx, type("information_request"), {
      subject: "The outage",
      question: "What happened?",
      receivedOn: dayIn(0),
    }),
  );
  const page = `/information-requests/${request.reference}`;
  const take = (browser: Browser, of: string) => browser.post(`${page}/timeline-of`, { of }, { from: page });
  // Whoever handles requests and sees no tickets takes none in, and learns of none.
  await take(rightsOfficer, ticket.reference);
  assert.match(words(await rightsOfficer.get(page)), /There is no record INC-\d+, or you may not see it/);
  await take(administrator, "nonsense");
  assert.match(words(await administrator.get(page)), /Enter the other record’s reference, like INC-00042/);

  const secret = await world.store.as(rightsOfficer.who!, (tx) =>
    create(tx, type("data_protection_request"), {
      subject: "Somebody’s file",
      question: "All of it",
      receivedOn: dayIn(0),
    }),
  );
  await take(rightsOfficer, secret.reference);
  assert.match(words(await rightsOfficer.get(page)), /is restricted\. Restrict this request first/);
  assert.match(words(await rightsOfficer.get(`${page}?tab=files`)), /No files yet/);

  assert.equal((await take(administrator, ticket.reference)).statusCode, 303);
  const [file] = await world.store.as(administrator.who!, (tx) => attachmentsOf(tx, request));
  assert.equal(file?.name, `Timeline of ${ticket.reference}.pdf`);
  assert.equal(file.internal, true);
  const pdf = await administrator.get(`/files/${file.id}`);
  const { texts } = await extract(pdf.rawPayload);
  const text = texts.join(" ").replaceAll(/\s+/g, " ");
  assert.match(text, /The timeline of the ticket INC-\d+, the earliest first/);
  assert.match(text, /We are on the way .*Internal\. Ada Pike pulled the wrong cable/);
  for (const [at, other] of [
    [page, ticket],
    [`/tickets/${ticket.reference}`, request],
  ] as const)
    assert.match(words(await administrator.get(`${at}?tab=connected`)), new RegExp(other.reference));
  // It stands among what can be redacted.
  assert.match(words(await rightsOfficer.get(page)), new RegExp(`Redact a PDF .*Timeline of ${ticket.reference}`));
  assert.equal((await staff.post(`${page}/timeline-of`, { of: ticket.reference }, { from: "/help" })).statusCode, 404);
});

test("a complaint that is about something else becomes a restricted ticket", async () => {
  const record = await world.store.as(rightsOfficer.who!, (tx) =>
    create(tx, type("information_complaint"), {
      subject: "Bins not emptied",
      question: "Nobody empties our bins at 4 Ash Close.",
      requester: staff.who!.personId,
      receivedOn: dayIn(-1),
    }),
  );
  const at = `/information-complaints/${record.reference}/moves/to_desk`;
  assert.match(
    words(await rightsOfficer.get(at)),
    /no statistic counts it\. .* A restricted case makes a restricted ticket/,
  );
  assert.equal((await rightsOfficer.post(at, { comment: "" }, { from: at })).statusCode, 422);
  assert.equal((await look(record, rightsOfficer.who!)).state, "open");
  assert.equal(
    (await rightsOfficer.post(at, { comment: "The desk sees to your bins." }, { from: at })).statusCode,
    303,
  );
  await runs();
  assert.equal((await look(record, rightsOfficer.who!)).state, "ordinary");
  const [ticket] = await ticketsCalled("Bins not emptied");
  assert.ok(ticket);
  const made = await look(ticket, staff.who!);
  assert.equal(made.sensitivity, "restricted");
  assert.equal(made.values["details"], "Nobody empties our bins at 4 Ash Close.");
  await seenByNoDesk(ticket.reference, "Bins not emptied");
});

test("a complaint before the regulator or a tribunal is not offered to the desk, and goes there by no other way", async () => {
  for (const kind of ["regulator", "tribunal"]) {
    const record = await world.store.as(rightsOfficer.who!, (tx) =>
      create(tx, type("information_complaint"), { subject: `No answer, ${kind}`, question: "They say nothing.", kind }),
    );
    const page = `/information-complaints/${record.reference}`;
    assert.doesNotMatch(words(await rightsOfficer.get(page)), /pass to the desk/);
    const at = `${page}/moves/to_desk`;
    const refused = await rightsOfficer.post(at, { comment: "The desk sees to it." }, { from: at });
    assert.equal(refused.statusCode, 409);
    assert.match(words(refused), /It is before the regulator or a tribunal, .* change what it is first/);
    assert.equal((await look(record, rightsOfficer.who!)).state, "open");
    // Somebody had it down as what it is not.
    await world.store.as(rightsOfficer.who!, (tx) =>
      change(tx, type("information_complaint"), record.id, "any", { kind: "data" }),
    );
    assert.match(words(await rightsOfficer.get(page)), /pass to the desk/);
  }
});

test("a report in which no personal data was affected becomes a restricted ticket, with the reason in the register, and its 72 hours end", async () => {
  const report = (subject: string) =>
    world.store.as(staff.who!, (tx) =>
      create(tx, type("data_breach"), { subject, what: "My empty rucksack was stolen on the 14 bus." }),
    );
  const record = await report("A bag was lost");
  const at = `/personal-data-breaches/${record.reference}/moves/to_desk`;
  const comment = "The desk goes on with it.";
  const without = await rightsOfficer.post(at, { comment }, { from: at });
  assert.equal(without.statusCode, 422);
  assert.match(words(without), /Why the regulator is not told/);
  const notNotifiedBecause = "There was neither paper nor a device in it.";
  assert.equal((await rightsOfficer.post(at, { comment, notNotifiedBecause }, { from: at })).statusCode, 303);
  await runs();
  const ended = await look(record, rightsOfficer.who!);
  assert.deepEqual(
    [ended.state, ended.values["notNotifiedBecause"], ended.dueAt],
    ["ordinary", notNotifiedBecause, null],
  );
  const [ticket] = await ticketsCalled("A bag was lost");
  assert.ok(ticket);
  const made = await look(ticket, staff.who!);
  assert.deepEqual(
    [made.sensitivity, made.values["details"]],
    ["restricted", "My empty rucksack was stolen on the 14 bus."],
  );
  await seenByNoDesk(ticket.reference, "A bag was lost");

  const risky = await report("A list was sent astray");
  await world.store.as(rightsOfficer.who!, (tx) =>
    move(tx, type("data_breach"), risky.id, "any", "assess", { risk: "risk", riskBecause: "Addresses are on it" }),
  );
  const there = `/personal-data-breaches/${risky.reference}/moves/to_desk`;
  const refusal = await rightsOfficer.post(there, { comment, notNotifiedBecause }, { from: there });
  assert.match(words(refusal), /By its assessment it is a risk to people, so it is a breach/);
});
