import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { count } from "../src/kernel/store/list.ts";
import { joinRecords, partRecords } from "../src/kernel/store/relations.ts";
import { problemText } from "../src/kernel/memory/verify-text.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
import { rawSql } from "./raw-sql.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let named: Browser;
let other: Browser;
let staff: Browser;
let secret: Stored;

const ticket = () => typeNamed(world.registry, "ticket");
const { raw, mustBeDenied } = rawSql(() => world);
const referenceOf = async (who: Who) => {
  const { rows } = await world.ownerPool.query<{ reference: string }>(
    "select reference from reeve.records where id = $1",
    [who.personId],
  );
  return rows[0]!.reference;
};
const name = async (who: Who, by: Who = lead.who!) => {
  const to = await referenceOf(who);
  return world.store.as(by, (tx) => joinRecords(tx, ticket(), secret.id, { relation: "seen_by", to }));
};

before(async () => {
  world = await createWebWorld();
  [lead, named, other, staff] = [
    await world.as("leadSupport"),
    await world.as("supportOfficer"),
    await world.as("supportOfficer"),
    await world.as("staff"),
  ];
  secret = await world.store.as(lead.who!, (tx) =>
    create(tx, ticket(), { summary: "Okapi investigation", details: "Of the **quokka**", sensitivity: "restricted" }),
  );
  await world.store.as(lead.who!, (tx) => comment(tx, ticket(), secret.id, { text: "Numbat", audience: "internal" }));
  await name(named.who!);
});
after(() => world.close());

/** What of the restricted ticket somebody finds, by every way there is to look. */
async function found(browser: Browser): Promise<readonly string[]> {
  const who = browser.who!;
  const ways: string[] = [];
  const page = `/tickets/${secret.reference}`;
  for (const path of ["", "?tab=timeline", "?tab=connected", "/clocks/resolve"])
    if ((await browser.get(`${page}${path}`)).statusCode === 200) ways.push(`page${path}`);
  for (const path of ["/tickets?show=all", "/tickets.csv?show=all", "/search?q=okapi", "/search?q=quokka"])
    if ((await browser.get(path)).body.includes(secret.reference)) ways.push(path);
  if ((await browser.get("/tickets/suggest?q=okapi")).body.includes(secret.reference)) ways.push("suggest");
  const api = await apiClient(world, who, ["read"]);
  for (const path of [page, `${page}/events`, "/search?q=okapi"])
    if ((await api.get(path)).body.includes("Okapi investigation")) ways.push(`API ${path}`);
  if ((await world.store.as(who, (tx) => count(tx, ticket(), {}))) !== 0) ways.push("count");
  await raw(who, async (query) => {
    for (const table of ["records", "ticket", "visible_ticket"])
      if ((await query(`select 1 from ${table} where id = $1`, [secret.id])).rows.length > 0) ways.push(table);
    for (const table of ["events", "event_bodies", "clocks"])
      if ((await query(`select 1 from ${table} where record_id = $1`, [secret.id])).rows.length > 0) ways.push(table);
    for (const table of ["links"])
      if ((await query(`select 1 from ${table} where from_id = $1`, [secret.id])).rows.length > 0) ways.push(table);
  });
  return ways;
}

test("whoever is named finds a restricted record by every way, and a colleague of the same role by none", async () => {
  assert.equal((await found(named)).length, 20, (await found(named)).join());
  assert.deepEqual(await found(other), []);
  assert.match((await other.get(`/tickets/${secret.reference}`)).body, /not found|no such/i);
  assert.match(words(await lead.get(`/tickets/${secret.reference}?tab=connected`)), /May be seen by PER-\d+/);
});

test("whoever reads only their own and is named reads that one, and can do nothing to it", async () => {
  assert.deepEqual(await found(staff), []);
  await name(staff.who!);
  assert.equal((await staff.get(`/tickets/${secret.reference}`)).statusCode, 200);
  assert.doesNotMatch((await staff.get(`/tickets/${secret.reference}`)).body, /Numbat/, "not what officers say");
  await assert.rejects(
    world.store.as(staff.who!, (tx) => change(tx, ticket(), secret.id, secret.version, { summary: "Mine" })),
    /may not/i,
  );
  await assert.rejects(
    world.store.as(staff.who!, (tx) => comment(tx, ticket(), secret.id, { text: "Hello", audience: "everyone" })),
    /may not/i,
  );
  await raw(staff.who!, async (query) => {
    assert.equal((await query("update records set title = 'x' where id = $1", [secret.id])).rowCount, 0);
    assert.equal((await query("update ticket set details = 'x' where id = $1", [secret.id])).rowCount, 0);
  });
  const to = await referenceOf(staff.who!);
  await world.store.as(lead.who!, (tx) => partRecords(tx, ticket(), secret.id, { relation: "seen_by", to }));
  assert.deepEqual(await found(staff), [], "as soon as the name is taken away");
});

test("nobody names themselves, and naming is for those who may change the record, of people alone", async () => {
  await assert.rejects(name(other.who!, other.who!), /no record|may not see/i);
  const keeper = await personWith(world, [
    ["ticket", "read", "all"],
    ["ticket", "restricted", "all"],
    ["person", "read", "all"],
    ["person", "change", "all"],
  ]);
  await assert.rejects(name(other.who!, keeper), /may not say who may see/);
  await mustBeDenied(keeper, "select link_records($1, 'seen_by', $2, now())", [secret.id, other.who!.personId]);
  await mustBeDenied(keeper, "select unlink_records($1, 'seen_by', $2, now())", [secret.id, named.who!.personId]);
  await mustBeDenied(
    other.who!,
    "insert into links (organisation_id, from_id, relation, to_id) values ($1, $2, 'seen_by', $3)",
    [other.who!.organisationId, secret.id, other.who!.personId],
  );
  await mustBeDenied(other.who!, "select link_records($1, 'seen_by', $2, now())", [secret.id, other.who!.personId]);
  await assert.rejects(
    world.store.as(lead.who!, (tx) => joinRecords(tx, ticket(), secret.id, { relation: "seen_by", to: "TEAM-001" })),
    /no record|leads to a person/,
  );
  assert.deepEqual(await found(other), []);
});

test("a stand-in sees nothing that names the person who is away, and verify proves what was named", async () => {
  const day = (offset: number) => Temporal.Now.plainDateISO("Europe/London").add({ days: offset }).toString();
  await world.store.as(named.who!, (tx) =>
    makeAbsence(tx, { delegate: other.who!.personId, from: day(0), until: day(1), kinds: ["work"] }),
  );
  const standing = { ...other.who!, actsFor: named.who!.personId };
  await assert.rejects(
    world.store.as(standing, (tx) => find(tx, ticket(), secret.id)),
    /no such|may not see/i,
  );
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(
    problems.map((problem) => problemText(problem)),
    [],
  );
});
