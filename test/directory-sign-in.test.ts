import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import pino from "pino";
import { addPerson } from "../src/council/found.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { client, lyingDirectory, testDirectory } from "./directory-provider.ts";
import type { Claims, LyingDirectory, TestDirectory } from "./directory-provider.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const returnAddress = "http://localhost:3000/sign-in/organisation/return";
const logged: string[] = [];
let directory: TestDirectory;
let liar: LyingDirectory;
let liarAsked = new URL("http://localhost");
let world: WebWorld;
let lied: WebWorld;
let number = 0;

before(async () => {
  directory = await testDirectory(returnAddress);
  liar = await lyingDirectory(() => liarAsked);
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  const settings = {
    clientId: client.id,
    clientSecret: client.secret,
    name: "your council account",
    groupsClaim: "groups",
  };
  world = await createWebWorld(
    { log },
    { directory: { ...settings, issuer: directory.issuer }, passwords: "administrators" },
  );
  lied = await createWebWorld({}, { directory: { ...settings, issuer: liar.issuer } });
  for (const one of [world, lied]) await groupsOf(one, "staff", ["11111111-aaaa-4aaa-8aaa-000000000001"]);
  await groupsOf(world, "leadSupport", ["lead-group"]);
  await groupsOf(world, "administrator", ["admin-group"]);
});
after(async () => {
  await world.close();
  await lied.close();
  await directory.close();
  await liar.close();
});
beforeEach(() => {
  liar.claims = {};
  liar.forged = false;
});

const staffGroup = "11111111-AAAA-4AAA-8AAA-000000000001";

async function groupsOf(
  of: WebWorld,
  role: keyof WebWorld["council"]["roles"],
  groups: readonly string[],
): Promise<void> {
  const type = typeNamed(of.registry, "role");
  await of.system((tx) =>
    change(
      tx,
      type,
      of.council.roles[role],
      "any",
      { groups: groups.map((groupId) => ({ groupId })) },
      { trusted: true },
    ),
  );
}

/** Somebody new in the directory, as Entra ID would describe them. */
function inDirectory(claims: Claims = {}): { id: string; email: string } {
  number += 1;
  const id = `entra-${number}`;
  const email = `colleague.${number}@aldermoor.gov.uk`;
  directory.people.set(id, {
    oid: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    tid: "72f988bf-86f1-41af-91ab-2d7cd011db47",
    name: "Colleague Of Ours",
    email: email.toUpperCase(),
    xms_edov: true,
    groups: [staffGroup],
    ...claims,
  });
  return { id, email };
}

/** Signs in through the directory with a browser, and answers what our site said at the end. */
async function comeIn(id: string, { browser = world.visitor(), next = "" } = {}) {
  directory.current = id;
  const out = await browser.get(`/sign-in/organisation${next === "" ? "" : `?next=${encodeURIComponent(next)}`}`);
  assert.equal(out.statusCode, 303);
  const back = await directory.visit(String(out.headers.location));
  return { browser, back, answer: await browser.get(`${back.pathname}${back.search}`) };
}

async function comesIn(id: string): Promise<Browser> {
  const { browser, answer } = await comeIn(id);
  assert.equal(answer.statusCode, 303, words(answer));
  return browser;
}

async function refusedWith(id: string, title: RegExp): Promise<void> {
  const { browser, answer } = await comeIn(id);
  assert.match(words(answer), title);
  assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, String(answer.statusCode));
  assert.equal((await browser.get("/account")).statusCode, 303, "signed in all the same");
}

async function personWith(email: string) {
  const { rows } = await world.ownerPool.query<{
    id: string;
    account: string | null;
    active: boolean;
    roles: string[];
    verbs: string[];
  }>(
    `select p.id, p.account_id as account, p.active,
       array(select r.title from person_roles h join records r on r.id = h.role where h.parent_id = p.id and h.removed_at is null order by 1) as roles,
       array(select verb from events e where e.record_id = p.id order by sequence) as verbs
     from person p where lower(p.email) = $1`,
    [email],
  );
  assert.ok(rows.length <= 1);
  return rows[0];
}

/** The query of a return, with another state. */
function withState(back: URL, state: string): string {
  return new URLSearchParams({ ...Object.fromEntries(back.searchParams), state }).toString();
}

async function madeByHand(email: string, roles: readonly (keyof WebWorld["council"]["roles"])[]) {
  return world.system((tx) =>
    addPerson(tx, { name: "Made By Hand", email, roles: roles.map((role) => world.council.roles[role]) }),
  );
}

test("somebody of the directory comes in for the first time, is made with the roles of their groups, and lands where they wanted", async () => {
  const { id, email } = inDirectory();
  const { browser, answer, back } = await comeIn(id, { next: "/tickets?show=all" });
  assert.equal(answer.headers.location, "/tickets?show=all");
  assert.equal(back.searchParams.has("code"), true);
  const page = words(await browser.get("/account"));
  assert.match(page, /Colleague Of Ours/);
  const made = await personWith(email);
  assert.deepEqual(made?.roles, ["Staff"]);
  assert.ok(made.verbs.includes("directory_joined"), String(made.verbs));
  await comesIn(id);
  assert.equal((await personWith(email))?.verbs.filter((verb) => verb === "directory_joined").length, 1);
});

test("the sign-in page offers it, with PKCE, state and nonce in the address, and passwords for administrators alone", async () => {
  const visitor = world.visitor();
  const page = words(await visitor.get("/sign-in?next=/people"));
  assert.match(page, /Sign in with your council account/);
  assert.match(page, /Administrators: sign in with a password/);
  const out = new URL(String((await visitor.get("/sign-in/organisation")).headers.location));
  for (const [name, form] of Object.entries({
    state: /^[\w-]{43}$/,
    nonce: /^[\w-]{43}$/,
    code_challenge: /^[\w-]{43}$/,
  }))
    assert.match(out.searchParams.get(name) ?? "", form);
  assert.equal(out.searchParams.get("code_challenge_method"), "S256");
  assert.ok(!out.href.includes(client.secret));
});

test("a person whom we know is recognised by a verified e-mail address, and keeps what was given by hand", async () => {
  const { id, email } = inDirectory({ groups: ["LEAD-group"] });
  await madeByHand(` ${email.replace("c", "C")}`, ["policyManager"]);
  await comesIn(id);
  assert.deepEqual((await personWith(email))?.roles, ["Lead support officer", "Policy and relationship manager"]);
});

test("a role goes when the group goes and comes back with it; one given by hand stays", async () => {
  const { id, email } = inDirectory({ groups: ["lead-group", staffGroup] });
  await madeByHand(email, ["staff"]);
  await comesIn(id);
  assert.deepEqual((await personWith(email))?.roles, ["Lead support officer", "Staff"]);
  directory.people.set(id, { ...directory.people.get(id), groups: [] });
  await comesIn(id);
  assert.deepEqual((await personWith(email))?.roles, ["Staff"]);
  directory.people.set(id, { ...directory.people.get(id), groups: ["lead-group"] });
  await comesIn(id);
  assert.deepEqual((await personWith(email))?.roles, ["Lead support officer", "Staff"]);
});

test("the last administrator stays one though the group is gone, and somebody who is not the last does not", async () => {
  const { id, email } = inDirectory({ groups: ["admin-group"] });
  await comesIn(id);
  directory.people.set(id, { ...directory.people.get(id), groups: [] });
  await comesIn(id);
  const alone = await personWith(email);
  assert.deepEqual(alone?.roles, ["Administrator"]);
  assert.ok(alone.verbs.includes("last_administrator_kept"));
  await world.as("administrator");
  await comesIn(id);
  assert.deepEqual((await personWith(email))?.roles, []);
});

test("an address that is not verified joins nobody and makes nobody", async () => {
  for (const unverified of [
    { xms_edov: undefined },
    { xms_edov: false },
    { xms_edov: undefined, email_verified: false },
  ]) {
    const { id, email } = inDirectory(unverified);
    await refusedWith(id, /Your e-mail address is not verified/);
    assert.equal(await personWith(email), undefined);
    const personId = await madeByHand(email, ["administrator"]);
    await refusedWith(id, /Your e-mail address is not verified/);
    assert.equal((await personWith(email))?.id, personId);
    assert.equal((await personWith(email))?.account, null);
  }
  const standard = inDirectory({ xms_edov: undefined, email_verified: true });
  await comesIn(standard.id);
});

test("whoever gets a leaver's address does not get what the leaver left", async () => {
  const { id, email } = inDirectory();
  await comesIn(id);
  const heir = inDirectory({ email });
  await refusedWith(heir.id, /Somebody else signs in with your e-mail address/);
});

test("who is not active, has left, or has two records, does not come in", async () => {
  const { id, email } = inDirectory();
  const browser = await comesIn(id);
  const person = await personWith(email);
  const type = typeNamed(world.registry, "person");
  const administrator = await world.as("administrator");
  await world.store.as(administrator.who!, async (tx) => {
    const { version } = await find(tx, type, person!.id);
    await move(tx, type, person!.id, version, "leave", {});
  });
  await refusedWith(id, /You are not active in Reeve/);
  void browser;
  const twice = inDirectory();
  await madeByHand(twice.email, ["staff"]);
  await world.system((tx) => addPerson(tx, { name: "Double", email: twice.email.toUpperCase(), roles: [] }));
  await refusedWith(twice.id, /More than one record has your e-mail address/);
});

test("no group that gives a role, and groups left out because there are too many, are told apart and make nobody", async () => {
  const none = inDirectory({ groups: ["of-no-use"] });
  await refusedWith(none.id, /Reeve is not open to you yet/);
  const many = inDirectory({ groups: undefined, hasgroups: true });
  await refusedWith(many.id, /You are in too many groups.*Groups assigned to the application/);
  assert.equal(await personWith(none.email), undefined);
  assert.equal(await personWith(many.email), undefined);
});

test("a return is good once, for the browser that was sent, with its own state and code", async () => {
  const { id } = inDirectory();
  const { browser, back } = await comeIn(id);
  const address = `${back.pathname}${back.search}`;
  const again = await browser.get(address);
  assert.equal(again.statusCode, 400);
  assert.match(words(again), /Begin again to sign in/);
  assert.equal((await world.visitor().get(address)).statusCode, 400, "another browser");

  directory.current = id;
  const other = world.visitor();
  const out = new URL(String((await other.get("/sign-in/organisation")).headers.location));
  const replayed = await other.get(`${back.pathname}?${withState(back, out.searchParams.get("state")!)}`);
  assert.equal(replayed.statusCode, 403, "a code that was used, with a fresh state");
  const third = world.visitor();
  const thirdBack = await directory.visit(String((await third.get("/sign-in/organisation")).headers.location));
  const changed = await third.get(`${thirdBack.pathname}?${withState(thirdBack, "x".repeat(43))}`);
  assert.equal(changed.statusCode, 403, "another state");
  for (const browserOf of [other, third]) assert.equal((await browserOf.get("/account")).statusCode, 303);
});

test("a code meant for another browser is no use, even with that browser's state: the verifier is another", async () => {
  const { id } = inDirectory();
  directory.current = id;
  const [victim, attacker] = [world.visitor(), world.visitor()];
  const back = await directory.visit(String((await attacker.get("/sign-in/organisation")).headers.location));
  const out = new URL(String((await victim.get("/sign-in/organisation")).headers.location));
  const answer = await victim.get(`${back.pathname}?${withState(back, out.searchParams.get("state")!)}`);
  assert.equal(answer.statusCode, 403);
});

test("returns that fail again and again are limited", async () => {
  const { app } = world;
  const statuses = [];
  for (let tries = 0; tries < 55; tries++) {
    const answer = await app.inject({
      url: `/sign-in/organisation/return?code=${tries}&state=x`,
      remoteAddress: "198.51.100.77",
      cookies: { "reeve.directory": `${"A".repeat(40)}${100 + tries}` },
    });
    statuses.push(answer.statusCode);
  }
  assert.equal(statuses[0], 400);
  assert.equal(statuses.at(-1), 429);
});

test("a directory that lies about issuer, audience, nonce, age, tenant or signature is not believed", async () => {
  const claims = { email: "liar@aldermoor.gov.uk", email_verified: true, name: "Li Ar", groups: [staffGroup] };
  const attempt = async (changed: Claims, forged = false) => {
    const browser = lied.visitor();
    liarAsked = new URL(String((await browser.get("/sign-in/organisation")).headers.location));
    liar.claims = { ...claims, ...changed };
    liar.forged = forged;
    const state = liarAsked.searchParams.get("state")!;
    return browser.get(`/sign-in/organisation/return?code=any&state=${state}`);
  };
  assert.equal((await attempt({ sub: "honest" })).statusCode, 303, "believed when it is honest");
  for (const lie of [
    { iss: "https://login.elsewhere.example" },
    { aud: "another-client" },
    { aud: ["another-client", client.id], azp: "another-client" },
    { nonce: "another" },
    { nonce: undefined },
    { exp: Math.floor(Date.now() / 1000) - 3600 },
    { sub: "" },
    { groups: { of: "another shape" } },
    { groups: Array.from({ length: 1001 }, (_, at) => `g${at}`) },
  ])
    assert.equal((await attempt(lie)).statusCode, 403, JSON.stringify(lie));
  assert.equal((await attempt({}, true)).statusCode, 403, "another key");
  const { rows } = await lied.ownerPool.query("select id from person where email = 'liar@aldermoor.gov.uk'");
  assert.equal(rows.length, 1);
});

test("a password lets administrators in and nobody else, and says so only to who knows it", async () => {
  const password = "plankton cheddar mosaic tunnel";
  const enter = async (role: "administrator" | "staff", given = password) => {
    number += 1;
    const email = `password.${number}@aldermoor.gov.uk`;
    const made = await world.parts.signIn.createAccount({ email, name: "Pass Word", password });
    assert.ok(made.ok);
    await world.system((tx) =>
      addPerson(tx, { name: "Pass Word", email, accountId: made.accountId, roles: [world.council.roles[role]] }),
    );
    const browser = world.visitor();
    return { browser, answer: await browser.post("/sign-in", { email, password: given }, { from: "/sign-in" }) };
  };
  assert.equal((await enter("administrator")).answer.statusCode, 303);
  const staff = await enter("staff");
  assert.equal(staff.answer.statusCode, 422);
  assert.match(words(staff.answer), /Passwords are for administrators only/);
  assert.equal((await staff.browser.get("/account")).statusCode, 303);
  assert.match(
    words((await enter("staff", "not the password at all")).answer),
    /The e-mail address or the password is wrong/,
  );
});

test("what was typed when the session ended is sent after signing in in another tab", async () => {
  const { id } = inDirectory();
  const browser = await comesIn(id);
  await browser.post("/sign-out");
  const ended = await browser.post("/tickets/new", { summary: "A long story" }, { from: "/sign-in" });
  assert.equal(ended.statusCode, 401);
  assert.match(ended.body, /opens in a new tab/);
  await comeIn(id, { browser });
  const token = /name="_csrf" value="([^"]+)"/.exec((await browser.get("/account")).body)?.[1] ?? "";
  const offer = await world.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { cookie: browser.cookieHeader(), "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({
      _csrf: token,
      _again: "/tickets/new",
      "again.summary": "A long story",
      email: "",
      password: "",
    }).toString(),
  });
  assert.match(words(offer), /You are signed in again.*A long story/);
});

test("nothing secret was logged", () => {
  const all = logged.join("\n");
  for (const secret of [client.secret, "code=", "id_token", "reeve.directory"])
    assert.ok(!all.includes(secret), secret);
});
