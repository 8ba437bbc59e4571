import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { attemptOf } from "./attempts.ts";
import { createSignIn } from "./sign-in.ts";
import { baseUrl, client, password, secret, signInWorld } from "./test-world.ts";
import type { SignInWorld } from "./test-world.ts";

let world: SignInWorld;

before(async () => {
  world = await signInWorld();
});
after(() => world.database.close());

test("an unknown e-mail address takes as long as a wrong password", async () => {
  const person = await world.newPerson();
  const [known, unknown]: [number[], number[]] = [[], []];
  // In turns, so that whatever else the machine does falls on both alike.
  for (let index = 0; index < 4; index++) {
    known.push(await guessMs(person.email));
    unknown.push(await guessMs(`nobody.${index}@fenbridge.gov.uk`));
  }
  const [one, other] = [Math.min(...known), Math.min(...unknown)];
  assert.ok(one < other * 2 && other < one * 2, `known ${one} ms, unknown ${other} ms`);
});

/** What a guess takes of the processors, of which hashing is nearly all: other work on the machine does not lengthen that. */
async function guessMs(email: string): Promise<number> {
  const start = process.cpuUsage();
  await world.signIn.signIn({ email, password: "not the one", ...client("198.51.100.2") });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

test("five wrong passwords lock for 30 seconds, each further one for twice as long, to an hour", async () => {
  const person = await world.newPerson();
  const guess = () => world.signIn.signIn({ email: person.email, password: "not the one", ...client(person.address) });
  for (let index = 0; index < 5; index++) assert.deepEqual(await guess(), { ok: false, reason: "wrong" });
  for (const lockSeconds of [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]) {
    const right = await world.signIn.signIn({ email: person.email, password, ...client(person.address) });
    assert.deepEqual(right, { ok: false, reason: "locked", retryAfterSeconds: lockSeconds });
    world.later(lockSeconds * 1000);
    assert.deepEqual(await guess(), { ok: false, reason: "wrong" });
  }
  world.later(3600 * 1000);
  await world.cookiesOf(person);
  for (let index = 0; index < 5; index++) assert.deepEqual(await guess(), { ok: false, reason: "wrong" });
  assert.equal((await guess()).ok, false);
  const left = await world.database.owner.query(
    "select count(*)::int as count from reeve.sign_in_attempt where locked_until > $1",
    [world.now()],
  );
  assert.equal(left.rows[0]?.count, 1);
});

test("of twenty guesses sent at once, from different places, five are looked at", async () => {
  const person = await world.newPerson();
  // As many processes, so that nothing but the database holds them back.
  const processes = Array.from({ length: 20 }, () =>
    createSignIn({ pool: world.database.app, secret, baseUrl, now: world.now }),
  );
  const results = await Promise.all(
    processes.map((one, index) =>
      one.signIn({ email: person.email, password: "not the one", ...client(`203.0.113.${index}`) }),
    ),
  );
  const reasons = results.map((result) => (result.ok ? "signed in" : result.reason));
  assert.equal(reasons.filter((reason) => reason === "wrong").length, 5);
  assert.equal(reasons.filter((reason) => reason === "locked").length, 15);
});

test("fifty wrong guesses from one place in five minutes close it, and the right ones do not count", async () => {
  const person = await world.newPerson();
  const place = "2001:db8:1:2::";
  for (let index = 0; index < 50; index++) {
    // Straight to the counters: fifty real password checks take seconds.
    await world.database.app.query("select * from reeve.sign_in_claim(sha256($1::bytea), $2, $3)", [
      Buffer.from(`spray ${index}`),
      attemptOf(secret, "", `${place}${index.toString(16)}`).addressKey,
      world.now(),
    ]);
    if (index === 10) await world.cookiesOf({ ...person, address: `${place}ffff` });
  }
  const from = client(`${place}aaaa`);
  const result = await world.signIn.signIn({ email: person.email, password, ...from });
  assert.deepEqual(result, { ok: false, reason: "limited", retryAfterSeconds: 300 });
  assert.ok((await world.signIn.signIn({ email: person.email, password, ...client("2001:db8:1:3::1") })).ok);
  world.later(300_000);
  assert.ok((await world.signIn.signIn({ email: person.email, password, ...from })).ok);
});
