import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { Refusal } from "../src/kernel/errors.ts";
import { startBulk } from "../src/kernel/bulk/bulk.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { field } from "../src/kernel/record.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { checkNames, fieldNameProblem } from "../src/kernel/type-names.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { createMany } from "../src/kernel/store/create-many.ts";
import { find } from "../src/kernel/store/find.ts";
import { groupsOf } from "../src/kernel/store/groups.ts";
import { list, sortable } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  [administrator, lead, staff] = [
    await world.as("administrator"),
    await world.as("leadSupport"),
    await world.as("staff"),
  ];
});
after(() => world.close());

const page = "/administration/fields/tickets";
const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const add = (form: Readonly<Record<string, string | string[]>>, who = administrator) =>
  who.post(`${page}/new`, form, { from: `${page}/new` });
const ticket = (tx: Tx) => typeNamed(tx.registry, "ticket");
const added = (tx: Tx) => typeNamed(tx.registry, "added_field");
const made = (values: Readonly<Record<string, unknown>> = {}, who = lead): Promise<Stored> =>
  as(who, (tx) => create(tx, ticket(tx), { summary: "The printer is jammed", ourAssetTag: "AB-1", ...values }));
const refusedAt = (field: string) => (error: unknown) =>
  error instanceof Refusal && error.kind === "invalid" && error.problems.some((problem) => problem.field === field);

test("an administrator adds fields of every kind, and they stand on the page, the form and the list at once", async () => {
  const forms: Record<string, string | string[]>[] = [
    { label: "Asset tag", kind: "text", hint: "On the back of it", rules: ["required"] },
    { label: "What was tried", kind: "long-text" },
    { label: "Building", kind: "choice", choices: "Town Hall\n\nLibrary\nDepot" },
    { label: "Rooms", kind: "many-choice", choices: "1.1\n1.2" },
    { label: "Steps", kind: "whole-number" },
    { label: "Weight", kind: "decimal" },
    { label: "Cost", kind: "money" },
    { label: "Needed by", kind: "date" },
    { label: "Under warranty", kind: "yes-no" },
    { label: "Fixing team", kind: "link", target: "team" },
    { label: "Witness", kind: "person", rules: ["internal"] },
    { label: "Supplier mail", kind: "email" },
    { label: "Manual", kind: "web-address" },
  ];
  for (const form of forms) {
    const answer = await add(form);
    assert.equal(answer.headers.location, page, `${String(form["label"])}: ${words(answer)}`);
  }
  const shown = words(await administrator.get(page));
  assert.match(shown, /Building One of several choices\. In files and the API: ourBuilding/);
  const form = (await lead.get("/tickets/new")).body;
  assert.match(form, /Asset tag/);
  assert.match(form, /On the back of it/);
  assert.match(form, /name="ourBuilding"[^>]*value="town_hall"/);
  assert.doesNotMatch(
    (await staff.get("/tickets/new")).body,
    /Witness/,
    "what is among officers is not asked of others",
  );
});

test("what is given is checked, kept, listed, sorted, narrowed, grouped, found and told as a definition’s own is", async () => {
  const { team } = world.council;
  await assert.rejects(made({ ourAssetTag: null }), refusedAt("ourAssetTag"));
  await assert.rejects(made({ ourSteps: "many" }), refusedAt("ourSteps"));
  await assert.rejects(made({ ourBuilding: "moon" }), refusedAt("ourBuilding"));
  await assert.rejects(made({ ourFixingTeam: lead.who!.personId }), refusedAt("ourFixingTeam"));
  const values = {
    ourAssetTag: "Zebra-77",
    ourWhatWasTried: "A **hippogriff** spell",
    ourBuilding: "library",
    ourRooms: ["1_1", "1_2"],
    ourSteps: 7,
    ourWeight: 1.5,
    ourCost: 12_345,
    ourNeededBy: "2026-12-24",
    ourUnderWarranty: true,
    ourFixingTeam: team,
    ourSupplierMail: "help@example.org",
    ourManual: "https://example.org/manual",
  };
  const one = await made(values);
  const other = await made({ ourSteps: 3, ourBuilding: "depot" });
  for (const [name, value] of Object.entries(values)) assert.deepEqual(one.values[name], value, name);
  await as(lead, async (tx) => {
    const found = async (where: Record<string, string[]>) =>
      (await list(tx, ticket(tx), { where })).items.map(({ id }) => id);
    const wheres: Record<string, string[]>[] = [
      { ourAssetTag: ["zebra*"] },
      { ourBuilding: ["library", "town_hall"] },
      { ourSteps: ["7"] },
      { "ourSteps-from": ["4"] },
      { "ourCost-to": ["20000"], ourSteps: ["7"] },
      { "ourNeededBy-from": ["2026-12-24"] },
      { ourUnderWarranty: ["yes"] },
      { ourFixingTeam: [team] },
      { ourSupplierMail: ["help@*"] },
    ];
    for (const where of wheres) assert.deepEqual(await found(where), [one.id], JSON.stringify(where));
    assert.deepEqual(await found({ ourBuilding: ["none"] }), []);
    for (const name of ["ourSteps", "ourAssetTag", "ourNeededBy", "ourCost"])
      assert.ok(sortable(ticket(tx)).includes(name), name);
    const sorted = await list(tx, ticket(tx), { sort: "-ourSteps", limit: 1 });
    assert.deepEqual(
      sorted.items.map(({ id }) => id),
      [one.id],
    );
    const next = await list(tx, ticket(tx), { sort: "-ourSteps", limit: 1, cursor: sorted.nextCursor! });
    assert.deepEqual(
      next.items.map(({ id }) => id),
      [other.id],
    );
    const groups = await groupsOf(tx, ticket(tx), {}, { by: { name: "ourBuilding" }, each: 5, most: 10 });
    assert.deepEqual(groups.groups.map(({ key }) => key).toSorted(), ["depot", "library"]);
    assert.deepEqual(
      (await search(tx, "hippogriff")).found.map(({ id }) => id),
      [one.id],
    );
  });
  const changed = await as(lead, (tx) =>
    change(tx, ticket(tx), one.id, one.version, { ourBuilding: "depot", ourManual: null }),
  );
  assert.deepEqual([changed.values["ourBuilding"], changed.values["ourManual"]], ["depot", null]);
  const timeline = words(await lead.get(`/tickets/${one.reference}?tab=timeline`));
  assert.match(timeline, /Building/);
  assert.match(timeline, /Library.*Depot/);
  const shown = words(await lead.get(`/tickets/${one.reference}`));
  for (const said of ["Asset tag", "Zebra-77", "£123.45", "24 December 2026", "Depot"])
    assert.match(shown, new RegExp(said));
  const seen = words(await lead.get("/tickets?columns=reference,ourBuilding,ourCost&ourSteps=7&show=all"));
  assert.match(seen, /Building.*£123\.45/);
  assert.match(
    (await lead.get(`/teams/${await referenceOf(team)}?tab=connected`)).body,
    new RegExp(one.reference),
    "read from the other end",
  );
  const many = await as(lead, (tx) =>
    createMany(tx, ticket(tx), [
      { ...withoutEmpty(other.values), ourSteps: 41 },
      { ...withoutEmpty(other.values), ourSteps: 42 },
    ]),
  );
  const last = await as(lead, (tx) => find(tx, ticket(tx), many[1]!.id));
  assert.equal(last.values["ourSteps"], 42);
});

const withoutEmpty = (values: Stored["values"]) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
const referenceOf = async (id: string) =>
  (await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [id])).rows[0]!
    .reference;

test("the API reads and writes it, and its description is the organisation’s own", async () => {
  const api = await apiClient(world, lead.who!);
  const answer = await api.post("/tickets", {
    summary: "By API",
    ourAssetTag: "Q1",
    ourCost: 99,
    ourBuilding: "depot",
  });
  assert.equal(answer.statusCode, 201, answer.body);
  assert.equal(answer.json<{ ourCost: number }>().ourCost, 99);
  assert.equal((await api.post("/tickets", { summary: "By API", ourAssetTag: "Q1", ourNothing: 1 })).statusCode, 422);
  const own = (await api.get("/openapi.json")).body;
  assert.match(own, /ourBuilding/);
  const anyone = await world.app.inject({ method: "GET", url: "/api/v1/openapi.json" });
  assert.doesNotMatch(anyone.body, /ourBuilding/, "nobody else learns what an organisation added");
});

test("files for spreadsheets have it", async () => {
  const csv = (await lead.get("/tickets.csv?whole=yes&show=all&ourSteps=7")).body;
  assert.match(csv, /Asset tag/);
  assert.match(csv, /Zebra-77/);
  assert.match(csv, /123\.45/);
});

test("a required field is asked of new records, and those from before are changed and moved without it", async () => {
  const before = await made();
  await add({ label: "Cost code", kind: "text", rules: ["required"] });
  const later = await as(lead, (tx) => change(tx, ticket(tx), before.id, before.version, { summary: "Still jammed" }));
  await as(lead, (tx) => move(tx, ticket(tx), later.id, later.version, "take", {}));
  await assert.rejects(made(), refusedAt("ourCostCode"));
  const { id } = await made({ ourCostCode: "X1" });
  await assert.rejects(
    as(lead, async (tx) => change(tx, ticket(tx), id, "any", { ourCostCode: null })),
    refusedAt("ourCostCode"),
  );
  await retire("Cost code");
});

const retire = (label: string, how = "retire") =>
  as(administrator, async (tx) => {
    const { items } = await list(tx, added(tx), { where: { label: [label] } });
    await move(tx, added(tx), items[0]!.id, items[0]!.version, how, {});
  });

test("a field that is retired is asked no more, and what records hold of it is kept and shown", async () => {
  const record = await made({ ourSupplierMail: "kept@example.org" });
  await retire("Supplier mail");
  assert.doesNotMatch((await lead.get("/tickets/new")).body, /Supplier mail/);
  assert.match(words(await lead.get(`/tickets/${record.reference}`)), /kept@example\.org/);
  await assert.rejects(made({ ourSupplierMail: "new@example.org" }), refusedAt("ourSupplierMail"));
  const changed = await as(lead, (tx) => change(tx, ticket(tx), record.id, "any", { summary: "Other words" }));
  assert.equal(changed.values["ourSupplierMail"], "kept@example.org");
  await retire("Supplier mail", "restore");
  assert.match((await lead.get("/tickets/new")).body, /Supplier mail/);
  await add({ label: "Supplier mail", kind: "text" });
  await as(lead, async (tx) => assert.ok(ticket(tx).fields["ourSupplierMail2"], "its name is never used again"));
});

test("choices are added, called otherwise and retired, of added fields and of Reeve’s own that may be extended", async () => {
  const record = await made({ ourBuilding: "library" });
  await as(administrator, async (tx) => {
    const [building] = (await list(tx, added(tx), { where: { label: ["Building"] } })).items;
    const whole = await find(tx, added(tx), building!.id);
    const choices = (whole.values["choices"] as Record<string, unknown>[]).map((line) =>
      line["key"] === "library" ? { ...line, label: "Old library", retired: true } : line,
    );
    await change(tx, added(tx), whole.id, whole.version, { choices: [...choices, { label: "New library" }] });
    await assert.rejects(
      change(tx, added(tx), whole.id, "any", { choices: choices.slice(0, 1) }),
      refusedAt("choices"),
      "a choice that records may have is not taken away",
    );
    await assert.rejects(change(tx, added(tx), whole.id, "any", { kind: "text" }), refusedAt("kind"));
  });
  assert.match(words(await lead.get(`/tickets/${record.reference}`)), /Old library/);
  await assert.rejects(made({ ourBuilding: "library" }), refusedAt("ourBuilding"));
  await as(lead, (tx) => change(tx, ticket(tx), record.id, "any", { summary: "Same place", ourBuilding: "library" }));
  await made({ ourBuilding: "new_library" });

  const answer = await add({ kind: "more-choices", extends: "kind", choices: "Question\nIncident" });
  assert.equal(answer.headers.location, page, words(answer));
  const question = await made({ kind: "question" });
  assert.equal(question.values["kind"], "question");
  assert.match(words(await lead.get(`/tickets/${question.reference}`)), /Question/);
  assert.equal((await add({ kind: "more-choices", extends: "kind", choices: "Other" })).statusCode, 422);
  assert.equal((await add({ kind: "more-choices", extends: "summary", choices: "Other" })).statusCode, 422);
});

test("the page of an added field leads to the records that it is added to and leads to", async () => {
  const link = await as(administrator, (tx) =>
    create(tx, added(tx), { label: "Room’s team", recordType: "Tickets", kind: "link", target: "team" }),
  );
  assert.deepEqual([link.values["recordType"], link.values["target"]], ["ticket", "team"]);
  const shown = (await administrator.get(`/added-fields/${link.reference}`)).body;
  assert.match(
    shown,
    /Added to.*<a [^>]*href="\/tickets"[^>]*>Tickets<\/a>.*Leads to.*<a [^>]*href="\/teams"[^>]*>Teams<\/a>/s,
  );
  await as(administrator, (tx) => move(tx, added(tx), link.id, "any", "retire", {}));
});

test("the order of fields is changed one place at a time", async () => {
  const order = async () =>
    [...(await administrator.get(page)).body.matchAll(/r-joined__main"><a [^>]*>([^<]+)</g)].map(([, label]) => label);
  const before = await order();
  const [, second] = (await administrator.get(page)).body.match(/value="up:(FLD-\d+)"/)!;
  await administrator.post(`${page}/order`, { move: `up:${second}` }, { from: page });
  const after = await order();
  assert.deepEqual([after[0], after[1]], [before[1], before[0]]);
});

test("nobody else adds a field, by the page, the record or the database; another organisation has none of it", async () => {
  for (const who of [lead, staff]) {
    assert.equal((await who.get(page)).statusCode, 404);
    assert.ok([403, 404].includes((await add({ label: "Mine", kind: "text" }, who)).statusCode));
    await assert.rejects(as(who, (tx) => create(tx, added(tx), { label: "Mine", recordType: "ticket", kind: "text" })));
  }
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Stran Ger", "administrator", { organisation: other });
  const theirs = await world.store.as(stranger, async (tx) => {
    assert.equal(ticket(tx).fields["ourBuilding"], undefined);
    return create(tx, ticket(tx), { summary: "Theirs" });
  });
  const mine = await made({ sensitivity: "restricted" }, administrator);
  for (const [who, id] of [
    [lead, theirs.id],
    [staff, mine.id],
  ] as const)
    await assert.rejects(
      as(who, (tx) => sql`select set_added(${JSON.stringify([{ id, added: { ourSteps: 1 } }])}::jsonb)`.execute(tx.db)),
      { code: "42501" },
    );
});

test("bad input is a clear sentence: labels, kinds, targets and choices that cannot be", async () => {
  for (const [form, sentence] of [
    [{ label: "", kind: "text" }, /Enter a label/],
    [{ label: "x".repeat(81), kind: "text" }, /Label/],
    [{ label: "Null\0", kind: "text" }, /./],
    [{ label: "Fine", kind: "" }, /Select a kind/],
    [{ label: "Fine", kind: "constructor" }, /Kind must be one of/],
    [{ label: "Fine", kind: "link", target: "moon" }, /Leads to must be one of: People, Teams/],
    [{ label: "Fine", kind: "choice", choices: " \n " }, /at least one choice/],
    [{ label: "Fine", kind: "choice", choices: "One\none" }, /same label/],
    [{ label: "Fine", kind: "choice", choices: Array.from({ length: 101 }, (_one, at) => `C${at}`).join("\n") }, /100/],
  ] as const) {
    const answer = await add(form);
    assert.equal(answer.statusCode, 422, JSON.stringify(form));
    assert.match(words(answer), sentence);
  }
  await add({ label: "—", kind: "text" });
  await as(lead, async (tx) => assert.ok(ticket(tx).fields["ourField"]));
});

test("no definition and no administrator gives a field a name by which a form speaks of records themselves", async () => {
  for (const name of ["record", "view", "do", "all", "comment", "whole"]) {
    assert.match(fieldNameProblem(name, false) ?? "", /forms and files/, name);
    assert.throws(
      () => checkNames("parcel", { [name]: field.text({ label: "Text" }) }),
      new RegExp(`parcel.${name}: `),
    );
    const made = await as(administrator, (tx) =>
      create(tx, typeNamed(tx.registry, "added_field"), { label: name, recordType: "ticket", kind: "text" }),
    );
    assert.match(String(made.values["name"]), /^our[A-Z]/);
    await as(administrator, (tx) => move(tx, typeNamed(tx.registry, "added_field"), made.id, "any", "retire", {}));
  }
});

test("many records are changed together by a field whose name has a figure in it, as a second one of a label has", async () => {
  const [, second] = await as(administrator, async (tx) => {
    const AddedField = typeNamed(tx.registry, "added_field");
    const values = { label: "Twin", recordType: "ticket", kind: "text" };
    return [await create(tx, AddedField, values), await create(tx, AddedField, values)];
  });
  const name = String(second?.values["name"]);
  assert.equal(name, "ourTwin2");
  await as(administrator, (tx) =>
    startBulk(tx, typeNamed(tx.registry, "ticket"), {
      query: {},
      deed: { kind: "field", name },
      given: { values: { [name]: "Yes" }, comment: "" },
      view: "",
      title: "Change twin",
      page: () => "/tickets",
    }),
  );
});

test("what was added is proved by verify, and an erasure by law takes it", async () => {
  await sealAll(world.ownerPool);
  const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual((await look()).problems, []);
  const record = await made({ ourAssetTag: "Secret-tag" });
  await world.ownerPool.query('update records set added = added || \'{"ourAssetTag": "Forged"}\' where id = $1', [
    record.id,
  ]);
  assert.match(JSON.stringify((await look()).problems), /Asset tag.*Forged/s);
  await as(administrator, (tx) => eraseRecord(tx, ticket(tx), record.id, { reason: "Asked for by the person" }));
  const { rows } = await world.ownerPool.query("select added from records where id = $1", [record.id]);
  assert.deepEqual(rows, [{ added: null }]);
  await sealAll(world.ownerPool);
  assert.deepEqual((await look()).problems, []);
});
