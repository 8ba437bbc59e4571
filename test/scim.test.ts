import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { createSignIn } from "../src/web/sign-in/sign-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const password = "plankton cheddar mosaic tunnel";
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

/** Gives a person an account with a password, a session and a token for the API. */
async function withWaysIn(id: string, email: string): Promise<Browser> {
  const account = await world.parts.signIn.createAccount({ email, name: "Noor Haddad", password });
  assert.ok(account.ok);
  await world.system((tx) =>
    change(tx, typeNamed(world.registry, "person"), id, "any", { accountId: account.accountId }, { trusted: true }),
  );
  const browser = world.visitor();
  assert.equal((await browser.post("/sign-in", { email, password }, { from: "/sign-in" })).statusCode, 303);
  await world.ownerPool.query(
    "insert into api_token (organisation_id, person_id, name, token_sha256, scopes, expires_at) values ($1, $2, 'Own', sha256($3::text::bytea), '{read}', now() + interval '1 day')",
    [world.council.organisationId, id, email],
  );
  return browser;
}

test("a user is made, found by userName, read, listed and changed, and is a person like any other", async () => {
  const { id, email } = await made({ title: "Surveyor" });
  const found = await ask("GET", `/Users?filter=${encodeURIComponent(`userName eq "${email.toUpperCase()}"`)}`);
  assert.equal(found.body["totalResults"], 1);
  const [first] = found.body["Resources"] as Record<string, unknown>[];
  assert.equal(first?.["id"], id);
  assert.equal(first["externalId"], `ext-${email}`);
  const read = await ask("GET", `/Users/${id}`);
  assert.deepEqual(
    [read.body["displayName"], read.body["title"], read.body["active"]],
    ["Noor Haddad", "Surveyor", true],
  );
  const changed = await ask(
    "PATCH",
    `/Users/${id}`,
    patch(
      { op: "Replace", path: "displayName", value: "Noor Khan" },
      { op: "Replace", path: 'emails[type eq "work"].value', value: "Noor.Khan@aldermoor.gov.uk" },
    ),
  );
  assert.equal(changed.status, 200);
  const { rows } = await world.ownerPool.query(
    "select r.title, p.email from person p join records r on r.id = p.id where p.id = $1",
    [id],
  );
  assert.deepEqual(rows, [{ title: "Noor Khan", email: "noor.khan@aldermoor.gov.uk" }]);
  const replaced = await ask("PUT", `/Users/${id}`, user(email, { displayName: "Noor Put" }));
  assert.equal(replaced.body["displayName"], "Noor Put");
  assert.match(words(await administrator.get(`/people?q=Noor`)), /Noor Put/);
});

test("active false ends sessions and tokens at once, in Entra's words too, and true brings back the person but no token", async () => {
  for (const operation of [
    { op: "Replace", path: "active", value: "False" },
    { op: "replace", value: { active: false } },
  ]) {
    const { id, email } = await made();
    const browser = await withWaysIn(id, email);
    assert.equal((await browser.get("/account")).statusCode, 200);
    const answer = await ask("PATCH", `/Users/${id}`, patch(operation));
    assert.equal(answer.body["active"], false);
    assert.equal((await browser.get("/account")).statusCode, 303);
    const { rows } = await world.ownerPool.query(
      "select (select count(*)::int from sign_in_session s join person p on p.account_id = s.user_id where p.id = $1) as sessions, (select count(*)::int from api_token where person_id = $1 and revoked_at is null) as tokens",
      [id],
    );
    assert.deepEqual(rows, [{ sessions: 0, tokens: 0 }]);
    await ask("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "True" }));
    assert.equal((await browser.get("/account")).statusCode, 303);
    assert.equal((await browser.post("/sign-in", { email, password }, { from: "/sign-in" })).statusCode, 303);
  }
});

test("the last administrator is not made inactive nor deleted", async () => {
  const id = administrator.who!.personId;
  await world.store.as(administrator.who!, (tx) =>
    change(tx, typeNamed(world.registry, "person"), id, "any", { email: "the.last@aldermoor.gov.uk" }),
  );
  for (const answer of [
    await ask("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false })),
    await ask("DELETE", `/Users/${id}`),
  ]) {
    assert.equal(answer.status, 409);
    assert.match(String(answer.body["detail"]), /last administrator/);
  }
  assert.equal((await administrator.get("/account")).statusCode, 200);
});

test("a user who is deleted is not seen, stays as a record, and comes back under the same id", async () => {
  const { id, email } = await made();
  assert.equal((await ask("DELETE", `/Users/${id}`)).status, 204);
  assert.equal((await ask("GET", `/Users/${id}`)).status, 404);
  assert.equal(
    (await ask("GET", `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`)).body["totalResults"],
    0,
  );
  const { rows } = await world.ownerPool.query("select active from person where id = $1", [id]);
  assert.deepEqual(rows, [{ active: false }]);
  const again = await ask("POST", "/Users", user(email));
  assert.deepEqual([again.status, again.body["id"], again.body["active"]], [201, id, true]);
});

test("a name or an address that somebody has is refused as not unique", async () => {
  const [one, other] = [await made(), await made()];
  const twice = await ask("POST", "/Users", user(one.email.toUpperCase()));
  assert.deepEqual([twice.status, twice.body["scimType"]], [409, "uniqueness"]);
  const renamed = await ask(
    "PATCH",
    `/Users/${other.id}`,
    patch({ op: "replace", path: "userName", value: one.email }),
  );
  assert.deepEqual([renamed.status, renamed.body["scimType"]], [409, "uniqueness"]);
});

test("lists are paged", async () => {
  for (let more = 0; more < 3; more++) await made();
  const all = await ask("GET", "/Users?count=200");
  const total = Number(all.body["totalResults"]);
  const ids: string[] = [];
  for (let startIndex = 1; startIndex <= total; startIndex += 2) {
    const page = await ask("GET", `/Users?startIndex=${startIndex}&count=2`);
    assert.equal(page.body["startIndex"], startIndex);
    ids.push(...(page.body["Resources"] as { id: string }[]).map(({ id }) => id));
  }
  assert.equal(new Set(ids).size, total);
  assert.deepEqual((await ask("GET", "/Users?count=0")).body["Resources"], []);
});

test("a token of another organisation sees and touches nothing of ours", async () => {
  const elsewhere = await world.another("Brackenshire County Council");
  const theirs = await tokenFrom(
    await world.as(await world.person("Stran Ger", "administrator", { organisation: elsewhere })),
    "Theirs",
  );
  const { id, email } = await made();
  const group = await ask("POST", "/Groups", { schemas: [groupSchema], displayName: "Ours", members: [{ value: id }] });
  const path = `/Groups/${String(group.body["id"])}`;
  for (const [method, url, body] of [
    ["GET", `/Users/${id}`, undefined],
    ["PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false })],
    ["PUT", `/Users/${id}`, user(email)],
    ["DELETE", `/Users/${id}`, undefined],
    ["GET", path, undefined],
    ["PATCH", path, patch({ op: "remove", path: "members" })],
    ["DELETE", path, undefined],
  ] as const)
    assert.equal((await ask(method, url, body, theirs)).status, 404, `${method} ${url}`);
  assert.equal(
    (await ask("GET", `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`, undefined, theirs)).body[
      "totalResults"
    ],
    0,
  );
  const stolen = await ask(
    "POST",
    "/Groups",
    { schemas: [groupSchema], displayName: "Theirs", members: [{ value: id }] },
    theirs,
  );
  assert.equal(stolen.status, 400);
  assert.equal((await ask("GET", `/Users/${id}`)).body["active"], true);
});

test("without a token of provisioning nothing is answered: not with a session, an API token, a revoked or a demonstration's one", async () => {
  for (const wrong of ["", "reeve_scim_", `reeve_scim_${"A".repeat(43)}`, `reeve_${"A".repeat(43)}`, "\u00e9"])
    assert.equal((await ask("GET", "/Users", undefined, wrong)).status, 401, wrong);
  const bySession = await world.app.inject({
    url: "/scim/v2/Users",
    headers: { cookie: administrator.cookieHeader() },
  });
  assert.equal(bySession.statusCode, 401);
  const short = await tokenFrom(administrator, "Short-lived");
  assert.equal((await ask("GET", "/Users", undefined, short)).status, 200);
  const page = await administrator.get(provisioning);
  const [revoke = ""] = [...page.body.matchAll(/action="([^"]+\/revoke)"/g)].map(([, action = ""]) => action);
  assert.equal((await administrator.post(revoke, {}, { from: provisioning })).statusCode, 303);
  assert.equal((await ask("GET", "/Users", undefined, short)).status, 401);
  await world.ownerPool.query("update organisations set demo = true where id = $1", [world.council.organisationId]);
  const real = createSignIn({
    pool: world.store.pool,
    secret: world.parts.secret,
    baseUrl: world.parts.baseUrl,
    demo: false,
  });
  assert.equal(await real.provisioning.forToken(token), null);
  await world.ownerPool.query("update organisations set demo = false where id = $1", [world.council.organisationId]);
});

test("an administrator revokes a token that another has made", async () => {
  const left = await tokenFrom(administrator, "Left behind");
  const { rows } = await world.ownerPool.query<{ id: string }>("select id from scim_token where name = 'Left behind'");
  const other = await world.as("administrator");
  const revoked = await other.post(`${provisioning}/${rows[0]?.id}/revoke`, {}, { from: provisioning });
  assert.equal(revoked.statusCode, 303);
  assert.equal((await ask("GET", "/Users", undefined, left)).status, 401);
});

test("only who may change roles makes tokens, and the database keeps none that can be read", async () => {
  const staff = await world.as("staff");
  assert.equal((await staff.get(provisioning)).statusCode, 404);
  assert.equal((await staff.post(provisioning, { name: "Mine" })).statusCode, 404);
  assert.equal((await administrator.post(provisioning, { name: " " }, { from: provisioning })).statusCode, 422);
  const { rows } = await world.ownerPool.query<{ text: string }>(
    "select row_to_json(t)::text as text from scim_token t",
  );
  assert.ok(rows.length > 0 && rows.every(({ text }) => !text.includes(token.slice(11))));
  assert.match(
    words(await administrator.get(`/people/${await referenceOf(administrator.who!.personId)}?tab=timeline`)),
    /made the provisioning token “Entra ID”/,
  );
});

async function referenceOf(id: string): Promise<string> {
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    id,
  ]);
  return rows[0]!.reference;
}

test("bad input is a sentence in SCIM's own form, never a fault", async () => {
  const { id } = await made();
  for (const [method, url, body, status] of [
    ["GET", "/Users?filter=userName%20co%20%22a%22", undefined, 400],
    ["GET", "/Users?filter=%22", undefined, 400],
    ["GET", "/Users?filter=a&filter=b", undefined, 400],
    ["GET", "/Users?startIndex=-5&count=x", undefined, 200],
    ["GET", "/Users/%00", undefined, 404],
    ["GET", "/Users/not-an-id", undefined, 404],
    ["GET", "/Nothing", undefined, 404],
    ["POST", "/Users", {}, 400],
    ["POST", "/Users", [], 400],
    ["POST", "/Users", user(""), 400],
    ["POST", "/Users", user("nul\u0000@aldermoor.gov.uk"), 201],
    ["POST", "/Users", { ...user("x@aldermoor.gov.uk"), emails: "x" }, 400],
    ["PATCH", `/Users/${id}`, {}, 400],
    ["PATCH", `/Users/${id}`, patch({ op: "explode", path: "active", value: 1 }), 400],
    ["PATCH", `/Users/${id}`, patch({ op: "replace", path: "no.such.thing", value: 1 }), 400],
    ["PATCH", `/Users/${id}`, patch({ op: "replace", path: "__proto__.x", value: 1 }), 400],
    ["POST", "/Groups", { schemas: [groupSchema], displayName: "x", members: [{ value: "nobody" }] }, 400],
    ["POST", "/Groups", { schemas: [groupSchema] }, 400],
  ] as const) {
    const answer = await ask(method, url, body);
    assert.equal(answer.status, status, `${method} ${url} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
    if (status >= 400) assert.deepEqual(answer.body["schemas"], ["urn:ietf:params:scim:api:messages:2.0:Error"]);
  }
  const text = await world.app.inject({
    method: "POST",
    url: "/scim/v2/Users",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    payload: "{",
  });
  assert.equal(text.statusCode, 400);
});

test("it says what it can do", async () => {
  assert.deepEqual((await ask("GET", "/ServiceProviderConfig")).body["patch"], { supported: true });
  assert.equal((await ask("GET", "/Schemas")).body["totalResults"], 2);
  assert.equal((await ask("GET", "/ResourceTypes")).body["totalResults"], 2);
});

test("the office of the directory is their place of work where a site has its name, and nothing where none has", async () => {
  const site = await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "site"), { name: "Town Hall" }, { trusted: true }),
  );
  const { id } = await made({ addresses: [{ type: "work", formatted: "town hall" }] });
  const siteOf = async () =>
    (await world.ownerPool.query<{ site: string | null }>("select site from person where id = $1", [id])).rows[0]?.site;
  assert.equal(await siteOf(), site.id);
  const read = await ask("GET", `/Users/${id}`);
  assert.deepEqual(read.body["addresses"], [{ type: "work", formatted: "Town Hall" }]);
  const office = (op: string, value: string) =>
    ask("PATCH", `/Users/${id}`, patch({ op, path: 'addresses[type eq "work"].formatted', value }));
  assert.equal((await office("Replace", "Somewhere else")).status, 200);
  assert.equal(await siteOf(), site.id, "a name that no site has takes nothing away");
  const other = await made();
  const added = await ask(
    "PATCH",
    `/Users/${other.id}`,
    patch({ op: "Add", path: 'addresses[type eq "work"].formatted', value: "Town Hall" }),
  );
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const { rows } = await world.ownerPool.query("select site from person where id = $1", [other.id]);
  assert.deepEqual(rows, [{ site: site.id }]);
});
