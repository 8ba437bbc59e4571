import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { problemText } from "../src/kernel/memory/verify-text.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import type { RecordType } from "../src/kernel/record.ts";
import { createRegistry, typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { joinRecords, partRecords, reached, relations } from "../src/kernel/store/relations.ts";
import type { RelationChoice } from "../src/kernel/store/relations.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { namesOf } from "../src/web/names.ts";
import { connectionsOf } from "../src/web/pages/record-connected.ts";
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
  // Not even that there is such a record is told.
  assert.doesNotMatch(
    words(await staff.get(`/tickets/${mine.reference}?tab=timeline`)),
    /joined this|not yours to see/,
  );
  assert.match(words(await lead.get(`/tickets/${mine.reference}?tab=timeline`)), /joined this to another record/);
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

test("the database joins only by what any two records have: no field of a record is filled from its other end", async () => {
  const [theirs, mine] = [
    await log("Theirs", { sensitivity: "normal" }),
    await log("Mine", { requester: staff.who!.personId }),
  ];
  const raw = (statement: string) => world.store.as(lead.who!, (tx) => sql.raw(statement).execute(tx.db));
  for (const relation of ["colleagues", "roles", "x", ""]) {
    await assert.rejects(
      raw(`select link_records('${theirs.id}', '${relation}', '${mine.id}', now())`),
      /no such records/,
    );
    await assert.rejects(
      raw(`select unlink_records('${theirs.id}', '${relation}', '${mine.id}', now())`),
      /no such records/,
    );
  }
  await assert.rejects(raw(`select link_records('${mine.id}', 'relates_to', '${mine.id}', now())`), /no such records/);
  // Nor is a join made or taken away without the lines that tell of it.
  await join(mine, "depends_on", theirs);
  const row = `('${lead.who!.organisationId}', '${mine.id}', 'made_of', '${theirs.id}')`;
  await assert.rejects(
    raw(`insert into links (organisation_id, from_id, relation, to_id) values ${row}`),
    /row-level security/,
  );
  const gone = await raw(`delete from links where from_id = '${mine.id}' returning relation`);
  assert.deepEqual(gone.rows, []);
  const { rows } = await world.ownerPool.query("select record_relations() as names");
  assert.deepEqual(rows[0].names, Object.keys(relations), "the database knows the relations of the definitions");
});

test("verify proves joins from both ends, and names the first that is wrong; what was erased or disposed of is not", async () => {
  const prove = () => verify({ ownerPool: world.ownerPool, registry: world.registry });
  const whole = await prove();
  assert.deepEqual(whole.problems, []);
  assert.ok(whole.joins > 5);
  const [one, other] = [await log("Proved"), await log("Proved as well")];
  await join(one, "caused_by", other);
  const row = `('${lead.who!.organisationId}', '${one.id}', '%', '${other.id}')`;
  const insert = (relation: string) =>
    world.ownerPool.query(
      `insert into links (organisation_id, from_id, relation, to_id) values ${row.replace("%", relation)}`,
    );
  const remove = (relation: string) =>
    world.ownerPool.query("delete from links where from_id = $1 and relation = $2", [one.id, relation]);
  const wrong = async () => {
    const { problems, problemCount } = await prove();
    return [problemCount, ...problems.map((problem) => problemText(problem))];
  };
  await remove("caused_by");
  const missing = await wrong();
  assert.equal(missing[0], 2, "from both ends");
  assert.match(
    String(missing[1]),
    new RegExp(
      `${one.reference}, event 2: This line joined it .* \\(expected caused_by ${other.reference}, found none`,
    ),
  );
  await insert("caused_by");
  for (const relation of ["depends_on", "not_known_any_more"]) {
    await insert(relation);
    const untold = await wrong();
    assert.equal(untold[0], 2);
    assert.match(
      String(untold[1]),
      new RegExp(`${one.reference}: It is joined .* timeline does not tell of it .*${relation}`),
    );
    await remove(relation);
  }
  await world.store.as(lead.who!, (tx) =>
    partRecords(tx, ticket(), one.id, { relation: "caused_by", to: other.reference }),
  );
  await insert("caused_by");
  assert.match(String((await wrong())[1]), /event 3: This line took a join .* and the join is there/);
  await remove("caused_by");
  // What the law erased at one end is still proved from the other.
  const administrator = await world.as("administrator");
  await world.store.as(administrator.who!, (tx) => eraseRecord(tx, ticket(), one.id, { reason: "Asked for by law" }));
  assert.deepEqual(await wrong(), [0]);
  await insert("caused_by");
  assert.match(String((await wrong())[1]), new RegExp(`${other.reference}, event 3`));
  await remove("caused_by");
});

test("a definition's own condition keeps its records out of names, joins and what is reached through them", async () => {
  const [first, hidden, last] = [await log("Seen"), await log("Hidden", { kind: "request" }), await log("Beyond it")];
  await join(hidden, "depends_on", first);
  await join(last, "depends_on", hidden);
  const narrow: RecordType = { ...ticket(), access: { ...ticket().access, read: () => ({ kind: ["incident"] }) } };
  const registry = createRegistry(
    world.registry.modules.map((module) => ({
      ...module,
      records: module.records.map((type) => (type.name === "ticket" ? narrow : type)),
    })),
  );
  const [found, names, connected] = await world.store.as(lead.who!, async (whole) => {
    const tx = { ...whole, registry };
    return [
      await reached(tx, first, { back: true, steps: 3, by: ["depends_on"] }),
      await namesOf(tx, [first.id, hidden.id]),
      await connectionsOf(tx, narrow, first, { whole: true }),
    ] as const;
  });
  assert.deepEqual(found, []);
  assert.deepEqual([...names.keys()], [first.id]);
  assert.equal(
    connected.groups.flatMap(({ records }) => records).some(({ id }) => id === hidden.id),
    false,
  );
  assert.equal((await look(first, true)).length, 2, "as the definition is");
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

test("what depends on a record is not hidden behind what the person may not see", async () => {
  const hub = await log("Hub", { requester: staff.who!.personId });
  const { rows } = await world.ownerPool.query<{ id: string }>(
    `insert into records (organisation_id, type, reference, title, state, sensitivity)
     select organisation_id, 'ticket', 'INC-9' || lpad(n::text, 5, '0'), 'Restricted ' || n, 'new', 'restricted'
     from records, generate_series(1, 450) n where id = $1 returning id`,
    [hub.id],
  );
  const last = await log("Mine, behind them", { requester: staff.who!.personId });
  await world.ownerPool.query(
    `insert into links (organisation_id, from_id, relation, to_id) select r.organisation_id, unnest($2::uuid[]), 'depends_on', r.id from records r where r.id = $1`,
    [hub.id, [...rows.map(({ id }) => id), last.id]],
  );
  assert.deepEqual(
    (await look(hub, true, staff.who)).map(({ title }) => title),
    ["Mine, behind them"],
  );
});
