import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSignIn } from "./sign-in.ts";
import { baseUrl, cookieHeader, only, secret, signInWorld } from "./test-world.ts";
import type { SignInWorld } from "./test-world.ts";

let world: SignInWorld;

before(async () => {
  world = await signInWorld();
});
after(() => world.database.close());

const headers = (cookies: readonly string[]) => ({ cookie: cookieHeader(cookies) });

test("sessions are listed and ended, one's own only", async () => {
  const [person, other] = [await world.newPerson(), await world.newPerson()];
  const [first, second, third] = [
    await world.cookiesOf(person),
    await world.cookiesOf(person),
    await world.cookiesOf(person),
  ];
  const theirs = await world.cookiesOf(other);
  const list = await world.signIn.listSessions(headers(second));
  assert.equal(list?.length, 3);
  assert.deepEqual(
    list?.map((session) => session.current),
    [false, true, false],
  );
  assert.deepEqual([list?.[0]?.userAgent, list?.[0]?.address], ["Firefox", person.address]);

  const firstId = (await world.signIn.sessionFrom(headers(first)))?.sessionId ?? "";
  assert.equal(await world.signIn.endSession(headers(theirs), firstId), false);
  assert.equal(await world.signIn.endSession(headers(second), firstId), true);
  assert.equal(await world.signIn.endSession(headers(second), firstId), false);
  assert.equal(await world.signIn.sessionFrom(headers(first)), null, "an ended session is out, cookie cache and all");
  assert.equal(await world.signIn.endOtherSessions(headers(second)), 1);
  assert.equal(await world.signIn.sessionFrom(headers(third)), null);
  assert.notEqual(await world.signIn.sessionFrom(headers(second)), null);
  assert.notEqual(await world.signIn.sessionFrom(headers(theirs)), null);
});

test("signing out ends the session and clears the cookies", async () => {
  const person = await world.newPerson();
  const cookies = await world.cookiesOf(person);
  const cleared = await world.signIn.signOut({ cookie: cookieHeader(cookies) });
  for (const name of ["session_token", "session_data"]) assert.match(only(cleared, name)[0] ?? "", /Max-Age=0/);
  assert.equal(await world.signIn.sessionFrom({ cookie: cookieHeader(cookies) }), null);
  assert.equal(await world.signIn.listSessions({ cookie: cookieHeader(cookies) }), null);
  await world.signIn.signOut({});
});

test("a cookie that was changed, cut, swapped or signed with another secret is nobody's", async () => {
  const [person, other] = [await world.newPerson(), await world.newPerson()];
  const [mine, theirs] = [await world.cookiesOf(person), await world.cookiesOf(other)];
  const from = (...lines: readonly string[]) => world.signIn.sessionFrom({ cookie: cookieHeader(lines) });
  const [token = ""] = only(mine, "session_token");
  const [data = ""] = only(mine, "session_data");
  assert.equal((await from(token, data))?.personId, person.personId);
  assert.equal((await from(token))?.personId, person.personId);
  assert.equal(await from(data), null);
  assert.equal((await from(token, ...only(theirs, "session_data")))?.personId, person.personId);
  const value = token.split(";")[0] ?? "";
  for (const at of [20, 30, value.length - 10]) {
    const changed = value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
    assert.equal(await from(changed, data), null, `changed at ${at}`);
  }
  assert.equal(await from(value.slice(0, -20), data), null);
  assert.equal(await from("reeve.session_token=", "reeve.session_data=%%%"), null);
  assert.equal(await from("x".repeat(20_000)), null);
  // A changed cache is not believed; the token still is.
  const text = Buffer.from(data.split("=")[1]?.split(";")[0] ?? "", "base64url").toString();
  const forged = Buffer.from(text.replaceAll(person.accountId, other.accountId)).toString("base64url");
  assert.equal((await from(token, `reeve.session_data=${forged}`))?.personId, person.personId);
  const elsewhere = createSignIn({ pool: world.database.app, secret: `${secret} 2`, baseUrl });
  assert.equal(await elsewhere.sessionFrom({ cookie: cookieHeader(mine) }), null);
});

test("a session that has run out is nobody's", async () => {
  const person = await world.newPerson();
  const cookies = await world.cookiesOf(person);
  await world.database.owner.query(
    "update reeve.sign_in_session set expires_at = now() - interval '1 second' where user_id = $1",
    [person.accountId],
  );
  assert.equal(await world.signIn.sessionFrom({ cookie: cookieHeader(only(cookies, "session_token")) }), null);
  assert.equal(await world.signIn.sessionFrom({ cookie: cookieHeader(cookies) }), null);
});

test("a session lasts twelve hours and use moves its end", async () => {
  const person = await world.newPerson();
  const cookies = await world.cookiesOf(person);
  const hoursLeft = async (): Promise<number> => {
    const { rows } = await world.database.owner.query<{ hours: number }>(
      "select extract(epoch from expires_at - now())::float / 3600 as hours from reeve.sign_in_session where user_id = $1",
      [person.accountId],
    );
    return rows[0]?.hours ?? 0;
  };
  assert.ok(Math.abs((await hoursLeft()) - 12) < 0.05);
  await world.database.owner.query(
    "update reeve.sign_in_session set expires_at = now() + interval '2 hours' where user_id = $1",
    [person.accountId],
  );
  const found = await world.signIn.sessionFrom({ cookie: cookieHeader(only(cookies, "session_token")) });
  assert.match(only(found?.cookies ?? [], "session_token")[0] ?? "", /Max-Age=43200/);
  assert.ok(Math.abs((await hoursLeft()) - 12) < 0.05);
});

test("a deactivated person, and a session ended by another process, are out within ten seconds", async () => {
  const person = await world.newPerson();
  const [one, two] = [await world.cookiesOf(person), await world.cookiesOf(person)];
  const who = async () => {
    const found = [
      await world.signIn.sessionFrom({ cookie: cookieHeader(one) }),
      await world.signIn.sessionFrom({ cookie: cookieHeader(two) }),
    ];
    return found.map((session) => session?.personId);
  };
  const { personId } = person;
  assert.deepEqual(await who(), [personId, personId]);
  const elsewhere = createSignIn({ pool: world.database.app, secret, baseUrl });
  assert.equal(await elsewhere.endOtherSessions({ cookie: cookieHeader(two) }), 1);
  world.later(10_000);
  assert.deepEqual(await who(), [undefined, personId]);
  await world.database.owner.query("update reeve.person set active = false where id = $1", [personId]);
  world.later(10_000);
  assert.deepEqual(await who(), [undefined, undefined]);
});
