import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { startBulk } from "../src/kernel/bulk/bulk.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { endAbsence, makeAbsence } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move, movesFor } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";
import { dayIn } from "./day-in.ts";

let world: WebWorld;
/** Away: may approve policies. */
let director: Browser;
/** Stands in: a member of staff who may do none of it. */
let delegate: Browser;
let manager: Browser;
let waiting: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const forDirector = (): Who => ({ ...delegate.who!, actsFor: director.who!.personId });
const refused =
  (...kinds: string[]) =>
  (error: unknown) =>
    error instanceof Refusal && kinds.includes(error.kind);
const hand = (who: Who, to: Who, kinds: readonly string[], from = 0, until = 7) =>
  world.store.as(who, (tx) =>
    makeAbsence(tx, { delegate: to.personId, from: dayIn(from), until: dayIn(until), kinds }),
  );
const see = (who: Who, record: Stored) => world.store.as(who, (tx) => find(tx, type(record.type), record.id));

async function newPolicy(title: string, owner?: Who): Promise<Stored> {
  return world.store.as(manager.who!, async (tx) => {
    const made = await create(tx, type("policy"), {
      title,
      clauses: [{ heading: "One", text: "Words" }],
      ...(owner ? { owner: owner.personId } : {}),
    });
    return move(tx, type("policy"), made.id, "any", "submit", {});
  });
}

before(async () => {
  world = await createWebWorld();
  director = await world.as("assistantDirector");
  delegate = await world.as("staff");
  manager = await world.as("policyManager");
  waiting = await newPolicy("Waits for a decision");
});
after(() => world.close());

test("what is no period, nobody, oneself, or no kind of work is refused in a sentence", async () => {
  const [me, you] = [director.who!, delegate.who!];
  await assert.rejects(hand(me, me, ["work"]), /you are the one who is away/);
  await assert.rejects(hand(me, you, []), /what they do for you/);
  await assert.rejects(hand(me, you, ["everything"]), /what they do for you/);
  await assert.rejects(hand(me, you, ["work"], -1), /today or a day to come/);
  await assert.rejects(hand(me, you, ["work"], 3, 2), /not before the first/);
  await assert.rejects(hand(me, you, ["work"], 0, 400), /at most a year/);
  await assert.rejects(hand(me, { ...you, personId: "someone" }, ["work"]), /Select the person/);
  const stranger = await world.person("A stranger", "administrator", {
    organisation: await world.another("Elsewhere"),
  });
  await assert.rejects(hand(me, stranger, ["work"]), /works here now/);
  const left = await world.person("Has left", "staff");
  await world.system((tx) => move(tx, type("person"), left.personId, "any", "leave", {}));
  await assert.rejects(hand(me, left, ["work"]), /works here now/);
});

test("nobody stands in for anybody who has not asked them", async () => {
  await assert.rejects(see(forDirector(), waiting), refused("forbidden"));
  for (const forged of [waiting.id, "00000000-0000-0000-0000-000000000000"])
    await assert.rejects(see({ ...delegate.who!, actsFor: forged }, waiting), refused("forbidden"));
});

test("who stands in decides what the other could decide, says for whom, and can do nothing else", async () => {
  const id = await hand(director.who!, delegate.who!, ["decisions"]);
  // In their own name they may not.
  await assert.rejects(
    world.store.as(delegate.who!, (tx) => move(tx, type("policy"), waiting.id, "any", "approve", {})),
    refused("forbidden"),
  );
  const approved = await world.store.as(forDirector(), async (tx) => {
    assert.deepEqual(
      movesFor(tx, type("policy"), await find(tx, type("policy"), waiting.id)).map(([name]) => name),
      ["approve", "withdraw"],
      "what is decided by approval, and not what is other work (to send back to draft)",
    );
    return move(tx, type("policy"), waiting.id, "any", "approve", {});
  });
  assert.equal(approved.values["approvedBy"], delegate.who!.personId);
  // A job acts for whoever started it, in their own name, and so would be refused everything.
  await assert.rejects(
    world.store.as(forDirector(), (tx) =>
      startBulk(tx, type("policy"), {
        query: {},
        deed: { kind: "move", name: "approve" },
        given: { values: {}, comment: "" },
        view: "",
        title: "Approve",
        page: () => "/policies",
      }),
    ),
    /While you stand in for Assistant director/,
  );
  const [line] = await world.store.as(manager.who!, (tx) =>
    timeline(tx, approved, { verbs: ["moved"], newestFirst: true, limit: 1 }),
  );
  assert.equal(line?.actorId, delegate.who!.personId);
  assert.equal(line?.forName, "Assistant director");
  assert.match(
    words(await manager.get(`/policies/${waiting.reference}?tab=timeline`)),
    /Staff for Assistant director made the move “Approve”/,
  );
  await world.store.as(forDirector(), async (tx) => {
    await assert.rejects(create(tx, type("ticket"), { summary: "In another's name" }), refused("forbidden"));
    await assert.rejects(
      change(tx, type("policy"), waiting.id, "any", { title: "Mine now" }),
      refused("forbidden", "impossible"),
    );
    await assert.rejects(find(tx, type("role"), world.council.roles.staff), refused("unseen"));
    const { rows } =
      await sql`select 1 from saved_views union all select 1 from api_token union all select 1 from notifications
      where person_id <> ${delegate.who!.personId}::uuid`.execute(tx.db);
    assert.equal(rows.length, 0, "nothing of that person's own");
  });
  assert.equal(await world.store.as(director.who!, (tx) => endAbsence(tx, id)), true);
  await assert.rejects(see(forDirector(), waiting), refused("forbidden"));
});

test("nobody approves through another what either of them wrote or owns", async () => {
  const theirs = await newPolicy("The director’s own", director.who!);
  const id = await hand(director.who!, delegate.who!, ["decisions"]);
  await assert.rejects(
    world.store.as(forDirector(), (tx) => move(tx, type("policy"), theirs.id, "any", "approve", {})),
    /someone other than its owner/,
  );
  await world.store.as(director.who!, (tx) => endAbsence(tx, id));
});

test("what is restricted, or only a person’s own, is not handed on", async () => {
  const officer = await world.as("supportOfficer");
  const asked = await world.store.as(director.who!, (tx) =>
    create(tx, type("ticket"), { summary: "My own complaint" }),
  );
  const secret = await world.store.as(manager.who!, (tx) => create(tx, type("ticket"), { summary: "Held close" }));
  const lead = await world.person("Lead", "leadSupport");
  await world.store.as(lead, (tx) =>
    change(tx, type("ticket"), secret.id, "any", { owner: officer.who!.personId, sensitivity: "restricted" }),
  );
  await see(officer.who!, secret);
  const id = await hand(officer.who!, delegate.who!, ["work", "decisions"]);
  const standing = { ...delegate.who!, actsFor: officer.who!.personId };
  await assert.rejects(see(standing, secret), refused("unseen"));
  assert.equal((await see(standing, asked)).id, asked.id, "what the officer reads as an officer");
  await world.store.as(standing, async (tx) => {
    await comment(tx, type("ticket"), asked.id, { text: "On it", audience: "internal" });
    const taken = await move(tx, type("ticket"), asked.id, "any", "take", {});
    assert.equal(taken.ownerId, delegate.who!.personId);
  });
  await world.store.as(officer.who!, (tx) => endAbsence(tx, id));
  // Nor from somebody who sees every restricted record, and makes and shows records.
  const fromLead = await hand(lead, delegate.who!, ["work", "decisions"]);
  const forLead = { ...delegate.who!, actsFor: lead.personId };
  await see(lead, secret);
  await assert.rejects(see(forLead, secret), refused("unseen"));
  await world.store.as(forLead, async (tx) => {
    await assert.rejects(create(tx, type("ticket"), { summary: "In another’s name" }), refused("forbidden"));
    assert.deepEqual(
      tx.actor.grants.filter(({ permission }) => ["create", "restricted", "export", "erase"].includes(permission)),
      [],
    );
  });
  await world.store.as(lead, (tx) => endAbsence(tx, fromLead));
  // A person's own permissions stay theirs: staff read only what they asked for.
  const colleague = await world.person("Colleague", "staff");
  const own = await world.store.as(colleague, (tx) =>
    create(tx, type("ticket"), { summary: "Between me and the desk" }),
  );
  const other = await hand(colleague, delegate.who!, ["work", "decisions"]);
  await assert.rejects(see({ ...delegate.who!, actsFor: colleague.personId }, own), refused("unseen"));
  await world.store.as(colleague, (tx) => endAbsence(tx, other));
});

test("it is not handed on again, nor made in another’s name", async () => {
  const third = await world.person("Third", "staff");
  const [one, two] = [
    await hand(director.who!, delegate.who!, ["decisions"]),
    await hand(delegate.who!, third, ["work", "decisions"]),
  ];
  const another = await newPolicy("Not through two hands");
  const chained = { ...third, actsFor: delegate.who!.personId };
  await assert.rejects(
    world.store.as(chained, (tx) => move(tx, type("policy"), another.id, "any", "approve", {})),
    refused("forbidden", "unseen"),
  );
  await assert.rejects(see({ ...third, actsFor: director.who!.personId }, another), refused("forbidden"));
  await assert.rejects(hand(forDirector(), third, ["work"]), refused("forbidden"));
  const raw = (text: ReturnType<typeof sql>) => world.store.as(forDirector(), (tx) => text.execute(tx.db));
  await assert.rejects(
    raw(sql`select make_absence(${third.personId}::uuid, current_date, current_date, '{work}')`),
    /only for oneself/,
  );
  await assert.rejects(
    raw(sql`insert into absences (organisation_id, person_id, delegate_id, from_day, until_day, kinds)
    values (current_organisation(), ${director.who!.personId}::uuid, ${third.personId}::uuid, current_date, current_date, '{work}')`),
    /permission denied/,
  );
  for (const [who, id] of [
    [director.who!, one],
    [delegate.who!, two],
  ] as const)
    await world.store.as(who, (tx) => endAbsence(tx, id));
});

test("it begins and ends by itself, with the rights that the other holds at each moment", async () => {
  const id = await hand(director.who!, delegate.who!, ["decisions"], 1, 2);
  await assert.rejects(see(forDirector(), waiting), refused("forbidden"), "it has not begun");
  const set = (from: number, until: number) =>
    world.ownerPool.query("update absences set from_day = $2, until_day = $3 where id = $1", [
      id,
      dayIn(from),
      dayIn(until),
    ]);
  await set(-2, -1);
  await assert.rejects(see(forDirector(), waiting), refused("forbidden"), "it is over");
  await set(-1, 1);
  const rights = async () =>
    world.store.as(forDirector(), (tx: Tx) =>
      Promise.resolve(tx.actor.grants.some(({ permission }) => permission === "approve")),
    );
  assert.equal(await rights(), true);
  const roles = (await world.system((tx) => find(tx, type("person"), director.who!.personId))).values["roles"];
  const give = (lines: unknown) =>
    world.system((tx) =>
      change(tx, type("person"), director.who!.personId, "any", { roles: lines }, { trusted: true }),
    );
  await give([]);
  assert.equal(await rights(), false, "what is taken from the one is taken from the other");
  await give((roles as { role: string }[]).map(({ role }) => ({ role })));
  assert.equal(await rights(), true);
  await assert.rejects(hand(director.who!, manager.who!, ["work"]), /stands in for you on some of these days already/);
  await world.store.as(director.who!, (tx) => endAbsence(tx, id));
});
