import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { beginDue } from "../src/modules/desk/hypercare/begin.ts";
import { keepAllCover } from "../src/modules/desk/hypercare/keep-cover.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let officer: Browser;
let systems: Browser;
let staff: Browser;
let service: Stored;
let system: Stored;
/** The hypercare that the first test begins. */
let watched: Stored;

type Values = Readonly<Record<string, unknown>>;
const typeOf = (name: string) => typeNamed(world.registry, name);
const make = (who: Who, type: string, values: Values) => world.store.as(who, (tx) => create(tx, typeOf(type), values));
const go = (who: Who, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, typeOf(record.type), record.id, "any", name, values));
const edit = (who: Who, record: Stored, values: Values) =>
  world.store.as(who, (tx) => change(tx, typeOf(record.type), record.id, "any", values));
const read = (record: Stored) => world.store.as(lead.who!, (tx) => find(tx, typeOf(record.type), record.id));
const refused = (kind: string, pattern: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.kind === kind && pattern.test(error.message);
const ticket = (more: Values = {}) =>
  make(officer.who!, "ticket", { summary: "It stands still", impact: 2, urgency: 2, ...more });
/** Working minutes that a ticket's clock allows, and by what they were counted. */
const promised = async (record: Stored, name = "resolve") => {
  const readings = await world.store.as(lead.who!, (tx) => clocksOf(tx, typeOf("ticket"), record));
  const clock = readings.find((one) => one.name === name)!;
  return [clock.targetMinutes, clock.policyVersion] as const;
};

const planned = (more: Values = {}) =>
  make(lead.who!, "hypercare", {
    name: "New payments",
    services: [service.id],
    startsOn: dayIn(0),
    endsOn: dayIn(14),
    levels: [{ priority: 3, respond: 30, resolve: 120 }],
    criteria: [{ criterion: "Five days without a priority 1" }, { criterion: "The desk has its articles" }],
    ...more,
  });

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  officer = await world.as("supportOfficer");
  systems = await world.as("systemsOfficer");
  staff = await world.as("staff");
  service = await make(systems.who!, "service", { name: "Payments" });
  system = await make(systems.who!, "system", { name: "Payment gateway", service: service.id });
});
after(() => world?.close());

test("tickets on the service that are opened in the window get the tighter levels and say so; others keep what the queue promises", async () => {
  const earlier = await ticket({ service: service.id });
  const usual = await promised(earlier);
  const hypercare = await planned();
  const notYet = await ticket({ service: service.id });
  assert.deepEqual(await promised(notYet), usual, "planned, it holds for nothing");
  watched = await go(lead.who!, hypercare, "begin");
  const within = await ticket({ service: service.id });
  const beneath = await ticket({ system: system.id });
  const beside = await ticket();
  for (const one of [within, beneath]) {
    const [minutes, version] = await promised(one);
    assert.equal(minutes, 120);
    assert.match(version, new RegExp(`^SLP-.* version .*tightened by ${hypercare.reference} to 120 minutes`));
  }
  assert.deepEqual(await promised(beside), usual);
  assert.deepEqual(await promised(earlier), usual, "what was promised before stands");
  // Where the level of the queue is tighter, or the hypercare has none for the priority, the queue's holds.
  const urgent = await ticket({ service: service.id, impact: 1, urgency: 1 });
  assert.doesNotMatch((await promised(urgent))[1], /tightened/);
  assert.match(words(await officer.get(`/tickets/${within.reference}`)), /In hypercare .*Resolve within|In hypercare/);
  assert.match(words(await officer.get(`/tickets?hypercare=${hypercare.id}`)), new RegExp(within.reference));
  // Put on the service later, a ticket of the window is tightened from then on; taken off it, it is as it was.
  const moved = await edit(officer.who!, beside, { service: service.id });
  assert.equal(moved.values["hypercare"], hypercare.id);
  assert.equal((await promised(moved))[0], 120);
  const back = await edit(officer.who!, moved, { service: null });
  assert.deepEqual([back.values["hypercare"], (await promised(back))[0]], [null, usual[0]]);
  await assert.rejects(edit(officer.who!, within, { hypercare: null }), refused("invalid", /set by Reeve/));
  // Whoever asked is not told of it.
  const own = await make(staff.who!, "ticket", { summary: "Mine", impact: 2, urgency: 2, service: service.id });
  assert.doesNotMatch(words(await staff.get(`/tickets/${own.reference}`)), /hypercare/i);
  assert.equal((await staff.get("/hypercare")).statusCode, 404);
});

test("changing the levels shows first which deadlines move, and verify proves what is stored", async () => {
  const hypercare = await read(watched);
  const path = `/hypercare/${hypercare.reference}/edit`;
  const [level] = hypercare.values["levels"] as readonly { readonly id: string }[];
  const row = level!.id;
  const form = {
    name: hypercare.title,
    services: service.id,
    "levels-rows": row,
    [`levels-${row}-priority`]: "3",
    [`levels-${row}-respond`]: "30m",
    [`levels-${row}-resolve`]: "1h",
  };
  const parts = (name: string, value: unknown) => {
    const [year = "", month = "", day = ""] = String(value).split("-");
    return { [`${name}-day`]: day, [`${name}-month`]: month, [`${name}-year`]: year };
  };
  const criteria = hypercare.values["criteria"] as readonly { readonly id: string; readonly criterion: string }[];
  const shown = await lead.post(
    path,
    {
      ...form,
      ...parts("startsOn", hypercare.values["startsOn"]),
      ...parts("endsOn", hypercare.values["endsOn"]),
      "criteria-rows": criteria.map(({ id }) => id),
      ...Object.fromEntries(criteria.map(({ id, criterion }) => [`criteria-${id}-criterion`, criterion])),
    },
    { from: path },
  );
  assert.match(words(shown), /This moves the deadlines of \d open records?/);
  const found = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(found.problems, []);
});

test("it begins only when it says what is watched, by which levels and criteria; and by itself on its first day", async () => {
  for (const [missing, says] of [
    [{ services: [] }, /services or systems/],
    [{ levels: [] }, /tighter levels/],
    [{ criteria: [] }, /exit criteria/],
  ] as const)
    await assert.rejects(go(lead.who!, await planned(missing), "begin"), refused("invalid", says));
  await assert.rejects(planned({ endsOn: dayIn(-1) }), refused("invalid", /a later one/));
  await assert.rejects(planned({ endsOn: dayIn(400) }), refused("invalid", /180 days at the most/));
  await assert.rejects(
    planned({
      levels: [
        { priority: 1, resolve: 5 },
        { priority: 1, resolve: 6 },
      ],
    }),
    refused("invalid", /each priority once/),
  );
  const ready = await planned({ name: "Ready", systems: [system.id] });
  const later = await planned({ name: "Later", startsOn: dayIn(2) });
  assert.equal(await world.system((tx) => beginDue(tx)), 1, "those that lack something stay planned");
  assert.deepEqual([(await read(ready)).state, (await read(later)).state], ["running", "planned"]);
  assert.ok((await read(ready)).dueAt, "the first note is due");
  const planning = words(await lead.get(`/hypercare/${later.reference}`));
  assert.match(planning, /What these levels would have meant in the last 28 days .*30m: none to compare/);
  await assert.rejects(go(staff.who!, later, "begin"), refused("unseen", /./));
});

test("it closes only when every criterion is met with evidence, or waived by somebody who may, with a reason", async () => {
  const hypercare = await go(lead.who!, await planned({ name: "Closing" }), "begin");
  const lines = () => read(hypercare).then(({ values }) => values["criteria"] as readonly Values[]);
  const with_ = async (...results: readonly Values[]) =>
    (await lines()).map(({ id, criterion }, at) => ({ id, criterion, ...results[at] }));
  await assert.rejects(
    go(officer.who!, hypercare, "hand_over", { handover: "All" }),
    refused("impossible", /1\. Five/),
  );
  await assert.rejects(
    go(officer.who!, hypercare, "assess", { criteria: await with_({ result: "met" }) }),
    refused("invalid", /Criterion 1: say by what evidence/),
  );
  const met = {
    result: "met",
    evidence: "The list of priority 1",
    decidedBy: lead.who!.personId,
    decidedOn: "2001-01-01",
  };
  await go(officer.who!, hypercare, "assess", { criteria: await with_(met) });
  const [first] = await lines();
  assert.deepEqual(
    [first!["decidedBy"], first!["decidedOn"]],
    [officer.who!.personId, dayIn(0)],
    "as it was, not as it was given",
  );
  const waived = { result: "waived", evidence: "The articles come with the next version" };
  for (const name of ["assess", "waive"])
    await assert.rejects(
      go(officer.who!, hypercare, name, { criteria: await with_(met, waived) }),
      (error: unknown) => error instanceof Refusal && /waive/.test(error.message),
    );
  await assert.rejects(
    edit(systems.who!, hypercare, { criteria: await with_(met, waived) }),
    (error: unknown) => error instanceof Refusal,
  );
  await go(lead.who!, hypercare, "waive", { criteria: await with_(met, waived) });
  const [kept] = await lines();
  assert.equal(kept!["decidedBy"], officer.who!.personId, "who met the first stays named");
  await assert.rejects(go(officer.who!, hypercare, "hand_over"), refused("invalid", /usual desk/i));
  const over = await go(officer.who!, hypercare, "hand_over", { handover: "Ring Ann" });
  assert.deepEqual([over.state, over.values["handedOverOn"], over.dueAt], ["handed_over", dayIn(0), null]);
  await assert.rejects(edit(lead.who!, over, { purpose: "Other" }), refused("impossible", /is over/));
  const again = await go(lead.who!, over, "resume", { comment: "It stands still again" });
  assert.deepEqual([again.state, again.values["handedOverOn"]], ["running", null]);
});

test("a note is due each working day, and an extension says why", async () => {
  const hypercare = await go(lead.who!, await planned({ name: "Noted" }), "begin");
  const noted = await go(officer.who!, hypercare, "note", { mood: "watch", note: "Two refunds stuck" });
  const due = String(noted.values["noteDueOn"]);
  assert.ok(due > dayIn(0) && Temporal.PlainDate.from(due).dayOfWeek <= 5, due);
  assert.equal(noted.values["note"], null, "the next form is empty");
  await assert.rejects(go(officer.who!, noted, "extend", { extendTo: dayIn(20) }), refused("invalid", /why/i));
  await assert.rejects(
    go(officer.who!, noted, "extend", { extendTo: dayIn(14), extendWhy: "x" }),
    refused("invalid", /a day after the one/),
  );
  const longer = await go(officer.who!, noted, "extend", { extendTo: dayIn(20), extendWhy: "Refunds" });
  assert.equal(longer.values["endsOn"], dayIn(20));
  const page = words(await officer.get(`/hypercare/${longer.reference}`));
  assert.match(page, /Day 1 of 21/);
  assert.match(page, /Two refunds stuck/);
  assert.match(page, /tickets? in 1 day: .* beside .* in the two weeks before/);
  assert.match(page, /0 of 2 met or waived/);
  assert.match(words(await lead.get("/desk")), /Hypercare that runs .*Noted/);
  assert.match(words(await lead.get(`/services/${service.reference}`)), /Open on this service .*Noted/);
  // A manager who may not read tickets' notes sees how it stands, and no tickets.
  const manager = await world.as("serviceManager");
  const seen = await manager.get(`/hypercare/${longer.reference}`);
  assert.equal(seen.statusCode, 200);
  assert.doesNotMatch(words(seen), /two weeks before/);
});

test("its extra cover stands in the rota for its days, keeps what somebody changed by hand, and goes when it ends early", async () => {
  const [onCall, atDesk] = [officer.who!.personId, lead.who!.personId];
  const members = [{ member: onCall }, { member: atDesk }];
  await world.system((tx) => change(tx, typeOf("team"), world.council.team, "any", { members }));
  const cover = [
    { person: onCall, part: "Letters", onCall: true },
    { person: atDesk, part: "Calls" },
  ];
  const kept = () => world.system((tx) => keepAllCover(tx));
  const shifts = async () => {
    const { rows } = await world.ownerPool.query<{
      id: string;
      state: string;
      kind: string;
      person: string;
      over: boolean;
      day: string;
      title: string;
      team: string;
    }>(
      `select r.id, r.state, s.kind, s.person, r.title, r.team_id as team, s.ends_at <= now() + interval '1 minute' as over, to_char(s.starts_at, 'YYYY-MM-DD') as day from shift s join records r using (organisation_id, id)
       where s.hypercare is not null order by s.starts_at, s.kind`,
    );
    return rows;
  };
  let hypercare = await planned({ name: "Covered", endsOn: dayIn(3), cover });
  assert.equal(await kept(), 4, "nobody at the desk, where the team plans no desk");
  assert.equal(await kept(), 0);
  const [first, second] = await shifts();
  assert.deepEqual(
    [first!.person, first!.kind, first!.team, first!.title],
    [onCall, "call", world.council.team, "Extra cover: Letters"],
  );
  await world.system((tx) => move(tx, typeOf("shift"), second!.id, "any", "cancel", {}));
  assert.equal(await kept(), 0, "what somebody cancelled stays so");
  hypercare = await go(lead.who!, hypercare, "begin");
  await go(lead.who!, hypercare, "extend", { extendTo: dayIn(5), extendWhy: "One letter is not right" });
  assert.equal(await kept(), 2);
  const own = {
    name: "Early",
    person: atDesk,
    team: world.council.team,
    startsAt: `${dayIn(1)}T06:00:00Z`,
    endsAt: `${dayIn(1)}T20:00:00Z`,
  };
  await make(lead.who!, "shift", own);
  assert.ok((await kept()) >= 2, "the desk plans its shifts now");
  const desk = (await shifts()).filter(({ kind }) => kind === "desk");
  assert.deepEqual([...new Set(desk.map(({ person }) => person))], [atDesk]);
  assert.ok(
    desk.every(({ day }) => day !== dayIn(1)),
    "who is at the desk anyway is planned once",
  );
  assert.match(words(await lead.get(`/hypercare/${hypercare.reference}`)), /Extra cover in the rota Its shifts/);
  assert.match(words(await lead.get(`/shifts?hypercare=${hypercare.id}&show=all`)), /Extra cover: Letters/);
  const { values } = await read(hypercare);
  const criteria = (values["criteria"] as readonly Values[]).map(({ id, criterion }) => ({
    id,
    criterion,
    result: "met",
    evidence: "The list",
  }));
  await go(officer.who!, hypercare, "assess", {
    criteria,
  });
  await go(officer.who!, hypercare, "hand_over", { handover: "All" });
  await kept();
  assert.deepEqual(
    (await shifts()).filter(({ state, over }) => state === "planned" && !over),
    [],
    "who is on call now is so no longer, and who would be is not",
  );
  assert.equal(await kept(), 0);
  const found = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(found.problems, []);
});
