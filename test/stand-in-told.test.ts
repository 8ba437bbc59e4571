import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { composeMail } from "../src/kernel/mail/compose.ts";
import { gatherMail } from "../src/kernel/mail/gather.ts";
import { listNotifications } from "../src/kernel/notifications/inbox.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { endAbsence, listAbsences, makeAbsence, standIns } from "../src/kernel/organisation/absences.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";
import { dayIn } from "./day-in.ts";

let world: WebWorld;
/** Away: may approve policies. */
let director: Browser;
/** Stands in: a member of staff who may do none of it. */
let delegate: Browser;
let manager: Browser;

const type = (name: string) => typeNamed(world.registry, name);
const today = () => Temporal.Now.plainDateISO("Europe/London");
const refused =
  (...kinds: string[]) =>
  (error: unknown) =>
    error instanceof Refusal && kinds.includes(error.kind);
const hand = (who: Who, to: Who, kinds: readonly string[], from = 0, until = 7) =>
  world.store.as(who, (tx) =>
    makeAbsence(tx, { delegate: to.personId, from: dayIn(from), until: dayIn(until), kinds }),
  );

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
  await newPolicy("Waits for a decision");
});
after(() => world.close());

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
    { delegate: "Nobody of that name", kinds: "decisions", ...parts("from", today()), ...parts("until", today()) },
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
      ...parts("from", today()),
      ...parts("until", today().add({ days: 3 })),
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
