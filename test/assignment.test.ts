import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { assignArrivals } from "../src/modules/desk/assigning/arrivals.ts";
import { keepAssigning } from "../src/modules/desk/assigning/keep-assigning.ts";
import { dayIn } from "./day-in.ts";
import { rawSql, refused } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Who;
let browser: Browser;
let joe: Who;
let team: string;
let queue: string;
const people: Record<string, Who> = {};

const type = (name: string) => typeNamed(world.registry, name);
const product = <Result>(work: (tx: Tx) => Promise<Result>) => world.system(work);
const make = (name: string, values: Record<string, unknown>) =>
  product(async (tx) => (await create(tx, type(name), values, { trusted: true })).id);

before(async () => {
  world = await createWebWorld();
  lead = await world.person("Dee Osei", "leadSupport");
  browser = await world.as(lead);
  joe = await world.person("Joe Price", "staff");
  for (const name of ["Asha", "Ben", "Cara"]) people[name] = await world.person(name, "supportOfficer");
});
after(() => world.close());

/** A team and a queue of its own for each test, open at all hours, for what was assigned before counts. */
beforeEach(async () => {
  team = await make("team", {
    name: `Team ${crypto.randomUUID()}`,
    members: Object.values(people).map(({ personId }) => ({ member: personId })),
  });
  queue = await make("queue", { name: `Queue ${crypto.randomUUID()}`, team });
});

const rule = (assignment: string, more: Record<string, unknown> = {}) =>
  product((tx) => change(tx, type("queue"), queue, "any", { assignment, ...more }, { trusted: true }));
const raise = (values: Record<string, unknown> = {}) =>
  world.store.as(joe, (tx) => create(tx, type("ticket"), { summary: "It does not print", queue, ...values }));
const now = (record: Stored) => world.store.as(lead, (tx) => find(tx, type("ticket"), record.id));
const nameOf = (id: string | null) => Object.entries(people).find(([, who]) => who.personId === id)?.[0] ?? id;
const byRule = (record: Stored, who: Who = lead) =>
  world.store.as(who, (tx) => move(tx, type("ticket"), record.id, "any", "assign_by_rule", {}));
const shift = (name: string, kind: string, fromHours: number, untilHours: number) => {
  const at = (hours: number) =>
    Temporal.Now.instant()
      .add({ minutes: Math.round(hours * 60) })
      .toString();
  return make("shift", {
    name: "Shift",
    person: people[name]!.personId,
    team,
    kind,
    startsAt: at(fromHours),
    endsAt: at(untilHours),
  });
};

test("by hand nobody is given anything, and the button says so", async () => {
  const record = await raise();
  await assignArrivals(world);
  assert.equal((await now(record)).ownerId, null);
  await assert.rejects(byRule(record), /given by hand/);
});

test("a ticket is given out at once when it is made, and not at the next minute; one of a queue by hand stays", async () => {
  const stopping = new AbortController();
  const log = pino({ level: "silent" });
  const running = keepAssigning({ ...world, log }, stopping.signal);
  const isGivenTo = async (record: Stored) => {
    const until = Date.now() + 5000;
    while (Date.now() < until) {
      const { ownerId } = await now(record);
      if (ownerId !== null) return nameOf(ownerId);
      await sleep(20);
    }
    return null;
  };
  try {
    const byHand = await raise({ queue: await make("queue", { name: "By hand", team }) });
    await rule("turn");
    // From the first on it hears, so the others are not found by looking.
    const owners = [await isGivenTo(await raise())];
    const others = await Promise.all(Array.from({ length: 5 }, () => raise()));
    owners.push(...(await Promise.all(others.map(isGivenTo))));
    for (const name of Object.keys(people))
      assert.equal(owners.filter((owner) => owner === name).length, 2, owners.join(", "));
    assert.equal((await now(byHand)).ownerId, null);
  } finally {
    stopping.abort();
    await running;
  }
});

test("by hand too nobody is given what they cannot work on, or while they are away", async () => {
  const record = await raise();
  const staff = await world.person("Nell Hardy", "staff");
  const give = (owner: string) =>
    world.store.as(lead, (tx) => move(tx, type("ticket"), record.id, "any", "assign", { owner }));
  await assert.rejects(give(staff.personId), /Nell Hardy does not work on tickets of this queue/);
  const gone = await world.person("Otis Lane", "supportOfficer");
  await world.store.as(gone, (tx) =>
    makeAbsence(tx, { delegate: people["Ben"]!.personId, from: dayIn(0), until: dayIn(1), kinds: ["work"] }),
  );
  await assert.rejects(give(gone.personId), /Otis Lane is away until .*\. Select somebody else/);
  assert.equal((await give(people["Cara"]!.personId)).ownerId, people["Cara"]!.personId);
});

test("a ticket that is sent on to another queue, to nobody there, is given out by that queue’s rule", async () => {
  await rule("turn");
  const record = await raise({ queue: await make("queue", { name: "By hand", team }) });
  await world.store.as(lead, (tx) => move(tx, type("ticket"), record.id, "any", "assign", { queue }));
  assert.equal((await now(record)).ownerId, null);
  await assignArrivals(world);
  const given = await now(record);
  assert.ok(given.ownerId !== null && nameOf(given.ownerId) !== given.ownerId, "somebody of the team has it");
  assert.match(String(given.values["assignmentNote"]), /^Next in turn/);
});

test("in turn each of the team gets one, also when many arrive and are given out at once by several", async () => {
  await rule("turn");
  const records = await Promise.all(Array.from({ length: 12 }, () => raise()));
  await Promise.all([assignArrivals(world), ...records.slice(0, 8).map((record) => byRule(record).catch(() => {}))]);
  await assignArrivals(world);
  const owners = (await Promise.all(records.map(now))).map(({ ownerId }) => nameOf(ownerId));
  for (const name of Object.keys(people))
    assert.equal(owners.filter((owner) => owner === name).length, 4, owners.join(", "));
  const { rows } = await world.ownerPool.query("select turn from assignment_turns where queue_id = $1", [queue]);
  assert.deepEqual(
    rows.map(({ turn }) => turn).toSorted((one, other) => one - other),
    [10, 11, 12],
  );
});

test("whoever has the least open is given it, and it says why", async () => {
  await rule("load");
  const [first, second] = [await raise(), await raise()];
  for (const [record, name] of [
    [first, "Asha"],
    [second, "Ben"],
  ] as const)
    await world.store.as(lead, (tx) =>
      move(tx, type("ticket"), record.id, "any", "assign", { owner: people[name]!.personId }),
    );
  // Cara has fewest whatever the other tests left her, or shares that with nobody of the two.
  const counts = await world.ownerPool.query<{ id: string; many: number }>(
    "select owner_id as id, count(*)::int as many from records where type = 'ticket' and state <> 'resolved' and closed_at is null group by 1",
  );
  const least = Object.values(people)
    .map(({ personId }) => ({ personId, many: counts.rows.find(({ id }) => id === personId)?.many ?? 0 }))
    .toSorted((one, other) => one.many - other.many)[0]!;
  const record = await byRule(await raise());
  assert.equal(record.ownerId, least.personId);
  assert.match(String(record.values["assignmentNote"]), new RegExp(`^Least loaded: ${least.many} open tickets?$`));
  const page = words(await browser.get(`/tickets/${record.reference}`));
  assert.match(page, /Assignment Least loaded: \d+ open ticket/);
});

test("whoever is away or off shift is given nothing, and out of hours only whoever is on call", async () => {
  await rule("turn");
  await world.store.as(people["Asha"]!, (tx) =>
    makeAbsence(tx, { delegate: people["Ben"]!.personId, from: dayIn(0), until: dayIn(2), kinds: ["work"] }),
  );
  for (let round = 0; round < 4; round++) assert.notEqual(nameOf((await byRule(await raise())).ownerId), "Asha");
  await shift("Ben", "desk", -1, 3);
  await shift("Cara", "desk", 3, 8);
  for (let round = 0; round < 3; round++) {
    const record = await byRule(await raise());
    assert.equal(nameOf(record.ownerId), "Ben");
    assert.match(String(record.values["assignmentNote"]), /^Next in turn; Asha is away until .*; Cara is off shift$/);
  }
  const closed = await make("calendar", { name: "Never", hours: "", holidays: "none" }).catch(() =>
    make("calendar", { name: "Long ago", hours: "Mon 00:00-00:01", holidays: "none" }),
  );
  await rule("turn", { calendar: closed });
  const nobody = await raise();
  await assignArrivals(world);
  assert.equal((await now(nobody)).ownerId, null);
  assert.equal((await now(nobody)).values["assignmentNote"], "Out of hours, and nobody is on call");
  await shift("Cara", "call", -2, 12);
  await assignArrivals(world);
  assert.equal(nameOf((await now(nobody)).ownerId), "Cara");
  assert.match(String((await now(nobody)).values["assignmentNote"]), /^On call, Next in turn/);
});

test("by skill it goes to who has what its category needs; where nobody has, it stays and says so once", async () => {
  await rule("skill");
  const skill = await make("skill", { name: "Printers", people: [{ person: people["Cara"]!.personId }] });
  const parent = await make("category", { name: "Hardware", skills: [{ skill }] });
  const category = await make("category", { name: "Printer", parent });
  const record = await byRule(await raise({ category }));
  assert.equal(nameOf(record.ownerId), "Cara");
  assert.match(String(record.values["assignmentNote"]), /^Has the skill Printers, Least loaded: /);
  await product((tx) => change(tx, type("skill"), skill, "any", { people: [] }, { trusted: true }));
  const stuck = await raise({ category });
  await assignArrivals(world);
  await assignArrivals(world);
  const after = await now(stuck);
  assert.equal(after.ownerId, null);
  assert.match(String(after.values["assignmentNote"]), /^Nobody can take it: .*Ben has not the skill Printers/);
  assert.equal(after.version, 2, "it says so once");
  assert.match(words(await browser.get(`/tickets?queue=${queue}&owner=none`)), /Nobody can take it: Asha/);
  await assert.rejects(byRule(stuck), /Nobody can take it/);
  const taken = await world.store.as(lead, (tx) => move(tx, type("ticket"), stuck.id, "any", "take", {}));
  assert.equal(taken.values["assignmentNote"], null);
});

test("nobody is given what they asked for themselves, nor what is restricted by a rule", async () => {
  await rule("turn");
  for (let round = 0; round < 3; round++) {
    const own = await world.store.as(people["Ben"]!, (tx) =>
      create(tx, type("ticket"), { summary: "My own", queue, requester: people["Ben"]!.personId }),
    );
    assert.notEqual(nameOf((await byRule(own)).ownerId), "Ben");
  }
  const secret = await world.store.as(lead, (tx) =>
    create(tx, type("ticket"), { summary: "A grievance", queue, sensitivity: "restricted" }),
  );
  await assignArrivals(world);
  assert.equal((await now(secret)).ownerId, null);
  assert.match(String((await now(secret)).values["assignmentNote"]), /^It is restricted/);
});

test("an escalation proposes who is on call and the seniors of the queue, with why, and marks whoever is away", async () => {
  const [asha, ben, cara] = [people["Asha"]!, people["Ben"]!, people["Cara"]!];
  const [nell, olga] = [await world.person("Nell Moss", "staff"), await world.person("Olga Tern", "supportOfficer")];
  await shift("Cara", "call", -2, 2);
  await product((tx) =>
    change(
      tx,
      type("queue"),
      queue,
      "any",
      { seniors: [ben, nell, joe].map(({ personId }) => ({ person: personId })) },
      { trusted: true },
    ),
  );
  await product((tx) =>
    change(
      tx,
      type("team"),
      team,
      "any",
      { members: [{ member: asha.personId, lead: true }, { member: cara.personId }, { member: olga.personId }] },
      { trusted: true },
    ),
  );
  const record = await raise();
  const path = `/tickets/${record.reference}/moves/escalate`;
  const proposed = (html: string) =>
    [...html.matchAll(/govuk-radios__label"[^>]*>([^<]+)<\/label>\s*<div[^>]*>([^<]+)</g)].map(
      ([, name, why]) => `${name}: ${why}`,
    );
  const first = proposed((await browser.get(path)).body);
  assert.equal(first.length, 4, "nobody who cannot work on it, and nobody who asked for it");
  assert.match(first[0] ?? "", /^Cara: On call until \d\d:\d\d( on \w+ \d+ \w+ \d{4})?$/);
  assert.deepEqual(first.slice(1, 3), ["Ben: Senior engineer of this queue", "Olga Tern: In the team"]);
  // Asha is away since an earlier test, so comes last.
  assert.match(first[3] ?? "", /^Asha: Leads the team; away until /);
  assert.match(
    (await browser.get(path)).body,
    /<option value="[^"]+">Otis Lane \(away until [^)]+\)</,
    "so are all the others",
  );
  const typed = { queue, comment: "It needs somebody who knows the print server" };
  const both = await browser.post(path, { ...typed, owner: [cara.personId, ben.personId] }, { from: path });
  assert.match(words(both), /select one of those proposed or name somebody else, not both/);
  const neither = await browser.post(path, { ...typed, owner: "" }, { from: path });
  assert.match(words(neither), /Select a person or another queue/);
  await browser.post(path, { ...typed, owner: [cara.personId, ""] }, { from: path });
  assert.equal(nameOf((await now(record)).ownerId), "Cara");
  assert.doesNotMatch(proposed((await browser.get(path)).body).join(" "), /Cara/, "whoever has it is not proposed");
});

test("staff read nothing of who was passed over, and may neither take turns nor see who is away", async () => {
  const { raw, mustBeDenied } = rawSql(() => world);
  await rule("turn");
  const record = await byRule(await raise());
  const theirs = await world.as(joe);
  assert.doesNotMatch(words(await theirs.get(`/tickets/${record.reference}`)), /Next in turn|is away/);
  await assert.rejects(byRule(record, joe), refused("forbidden", "impossible"));
  await mustBeDenied(joe, "select note_turn($1, $2)", [queue, joe.personId]);
  await mustBeDenied(lead, "select note_turn($1, $2)", [joe.personId, queue]);
  await mustBeDenied(lead, "insert into assignment_turns select * from assignment_turns");
  await mustBeDenied(lead, "update assignment_turns set turn = 0");
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Stran Ger", "administrator", { organisation: other });
  await raw(stranger, async (query) => {
    const ids = Object.values(people).map(({ personId }) => personId);
    assert.equal((await query("select * from people_away($1, current_date)", [ids])).rows.length, 0);
    assert.equal((await query("select * from team_shifts($1, '-infinity', 'infinity')", [team])).rows.length, 0);
    assert.equal((await query("select * from assignment_turns")).rows.length, 0);
  });
});
