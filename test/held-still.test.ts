import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { personWith } from "./grants.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let manager: Browser;
let director: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  manager = await world.as("policyManager");
  director = await world.as("assistantDirector");
});
after(() => world.close());

const typeOf = (name: string) => typeNamed(world.registry, name);
const make = (who: Browser, record: Stored, name: string, values: Readonly<Record<string, unknown>> = {}) =>
  world.store.as(who.who!, (tx) => move(tx, typeOf(record.type), record.id, record.version, name, values));
const edit = (who: Browser, record: Stored, values: Readonly<Record<string, unknown>>) =>
  world.store.as(who.who!, (tx) => change(tx, typeOf(record.type), record.id, "any", values));
const refused = (kind: string, words: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.kind === kind && words.test(error.message);

test("a closed ticket stays as it is, on its page and in the store, but can still be restricted", async () => {
  const made = await world.store.as(lead.who!, (tx) => create(tx, typeOf("ticket"), { summary: "Fixed long ago" }));
  const closed = await make(lead, await make(lead, made, "resolve", { resolution: "Done" }), "close");
  await assert.rejects(edit(lead, closed, { summary: "Rewritten" }), refused("impossible", /is closed, so it stays/));
  const page = (await lead.get(`/tickets/${closed.reference}`)).body;
  assert.doesNotMatch(page, new RegExp(`/tickets/${closed.reference}/edit`));
  const form = await lead.get(`/tickets/${closed.reference}/edit`);
  assert.equal(form.statusCode, 409);
  assert.match(form.body, /is closed, so it stays as it is/);
  assert.match(form.body, /Look at the record as it is now/);
  assert.equal((await edit(lead, closed, { sensitivity: "restricted" })).sensitivity, "restricted");
});

test("what a move says is said by the move alone", async () => {
  const made = await world.store.as(lead.who!, (tx) => create(tx, typeOf("ticket"), { summary: "Not resolved yet" }));
  for (const values of [{ resolution: "It seems done" }, { waitingFor: "supplier" }])
    await assert.rejects(edit(lead, made, values), refused("invalid", /cannot be given here/));
});

test("what was waited for does not outlast the waiting", async () => {
  const made = await world.store.as(lead.who!, (tx) => create(tx, typeOf("ticket"), { summary: "Waits" }));
  const waiting = await make(lead, made, "wait", {
    waitingFor: "supplier",
    waitingReason: "A part",
    reviewOn: dayIn(3),
  });
  const assigned = await make(lead, waiting, "assign", { owner: lead.who!.personId });
  assert.deepEqual(
    [assigned.values["waitingFor"], assigned.values["waitingReason"], assigned.values["reviewOn"]],
    [null, null, null],
  );
});

test("a policy is approved by someone who did not write it, is published until a day to come, and then held still", async () => {
  const clauses = [{ heading: "One", text: "Say so" }];
  const first = { change: "material", changeReason: "The first version" };
  const own = await world.store.as(manager.who!, (tx) => create(tx, typeOf("policy"), { title: "Mine", clauses }));
  const byDirector = await edit(manager, own, { purpose: "To say so" });
  const approved = await make(director, byDirector, "approve");
  await assert.rejects(
    edit(manager, approved, { title: "Other words" }),
    refused("impossible", /Send it back to draft/),
  );
  await assert.rejects(
    make(manager, approved, "publish", { ...first, reviewOn: "2020-01-01" }),
    refused("invalid", /still to come/),
  );
  const published = await make(manager, approved, "publish", { ...first, reviewOn: "2040-01-01" });
  await assert.rejects(edit(manager, published, { clauses: [] }), refused("impossible", /Start a review/));
  const reviewed = await make(manager, published, "review");
  assert.equal((await edit(manager, reviewed, { title: "Better words" })).title, "Better words");

  const administrator = await world.as("administrator");
  const theirs = await world.store.as(administrator.who!, (tx) =>
    create(tx, typeOf("policy"), { title: "Wrote and approves", clauses }),
  );
  await assert.rejects(make(administrator, theirs, "approve"), refused("invalid", /someone other than its owner/));
});

test("a service level policy that tickets go by is ended and followed, not rewritten", async () => {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from reeve.records where type = 'service_level_policy' and organisation_id = $1",
    [lead.who!.organisationId],
  );
  const policy = await world.store.as(lead.who!, (tx) => find(tx, typeOf("service_level_policy"), rows[0]!.id));
  await assert.rejects(edit(lead, policy, { reopenGrace: 999 }), refused("invalid", /has held since before today/));
  await assert.rejects(edit(lead, policy, { validFrom: "2039-01-01" }), refused("invalid", /has held since before/));
  await assert.rejects(
    edit(lead, policy, { validUntil: "2026-01-01" }),
    refused("invalid", /give today or a day to come/),
  );
  assert.equal(
    (await edit(lead, policy, { name: "Renamed", validUntil: "2039-12-31" })).values["validUntil"],
    "2039-12-31",
  );
});

test("a queue is not closed while tickets wait in it, nor the last one at all", async () => {
  const queue = await world.store.as(lead.who!, (tx) => find(tx, typeOf("queue"), world.council.queue));
  await assert.rejects(make(lead, queue, "close"), refused("impossible", /still open|only queue/));
  const empty = await world.store.as(lead.who!, (tx) => create(tx, typeOf("queue"), { name: "Empty" }));
  const hidden = await world.system((tx) =>
    create(tx, typeOf("ticket"), { summary: "Not for everyone", queue: empty.id, sensitivity: "restricted" }),
  );
  const keeper = await world.as(
    await personWith(world, [
      ["queue", "read", "all"],
      ["queue", "change", "all"],
      ["ticket", "read", "all"],
    ]),
  );
  await assert.rejects(
    make(keeper, empty, "close"),
    refused("impossible", /still open/),
    "nor while there are some that whoever closes it does not see",
  );
  await world.ownerPool.query("update records set closed_at = now() where id = $1", [hidden.id]);
  assert.equal((await make(lead, empty, "close")).state, "closed");
});
