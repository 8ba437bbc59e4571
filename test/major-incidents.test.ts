import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { createStore } from "../src/kernel/transaction.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { desk } from "../src/modules/desk/module.ts";
import { createApp } from "../src/web/app.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { carried, words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let lead: Browser;
let asker: Browser;

before(async () => {
  world = await createImportWorld();
  lead = await world.as("leadSupport");
  asker = await world.as("staff");
});
after(() => world?.close());

type Values = Readonly<Record<string, unknown>>;
const typeOf = (name: string) => typeNamed(world.registry, name);
const make = (who: Who, type: string, values: Values) => world.store.as(who, (tx) => create(tx, typeOf(type), values));
const go = (who: Who, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, typeOf(record.type), record.id, "any", name, values));
const ticket = (more: Values = {}, who = asker.who!) =>
  make(who, "ticket", { summary: "No e-mail since nine", impact: 3, urgency: 2, ...more });
const put = (record: Stored, incident: Stored) =>
  world.store.as(lead.who!, (tx) => change(tx, typeOf("ticket"), record.id, "any", { majorIncident: incident.id }));
const told = (record: Stored) =>
  world.store.as(lead.who!, async (tx) =>
    (await timeline(tx, record, { verbs: ["commented"] })).map(({ actorId, body }) => [actorId, body?.text]),
  );
const runJobs = () => world.runJobs(desk.jobs);
const status = async (path = "/status") => world.app.inject({ url: path });
/** A copy of the page is kept for a second. */
const later = () => new Promise((resolve) => setTimeout(resolve, 1010));

test("one update reaches everyone whose ticket belongs to it, once, and begins the clock of the next", async () => {
  const incident = await make(lead.who!, "major_incident", { title: "E-mail does not arrive" });
  assert.ok(incident.dueAt, "people hear within a quarter of an hour");
  const theirs = await ticket();
  await put(theirs, incident);
  const hidden = await put(await ticket({ sensitivity: "restricted" }), incident);
  const other = await ticket({ summary: "A new mouse" });
  const before = Temporal.Now.instant();
  const updated = await go(lead.who!, incident, "update", {
    stage: "identified",
    update: "A **disk** is full.",
    nextUpdateIn: "60",
  });
  const due = Temporal.Instant.from(updated.dueAt!).since(before).total("minutes");
  assert.ok(due > 59 && due < 61, `${due} minutes`);
  await runJobs();
  const said = `**Cause found.** A **disk** is full.\n\nUpdate 1 of ${incident.reference}.`;
  assert.deepEqual(await told(theirs), [[null, said]]);
  assert.deepEqual(await told(hidden), [[null, said]], "also where whoever wrote it may not look");
  assert.deepEqual(await told(other), []);
  // A job that is begun again tells nobody twice.
  await world.ownerPool.query(
    "update jobs set state = 'waiting', done = 0, next_at = now() where kind = 'tell-tickets'",
  );
  await runJobs();
  assert.equal((await told(theirs)).length, 1);
  assert.match(words(await asker.get(`/tickets/${theirs.reference}`)), /A disk is full/);
  assert.doesNotMatch(words(await asker.get(`/tickets/${theirs.reference}`)), /Part of a major incident/);
  assert.match(words(await lead.get(`/tickets/${theirs.reference}`)), /Part of a major incident/);
  assert.equal((await asker.get(`/major-incidents/${incident.reference}`)).statusCode, 404);
  await assert.rejects(
    go(asker.who!, incident, "update", { stage: "resolved", update: "Hoax", nextUpdateIn: "15" }),
    (error: unknown) => error instanceof Refusal && error.kind === "unseen",
  );
});

test("tickets that say the same are offered, forty of them are put under it together, and resolved together with a preview", async () => {
  const incident = await make(lead.who!, "major_incident", {
    title: "Printing fails in every office",
    affected: "Printing",
  });
  const many: Stored[] = [];
  await world.store.as(asker.who!, async (tx) => {
    for (let at = 0; at < 40; at++)
      many.push(
        await create(tx, typeOf("ticket"), {
          summary: `Printing fails in our office, floor ${at}`,
          impact: 3,
          urgency: 2,
        }),
      );
  });
  const page = (await lead.get(`/major-incidents/${incident.reference}`)).body;
  assert.match(page, new RegExp(`Look at all 40 and put them under ${incident.reference}`));
  const href = /href="(\/tickets\/bulk\?record[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  assert.equal((await lead.get(href)).statusCode, 200);
  const asked = new URL(href, "http://x").searchParams;
  const sent = { record: asked.getAll("record"), do: "field:majorIncident", majorIncident: incident.reference };
  const preview = await lead.post("/tickets/bulk/preview", sent, { from: href });
  assert.match(words(preview), /40 tickets will be changed/);
  const done = await lead.post("/tickets/bulk", carried(preview.body));
  assert.match(words(done), /40 tickets changed/);
  const belongs = await lead.get(`/major-incidents/${incident.reference}`);
  assert.match(words(belongs), /40 in all, 40 open/);
  await go(lead.who!, incident, "resolve", { update: "Printing works again." });
  await runJobs();
  assert.equal((await told(many[39]!)).length, 1);
  assert.match(words(await lead.get(`/major-incidents/${incident.reference}`)), /Resolve the 40 that are not resolved/);
});

test("a review is drafted from what happened, and is agreed once it is finished", async () => {
  const incident = await make(lead.who!, "major_incident", { title: "Telephones are silent" });
  await go(lead.who!, incident, "decide", { decision: "Fail over to the second line" });
  await go(lead.who!, incident, "update", { stage: "investigating", update: "We know.", nextUpdateIn: "15" });
  await go(lead.who!, incident, "resolve", { update: "They ring again." });
  const drafted = await go(lead.who!, incident, "draft_review", { rootCause: "A fuse" });
  const review = String(drafted.values["review"]);
  const order = [
    "## Root cause",
    "A fuse",
    "Declared a major",
    "Decided: Fail over",
    "told: We know.",
    "told: They ring",
  ];
  const places = order.map((part) => review.indexOf(part));
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
  );
  assert.ok(
    places.every((place) => place >= 0),
    review,
  );
  await assert.rejects(go(lead.who!, incident, "close"), /Finish the review/);
  const closed = await go(lead.who!, incident, "close", { review: review.replaceAll(/^To be written.*$/gm, "Done.") });
  assert.equal(closed.state, "closed");
});

test("the status page says what was meant for the public and nothing else, for nobody in particular", async () => {
  const secret = "Zanzibar";
  const quiet = await make(lead.who!, "major_incident", {
    title: `${secret} one`,
    description: secret,
    affected: secret,
  });
  await go(lead.who!, quiet, "update", { stage: "identified", update: `${secret} for colleagues`, nextUpdateIn: "15" });
  // Shown from now on: what was told to colleagues before stays among them.
  await world.store.as(lead.who!, (tx) =>
    change(tx, typeOf("major_incident"), quiet.id, "any", { isPublic: true, publicTitle: "Paying is <b>slow</b>" }),
  );
  await go(lead.who!, quiet, "decide", { decision: secret });
  await go(lead.who!, quiet, "update", {
    stage: "watching",
    update: "It is quicker now. <script>x</script>",
    nextUpdateIn: "15",
  });
  const restricted = await make(lead.who!, "major_incident", {
    title: secret,
    isPublic: true,
    publicTitle: `${secret} public`,
    sensitivity: "restricted",
  });
  await go(lead.who!, restricted, "update", { stage: "watching", update: secret, nextUpdateIn: "15" });
  await make(lead.who!, "change_request", {
    title: secret,
    reason: secret,
    affected: secret,
    kind: "normal",
    spread: 1,
    undo: 1,
    practice: 1,
    isPublic: true,
    publicText: `${secret} is only a draft`,
  });
  await later();
  const page = await status();
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /Paying is <b>slow<\/b>|Paying is &lt;b&gt;slow/);
  assert.match(page.body, /It is quicker now/);
  assert.doesNotMatch(page.body, /<script>x|<b>slow/);
  const feed = await status("/status/feed");
  assert.match(String(feed.headers["content-type"]), /atom\+xml/);
  assert.match(feed.body, /<title>Mended, and being watched: Paying is &lt;b&gt;slow&lt;\/b&gt;<\/title>/);
  for (const { body } of [page, feed]) assert.doesNotMatch(body, new RegExp(secret));
  assert.equal(page.headers["set-cookie"], undefined);
  // Restricted afterwards, it is gone.
  await world.store.as(lead.who!, (tx) =>
    change(tx, typeOf("major_incident"), quiet.id, "any", { sensitivity: "restricted" }),
  );
  await later();
  assert.doesNotMatch((await status()).body, /Paying/);
});

test("the status page says of each public service how it is, by what is shown there and by nothing else", async () => {
  const keeper = (await world.as("systemsOfficer")).who!;
  const service = (name: string, more: Values = {}) => make(keeper, "service", { name, isPublic: true, ...more });
  const [pay, bins, parks, inside] = await Promise.all([
    service("Ledger intake", { publicName: "Paying us" }),
    service("Bins"),
    service("Parks"),
    service("Payroll of staff", { isPublic: false }),
  ]);
  await service("Hidden service", { sensitivity: "restricted" });
  const system = await make(keeper, "system", { name: "Card gateway", service: pay.id });
  const incident = await make(lead.who!, "major_incident", {
    title: "Inside words",
    systems: [system.id],
    services: [inside.id],
    isPublic: true,
    publicTitle: "Cards are refused",
  });
  // Neither of these is shown, so no service says anything of them.
  await make(lead.who!, "major_incident", { title: "Quiet", services: [bins.id] });
  await make(lead.who!, "major_incident", {
    title: "Restricted",
    services: [parks.id],
    isPublic: true,
    publicTitle: "Restricted",
    sensitivity: "restricted",
  });
  await later();
  const page = await status();
  assert.match(words(page), /Paying us Disrupted/);
  assert.match(page.body, new RegExp(`href="#${incident.reference.toLowerCase()}"`));
  assert.match(words(page), /Bins Working/);
  assert.match(words(page), /Parks Working/);
  assert.doesNotMatch(page.body, /Ledger intake|Payroll|Hidden service|Card gateway|Inside words/);
  await go(lead.who!, incident, "resolve", { update: "Cards work." });
  const planned = await make(lead.who!, "change_request", {
    title: "Inside words",
    reason: "Inside words",
    kind: "normal",
    services: [bins.id],
    spread: 1,
    undo: 1,
    practice: 1,
    isPublic: true,
    publicText: "Bin days move",
  });
  const at = (hours: number) => Temporal.Now.instant().add({ hours }).toString();
  for (const [state, says] of [
    ["scheduled", "Maintenance planned"],
    ["implementing", "Being worked on"],
  ] as const) {
    await world.ownerPool.query(
      "with w as (update change_request set window_from = $2, window_to = $3 where id = $1) update records set state = $4 where id = $1",
      [planned.id, at(1), at(3), state],
    );
    await later();
    assert.match(words(await status()), new RegExp(`Bins ${says}`));
  }
  assert.match(words(await status()), /Paying us Working/);
});

test("a copy is known by its tag, each organisation has its own, and what is no address of one is not there", async () => {
  const first = await status();
  const again = await world.app.inject({ url: "/status", headers: { "if-none-match": String(first.headers["etag"]) } });
  assert.deepEqual([again.statusCode, again.body], [304, ""]);
  const other = await world.another("Elsewhere District Council");
  await later();
  assert.equal((await status()).statusCode, 404, "with two organisations an address says which");
  const theirs = await status(`/status/${other.organisationId}`);
  assert.match(theirs.body, /Elsewhere District Council/);
  assert.doesNotMatch(theirs.body, /Aldermoor/);
  assert.match((await status(`/status/${world.council.organisationId}`)).body, /Aldermoor/);
  for (const bad of ["nothing", crypto.randomUUID(), "%00", "x".repeat(150), "' or 1=1"])
    assert.equal((await status(`/status/${encodeURIComponent(bad)}`)).statusCode, 404, bad);
});

test("while the database is away the last copy is shown, and says since when", async () => {
  const path = `/status/${world.council.organisationId}`;
  let away = false;
  const store = createStore({ pool: world.store.pool, registry: world.registry });
  const pool = Object.create(store.pool) as typeof store.pool;
  pool.query = ((...given: Parameters<typeof store.pool.query>) =>
    away ? Promise.reject(new Error("connection refused")) : store.pool.query(...given)) as typeof store.pool.query;
  const app = await createApp({ ...world.parts, store: { ...store, pool } });
  try {
    assert.equal((await app.inject({ url: path })).statusCode, 200);
    away = true;
    await later();
    const shown = await app.inject({ url: path });
    assert.equal(shown.statusCode, 200);
    assert.match(shown.body, /cannot be brought up to date just now\. It is as it was at/);
    away = false;
    await later();
    assert.doesNotMatch((await app.inject({ url: path })).body, /cannot be brought up to date/);
  } finally {
    await app.close();
  }
});
