import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { createSignIn } from "./sign-in.ts";
import type { SignIn } from "./sign-in.ts";
import { baseUrl, client, cookieHeader, only, password, secret, signInWorld } from "./test-world.ts";
import type { SignInWorld } from "./test-world.ts";

let world: SignInWorld;

before(async () => {
  world = await signInWorld();
});
after(() => world.database.close());

test("the right password signs in, whatever the capitals of the e-mail address", async () => {
  const person = await world.newPerson();
  const result = await world.signIn.signIn({
    email: ` ${person.email.toUpperCase()} `,
    password,
    ...client(person.address),
  });
  assert.ok(result.ok);
  for (const line of result.cookies) assert.match(line, /HttpOnly/i);
  for (const line of result.cookies) assert.match(line, /SameSite=Lax/i);
  const found = await world.signIn.sessionFrom({ cookie: cookieHeader(result.cookies) });
  assert.equal(found?.personId, person.personId);
  assert.equal(found?.organisationId, world.database.council);
  assert.equal(found?.accountId, person.accountId);
  assert.equal(found?.name, "Aisha Khan");
  assert.equal(found?.demo, false);
});

test("cookies are Secure when the address is https", async () => {
  const person = await world.newPerson();
  const https = createSignIn({
    pool: world.database.app,
    secret,
    baseUrl: "https://reeve.example.gov.uk",
    now: world.now,
  });
  const result = await https.signIn({ email: person.email, password, ...client(person.address) });
  assert.ok(result.ok && result.cookies.length > 0);
  for (const line of result.cookies) assert.match(line, /^__Secure-reeve\..*; Secure/);
});

test("a wrong password, an unknown address, no password at all and a deactivated person get the same answer", async () => {
  const person = await world.newPerson();
  const wrong = { ok: false, reason: "wrong" };
  const from = client("198.51.100.1");
  assert.deepEqual(await world.signIn.signIn({ email: person.email, password: "not the one", ...from }), wrong);
  assert.deepEqual(await world.signIn.signIn({ email: "nobody@fenbridge.gov.uk", password, ...from }), wrong);
  assert.deepEqual(await world.signIn.signIn({ email: "", password: "", ...from }), wrong);
  assert.deepEqual(await world.signIn.signIn({ email: "a\0b@c.uk", password: "p\0".repeat(900), ...from }), wrong);
  const demo = await world.signIn.createAccount({ email: "button@demo.example", name: "Button" });
  assert.ok(demo.ok);
  await world.database.addPerson(world.database.demoOrganisation, "Button", demo.accountId);
  assert.deepEqual(await world.signIn.signIn({ email: "button@demo.example", password: "", ...from }), wrong);
  await world.database.owner.query("update reeve.person set active = false where id = $1", [person.personId]);
  assert.deepEqual(await world.signIn.signIn({ email: person.email, password, ...from }), wrong);
});

test("a demo button signs in without a password, for a demo organisation only", async () => {
  const made = await world.signIn.createAccount({ email: "lead@demo.example", name: "Lead Support" });
  assert.ok(made.ok);
  const demo = {
    accountId: made.accountId,
    personId: await world.database.addPerson(world.database.demoOrganisation, "Lead Support", made.accountId),
  };
  const real = await world.newPerson();
  const result = await world.signIn.signInAs(demo.accountId, client("127.0.0.1"));
  assert.ok(result.ok);
  assert.equal((await world.signIn.sessionFrom({ cookie: cookieHeader(result.cookies) }))?.demo, true);
  for (const accountId of [real.accountId, "nobody", "", demo.personId]) {
    assert.deepEqual(await world.signIn.signInAs(accountId, client("127.0.0.1")), { ok: false, reason: "wrong" });
  }
  await assert.rejects(world.database.app.query("select reeve.require_demo_account($1)", [real.accountId]), {
    code: "42501",
  });
  const buttons = await world.signIn.demoAccounts();
  assert.ok(buttons.some((button) => button.accountId === demo.accountId && button.name === "Lead Support"));
  assert.ok(buttons.every((button) => button.organisationId === world.database.demoOrganisation));
});

test("nobody looks round as someone of a demo organisation who chose a password, but for those whom it names", async () => {
  const chose = await world.newPerson(world.database.demoOrganisation, "Chose A Password");
  const accounts = async (signIn: SignIn) => (await signIn.demoAccounts()).map(({ accountId }) => accountId);
  assert.ok(!(await accounts(world.signIn)).includes(chose.accountId));
  const refused = { ok: false, reason: "wrong" };
  assert.deepEqual(await world.signIn.signInAs(chose.accountId, client("127.0.0.1")), refused);
  await world.database.owner.query("update reeve.person set email = $2 where id = $1", [chose.personId, chose.email]);
  const named = createSignIn({ pool: world.database.app, secret, baseUrl, demoEmails: [chose.email] });
  assert.ok((await accounts(named)).includes(chose.accountId));
  assert.ok((await named.signInAs(chose.accountId, client("127.0.0.1"))).ok);
});

test("a changed password ends every other session and the old password", async () => {
  const person = await world.newPerson();
  const [here, there] = [await world.cookiesOf(person), await world.cookiesOf(person)];
  const wanted = "kestrel umbrella fogbank ninepins";
  const change = (current: string, next: string, cookies = here) =>
    world.signIn.changePassword({ current, wanted: next, ...client(person.address, cookies) });
  assert.deepEqual(await change("not the one", wanted), { ok: false, reason: "wrong" });
  const weak = await change(password, "Fenbridge2026");
  assert.equal(!weak.ok && weak.reason, "weak");
  assert.deepEqual(await change(password, wanted, []), { ok: false, reason: "signed-out" });
  const changed = await change(password, wanted);
  assert.ok(changed.ok);
  assert.notEqual(await world.signIn.sessionFrom({ cookie: cookieHeader(changed.cookies) }), null);
  for (const cookies of [here, there])
    assert.equal(await world.signIn.sessionFrom({ cookie: cookieHeader(cookies) }), null);
  assert.equal((await world.signIn.signIn({ email: person.email, password, ...client(person.address) })).ok, false);
  assert.ok((await world.signIn.signIn({ email: person.email, password: wanted, ...client(person.address) })).ok);
});

test("an account is made once, with a good password and address", async () => {
  const account = { email: "First@Fenbridge.gov.uk", name: "First Person", password };
  const both = await Promise.all([world.signIn.createAccount(account), world.signIn.createAccount(account)]);
  assert.equal(both.filter((result) => result.ok).length, 1);
  assert.ok(both.some((result) => !result.ok && result.field === "email"));
  const weak = await world.signIn.createAccount({
    ...account,
    email: "second@fenbridge.gov.uk",
    password: "Password12345",
  });
  assert.ok(!weak.ok && weak.field === "password");
  const odd = await world.signIn.createAccount({ ...account, email: "not an address" });
  assert.ok(!odd.ok && odd.field === "email");
  const alone = await world.signIn.signIn({ email: account.email, password, ...client("198.51.100.9") });
  assert.deepEqual(alone, { ok: false, reason: "wrong" }, "an account without a person cannot sign in");
});

test("an error holds no password, address, cookie or row", async () => {
  const person = await world.newPerson();
  const cookies = await world.cookiesOf(person);
  await world.database.owner.query("revoke select, insert on reeve.sign_in_session, reeve.sign_in_user from reeve_app");
  try {
    const token = cookieHeader(only(cookies, "session_token"));
    const failures = await Promise.allSettled([
      world.signIn.signIn({ email: person.email, password, ...client(person.address) }),
      world.signIn.sessionFrom({ cookie: token }),
      world.signIn.createAccount({ email: "third@fenbridge.gov.uk", name: "Third", password }),
      world.signIn.listSessions({ cookie: token }),
    ]);
    for (const failure of failures) {
      assert.equal(failure.status, "rejected");
      assert.equal(failure.reason.name, "SignInFailure");
      assert.equal(failure.reason.code, "42501");
      const shown = inspect(failure.reason, { depth: 9, showHidden: true });
      for (const word of [password, person.email, "third@", token.slice(22, 40)])
        assert.ok(!shown.includes(word), word);
    }
  } finally {
    await world.database.owner.query("grant select, insert on reeve.sign_in_session, reeve.sign_in_user to reeve_app");
  }
});

test("the application role can do no more to accounts than it needs", async () => {
  for (const statement of [
    "delete from reeve.sign_in_user",
    "update reeve.sign_in_user set email = 'x'",
    "delete from reeve.sign_in_credential",
    "update reeve.sign_in_session set user_id = 'x'",
    "select * from reeve.sign_in_attempt",
    "delete from reeve.sign_in_attempt",
    "select * from reeve.sign_in_verification",
  ]) {
    await assert.rejects(world.database.app.query(statement), { code: "42501" }, statement);
  }
});
