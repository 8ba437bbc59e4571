import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { startBulk } from "../src/kernel/bulk/bulk.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { composeMail } from "../src/kernel/mail/compose.ts";
import { gatherMail } from "../src/kernel/mail/gather.ts";
import { listNotifications } from "../src/kernel/notifications/inbox.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { endAbsence, listAbsences, makeAbsence, standIns } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move, movesFor } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
/** Away: may approve policies. */
let director: Browser;
/** Stands in: a member of staff who may do none of it. */
let delegate: Browser;
let manager: Browser;
let waiting: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const today = Temporal.Now.plainDateISO("Europe/London");
const day = (days: number) => today.add({ days }).toString();
const forDirector = (): Who => ({ ...delegate.who!, actsFor: director.who!.personId });
const refused =
  (...kinds: string[]) =>
  (error: unknown) =>
    error instanceof Refusal && kinds.includes(error.kind);
const hand = (who: Who, to: Who, kinds: readonly string[], from = 0, until = 7) =>
  world.store.as(who, (tx) => makeAbsence(tx, { delegate: to.personId, from: day(from), until: day(until), kinds }));
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
      day(from),
      day(until),
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

test("both are told, both timelines say so, and an administrator can end it where nobody else may", async () => {
  const id = await hand(director.who!, delegate.who!, ["work"]);
  const stranger = await world.person("Nobody in this", "supportOfficer");
  await assert.rejects(
    world.store.as(stranger, (tx) => endAbsence(tx, id)),
    refused("unseen"),
  );
  await assert.rejects(
    world.store.as(stranger, (tx) => endAbsence(tx, "nonsense")),
    refused("unseen"),
  );
  assert.equal((await world.store.as(stranger, listAbsences)).length, 0);
  const administrator = await world.person("Ada", "administrator");
  assert.equal(await world.store.as(administrator, (tx) => endAbsence(tx, id)), true);
  assert.equal(await world.store.as(administrator, (tx) => endAbsence(tx, id)), false, "it has ended");
  assert.equal((await world.store.as(delegate.who!, standIns)).length, 0);
  await tellAll({ ownerPool: world.ownerPool, registry: world.registry, mail: false });
  const told = async (who: Who) =>
    (
      await world.ownerPool.query<{ verb: string }>(
        `select e.verb from notifications n join events e using (organisation_id, record_id, sequence) where n.person_id = $1 and e.verb like 'stand_in%' order by e.at desc limit 2`,
        [who.personId],
      )
    ).rows.map(({ verb }) => verb);
  assert.deepEqual(await told(delegate.who!), ["stand_in_ended", "stand_in_begun"]);
  assert.equal((await told(director.who!))[0], "stand_in_ended");
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    director.who!.personId,
  ]);
  const onTimeline = words(await director.get(`/people/${rows[0]!.reference}?tab=timeline`));
  assert.match(onTimeline, /said that Staff stands in for Assistant director from \d+ \w+ \d{4} to/);
  assert.deepEqual((await verify(world)).problems, []);
});

test("who stands in is told of each decision that comes meanwhile, by their own choices, and of none once it has ended", async () => {
  const [away, standsIn] = [await world.as("assistantDirector"), await world.as("staff")];
  const tell = () => tellAll({ ownerPool: world.ownerPool, registry: world.registry, mail: true });
  const before = await newPolicy("Came before");
  await tell();
  const id = await hand(away.who!, standsIn.who!, ["decisions"]);
  const policy = await newPolicy("Came meanwhile");
  await tell();
  const waits = async (who: Who) =>
    (await world.store.as(who, (tx) => listNotifications(tx, { onlyForAbsent: true }))).items
      .filter(({ kind }) => kind === "waits")
      .map(({ title, forName }) => `${title} for ${forName ?? "themselves"}`);
  const standing = { ...standsIn.who!, actsFor: away.who!.personId };
  assert.deepEqual(await waits(standsIn.who!), []);
  assert.deepEqual(await waits(standing), ["Came meanwhile for Assistant director"]);
  assert.deepEqual(await waits(away.who!), ["Came meanwhile for themselves", "Came before for themselves"]);
  const page = await standsIn.get("/notifications");
  assert.match(
    words(page),
    /For Assistant director, who is away until .*It waits for Assistant director, for whom you stand in/,
  );
  assert.doesNotMatch(words(page), /Came before/);
  assert.match(words(page), /Notifications 2 unread/);
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from notifications where person_id = $1 and for_id is not null",
    [standsIn.who!.personId],
  );
  const opened = await standsIn.get(`/notifications/${rows[0]!.id}`);
  assert.equal(opened.headers["location"], `/#for-${away.who!.personId}`);
  assert.match(words(await standsIn.get("/")), /To open it, stand in for Assistant director first/);
  assert.equal((await away.get(`/notifications/${rows[0]!.id}`)).statusCode, 404, "another’s is nobody’s");
  // What the two may not decide is nobody's to be told; and what is their own they do not decide.
  await newPolicy("Their own", standsIn.who!);
  await tell();
  assert.equal((await waits(standing)).length, 1);
  // By mail as well, of what they may read at that moment.
  await world.ownerPool.query("update person set email = 'stands@aldermoor.gov.uk' where id = $1", [
    standsIn.who!.personId,
  ]);
  await newPolicy("Came by mail");
  await tell();
  const mail = async () => {
    await gatherMail(world.ownerPool, { domain: "reeve.test", now: Temporal.Now.instant().add({ hours: 24 }) });
    const outbox = await world.ownerPool.query<{ id: string; message_id: string }>(
      "select id, message_id from mail_outbox where person_id = $1 order by id desc limit 1",
      [standsIn.who!.personId],
    );
    const composed = await composeMail(
      { ...world, baseUrl: "http://reeve.test" },
      {
        ...standsIn.who!,
        id: outbox.rows[0]!.id,
        purpose: "notifications",
        reportId: null,
        messageId: "<one@reeve.test>",
      },
    );
    return composed?.text ?? "";
  };
  // Their programs decide nothing for another.
  const api = await apiClient(world, standsIn.who!);
  const absent = away.who!.personId;
  for (const [name, value] of [
    ["reeve-for", absent],
    ["cookie", `reeve.for=${absent}`],
  ] as const) {
    const refusal = await api.post(`/policies/${policy.id}/moves/approve`, {}, { "if-match": '"1"', [name]: value });
    assert.equal(refusal.statusCode, 403, refusal.body);
    assert.match(refusal.body, /A token acts for its own person alone/);
  }
  assert.match(await mail(), /Came by mail\nIt waits for Assistant director, for whom you stand in/);
  await world.store.as(away.who!, (tx) => endAbsence(tx, id));
  assert.doesNotMatch(await mail(), /Came by mail/);
  await newPolicy("Came afterwards");
  await tell();
  assert.doesNotMatch(words(await standsIn.get("/notifications")), /Came (meanwhile|afterwards)/);
  assert.equal((await standsIn.get(`/notifications/${rows[0]!.id}`)).statusCode, 404);
  assert.ok(before.id);
});

test("on the pages: asked by a form, seen on My work, begun by a button, said on every page, stopped, and ended under one’s feet", async () => {
  const policy = await newPolicy("For the stand-in’s page");
  const parts = (name: string, value: Temporal.PlainDate) => ({
    [`${name}-day`]: String(value.day),
    [`${name}-month`]: String(value.month),
    [`${name}-year`]: String(value.year),
  });
  const bad = await director.post(
    "/away/new",
    { delegate: "Nobody of that name", kinds: "decisions", ...parts("from", today), ...parts("until", today) },
    { from: "/away/new" },
  );
  assert.equal(bad.statusCode, 422);
  assert.match(words(bad), /Select the person who stands in/);
  const name = await world.store.as(director.who!, (tx) => find(tx, type("person"), delegate.who!.personId));
  const made = await director.post(
    "/away/new",
    {
      delegate: `${name.reference} ${name.title}`,
      kinds: "decisions",
      ...parts("from", today),
      ...parts("until", today.add({ days: 3 })),
    },
    { from: "/away/new" },
  );
  assert.equal(made.statusCode, 303, words(made));
  assert.match(words(await director.get("/away")), /Staff stands in for you Now/);

  const home = await delegate.get("/");
  assert.match(words(home), /For Assistant director, who is away until .* For the stand-in’s page/);
  assert.doesNotMatch(words(await delegate.get(`/policies/${policy.reference}`)), /Approve/);
  const begun = await delegate.post("/stand-in", { person: director.who!.personId }, { from: "/" });
  assert.equal(begun.statusCode, 303);
  const page = await delegate.get(`/policies/${policy.reference}`);
  assert.match(words(page), /You stand in for Assistant director until/);
  assert.match(words(page), /Approve/);
  assert.match(words(await delegate.get("/")), /Waits for your decision .* For the stand-in’s page/);
  assert.equal((await delegate.get("/away/new")).statusCode, 403);
  for (const path of ["/account", "/notifications", "/jobs", "/search?q=policy", "/palette?q=pol", "/people", "/away"])
    assert.equal((await delegate.get(path)).statusCode, 200, path);
  const approved = await delegate.post(
    `/policies/${policy.reference}/moves/approve`,
    {},
    { from: `/policies/${policy.reference}/moves/approve` },
  );
  assert.equal(approved.statusCode, 303, words(approved));
  assert.match(words(await delegate.get(`/policies/${policy.reference}?tab=timeline`)), /Staff for Assistant director/);

  const absence = (await world.store.as(director.who!, listAbsences)).find(({ ended }) => !ended);
  const stranger = await world.as("supportOfficer");
  assert.equal((await stranger.post(`/away/${absence!.id}/end`, {}, { from: "/away" })).statusCode, 404);
  assert.equal(
    (await stranger.post("/stand-in", { person: director.who!.personId }, { from: "/away" })).statusCode,
    403,
  );
  await director.post(`/away/${absence!.id}/end`, {}, { from: "/away" });
  const over = await delegate.get(`/policies/${policy.reference}`);
  assert.equal(over.statusCode, 303);
  assert.equal(over.headers["location"], "/");
  assert.equal((await delegate.get(`/policies/${policy.reference}`)).statusCode, 200, "in their own name again");
  // A cookie that somebody made up gives nothing.
  const forged = await stranger.get("/tickets", {
    cookie: `${stranger.cookieHeader()}; reeve.for=${director.who!.personId}`,
  });
  assert.equal(forged.statusCode, 303);
});
