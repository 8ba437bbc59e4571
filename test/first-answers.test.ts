import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { eraseEvent } from "../src/kernel/memory/erase.ts";
import { readClocksAnew } from "../src/kernel/memory/read-clocks-anew.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { makeRequest } from "../src/modules/requests/request.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

type Values = Readonly<Record<string, unknown>>;

let world: WebWorld;
let lead: Browser;
let staff: Who;
let manager: Who;
/** Stands in for `manager`. */
let colleague: Who;

const type = (name: string) => typeNamed(world.registry, name);
const ask = (who: Who, values: Values = {}) =>
  world.store.as(who, (tx) => create(tx, type("ticket"), { summary: "It stands still", ...values }));
const go = (who: Who, ticket: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, type("ticket"), ticket.id, "any", name, values));
const say = (who: Who, ticket: Stored, audience = "everyone") =>
  world.store.as(who, (tx) => comment(tx, type("ticket"), ticket.id, { text: "Have you tried it again?", audience }));
const clock = async (ticket: Stored, name = "respond") => {
  const { rows } = await world.ownerPool.query<{ state: string; outcome: string | null }>(
    "select state, outcome from clocks where record_id = $1 and name = $2",
    [ticket.id, name],
  );
  return rows[0]?.state ?? "none";
};
const proved = async () => (await verify({ ownerPool: world.ownerPool, registry: world.registry })).problems;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  staff = await world.person("Asks Often", "staff");
  manager = await world.person("Manages Services", "serviceManager");
  colleague = await world.person("Colleague", "staff");
  const officer = await world.person("Officer", "supportOfficer");
  await world.system((tx) =>
    change(tx, type("team"), world.council.team, "any", { members: [{ member: officer.personId }] }),
  );
  await world.store.as(manager, (tx) =>
    makeAbsence(tx, { delegate: colleague.personId, from: dayIn(0), until: dayIn(5), kinds: ["work", "decisions"] }),
  );
});
after(() => world?.close());

test("“Respond” stops at the first word to whoever asked, and not when a ticket is given to somebody, taken or sent on", async () => {
  const now = Temporal.ZonedDateTime.from("2026-11-20T10:00[Europe/London]").toInstant();
  const ticket = await world.store.as(staff, (tx) => create(tx, type("ticket"), { summary: "It stands still" }), {
    now,
  });
  await world.system((tx) => change(tx, type("queue"), String(ticket.values["queue"]), "any", { assignment: "turn" }));
  await world.system((tx) => move(tx, type("ticket"), ticket.id, "any", "assign_by_rule", {}), {
    now: now.add({ minutes: 5 }),
  });
  assert.equal(await clock(ticket), "running", "by the queue’s rule");
  await world.system((tx) => change(tx, type("queue"), String(ticket.values["queue"]), "any", { assignment: "hand" }));
  const other = await world.system((tx) =>
    create(tx, type("queue"), { name: "Elsewhere", team: world.council.team }, { trusted: true }),
  );
  await go(lead.who!, ticket, "assign", { queue: other.id, owner: lead.who!.personId });
  await say(lead.who!, ticket, "internal");
  await world.system((tx) => comment(tx, type("ticket"), ticket.id, { text: "We have it", audience: "everyone" }));
  assert.equal(await clock(ticket), "running", "by hand, and by what the product says");

  const taken = await ask(staff);
  await go(lead.who!, taken, "take");
  await say(lead.who!, taken, "internal");
  await say(staff, taken);
  assert.equal(await clock(taken), "running");
  await say(lead.who!, taken);
  assert.equal(await clock(taken), "stopped");
  const solved = await go(lead.who!, await ask(staff), "resolve", { resolution: "Done" });
  assert.equal(await clock(solved), "stopped");
  assert.deepEqual(await proved(), []);
});

test("a call that somebody notes for whoever rang is answered as they speak; what is noted from a mail is not", async () => {
  const noted = (channel: string) => ask(lead.who!, { requester: staff.personId, channel });
  assert.deepEqual([await clock(await noted("phone")), await clock(await noted("walk_up"))], ["stopped", "stopped"]);
  assert.equal(await clock(await noted("mail")), "running");
  assert.equal(await clock(await ask(lead.who!, { channel: "phone" })), "running", "nobody answers themselves");
  assert.deepEqual(await proved(), []);
});

test("what a stand-in says for whoever asked is their side, and stays so when it is erased by law", async () => {
  const ticket = await ask(manager);
  const standsIn: Who = { ...colleague, actsFor: manager.personId };
  const { sequence } = await say(standsIn, ticket);
  assert.equal(await clock(ticket), "running");
  assert.deepEqual(await proved(), []);
  const administrator = await world.person("Eraser", "administrator");
  await world.store.as(administrator, (tx) =>
    eraseEvent(tx, type("ticket"), ticket.id, { sequence, reason: "A password in it" }),
  );
  assert.deepEqual(await proved(), []);
  const [line] = await world.store.as(administrator, (tx) => timeline(tx, ticket, { verbs: ["erased"] }));
  assert.deepEqual(line?.body?.sides, { [sequence]: "asker" }, "for which side, and not for whom");
  await go(lead.who!, ticket, "take");
  assert.equal(await clock(ticket), "running", "read again from what is left");
  assert.deepEqual(await proved(), []);
  await say(lead.who!, ticket);
  assert.equal(await clock(ticket), "stopped");
});

test("an answer that was erased by law is proved to have been one, and a clock that says otherwise is found", async () => {
  const ticket = await ask(staff);
  const kept = async () => {
    const { rows } = await world.ownerPool.query<{ clocks: unknown; due: unknown }>(
      `select (select jsonb_agg(to_jsonb(c)) from clocks c where c.record_id = r.id) as clocks, r.next_due_at::text as due
       from records r where r.id = $1`,
      [ticket.id],
    );
    return rows[0]!;
  };
  const putBack = async ({ clocks, due }: Awaited<ReturnType<typeof kept>>) => {
    await world.ownerPool.query("delete from clocks where record_id = $1", [ticket.id]);
    await world.ownerPool.query("insert into clocks select * from jsonb_populate_recordset(null::clocks, $1::jsonb)", [
      JSON.stringify(clocks),
    ]);
    await world.ownerPool.query("update records set next_due_at = $2::timestamptz where id = $1", [ticket.id, due]);
  };
  const unanswered = await kept();
  const { sequence } = await say(lead.who!, ticket);
  const administrator = await world.person("Eraser of answers", "administrator");
  await world.store.as(administrator, (tx) =>
    eraseEvent(tx, type("ticket"), ticket.id, { sequence, reason: "A password in it" }),
  );
  const answered = await kept();
  assert.deepEqual(await proved(), []);
  await putBack(unanswered);
  assert.match((await proved()).map(({ message }) => message).join(), /“respond” is not what the timeline makes it/);
  await putBack(answered);
  assert.deepEqual(await proved(), []);
});

test("what is asked for from the catalogue is promised by the days that it usually takes, in the hours of its queue", async () => {
  const item = (days: number | null) =>
    world.system((tx) =>
      create(
        tx,
        type("catalogue_item"),
        { name: "A second screen", summary: "One more", queue: world.council.queue, days },
        { trusted: true },
      ),
    );
  const request = async (days: number | null) => {
    const offered = await item(days);
    return world.store.as(staff, (tx) => makeRequest(tx, offered, []));
  };
  const read = async (ticket: Stored) => {
    const clocks = await world.store.as(lead.who!, (tx) => clocksOf(tx, type("ticket"), ticket, true));
    return clocks.find(({ name }) => name === "resolve")!;
  };
  const three = await request(3);
  const [usual, promised] = [await read(await request(null)), await read(three)];
  assert.equal(promised.targetMinutes, 3 * 600, "ten hours a day");
  assert.notEqual(usual.targetMinutes, promised.targetMinutes);
  assert.match(promised.sentence, /left \(3 working days by the catalogue\)$/);
  assert.match(promised.policyVersion, /^SLP-\d+ version \d+, 3 working days by the catalogue$/);
  assert.ok(promised.ledger!.some((line) => line.citation.endsWith("3 working days by the catalogue")));
  assert.match(words(await lead.get(`/tickets/${three.reference}`)), /3 working days by the catalogue/);
  const item3 = String(three.values["catalogueItem"]);
  await world.system((tx) => change(tx, type("catalogue_item"), item3, "any", { days: 9 }));
  assert.equal((await read(three)).targetMinutes, 3 * 600, "as it was said when they asked");
  const weighed = await world.store.as(lead.who!, (tx) =>
    change(tx, type("ticket"), three.id, "any", { impact: 1, urgency: 1 }),
  );
  assert.equal((await read(weighed)).targetMinutes, 3 * 600, "whatever its priority");
  assert.equal(await clock(three), "none", "no answer is owed");
  assert.deepEqual(await proved(), []);
});

test("after an upgrade the clocks of before are read anew, each with a line that says why, and proved", async () => {
  const taken = await go(lead.who!, await ask(staff), "take");
  const answered = await ask(staff);
  await say(lead.who!, answered);
  const offered = await world.system((tx) =>
    create(
      tx,
      type("catalogue_item"),
      { name: "A mouse", summary: "One", queue: world.council.queue },
      { trusted: true },
    ),
  );
  const requested = await world.store.as(staff, (tx) => makeRequest(tx, offered, []));
  // As the version before left them.
  await world.ownerPool.query(
    "update clocks set state = 'stopped', stopped_at = started_at, outcome = 'met' where record_id = $1 and name = 'respond'",
    [taken.id],
  );
  await world.ownerPool.query(
    "insert into clocks select (jsonb_populate_record(c, jsonb_build_object('record_id', $2::uuid))).* from clocks c where record_id = $1 and name = 'respond'",
    [taken.id, requested.id],
  );
  assert.equal((await proved()).length > 1, true);
  await world.ownerPool.query(
    "insert into clocks_to_read_anew (organisation_id, type, clock, why) values ($1, 'ticket', 'respond', 'since it is counted otherwise')",
    [world.council.organisationId],
  );
  const parts = { ownerPool: world.ownerPool, registry: world.registry };
  assert.equal(await readClocksAnew(parts), 2);
  assert.deepEqual([await clock(taken), await clock(answered), await clock(requested)], ["running", "stopped", "none"]);
  assert.deepEqual(await proved(), []);
  const told = words(await lead.get(`/tickets/${taken.reference}?tab=timeline`));
  assert.match(told, /Reeve read what is due anew, since it is counted otherwise/);
  const lines = await world.store.as(lead.who!, (tx) => timeline(tx, requested, { verbs: ["deadlines_moved"] }));
  assert.match(lines[0]?.body?.reason ?? "", /nothing of it is owed/);
  assert.equal((await world.store.as(lead.who!, (tx) => find(tx, type("ticket"), taken.id))).dueAt !== null, true);
  assert.equal(await readClocksAnew(parts), 0, "once");
  await assert.rejects(
    world.store.as(lead.who!, (tx) => sql`select 1 from clocks_to_read_anew`.execute(tx.db)),
    /permission denied/,
  );
});

test("whoever reads every ticket sees the numbers and what needs the desk, without what officers keep among themselves", async () => {
  const waits = await ask(staff, { summary: "Waits for a partner" });
  const supplier = await world.system((tx) =>
    create(tx, type("supplier"), { name: "Printers United" }, { trusted: true }),
  );
  await go(lead.who!, waits, "pass_on", { supplier: supplier.id, supplierDueOn: dayIn(0) });
  await world.ownerPool.query("update ticket set supplier_due_on = current_date - 2 where id = $1", [waits.id]);
  assert.match(words(await lead.get("/desk")), /Partners who missed their day/);
  for (const role of ["serviceManager", "assistantDirector"] as const) {
    const reader = await world.as(role);
    const [now, numbers] = [await reader.get("/desk"), await reader.get("/desk/numbers")];
    assert.deepEqual([now.statusCode, numbers.statusCode], [200, 200], role);
    assert.match(words(now), /that nobody has/);
    assert.doesNotMatch(words(now), /Partners who missed|missed by a partner|held mail/i);
    assert.match(words(numbers), /opened .* resolved/);
    assert.doesNotMatch(numbers.body, /\/desk\/learning|levels-compared/);
    assert.match(now.body, /href="\/desk\/numbers"/);
    for (const [, href] of now.body.matchAll(/href="(\/tickets\?[^"]+)"/g))
      assert.equal((await reader.get(String(href).replaceAll("&amp;", "&"))).statusCode, 200, String(href));
    assert.equal((await reader.get("/desk/learning")).statusCode, 404);
  }
  const asker = await world.as("staff");
  assert.equal((await asker.get("/desk/numbers")).statusCode, 404);
  assert.equal((await asker.get("/desk")).statusCode, 404);
});
