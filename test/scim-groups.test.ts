import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { followLater } from "../src/web/scim/follow.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";
const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
const provisioning = "/administration/provisioning";
let world: WebWorld;
let administrator: Browser;
let token: string;
let number = 0;

before(async () => {
  world = await createWebWorld();
  administrator = await world.as("administrator");
  token = await tokenFrom(administrator);
  const role = typeNamed(world.registry, "role");
  await world.system((tx) =>
    change(
      tx,
      role,
      world.council.roles.leadSupport,
      "any",
      { groups: [{ groupId: "leads-object-id" }] },
      { trusted: true },
    ),
  );
});
after(() => world.close());

async function tokenFrom(browser: Browser, name = "Entra ID"): Promise<string> {
  const made = await browser.post(provisioning, { name }, { from: provisioning });
  const shown = /value="(reeve_scim_[\w-]{43})"/.exec(made.body)?.[1];
  assert.ok(shown, words(made));
  return shown;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  with_ = token,
): Promise<Answer> {
  const answer = await world.app.inject({
    method,
    url: `/scim/v2${path}`,
    headers: { authorization: `Bearer ${with_}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (answer.body !== "") assert.match(String(answer.headers["content-type"]), /^application\/scim\+json/);
  return {
    status: answer.statusCode,
    body: answer.body === "" ? {} : (JSON.parse(answer.body) as Record<string, unknown>),
  };
}

const user = (userName: string, more: object = {}) => ({
  schemas: [userSchema],
  userName,
  externalId: `ext-${userName}`,
  name: { givenName: "Noor", familyName: "Haddad" },
  emails: [{ value: userName, type: "work", primary: true }],
  active: true,
  ...more,
});
const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});

async function made(more: object = {}): Promise<{ id: string; email: string }> {
  number += 1;
  const email = `scim.${number}@aldermoor.gov.uk`;
  const answer = await ask("POST", "/Users", user(email, more));
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return { id: String(answer.body["id"]), email };
}

async function rolesOf(id: string): Promise<string[]> {
  const { rows } = await world.ownerPool.query<{ title: string }>(
    "select r.title from person_roles h join records r on r.id = h.role where h.parent_id = $1 and h.removed_at is null order by 1",
    [id],
  );
  return rows.map(({ title }) => title);
}

test("a group gives its role to whoever is put into it, and takes it away; what was given by hand stays", async () => {
  const [one, other] = [await made(), await made()];
  await world.system((tx) =>
    change(tx, typeNamed(world.registry, "person"), other.id, "any", { roles: [{ role: world.council.roles.staff }] }),
  );
  const group = await ask("POST", "/Groups", {
    schemas: [groupSchema],
    displayName: "Leads",
    externalId: "LEADS-object-id",
    members: [{ value: one.id }],
  });
  assert.equal(group.status, 201, JSON.stringify(group.body));
  const path = `/Groups/${String(group.body["id"])}`;
  assert.deepEqual(await rolesOf(one.id), ["Lead support officer"]);
  await ask(
    "PATCH",
    path,
    patch(
      { op: "Add", path: "members", value: [{ value: other.id }] },
      { op: "Remove", path: `members[value eq "${one.id}"]` },
    ),
  );
  assert.deepEqual([await rolesOf(one.id), await rolesOf(other.id)], [[], ["Lead support officer", "Staff"]]);
  const found = await ask(
    "GET",
    `/Groups?filter=${encodeURIComponent('displayName eq "leads"')}&excludedAttributes=members`,
  );
  assert.equal(found.body["totalResults"], 1);
  assert.equal((found.body["Resources"] as Record<string, unknown>[])[0]?.["members"], undefined);
  await ask("PATCH", path, patch({ op: "replace", path: "externalId", value: "another" }));
  assert.deepEqual(await rolesOf(other.id), ["Staff"]);
  await ask("PATCH", path, patch({ op: "replace", path: "externalId", value: "leads-object-id" }));
  assert.equal((await ask("DELETE", path)).status, 204);
  assert.deepEqual(await rolesOf(other.id), ["Staff"]);
  assert.equal((await ask("GET", path)).status, 404);
});

test("a group that gives no role costs nothing when it is renamed, however many are in it", async () => {
  const [one, other] = [await made(), await made()];
  const group = await ask("POST", "/Groups", {
    schemas: [groupSchema],
    displayName: "Everybody",
    members: [{ value: one.id }, { value: other.id }],
  });
  const path = `/Groups/${String(group.body["id"])}`;
  assert.equal(
    (await ask("PATCH", path, patch({ op: "replace", path: "displayName", value: "All of us" }))).status,
    200,
  );
  assert.deepEqual(await rolesOf(one.id), []);
  await ask("PATCH", path, patch({ op: "replace", path: "displayName", value: "Leads-Object-ID" }));
  assert.deepEqual(
    [await rolesOf(one.id), await rolesOf(other.id)],
    [["Lead support officer"], ["Lead support officer"]],
  );
  await ask("PATCH", path, patch({ op: "replace", path: "displayName", value: "All of us" }));
  assert.deepEqual([await rolesOf(one.id), await rolesOf(other.id)], [[], []]);
});

test("a call moves 200 people at once, and the roles of the rest follow by the worker, also for those who left meanwhile", async () => {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    `with made as (
       insert into records (organisation_id, type, reference, title, state)
       select $1, 'person', 'PER-7' || lpad(n::text, 4, '0'), 'Of many', 'current' from generate_series(1, 203) n returning organisation_id, id)
     insert into person (organisation_id, id, active) select organisation_id, id, true from made returning id`,
    [world.council.organisationId],
  );
  const group = await ask("POST", "/Groups", {
    schemas: [groupSchema],
    displayName: "leads-object-id",
    members: rows.map(({ id }) => ({ value: id })),
  });
  assert.equal(group.status, 201);
  const leads = async () => (await Promise.all(rows.map(({ id }) => rolesOf(id)))).filter((roles) => roles.length > 0);
  assert.equal((await leads()).length, 200);
  const parts = { ownerPool: world.ownerPool, registry: world.registry };
  assert.equal(await followLater(parts), 3);
  assert.equal((await leads()).length, 203);
  assert.equal(await followLater(parts), 0);
  assert.equal((await ask("DELETE", `/Groups/${String(group.body["id"])}`)).status, 204);
  await followLater(parts);
  assert.equal((await leads()).length, 0);
});

test("a page of groups with their members is a short one, and without them as long as was asked", async () => {
  for (let at = 0; at < 22; at += 1)
    assert.equal((await ask("POST", "/Groups", { schemas: [groupSchema], displayName: `Many ${at}` })).status, 201);
  const page = async (more: string) => (await ask("GET", `/Groups?count=100${more}`)).body;
  const withMembers = await page("");
  assert.equal(withMembers["itemsPerPage"], 20);
  assert.ok(Number(withMembers["totalResults"]) > 20);
  const second = await page("&startIndex=21");
  assert.equal(second["itemsPerPage"], Number(withMembers["totalResults"]) - 20);
  assert.equal((await page("&excludedAttributes=members"))["itemsPerPage"], withMembers["totalResults"]);
});
