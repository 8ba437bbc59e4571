import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPerson } from "../../council/found.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Who } from "../../kernel/transaction.ts";
import { registry } from "../../records.ts";
import { attemptOf } from "./attempts.ts";
import { giveAccount, heldNow, readHolder } from "./link-holder.ts";
import { linkHours } from "./links.ts";
import type { AsProduct } from "./links.ts";
import type { SignInLink } from "./link-key.ts";
import { createSignIn } from "./sign-in.ts";
import type { SignIn } from "./sign-in.ts";
import { baseUrl, client, password, secret, signInWorld } from "./test-world.ts";
import type { SignInWorld } from "./test-world.ts";

const address = "192.0.2.77";
let world: SignInWorld;
let signIn: SignIn;
let asProduct: AsProduct;

before(async () => {
  world = await signInWorld();
  asProduct = (organisationId, work) => asSystem({ ownerPool: world.database.owner, registry, organisationId }, work);
  signIn = createSignIn({ pool: world.database.app, secret, baseUrl, now: world.now, asProduct });
});
after(() => world.database.close());

async function someone(email: string): Promise<Who> {
  const organisationId = world.database.council;
  const personId = await asProduct(organisationId, (tx) => addPerson(tx, { name: "Aisha Khan", email, roles: [] }));
  return { organisationId, personId };
}

async function linkTo(person: Who): Promise<SignInLink> {
  const result = await signIn.linkFor(person);
  assert.ok(result.ok);
  return result.link;
}

const aisha = (email: string) => ({ name: "Aisha Khan", email, organisation: "Aldermoor Borough Council" });

const dead = { ok: false, reason: "dead" };

test("a link works to the last second of its 24 hours and no longer", async () => {
  const link = await linkTo(await someone("late@fenbridge.gov.uk"));
  const lifeMs = linkHours * 60 * 60 * 1000;
  world.later(lifeMs - 2000);
  assert.deepEqual(await signIn.openLink(link), aisha("late@fenbridge.gov.uk"));
  world.later(2000);
  assert.equal(await signIn.openLink(link), null);
  assert.deepEqual(await signIn.useLink({ link, wanted: password, address }), dead);
  const postponed = { ...link, expires: String(Number(link.expires) + 60) };
  assert.equal(await signIn.openLink(postponed), null, "nobody but us may say until when");
});

test("a link that another secret made is not ours", async () => {
  const person = await someone("foreign@fenbridge.gov.uk");
  const pool = world.database.app;
  const other = createSignIn({ pool, secret: `${secret} 2`, baseUrl, now: world.now, asProduct });
  const made = await other.linkFor(person);
  assert.ok(made.ok);
  assert.equal(await signIn.openLink(made.link), null);
  assert.deepEqual(await other.openLink(made.link), aisha("foreign@fenbridge.gov.uk"));
});

test("a made-up link is refused without asking the database for anybody", async () => {
  const link = await linkTo(await someone("unasked@fenbridge.gov.uk"));
  const blind = createSignIn({ pool: world.database.app, secret, baseUrl, now: world.now });
  assert.equal(await blind.openLink({ ...link, key: "A".repeat(64) }), null);
  assert.equal(await blind.openLink({ ...link, personId: "nobody" }), null);
  await assert.rejects(blind.openLink(link), /Sign-in failed/);
});

test("a password that was changed meanwhile is not written over", async () => {
  const { email } = await world.newPerson();
  const { organisationId, personId } = await someone("owner@fenbridge.gov.uk");
  await signIn.useLink({ link: await linkTo({ organisationId, personId }), wanted: password, address });
  const read = await asProduct(organisationId, (tx) => readHolder(tx, personId));
  const holder = read && heldNow(read);
  assert.ok(holder?.accountId);
  const give = (passwordHash: string) =>
    asProduct(organisationId, (tx) => giveAccount(tx, personId, holder, passwordHash));
  assert.notEqual(await give("the first to come"), "dead");
  assert.equal(await give("the second, who read the same"), "dead");
  const { rows } = await world.database.owner.query<{ password_hash: string }>(
    "select password_hash from reeve.sign_in_credential where user_id = $1",
    [holder.accountId],
  );
  assert.deepEqual(rows, [{ password_hash: "the first to come" }]);
  assert.ok((await signIn.signIn({ email, password, ...client(address) })).ok, "nobody else's is touched");
});

test("a weak password counts for nothing, wrong links close the place that they come from", async () => {
  const person = await someone("guessed@fenbridge.gov.uk");
  const link = await linkTo(person);
  const use = (wanted: string, from: string) => signIn.useLink({ link, wanted, address: from });
  for (let index = 0; index < 8; index++) {
    const weak = await use("password password", "203.0.113.9");
    assert.ok(!weak.ok && weak.reason === "weak");
    assert.deepEqual(weak.owner, aisha("guessed@fenbridge.gov.uk"));
  }
  const place = "203.0.113.10";
  for (let index = 0; index < 50; index++) {
    const key = `${index}`.padStart(64, "A");
    assert.deepEqual(await signIn.useLink({ link: { ...link, key }, wanted: password, address: place }), dead);
  }
  const limited = await use(password, place);
  assert.ok(!limited.ok && limited.reason === "limited");
  assert.equal(limited.retryAfterSeconds, 300);
  assert.deepEqual(await use(password, "203.0.113.11"), { ok: true });
});

test("a password set through a link forgets the wrong ones that were tried before", async () => {
  const person = await someone("locked@fenbridge.gov.uk");
  const link = await linkTo(person);
  const { emailKey } = attemptOf(secret, "locked@fenbridge.gov.uk", address);
  for (let index = 0; index < 6; index++)
    await signIn.signIn({ email: "locked@fenbridge.gov.uk", password: "not the one", ...client("198.51.100.7") });
  const kept = async () =>
    (await world.database.owner.query("select from reeve.sign_in_attempt where key = $1", [emailKey])).rowCount;
  assert.equal(await kept(), 1);
  assert.deepEqual(await signIn.useLink({ link, wanted: password, address }), { ok: true });
  assert.equal(await kept(), 0);
  assert.ok((await signIn.signIn({ email: "locked@fenbridge.gov.uk", password, ...client(address) })).ok);
});
