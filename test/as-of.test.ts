import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { asOf } from "../src/kernel/store/as-of.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let manager: Browser;
let policy: Stored;

const at = (day: string, time = "10:00") => Temporal.ZonedDateTime.from(`${day}T${time}[Europe/London]`).toInstant();
const type = (name: string) => typeNamed(world.registry, name);

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  manager = await world.as("policyManager");
  const clauses = [{ heading: "Screens", text: "Lock your screen" }];
  policy = await world.store.as(
    manager.who!,
    (tx) => create(tx, type("policy"), { title: "Clear desks", purpose: "First words", clauses }),
    { now: at("2026-01-05") },
  );
  policy = await world.store.as(
    manager.who!,
    (tx) =>
      change(tx, type("policy"), policy.id, policy.version, {
        title: "Clear desks and screens",
        purpose: "Second words",
        clauses: [...(policy.values["clauses"] as object[]), { heading: "Paper", text: "Shred what you print" }],
      }),
    { now: at("2026-02-10") },
  );
  policy = await world.store.as(
    manager.who!,
    (tx) => move(tx, type("policy"), policy.id, policy.version, "submit", {}),
    { now: at("2026-03-01", "23:30") },
  );
});
after(() => world.close());

test("a record's page shows its values, lines and state as they stood on a day, and that nothing can be done there", async () => {
  const page = (day: string) => manager.get(`/policies/${policy.reference}?on=${day}`);
  const first = await page("2026-01-31");
  assert.match(words(first), /As it stood on 31 January 2026/);
  assert.match(words(first), /First words/);
  assert.match(words(first), /Clear desks /);
  assert.doesNotMatch(words(first), /Second words|Shred what you print/);
  assert.match(words(first), /State: Draft/);
  assert.doesNotMatch(first.body, /method="post" action="\/policies|action="\/policies[^"]*" method="post"/);
  const second = words(await page("2026-02-10"));
  assert.match(second, /Second words.*Shred what you print/);
  assert.match(second, /State: Draft/, "the move was made half an hour before the end of another day");
  assert.match(words(await page("2026-03-01")), /State: Waiting for approval/);
  assert.match(words(await page("2026-01-04")), /had not been made yet/);
});

test("what is no day, or lies ahead, is refused in a sentence", async () => {
  for (const day of ["yesterday", "2026-02-30", "9999-99-99", "%00", "2999-01-01"]) {
    const answer = await manager.get(`/policies/${policy.reference}?on=${day}`);
    assert.ok([400, 422].includes(answer.statusCode), `${day}: ${answer.statusCode}`);
  }
});

test("the timeline leads to the record as it stood then", async () => {
  const page = await manager.get(`/policies/${policy.reference}?tab=timeline`);
  assert.match(page.body, new RegExp(`href="/policies/${policy.reference}\\?on=2026-02-10"`));
  assert.match(page.body, /<input[^>]* name="on" type="date"/);
});

test("the API answers with the record as it stood, without an ETag or moves", async () => {
  const client = await apiClient(world, manager.who!);
  const answer = await client.get(`/policies/${policy.reference}?on=2026-01-31`);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.headers["etag"], undefined);
  const body: Record<string, unknown> = answer.json();
  assert.equal(body["purpose"], "First words");
  assert.equal(body["title"], "Clear desks");
  assert.equal(body["moves"], undefined);
  assert.deepEqual(body["asOf"], { day: "2026-01-31", erased: false });
  assert.equal((await client.get(`/policies/${policy.reference}?on=2025-12-31`)).statusCode, 404);
  assert.equal((await client.get(`/policies/${policy.reference}?on=soon`)).statusCode, 422);
  assert.equal((await client.get(`/policies/${policy.reference}?on=2026-01-31&on=2026-02-01`)).statusCode, 422);
});

test("whoever may not see a record now does not see it as it was, and what officers keep among themselves stays there", async () => {
  const staff = await world.as("staff");
  const made = await world.store.as(staff.who!, (tx) => create(tx, type("ticket"), { summary: "The lift" }), {
    now: at("2026-01-05"),
  });
  await world.system(
    (tx) => change(tx, type("ticket"), made.id, "any", { source: "Old desk tool" }, { trusted: true }),
    { now: at("2026-01-06") },
  );
  const officer = await lead.get(`/tickets/${made.reference}?on=2026-01-07`);
  assert.match(words(officer), /Old desk tool/);
  const own = await staff.get(`/tickets/${made.reference}?on=2026-01-07`);
  assert.equal(own.statusCode, 200);
  assert.doesNotMatch(own.body, /Old desk tool/);
  const then = await world.store.as(staff.who!, (tx) => asOf(tx, type("ticket"), made, "2026-01-07"));
  assert.ok(then.record && !("source" in then.record.values));
  // Restricted later: nobody else reads it on the days before that either.
  await world.store.as(lead.who!, (tx) => change(tx, type("ticket"), made.id, "any", { sensitivity: "restricted" }));
  const other = await world.as("supportOfficer");
  assert.equal((await other.get(`/tickets/${made.reference}?on=2026-01-07`)).statusCode, 404);
  const elsewhere = await world.another("Another council");
  const stranger = await world.person("A stranger", "administrator", { organisation: elsewhere });
  // Code that forgot everything else: the timeline itself is not theirs to read.
  const stood = await world.store.as(stranger, (tx) => asOf(tx, type("ticket"), made, "2026-01-07"));
  assert.equal(stood.record, null);
});

test("a dated type's page says whether its values held on a day and which did, and its list and the API show what held", async () => {
  const [old] = await world.store.as(lead.who!, async (tx) => {
    return (await list(tx, type("service_level_policy"), { where: {}, limit: 1 })).items;
  });
  const tomorrow = Temporal.Now.plainDateISO("Europe/London").add({ days: 1 });
  await world.store.as(lead.who!, (tx) =>
    change(tx, type("service_level_policy"), old!.id, "any", { validUntil: tomorrow.toString() }),
  );
  const next = await world.store.as(lead.who!, (tx) =>
    create(tx, type("service_level_policy"), {
      name: "What we promise next",
      queue: world.council.queue,
      validFrom: tomorrow.add({ days: 1 }).toString(),
    }),
  );
  const later = tomorrow.add({ days: 10 }).toString();
  const page = words(await lead.get(`/service-level-policies/${old!.reference}?on=${later}`));
  assert.match(page, new RegExp(`do not hold on .* those of ${next.reference} What we promise next do`));
  const listed = words(await lead.get(`/service-level-policies?holds-on=${later}`));
  assert.match(listed, new RegExp(next.reference));
  assert.doesNotMatch(listed, new RegExp(old!.reference));
  const client = await apiClient(world, lead.who!);
  const held = async (day: string) =>
    (await client.get(`/service-level-policies?on=${day}`))
      .json<{ items: { reference: string }[] }>()
      .items.map(({ reference }) => reference);
  assert.deepEqual(await held(later), [next.reference]);
  assert.deepEqual(await held("2026-01-01"), [old!.reference]);
  assert.equal((await client.get("/service-level-policies?on=someday")).statusCode, 422);
  assert.equal((await client.get("/tickets?on=2026-01-01")).statusCode, 422, "tickets are not dated");
});

test("the ledger of a deadline shows the days that had been counted by the end of a day", async () => {
  const made = await world.store.as(
    lead.who!,
    (tx) => create(tx, type("ticket"), { summary: "The door", impact: 3, urgency: 3 }),
    { now: at("2026-01-05") },
  );
  const path = `/tickets/${made.reference}/clocks/resolve`;
  const then = await lead.get(`${path}?on=2026-01-06`);
  assert.match(words(then), /Resolve: every day counted until 6 January 2026/);
  assert.match(words(then), /Monday 5 January.*Tuesday 6 January/);
  assert.doesNotMatch(words(then), /Wednesday 7 January/);
  assert.doesNotMatch(then.body, /data-live="\/live\/tickets/, "what was is not followed");
  assert.match(words(await lead.get(path)), /Wednesday 7 January/);
  const page = (await lead.get(`/tickets/${made.reference}?on=2026-01-06`)).body;
  assert.ok(page.includes(`href="${path}?on=2026-01-06"`));
  assert.equal((await lead.get(`${path}?on=2026-01-04`)).statusCode, 404);
  assert.equal((await lead.get(`${path}?on=soon`)).statusCode, 422);
  const stranger = await world.as("staff");
  assert.equal((await stranger.get(`${path}?on=2026-01-06`)).statusCode, 404);
});
