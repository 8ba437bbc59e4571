import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { typeNamed } from "../src/kernel/registry.ts";
import { audit } from "../src/kernel/store/audit.ts";
import type { AuditQuery } from "../src/kernel/store/audit.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import { appendEvent } from "../src/kernel/store/timeline.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;
let lead: Browser;
let auditor: Browser;
let secret: Stored;
let plain: Stored;

const path = "/administration/audit";
const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const ticket = (tx: Tx) => typeNamed(tx.registry, "ticket");

before(async () => {
  world = await createWebWorld();
  [administrator, lead] = [await world.as("administrator"), await world.as("leadSupport")];
  // Reads tickets and may audit, and no more.
  const personId = await world.system(async (tx) => {
    const role = await insertRecord(tx, typeNamed(tx.registry, "role"), {
      name: "Auditor",
      audits: true,
      permissions: [{ type: "ticket", permission: "read", scope: "all" }],
    });
    const values = { name: "Audrey Tor", active: true, roles: [{ role: role.id }] };
    return (await insertRecord(tx, typeNamed(tx.registry, "person"), values, { trusted: true })).id;
  });
  auditor = await world.as({ organisationId: world.council.organisationId, personId });
  plain = await as(lead, (tx) => create(tx, ticket(tx), { summary: "Plain as day" }));
  secret = await as(administrator, (tx) =>
    create(tx, ticket(tx), { summary: "The mayor’s laptop", sensitivity: "restricted" }),
  );
  await as(lead, (tx) => comment(tx, ticket(tx), plain.id, { text: "Between us: a ferret", audience: "internal" }));
  await as(lead, (tx) => change(tx, ticket(tx), plain.id, "any", { summary: "Plainer still" }));
});
after(() => world.close());

const lines = async (query: AuditQuery, who = auditor) => (await as(who, (tx) => audit(tx, query))).lines;

test("who did what is found by person, type, kind, reference and day", async () => {
  const { personId } = lead.who!;
  assert.deepEqual(
    (await lines({ personId, type: "ticket" })).map(({ verb }) => verb),
    ["changed", "commented", "created"],
  );
  assert.deepEqual(
    (await lines({ verbs: ["created"], type: "ticket" })).map(({ reference }) => reference),
    [secret.reference, plain.reference],
  );
  assert.deepEqual(
    (await lines({ reference: plain.reference.toLowerCase() })).map(({ verb }) => verb),
    ["changed", "commented", "created"],
  );
  assert.equal((await lines({ reference: "INC-99999" })).length, 0);
  assert.equal((await lines({ to: "2020-01-01" })).length, 0);
  const today = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate().toString();
  assert.equal((await lines({ from: today, to: today, reference: plain.reference })).length, 3);
  const page = words(await auditor.get(`${path}?reference=${plain.reference}`));
  assert.match(page, /Lead support officer Changed summary/);
});

test("what is done about rights from the terminal or while somebody is away is found by kind as well", async () => {
  await world.system(async (tx) => {
    await appendEvent(tx, lead.who!.personId, { verb: "second_step_reset", body: {} });
    await appendEvent(tx, lead.who!.personId, { verb: "stand_in_begun", body: {} });
  });
  assert.match(words(await administrator.get(`${path}?kind=access`)), /two-step sign-in from the terminal/);
  assert.match(words(await administrator.get(`${path}?kind=stand-in`)), /Lead support officer/);
});

test("sign-ins and exports are lines of a person’s own timeline, and nobody is told of them", async () => {
  assert.equal((await lines({ verbs: ["signed_in"], personId: lead.who!.personId })).length, 1);
  await lead.get("/tickets.csv?kind=incident");
  const [exported] = await lines({ verbs: ["exported"] }, administrator);
  assert.equal(exported?.actorId, lead.who!.personId);
  assert.equal(exported?.body?.to, "/tickets.csv?kind=incident");
  const { rows } = await world.ownerPool.query(
    "select 1 from untold u join events e using (organisation_id, record_id, sequence) where e.verb in ('signed_in', 'exported')",
  );
  assert.equal(rows.length, 0);
  await assert.rejects(
    as(lead, (tx) => sql`select note_own('created', '{}')`.execute(tx.db)),
    { code: "42501" },
  );
});

test("an auditor sees that something was done, and nothing of what they may not read", async () => {
  const all = await lines({});
  const ofSecret = all.find(({ recordId }) => recordId === secret.id)!;
  assert.deepEqual([ofSecret.title, ofSecret.body], [null, null]);
  const said = all.find(({ verb }) => verb === "commented")!;
  assert.deepEqual([said.title, said.body], ["Plainer still", null], "an internal comment is not theirs to read");
  const page = (await auditor.get(path)).body;
  assert.match(page, new RegExp(secret.reference));
  for (const kept of [/mayor/, /ferret/]) {
    assert.doesNotMatch(page, kept);
    assert.doesNotMatch((await auditor.get(`${path}.csv`)).body, kept);
  }
  assert.match((await administrator.get(path)).body, /mayor/);
});

test("whoever audits and administers nothing finds the search in the menu, and nobody else does", async () => {
  const entry = `<a class="r-nav__link" href="${path}"`;
  assert.ok((await auditor.get("/")).body.includes(entry));
  assert.ok((await auditor.get(path)).body.includes(`${entry} aria-current="page"`));
  assert.match((await auditor.get("/palette?q=who")).body, /Who did what/);
  for (const other of [lead, administrator]) assert.ok(!(await other.get("/")).body.includes(entry));
  assert.doesNotMatch((await lead.get("/palette?q=who")).body, /Who did what/);
});

test("only administrators and those whose role audits search it; another organisation is not in it", async () => {
  for (const url of [path, `${path}.csv`]) assert.equal((await lead.get(url)).statusCode, 404);
  for (const attack of [
    "select * from audit_events(null, null, null, null, null, null, null, null, null, 10)",
    "select audited_record('INC-00001')",
  ])
    await assert.rejects(
      as(lead, (tx) => sql.raw(attack).execute(tx.db)),
      { code: "42501" },
    );
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Stran Ger", "administrator", { organisation: other });
  const theirs = await world.store.as(stranger, async (tx) => {
    const made = await create(tx, ticket(tx), { summary: "Theirs alone" });
    assert.equal(
      (await audit(tx, { reference: plain.reference, type: "ticket", limit: 1000 })).lines.filter(
        ({ recordId }) => recordId === plain.id,
      ).length,
      0,
    );
    return made;
  });
  assert.ok(!(await lines({ limit: 1000 })).some(({ recordId }) => recordId === theirs.id));
});

test("pages follow one another by key, each line once; what is asked wrongly is refused in a sentence", async () => {
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { lines: part, next }: Awaited<ReturnType<typeof audit>> = await as(auditor, (tx) =>
      audit(tx, { limit: 7, cursor: cursor ?? "" }),
    );
    seen.push(...part.map(({ recordId, sequence }) => `${recordId} ${sequence}`));
    cursor = next;
  }
  const whole = (await lines({ limit: 1000 })).map(({ recordId, sequence }) => `${recordId} ${sequence}`);
  assert.deepEqual(seen, whole);
  assert.equal(new Set(seen).size, seen.length);
  for (const query of [
    "cursor=abc",
    "cursor=WyJ4Il0",
    "from=yesterday",
    "from=2026-02-30",
    "type=moon",
    "kind=constructor",
    "person=Nobody%20at%20all",
    "reference=%00",
    `person=${"x".repeat(300)}`,
  ])
    assert.equal((await auditor.get(`${path}?${query}`)).statusCode, 422, query);
});
