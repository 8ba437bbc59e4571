import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { joinRecords, partRecords, reached } from "../src/kernel/store/relations.ts";
import type { RelationChoice } from "../src/kernel/store/relations.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const log = (summary: string, more: Readonly<Record<string, unknown>> = {}, who: Who = lead.who!) =>
  world.store.as(who, (tx) => create(tx, ticket(), { summary, ...more }));
const join = (from: Stored, relation: RelationChoice, to: Stored, who: Who = lead.who!) =>
  world.store.as(who, (tx) => joinRecords(tx, ticket(), from.id, { relation, to: to.reference }));
const look = (record: Stored, back: boolean, who: Who = lead.who!) =>
  world.store.as(who, (tx) => reached(tx, record, { back, steps: 3, by: ["depends_on", "made_of"] }));

test("two records are joined from either page, both timelines tell of it, and it is done once", async () => {
  const [mail, network] = [await log("Mail is slow"), await log("The network is down")];
  assert.equal((await join(mail, "depends_on", network)).changed, true);
  assert.equal((await join(network, "depends_on:back", mail)).changed, false, "the same, read from its other end");
  const said = async (record: Stored) =>
    (await world.store.as(lead.who!, (tx) => timeline(tx, record))).map(({ verb, body }) => [
      verb,
      body?.back ?? false,
    ]);
  assert.deepEqual((await said(mail)).at(-1), ["linked", false]);
  assert.deepEqual((await said(network)).at(-1), ["linked", true]);
  const page = `/tickets/${mail.reference}?tab=connected`;
  assert.match(words(await lead.get(page)), /Depends on INC-\d+ The network is down/);
  assert.match(
    words(await lead.get(`/tickets/${network.reference}?tab=connected`)),
    /Is needed by INC-\d+ Mail is slow/,
  );
  assert.match(
    words(await lead.get(`/tickets/${mail.reference}?tab=timeline`)),
    /joined this .* it depends on INC-\d+ The/,
  );
  const parted = await lead.post(
    `/tickets/${mail.reference}/joins/remove`,
    { relation: "depends_on", to: network.id },
    { from: page },
  );
  assert.equal(parted.statusCode, 303);
  assert.doesNotMatch(words(await lead.get(page)), /Depends on INC/);
  assert.deepEqual((await said(network)).at(-1), ["unlinked", true]);
});

test("the form joins by a reference, says what is wrong, and keeps what was typed", async () => {
  const [one, other] = [await log("The first"), await log("The second")];
  const page = `/tickets/${one.reference}?tab=connected`;
  const send = (form: Readonly<Record<string, string>>) =>
    lead.post(`/tickets/${one.reference}/joins`, form, { from: page });
  const made = await send({ relation: "duplicate_of", to: `${other.reference.toLowerCase()} The second` });
  assert.equal(made.statusCode, 303);
  assert.match(words(await lead.get(page)), /Is a duplicate of INC-\d+ The second/);
  for (const [form, says] of [
    [{ relation: "duplicate_of", to: "" }, /Enter the other record’s reference/],
    [{ relation: "duplicate_of", to: "INC-99999" }, /no record INC-99999, or you may not see it/],
    [{ relation: "hates", to: other.reference }, /Select how they are joined/],
    [{ relation: "relates_to", to: one.reference }, /cannot be joined to itself/],
  ] as const) {
    const refused = await send(form);
    assert.equal(refused.statusCode, 422);
    assert.match(words(refused), says);
    assert.ok(refused.body.includes(`value="${form.to}"`));
  }
});

test("a record that a person may not see is not joined, not shown and not passed through", async () => {
  const [mine, secret, beyond] = [
    await log("Mine", { requester: staff.who!.personId }),
    await log("Secret", { sensitivity: "restricted" }),
    await log("Beyond", { requester: staff.who!.personId }),
  ];
  await join(secret, "depends_on", mine);
  await join(beyond, "depends_on", secret);
  assert.deepEqual(
    (await look(mine, true)).map(({ title }) => title),
    ["Secret", "Beyond"],
  );
  assert.deepEqual(await look(mine, true, staff.who), []);
  assert.doesNotMatch(words(await staff.get(`/tickets/${mine.reference}?tab=connected`)), /Secret/);
  assert.match(words(await staff.get(`/tickets/${mine.reference}?tab=timeline`)), /one that is not yours to see/);
  await assert.rejects(join(mine, "relates_to", secret, staff.who), /no record/);
  await assert.rejects(join(mine, "relates_to", beyond, staff.who), /may not join/, "they may change neither");
  const raw = (statement: string) => world.store.as(staff.who!, (tx) => sql.raw(statement).execute(tx.db));
  await assert.rejects(
    raw(`select link_records('${mine.id}', 'relates_to', '${secret.id}', now())`),
    /no such records/,
  );
  await assert.rejects(
    raw(`select unlink_records('${beyond.id}', 'depends_on', '${secret.id}', now())`),
    /no such records/,
  );
  await assert.rejects(
    raw(`select tell_of_link('linked', '${mine.id}', 'x', '${beyond.id}', now())`),
    /permission denied/,
  );
});

test("what depends on a record is found three steps out, each once and by the shortest way, also round in a circle", async () => {
  const chain = await Promise.all(["Cable", "Switch", "Network", "Mail", "Calendar"].map((summary) => log(summary)));
  const [cable, netSwitch, network, mail, calendar] = chain as [Stored, Stored, Stored, Stored, Stored];
  await join(netSwitch, "made_of", cable);
  await join(network, "depends_on", netSwitch);
  await join(network, "depends_on", cable);
  await join(mail, "depends_on", network);
  await join(calendar, "depends_on", mail);
  await join(cable, "depends_on", calendar);
  assert.deepEqual(
    (await look(cable, true)).map(({ step, title }) => [step, title]),
    [
      [1, "Network"],
      [1, "Switch"],
      [2, "Mail"],
      [3, "Calendar"],
    ],
  );
  assert.deepEqual(
    (await look(mail, false)).map(({ step, title }) => [step, title]),
    [
      [1, "Network"],
      [2, "Cable"],
      [2, "Switch"],
      [3, "Calendar"],
    ],
  );
  const page = await lead.get(`/tickets/${cable.reference}/connections?view=needed`);
  assert.match(words(page), new RegExp(`4 records depend on ${cable.reference}`));
  assert.equal(page.body.match(/<a class="r-graph__node/g)?.length, 5);
  assert.match(words(page), new RegExp(`${calendar.reference} depends on ${mail.reference}`));
  assert.match(words(await lead.get(`/tickets/${cable.reference}/connections`)), /[6-9] records around/);
});

test("joins do not disturb what verify proves", async () => {
  const report = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(report.problems, []);
});

test("a join is taken away once, and only what is there", async () => {
  const [one, other] = [await log("One"), await log("Other")];
  const part = () =>
    world.store.as(lead.who!, (tx) => partRecords(tx, ticket(), one.id, { relation: "relates_to", to: other.id }));
  assert.equal((await part()).changed, false);
  await join(other, "relates_to", one);
  assert.equal((await part()).changed, true, "it reads the same from both ends");
  assert.equal((await part()).changed, false);
});
