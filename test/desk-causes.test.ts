import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let officer: Browser;
let head: Browser;
let systems: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  officer = await world.as("supportOfficer");
  head = await world.as("headOfDelivery");
  systems = await world.as("systemsOfficer");
});
after(() => world.close());

type Values = Readonly<Record<string, unknown>>;
const make = (who: Who, type: string, values: Values) =>
  world.store.as(who, (tx) => create(tx, typeNamed(tx.registry, type), values));
const go = (who: Who, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, typeNamed(tx.registry, record.type), record.id, "any", name, values));
const refused = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.kind === kind && pattern.test(error.message);

const aService = (name: string, more: Values = {}) => make(systems.who!, "service", { name, ...more });
const low = { spread: 1, undo: 1, practice: 1 };
const high = { spread: 3, undo: 2, practice: 3 };
const planned = { steps: "Do it", testPlan: "Look", backOutPlan: "Put it back" };
const aChange = (more: Values = {}) =>
  make(officer.who!, "change_request", {
    title: "New firewall rule",
    reason: "Remote access",
    kind: "normal",
    ...("services" in more || "systems" in more ? {} : { affected: "Firewall" }),
    ...low,
    ...planned,
    ...more,
  });
const authorised = async (more: Values = {}) => {
  const record = await go(officer.who!, await aChange(more), "submit");
  return go(lead.who!, record, "authorise");
};

test("a ticket shows the workaround of its problem, and what may be a known error where it has none", async () => {
  const problem = await make(lead.who!, "problem", {
    title: "Scanner driver loses its settings",
    affected: "Scanners",
  });
  await assert.rejects(go(lead.who!, problem, "know"), refused("invalid", /Enter the workaround/));
  await go(lead.who!, problem, "know", { workaround: "Print a **test page** first" });
  const summary = "The scanner forgot its settings again";
  const ticket = await make(officer.who!, "ticket", { summary, impact: 3, urgency: 2 });
  const likely = words(await officer.get(`/tickets/${ticket.reference}`));
  assert.match(likely, /It may be a known error .*Scanner driver loses its settings/);
  assert.match(likely, /Both say “scanner”, “setting”/);
  const floor = await make(lead.who!, "problem", { title: "The lift on the second floor stops", affected: "Lifts" });
  await go(lead.who!, floor, "know", { workaround: "Take the stairs" });
  const place = { summary: "Second screen for the second floor, by Monday", impact: 3, urgency: 2 };
  const elsewhere = await make(officer.who!, "ticket", place);
  const shown = words(await officer.get(`/tickets/${elsewhere.reference}`));
  assert.doesNotMatch(shown, /known error/, "that both are on the second floor tells nothing");
  const own = await make(officer.who!, "ticket", {
    summary: "Other words",
    impact: 3,
    urgency: 2,
    problem: problem.id,
  });
  assert.match((await officer.get(`/tickets/${own.reference}`)).body, /Its problem[\s\S]*<strong>test page<\/strong>/);
  // Who asked reads their ticket, and neither the problem nor its workaround.
  const asker = await world.as("staff");
  const theirs = await make(asker.who!, "ticket", { summary, impact: 3, urgency: 2 });
  assert.doesNotMatch((await asker.get(`/tickets/${theirs.reference}`)).body, /known error|test page/);
});

test("a problem that is resolved offers to resolve the tickets that wait for it, shown first", async () => {
  const problem = await make(lead.who!, "problem", { title: "Certificates expire unseen" });
  const [waits] = await Promise.all(
    ["Waits", "Goes on"].map((summary) =>
      make(officer.who!, "ticket", { summary, impact: 3, urgency: 2, problem: problem.id }),
    ),
  );
  await go(officer.who!, waits!, "wait", { waitingFor: "problem", waitingReason: "Its cause", reviewOn: dayIn(3) });
  const page = () => lead.get(`/problems/${problem.reference}`);
  assert.doesNotMatch((await page()).body, /that wait for it/);
  await go(lead.who!, problem, "resolve", { solution: "They are renewed by a job" });
  const shown = await page();
  assert.match(words(shown), /Resolve the 1 that wait for it/);
  const href = /href="(\/tickets\/bulk[^"]*)"/.exec(shown.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const asking = await lead.get(href);
  assert.equal(asking.statusCode, 200);
  assert.match(words(asking), /Resolve/);
  const own = { all: "yes", view: new URL(href, "http://x").searchParams.get("view")!, do: "move:resolve" };
  const preview = await lead.post("/tickets/bulk/preview", { ...own, resolution: "Renewed" }, { from: href });
  assert.match(words(preview), new RegExp(waits!.reference));
  assert.doesNotMatch(words(preview), /Goes on/);
});

test("whoever reads problems, changes and major incidents but not what officers note on tickets opens their pages without the tickets", async () => {
  const manager = await world.as("systemsOfficer");
  for (const [type, field, values] of [
    ["problem", "problem", { title: "Badges stop at the door" }],
    ["major_incident", "majorIncident", { title: "No door opens" }],
  ] as const) {
    const record = await make(lead.who!, type, values);
    const ticket = { summary: "The side door stays shut", impact: 3, urgency: 2, [field]: record.id };
    await make(officer.who!, "ticket", ticket);
    const list = `/${typeNamed(world.registry, type).path}`;
    const path = `${list}/${record.reference}`;
    assert.ok(
      (await officer.get(path)).body.includes(`href="${list}" aria-current="page"`),
      "the menu says where one is",
    );
    const { many } = typeNamed(world.registry, type).label;
    assert.ok(
      !(await officer.get(list)).body.includes(`href="${list}">${many}</a>`),
      "and the list does not lead to itself",
    );
    assert.match(words(await officer.get(path)), /The side door stays shut/);
    for (const one of [manager, head]) {
      const page = await one.get(path);
      assert.equal(page.statusCode, 200, path);
      assert.doesNotMatch(words(page), /The side door stays shut/);
    }
  }
  assert.equal((await head.get(`/change-requests/${(await aChange()).reference}`)).statusCode, 200);
});

test("a change’s risk follows from its answers, and what it is weighed by cannot be given", async () => {
  assert.equal((await aChange()).values["risk"], "low");
  assert.equal((await aChange({ spread: 2, undo: 2 })).values["risk"], "medium");
  assert.equal((await aChange(high)).values["risk"], "high");
  assert.equal((await aChange({ spread: 3, undo: 3 })).values["risk"], "high");
  for (const forged of [{ risk: "low" }, { authorisations: [] }, { authorisation: "whole" }])
    await assert.rejects(aChange(forged), (error: unknown) => error instanceof Refusal);
});

test("nobody authorises their own change, and where the risk is high it takes two, one of them for high risk", async () => {
  await assert.rejects(
    go(officer.who!, await aChange({ backOutPlan: null }), "submit"),
    refused("invalid", /how we go back/),
  );
  const risky = await go(officer.who!, await aChange(high), "submit");
  await assert.rejects(go(officer.who!, risky, "authorise"), refused("forbidden", /authorise/));
  assert.equal((await go(lead.who!, risky, "authorise")).state, "awaiting");
  await assert.rejects(go(lead.who!, risky, "authorise"), refused("impossible", /You have authorised it/));
  const other = await world.as("leadSupport");
  await assert.rejects(go(other.who!, risky, "authorise"), refused("impossible", /allowed to authorise high risk/));
  assert.equal((await go(head.who!, risky, "authorise_high")).state, "authorised");
  const own = await make(lead.who!, "change_request", {
    title: "Own",
    reason: "Own",
    affected: "Own",
    kind: "normal",
    ...low,
    ...planned,
  });
  await go(lead.who!, own, "submit");
  await assert.rejects(go(lead.who!, own, "authorise"), refused("impossible", /someone other than/));
  // What was authorised is done as it was weighed; sent back, it is weighed anew.
  await assert.rejects(
    world.store.as(officer.who!, (tx) =>
      change(tx, typeNamed(tx.registry, "change_request"), risky.id, "any", { steps: "Something else" }),
    ),
    refused("impossible", /Send it back/),
  );
  const back = await go(lead.who!, risky, "send_back", { comment: "The steps are missing one" });
  assert.deepEqual([back.state, back.values["authorisations"], back.values["authorisation"]], ["draft", [], "part"]);
});

test("two at once who authorise the same change are both counted, or one is told that it moved on", async () => {
  const risky = await go(officer.who!, await aChange(high), "submit");
  const both = await Promise.allSettled([go(lead.who!, risky, "authorise"), go(head.who!, risky, "authorise_high")]);
  const now = await world.store.as(lead.who!, (tx) => find(tx, typeNamed(tx.registry, risky.type), risky.id));
  const done = both.filter(({ status }) => status === "fulfilled").length;
  assert.equal((now.values["authorisations"] as unknown[]).length, done);
  assert.equal(now.state, done === 2 ? "authorised" : "awaiting");
});

test("a standard change is authorised by its template, while that is authorised and the risk is not high", async () => {
  const template = await make(officer.who!, "change_template", {
    name: "Add a mailbox",
    steps: "1, 2, 3",
    backOutPlan: "3, 2, 1",
  });
  const standard = await aChange({ kind: "standard", template: template.id, steps: null, backOutPlan: null });
  assert.deepEqual([standard.values["steps"], standard.values["backOutPlan"]], ["1, 2, 3", "3, 2, 1"]);
  await assert.rejects(go(officer.who!, standard, "use_template"), refused("impossible", /not authorised now/));
  await assert.rejects(go(officer.who!, template, "authorise"), refused("forbidden", /authorise/));
  await go(lead.who!, template, "authorise");
  assert.equal((await go(officer.who!, standard, "use_template")).state, "authorised");
  await assert.rejects(go(officer.who!, await aChange(), "use_template"), refused("impossible", /Only a standard/));
  const risky = await aChange({ kind: "standard", template: template.id, ...high });
  await assert.rejects(go(officer.who!, risky, "use_template"), refused("impossible", /risk is high/));
});

const window = (day: string, from = "18:00", to = "20:00") => ({
  windowFrom: `2031-${day}T${from}:00.000Z`,
  windowTo: `2031-${day}T${to}:00.000Z`,
});

test("changes of the same service or system at the same time are refused, but with a reason, and shown to each other", async () => {
  const [payments, website] = await Promise.all([aService("Payments"), aService("Website")]);
  const editor = await make(officer.who!, "system", { name: "Editor", service: website.id }).catch(() => null);
  assert.equal(editor, null, "officers of the desk do not keep the register");
  const system = await make(systems.who!, "system", { name: "Editor", service: website.id });
  const first = await authorised({ services: [payments.id, website.id] });
  await go(officer.who!, first, "schedule", window("03-02"));
  const refusal = refused("invalid", new RegExp(`${first.reference}.*Choose another time`));
  const second = await authorised({ services: [website.id] });
  await assert.rejects(go(officer.who!, second, "schedule", window("03-02", "19:59", "21:00")), refusal);
  const beneath = await authorised({ systems: [system.id] });
  await assert.rejects(go(officer.who!, beneath, "schedule", window("03-02")), refusal, "the service needs the system");
  await assert.rejects(
    go(officer.who!, second, "schedule", { windowFrom: "2031-03-02T18:00:00Z" }),
    refused("invalid", /until/),
  );
  await assert.rejects(
    go(officer.who!, second, "schedule", window("03-02", "18:00", "17:00")),
    refused("invalid", /a time after/),
  );
  const telephony = await aService("Telephony");
  await go(officer.who!, await authorised({ services: [telephony.id] }), "schedule", window("03-02"));
  await go(officer.who!, second, "schedule", window("03-02", "20:00", "21:00"));
  await go(officer.who!, second, "schedule", { ...window("03-02"), besideReason: "It is a page of text" });
  const page = words(await officer.get(`/change-requests/${first.reference}`));
  assert.match(page, new RegExp(`In the way .*${second.reference}`));
  // What is in no register is still told apart by its words.
  await go(officer.who!, await authorised({ affected: "Door locks, Lift" }), "schedule", window("03-09"));
  await assert.rejects(
    go(officer.who!, await authorised({ affected: "lift" }), "schedule", window("03-09")),
    refused("invalid", /Choose another time/),
  );
});

test("a service says which problems, changes, major incidents and tickets are joined to it, and each list is narrowed by it", async () => {
  const service = await aService("Parking permits");
  const other = await aService("Libraries");
  const about = { services: [service.id] };
  const problem = await make(lead.who!, "problem", { title: "Permits print twice", ...about });
  await make(lead.who!, "problem", { title: "Books return late", services: [other.id] });
  const incident = await make(lead.who!, "major_incident", { title: "No permits at all", ...about });
  const planned = await aChange({ title: "Move permits", ...about });
  const ticket = await make(officer.who!, "ticket", {
    summary: "My permit is wrong",
    impact: 3,
    urgency: 2,
    service: service.id,
  });
  const page = words(await officer.get(`/services/${service.reference}?tab=connected`));
  for (const { reference } of [problem, incident, planned, ticket]) assert.match(page, new RegExp(reference));
  const narrowed = words(await officer.get(`/problems?services=${service.id}&columns=title,services`));
  assert.match(narrowed, /Permits print twice .*Parking permits/);
  assert.doesNotMatch(narrowed, /Books return late/);
  const named = await officer.get("/problems?services=Libraries");
  assert.match(words(await officer.get(String(named.headers.location))), /Books return late/);
  assert.equal((await officer.get("/problems?services=No+such")).statusCode, 422);
  // Whoever may not read services sees neither their names nor anything by them.
  await world.ownerPool.query("update records set sensitivity = 'restricted' where id = $1", [service.id]);
  const hidden = words(await officer.get(`/problems/${problem.reference}`));
  assert.doesNotMatch(hidden, /Parking permits/);
  assert.doesNotMatch(words(await officer.get(`/problems?services=${service.id}&show=all`)), /Permits print twice/);
});

test("words that name a service or a system become joins when the database is brought up, and the rest stays as words", async () => {
  const mail = await aService("E-mail and diary");
  const vpn = await make(systems.who!, "system", { name: "VPN" });
  const old = await make(lead.who!, "problem", { title: "Old words", affected: "e-mail  and diary, Old fax; vpn" });
  const plain = await make(lead.who!, "problem", { title: "Other words", affected: "Old fax" });
  const freeze = await make(lead.who!, "change_freeze", {
    name: "Old freeze",
    validFrom: "2033-01-01",
    validUntil: "2033-01-02",
  });
  // As it was before there were joins: a text that says “Everything”.
  await world.ownerPool.query("update change_freeze set extent = null, covers = 'everything' where id = $1", [
    freeze.id,
  ]);
  const sql = await readFile(new URL("../db/migrations/0072-services-carried-over.sql", import.meta.url), "utf8");
  await world.ownerPool.query(`begin; set local search_path = reeve, public; ${sql}; commit`);
  const read = (record: Stored) =>
    world.store.as(lead.who!, (tx) => find(tx, typeNamed(tx.registry, record.type), record.id));
  const now = await read(old);
  assert.deepEqual(
    [now.values["services"], now.values["systems"], now.values["affected"]],
    [[mail.id], [vpn.id], "Old fax"],
  );
  assert.deepEqual((await read(plain)).values["affected"], "Old fax");
  const covers = (await read(freeze)).values;
  assert.deepEqual([covers["extent"], covers["covers"]], ["everything", null]);
  assert.match(words(await lead.get(`/problems/${old.reference}?tab=timeline`)), /E-mail and diary/);
  const { rows } = await world.ownerPool.query("select 1 from untold where record_id = $1 and sequence > 1", [old.id]);
  assert.equal(rows.length, 0, "it is nobody’s news");
});

test("the calendar of changes shows freezes over their days, marks what collides, and has the table behind it", async () => {
  const service = await aService("Ledgers");
  const system = await make(systems.who!, "system", { name: "Ledger server", service: service.id });
  await make(lead.who!, "change_freeze", {
    name: "Closing of accounts",
    extent: "some",
    services: [service.id],
    validFrom: "2034-04-03",
    validUntil: "2034-04-04",
  });
  const within = (day: string) => ({ windowFrom: `2034-04-${day}T18:00:00Z`, windowTo: `2034-04-${day}T20:00:00Z` });
  const [one, other] = [await authorised({ services: [service.id] }), await authorised({ systems: [system.id] })];
  await go(officer.who!, one, "schedule", within("11"));
  await go(officer.who!, other, "schedule", { ...within("11"), besideReason: "First the server" });
  const urgent = await authorised({ kind: "emergency", urgentReason: "Now", systems: [system.id] });
  await go(officer.who!, urgent, "schedule", within("03"));
  const page = await officer.get("/desk/change-calendar?at=2034-04");
  assert.match(words(page), /3 changes and 1 freeze in these weeks\. 3 changes have something in the way/);
  assert.equal(page.body.match(/class="r-band"/g)?.length, 2, "a band on each of its days");
  assert.equal(page.body.match(/r-entry__mark">Collides/g)?.length, 2);
  assert.equal(page.body.match(/r-entry__mark">In a freeze/g)?.length, 1);
  assert.match(words(page), new RegExp(`Ledger server ${one.reference}`));
  for (const bad of ["nothing", "2034-99", "%00", "9".repeat(400)])
    assert.match(
      words(await officer.get(`/desk/change-calendar?at=${bad}`)),
      /There is a problem The month with: give a day/,
    );
  assert.equal((await (await world.as("staff")).get("/desk/change-calendar")).statusCode, 404);
  // A restricted change is nobody’s but theirs who may see it.
  await world.ownerPool.query("update records set sensitivity = 'restricted' where id = $1", [other.id]);
  assert.match(words(await systems.get("/desk/change-calendar?at=2034-04")), /2 changes and 1 freeze/);
});

test("in a freeze only an emergency is scheduled, and that is reviewed by somebody else before it is closed", async () => {
  const revenues = await aService("Revenues");
  const ledger = await make(systems.who!, "system", { name: "Ledger", service: revenues.id });
  await make(lead.who!, "change_freeze", { name: "Election", validFrom: "2031-05-01", validUntil: "2031-05-04" });
  await make(lead.who!, "change_freeze", {
    name: "Tax year",
    extent: "some",
    services: [revenues.id],
    validFrom: "2031-06-01",
    validUntil: "2031-06-30",
  });
  const normal = await authorised();
  await assert.rejects(go(officer.who!, normal, "schedule", window("05-04")), refused("invalid", /Election/));
  await go(officer.who!, normal, "schedule", window("05-05"));
  for (const touched of [{ services: [revenues.id] }, { systems: [ledger.id] }])
    await assert.rejects(
      go(officer.who!, await authorised(touched), "schedule", window("06-10")),
      refused("invalid", /Tax year/),
    );
  await assert.rejects(
    make(lead.who!, "change_freeze", { name: "Nothing", extent: "some", validFrom: "2031-07-01" }),
    refused("invalid", /Select the services/),
  );
  await assert.rejects(
    go(officer.who!, await aChange({ affected: null }), "submit"),
    refused("invalid", /services or systems/),
  );
  await assert.rejects(aChange({ kind: "emergency" }), refused("invalid", /why it cannot wait/i));
  const urgent = await authorised({ kind: "emergency", urgentReason: "We are under attack", ...high });
  assert.equal(urgent.state, "authorised", "one is enough when it cannot wait");
  await go(officer.who!, urgent, "schedule", window("05-02"));
  await go(officer.who!, urgent, "begin");
  await assert.rejects(go(officer.who!, urgent, "finish"), refused("invalid", /how it went/i));
  const finished = await go(officer.who!, urgent, "finish", { outcome: "backed_out" });
  assert.ok(finished.dueAt, "its review is due");
  await assert.rejects(go(lead.who!, urgent, "close"), refused("invalid", /what we learnt/));
  await assert.rejects(go(officer.who!, urgent, "close", { review: "Fine" }), refused("invalid", /someone other than/));
  assert.equal((await go(lead.who!, urgent, "close", { review: "Block it at the edge" })).state, "closed");
  const share = words(await lead.get("/measures/changes-failed-share"));
  assert.match(share, /100\s?%/);
});
