import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chaseAll } from "../src/modules/desk/chase-partners.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { dayIn } from "./day-in.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { desk } from "../src/modules/desk/module.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

type Values = Readonly<Record<string, unknown>>;

let world: ImportWorld;
let lead: Browser;
let officer: Browser;
let staff: Browser;

before(async () => {
  world = await createImportWorld();
  [lead, officer, staff] = [await world.as("leadSupport"), await world.as("supportOfficer"), await world.as("staff")];
});
after(() => world.close());

const type = (name = "ticket") => typeNamed(world.registry, name);
const make = (name: string, values: Values, who: Who = lead.who!) =>
  world.store.as(who, (tx) => create(tx, type(name), values));
const log = (summary: string, more: Values = {}, who: Who = officer.who!) => make("ticket", { summary, ...more }, who);
const look = (record: Stored, who: Who = lead.who!) =>
  world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const go = async (record: Stored, name: string, given: Values = {}, who: Who = officer.who!) => {
  const { version } = await look(record);
  return world.store.as(who, (tx) => move(tx, type(record.type), record.id, version, name, given));
};
const said = async (record: Stored, who: Who = lead.who!) =>
  (await world.store.as(who, (tx) => timeline(tx, record))).flatMap(({ verb, body }) =>
    verb === "commented" ? [String(body?.text)] : [],
  );

describe("a call", () => {
  test("is logged in two requests, with the caller’s open tickets and device beside it, and no script", async () => {
    const open = await log("The printer eats paper", { requester: staff.who!.personId });
    await make("device", { name: "ABC-L2041", model: "ThinkPad T14", holder: staff.who!.personId });
    const looked = words(await officer.get("/desk/call?requester=Staff&summary=printer"));
    assert.match(looked, /What they have open .*The printer eats paper/);
    assert.match(looked, /Their device .*ABC-L2041, ThinkPad T14/);
    assert.doesNotMatch(words(await officer.get("/desk/call?requester=Nobody+at+all")), /What they have open/);
    const sent = await officer.post(
      "/desk/call",
      { requester: "Staff", summary: "The printer hums", channel: "phone", urgency: "2" },
      { from: "/desk/call" },
    );
    assert.equal(sent.statusCode, 303, words(sent));
    const [, reference = ""] = /^\/tickets\/(INC-\d+)$/.exec(String(sent.headers.location)) ?? [];
    const made = await world.store.as(lead.who!, (tx) => find(tx, type(), reference));
    assert.deepEqual(
      [made.requesterId, made.createdBy, made.values["channel"], made.state],
      [staff.who!.personId, officer.who!.personId, "phone", "new"],
    );
    assert.notEqual(made.id, open.id);
  });

  test("solved at once is resolved with it and counts as solved at first contact; later it does not", async () => {
    const sent = await officer.post(
      "/desk/call",
      {
        requester: "Staff",
        summary: "Caps lock was on",
        resolution: "Turned it off",
        channel: "walk_up",
        _do: "solve",
      },
      { from: "/desk/call" },
    );
    assert.equal(sent.headers.location, "/desk/call");
    const listed = words(await lead.get("/tickets?show=all&q=Caps+lock"));
    assert.match(listed, /Caps lock was on Resolved/);
    const later = await log("The mouse died");
    const solved = await go(later, "solve", { resolution: "A new mouse" }, lead.who!);
    assert.deepEqual([solved.state, solved.values["firstContact"]], ["resolved", false], "somebody else logged it");
  });

  test("says what is missing in place, keeps what was typed, and is for those who work tickets", async () => {
    const wrong = await officer.post(
      "/desk/call",
      { requester: "Zebedee", summary: "It broke", _do: "solve" },
      { from: "/desk/call" },
    );
    assert.equal(wrong.statusCode, 422);
    assert.match(words(wrong), /What solved it: say it/);
    assert.match(wrong.body, /value="Zebedee"/);
    const nobody = await officer.post(
      "/desk/call",
      { requester: "Zebedee\u0000", summary: "It broke" },
      { from: "/desk/call" },
    );
    assert.match(words(nobody), /nobody is called/);
    assert.equal((await staff.get("/desk/call")).statusCode, 404);
    assert.doesNotMatch((await staff.get("/")).body, /Take a call/);
  });
});

describe("an external partner", () => {
  test("has the ticket with a reference and a promised day, which is a clock of its own, and is chased once when it passes", async () => {
    const supplier = await make("supplier", { name: "Northgate Print", supportPhone: "020 7946 0123" });
    const ticket = await log("The plotter jams");
    const given = { supplier: supplier.id, supplierReference: "NG-77", supplierDueOn: "2040-03-02" };
    await assert.rejects(go(ticket, "pass_on", { ...given, supplierDueOn: "2020-01-01" }), /today or a day to come/);
    const waiting = await go(ticket, "pass_on", given);
    assert.equal(waiting.state, "waiting_supplier");
    assert.equal(waiting.values["waitingReason"], "Northgate Print has it");
    const today = Temporal.Now.plainDateISO("Europe/London");
    const inDays = (days: number) => today.add({ days }).toString();
    assert.equal(waiting.values["reviewOn"], inDays(14), "however long they take, it is looked at as the policy says");
    const clocks = await world.store.as(lead.who!, (tx) => clocksOf(tx, type(), waiting));
    const partner = clocks.find(({ name }) => name === "partner");
    assert.deepEqual([partner?.state, String(partner?.dueAt)], ["running", "2040-03-03T00:00:00Z"]);
    assert.equal(clocks.find(({ name }) => name === "resolve")?.state, "paused");
    const passed = Temporal.Instant.from("2040-03-04T09:00:00Z");
    assert.equal(await world.system((tx) => chaseAll(tx), { now: passed }), 1);
    assert.equal(await world.system((tx) => chaseAll(tx), { now: passed }), 0, "once for each promise");
    assert.match(
      (await said(ticket)).join(),
      /Northgate Print promised this for 2 March 2040.*020 7946 0123.*quoting NG-77/,
    );
    const soon = await go(ticket, "chase", { supplierDueOn: inDays(3), comment: "Sooner than they thought" });
    assert.equal(soon.values["reviewOn"], inDays(3), "what they promise anew is when it is looked at again");
    const past = { supplierDueOn: inDays(-1), comment: "x" };
    await assert.rejects(go(ticket, "chase", past), /today or a day to come/);
    await go(ticket, "chase", { supplierDueOn: "2040-03-09", comment: "A part is on its way" });
    assert.equal(await world.system((tx) => chaseAll(tx), { now: passed.add({ hours: 200 }) }), 1, "the new promise");
  });
});

describe("a senior colleague", () => {
  test("takes it over with the reason among officers, or answers a question while it stays where it is", async () => {
    const ticket = await log("The line-of-business system is slow", { owner: officer.who!.personId });
    await assert.rejects(go(ticket, "escalate", { owner: lead.who!.personId }), /why, and what was tried/i);
    const question = await make(
      "advice",
      { question: "Which log?", ticket: ticket.id, owner: lead.who!.personId },
      officer.who!,
    );
    assert.match(words(await lead.get("/")), /Which log\?/, "in their own work");
    await go(question, "answer", { answer: "The **slow query** log" }, lead.who!);
    const after = await look(ticket);
    assert.equal(after.ownerId, officer.who!.personId);
    assert.match((await said(ticket)).join(), /Which log\?\n\nThe \*\*slow query\*\* log/);
    const page = words(await officer.get(`/tickets/${ticket.reference}`));
    assert.match(page, /Help with this Which log\? .*Lead support officer: The/);
    const escalated = await go(ticket, "escalate", { owner: lead.who!.personId, comment: "Two days without a cause" });
    assert.equal(escalated.ownerId, lead.who!.personId);
  });
});

test("an answer ends the waiting for whoever asked: theirs, and that of whoever stands in for them, but nobody else’s", async () => {
  const [asker, deputy] = [await world.person("Una Way", "supportOfficer"), await world.person("Dep Uty", "staff")];
  const wait = { waitingFor: "user", waitingReason: "Which floor?", reviewOn: dayIn(1) };
  const answerOf = async (who: Who) => {
    const ticket = await log("The lift is slow", { requester: asker.personId });
    await go(ticket, "wait", wait);
    await world.store.as(who, (tx) => comment(tx, type(), ticket.id, { text: "The third", audience: "everyone" }));
    await world.runJobs(desk.jobs);
    return (await look(ticket)).state;
  };
  await world.store.as(asker, (tx) =>
    makeAbsence(tx, { delegate: deputy.personId, from: dayIn(0), until: dayIn(1), kinds: ["work"] }),
  );
  assert.equal(await answerOf({ ...deputy, actsFor: asker.personId }), "assigned");
  assert.equal(await answerOf(asker), "assigned");
  assert.equal(await answerOf(officer.who!), "waiting_user");
});

test("people of a group get its priority and queue from the first, and the ticket says which group it is", async () => {
  const queue = await make("queue", { name: "Executive support" });
  await make("priority_group", {
    name: "Chief officer",
    people: [{ person: staff.who!.personId }],
    priority: 2,
    goesTo: queue.id,
  });
  const ticket = await log("Lamp", { requester: staff.who!.personId, impact: 3, urgency: 3 });
  assert.deepEqual(
    [ticket.values["priority"], ticket.values["queue"], ticket.values["attention"]],
    [2, queue.id, "Chief officer"],
  );
  assert.match((await officer.get(`/tickets/${ticket.reference}`)).body, /r-tag--warn">Chief officer/);
  const other = await log("Lamp", { requester: lead.who!.personId, impact: 3, urgency: 3 });
  assert.deepEqual([other.values["priority"], other.values["attention"] ?? null], [5, null]);
  const passed = await world.store.as(officer.who!, (tx) =>
    change(tx, type(), other.id, other.version, { requester: staff.who!.personId }),
  );
  assert.deepEqual([passed.values["priority"], passed.values["attention"]], [2, "Chief officer"]);
});

test("a ticket’s page folds away what is empty, still to be edited, and whoever asked reads words and no figures", async () => {
  const ticket = await log("Slow as treacle", {
    requester: staff.who!.personId,
    impact: 2,
    urgency: 1,
    details: "All day",
  });
  const page = (await officer.get(`/tickets/${ticket.reference}`)).body;
  const folded = /<details[^>]*><summary>Show what is empty \((\d+)\)<\/summary>([\s\S]*?)<\/details>/.exec(page);
  assert.ok(folded, "what is empty is folded");
  assert.equal(folded[2]?.match(/Not given/g)?.length, Number(folded[1]));
  assert.doesNotMatch(page.replace(folded[0], ""), /Not given/);
  assert.match(folded[2] ?? "", /<dt>Started on<\/dt>/);
  assert.match((await officer.get(`/tickets/${ticket.reference}/edit`)).body, /name="startedOn-day"/);
  assert.match(
    words(await officer.get(`/tickets/${ticket.reference}`)),
    /Impact A team \(2\) Urgency Work has stopped \(1\) Priority 2/,
  );
  const theirs = await staff.get(`/tickets/${ticket.reference}`);
  assert.match(words(theirs), /Who is affected A team How much does it hold you up Work has stopped/);
  for (const body of [
    theirs.body,
    (await staff.get("/tickets")).body,
    (await staff.get(`/tickets/${ticket.reference}?tab=timeline`)).body,
  ])
    assert.doesNotMatch(body, /(A team|has stopped) \(|Impact|Urgency|Priority/);
});

test("a record is not offered to itself, and what waits asks for a day in words", async () => {
  const [one, other] = [await log("Zebra crossing light"), await log("Zebra crossing lamp")];
  const form = (await officer.get(`/tickets/${one.reference}/moves/merge`)).body;
  const select = /<select[^>]*name="duplicateOf"[\s\S]*?<\/select>|<datalist[\s\S]*?<\/datalist>/.exec(form)?.[0] ?? "";
  assert.ok(!select.includes(one.title) && select.includes(other.title), select);
  const found = async (query: string) => (await officer.get(`/tickets/suggest?q=zebra${query}`)).body;
  assert.match(await found(""), new RegExp(one.reference));
  assert.doesNotMatch(await found(`&except=${one.reference}`), new RegExp(one.reference));
  assert.match(await found(`&except=${one.reference}`), new RegExp(other.reference));
  await assert.rejects(go(one, "wait", { waitingFor: "user", waitingReason: "An answer" }), /Enter a day to ask again/);
});

test("what is promised is told to whoever asked, and is due on that day", async () => {
  const ticket = await log("A second screen", { requester: staff.who!.personId });
  const promised = await go(ticket, "promise", { promisedOn: "2040-05-04" });
  assert.match((await said(ticket, staff.who!)).join(), /We promise this for 4 May 2040/);
  const clocks = await world.store.as(lead.who!, (tx) => clocksOf(tx, type(), promised));
  assert.equal(clocks.find(({ name }) => name === "promise")?.state, "running");
});

test("steps are ticked off and time is added without a version; each only by those who work the ticket", async () => {
  const category = await make("category", {
    name: "New starter",
    checklist: [{ step: "Make the account" }, { step: "Order a laptop" }],
  });
  const ticket = await log("Starter on Monday", { category: category.id });
  const at = `/tickets/${ticket.reference}`;
  const [, step = ""] = /action="[^"]+\/steps\/([0-9a-f-]+)"/.exec((await officer.get(at)).body) ?? [];
  assert.equal((await officer.post(`${at}/steps/${step}`, { done: "yes" }, { from: at })).statusCode, 303);
  await lead.post(`${at}/steps/${step}`, { done: "yes" }, { from: at });
  assert.match(words(await lead.get(at)), /1 of 2 steps done.* Done: Make the account Support officer/i);
  assert.equal((await staff.post(`${at}/steps/${step}`, { done: "yes" })).statusCode, 404);
  assert.equal((await officer.post(`${at}/steps/${category.id}`, { done: "yes" }, { from: at })).statusCode, 404);
  assert.equal((await officer.post(`${at}/time`, { minutes: "1h 30m" }, { from: at })).statusCode, 303);
  assert.equal((await lead.post(`${at}/time`, { minutes: "15" }, { from: at })).statusCode, 303);
  const refused = await officer.post(`${at}/time`, { minutes: "400h" }, { from: at });
  assert.equal(refused.statusCode, 422);
  const page = await officer.get(at);
  assert.match(words(page), /1h 45m in all/);
  const mine = [...page.body.matchAll(/action="[^"]+\/time\/([0-9a-f-]+)"/g)].map(([, id]) => id);
  assert.equal(mine.length, 1, "each takes back their own");
  assert.equal((await lead.post(`${at}/time/${mine[0]}`, {}, { from: at })).statusCode, 404);
  assert.equal((await look(ticket)).version, ticket.version);
});

test("a day’s visits stand in order with the address, whom to ask and what clashes, and are started from there", async () => {
  const site = await make("site", {
    name: "Harrow Lane depot",
    address: "1 Harrow Lane\nAldermoor",
    phone: "020 7946 0199",
  });
  const ticket = await log("The gate reader is dead", { requester: staff.who!.personId });
  const plan = (purpose: string, startsAt: string) =>
    make(
      "visit",
      { purpose, site: site.id, ticket: ticket.id, visited: staff.who!.personId, startsAt, length: 60 },
      officer.who!,
    );
  const [one] = [await plan("Reader", "2040-06-05T08:00:00Z"), await plan("Printer", "2040-06-05T08:30:00Z")];
  await plan("Next day", "2040-06-06T08:30:00Z");
  const day = await officer.get("/desk/visits?day=2040-06-05");
  assert.match(words(day), /2 visits of yours.*09:00 to 10:00 Planned Reader Clash At the same time: VIS-\d+ Printer/);
  assert.match(words(day), /1 Harrow Lane, Aldermoor .*Ask for Staff Telephone 020 7946 0199/);
  assert.doesNotMatch(words(day), /Next day/);
  assert.match(words(await officer.get(`/visits/${one.reference}`)), /At the same time .*Printer/);
  const started = await officer.post(
    `/visits/${one.reference}/moves/start`,
    {},
    { from: "/desk/visits?day=2040-06-05" },
  );
  assert.equal(started.headers.location, "/desk/visits");
  assert.equal((await look(one)).state, "under_way");
  assert.match(words(await lead.get("/desk/visits?day=2040-06-05")), /No visits of yours/);
  assert.match(words(await lead.get("/desk/visits?day=2040-06-05&who=everyone")), /2 visits by everybody/);
  assert.equal((await officer.get("/desk/visits?day=soon")).statusCode, 422);
  assert.equal((await staff.get("/desk/visits")).statusCode, 404);
});

test("a handover note begins with the highest priorities that are open, and says who read it", async () => {
  const urgent = await log("The switchboard is silent", { impact: 1, urgency: 1 });
  const secret = await log("Investigation", { impact: 1, urgency: 1, sensitivity: "restricted" }, lead.who!);
  const form = (await lead.get("/handovers/new")).body;
  assert.match(form, new RegExp(`${urgent.reference} The switchboard is silent \\(priority 1, new\\)`));
  assert.doesNotMatch(form, new RegExp(secret.reference));
  const note = await make("handover", { name: "Saturday night", owner: officer.who!.personId });
  const read = await go(note, "read");
  assert.deepEqual([read.state, read.values["readBy"]], ["read", officer.who!.personId]);
});
