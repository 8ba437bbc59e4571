import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pino from "pino";
import { addPerson } from "../src/council/found.ts";
import type { StartingRoleName } from "../src/council/roles.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const chosen = "walrus gantry hollow pepper";
const another = "thimble orchard comet ledger";
const logged: string[] = [];
let world: WebWorld;
let administrator: Browser;

before(async () => {
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  world = await createWebWorld({ log });
  administrator = await world.as("administrator");
});
after(() => world.close());

interface Someone {
  readonly id: string;
  readonly path: string;
  readonly email: string;
}

/** A person with a role, as an administrator would have made them. */
async function someone(
  email: string | undefined,
  options: { role?: StartingRoleName; name?: string; organisation?: WebWorld["council"] } = {},
): Promise<Someone> {
  const { role = "staff", name = "Noor Haddad", organisation = world.council } = options;
  return world.system(
    async (tx) => {
      const id = await addPerson(tx, { name, ...(email ? { email } : {}), roles: [organisation.roles[role]] });
      const row = await tx.db.selectFrom("records").select("reference").where("id", "=", id).executeTakeFirstOrThrow();
      return { id, path: `/people/${row.reference}`, email: email ?? "" };
    },
    { organisationId: organisation.organisationId },
  );
}

/** Makes a link as the administrator and answers its path on this site. */
async function linkTo({ path }: Someone): Promise<string> {
  const made = await administrator.post(`${path}/sign-in-link`, {}, { from: `${path}/sign-in-link` });
  assert.equal(made.statusCode, 200, made.body);
  const address = /id="link"[^>]*value="([^"]*)"/.exec(made.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  assert.ok(address.startsWith("http://localhost:3000/sign-in/link?"), address);
  return address.slice("http://localhost:3000".length);
}

const choose = (link: string, password: string, browser = world.visitor()) =>
  browser.post(link, { password }, { from: link });

const enter = (email: string, password: string, browser = world.visitor()) =>
  browser.post("/sign-in", { email, password }, { from: "/sign-in" });

async function noLongerWorks(link: string): Promise<void> {
  const page = await world.visitor().get(link);
  assert.equal(page.statusCode, 410);
  assert.match(page.body, /This link no longer works/);
  assert.match(page.body, /ask whoever gave it to you for a new one/);
  assert.doesNotMatch(page.body, /Noor|aldermoor/i);
}

test("a new person chooses a password through a link, signs in, and may do what their roles allow", async () => {
  const noor = await someone("noor@aldermoor.gov.uk");
  assert.match((await administrator.get(noor.path)).body, /Make a sign-in link/);
  const asked = await administrator.get(`${noor.path}/sign-in-link`);
  assert.match(asked.body, /Noor Haddad chooses a password and can then sign in/);
  assert.match(asked.body, /once, for 24 hours/);
  const link = await linkTo(noor);

  const browser = world.visitor();
  const form = await browser.get(link);
  assert.equal(form.statusCode, 200);
  assert.equal(form.headers["cache-control"], "no-store");
  assert.equal(form.headers["referrer-policy"], "no-referrer");
  assert.match(form.body, /Noor Haddad, Aldermoor Borough Council/);
  assert.match(form.body, /noor@aldermoor.gov.uk/);
  assert.match(form.body, /autocomplete="new-password"/);
  assert.equal((await browser.get(link)).statusCode, 200, "looking at it uses nothing up");

  const weak = await choose(link, "Noor Haddad 2026", browser);
  assert.equal(weak.statusCode, 422);
  assert.match(weak.body, /Password must not contain your name/);
  assert.match(weak.body, /noor@aldermoor.gov.uk/);
  assert.doesNotMatch(weak.body, /Noor Haddad 2026/);
  const short = await browser.post(link, { password: "short" }, { from: link });
  assert.match(short.body, /12 characters or more/);

  const set = await choose(link, chosen, browser);
  assert.equal(set.statusCode, 303);
  assert.equal(set.headers.location, "/sign-in");
  assert.match((await browser.get("/sign-in")).body, /Your password is set/);
  assert.equal((await browser.get("/account")).statusCode, 303, "the link signs nobody in");
  await noLongerWorks(link);
  assert.equal((await world.visitor().post(link, { password: another }, { from: "/sign-in" })).statusCode, 410);

  assert.equal((await enter("Noor@aldermoor.gov.uk", chosen, browser)).statusCode, 303);
  assert.match((await browser.get("/account")).body, /Staff/);
  assert.equal((await browser.get("/tickets/new")).statusCode, 200);
  assert.equal((await browser.get("/people/new")).statusCode, 403);
  assert.equal((await browser.get("/roles/new")).statusCode, 403);
});

test("the timeline says who made a link and that it was used; link and password are in no event and no log line", async () => {
  const person = await someone("told@aldermoor.gov.uk");
  const link = await linkTo(person);
  await choose(link, chosen);
  const page = (await administrator.get(`${person.path}?tab=timeline`)).body;
  assert.match(page, /made a sign-in link for this person/);
  assert.match(page, /set the password that was chosen through a sign-in link/);
  const key = new URLSearchParams(link.split("?")[1]).get("key") ?? "";
  assert.equal(key.length, 64);
  const { rows } = await world.ownerPool.query<{ verb: string; actor: string | null; body: string }>(
    `select e.verb, e.actor_id as actor, b.body::text from events e
     join event_bodies b using (organisation_id, record_id, sequence) where e.record_id = $1 order by sequence`,
    [person.id],
  );
  assert.deepEqual(
    rows.map(({ verb, actor }) => [verb, actor]),
    [
      ["created", null],
      ["sign_in_link_made", administrator.who?.personId],
      ["changed", null],
      ["password_set", null],
    ],
  );
  const hash = await hashOf(person.email);
  for (const secret of [key, key.slice(0, 22), chosen, hash]) {
    assert.ok(!rows.some(({ body }) => body.includes(secret)), "an event holds a secret");
    assert.ok(!logged.some((line) => line.includes(secret)), "the log holds a secret");
  }
});

test("a link with anything in it changed does not work, and says nothing of whether there is such a person", async () => {
  const person = await someone("tampered@aldermoor.gov.uk");
  const other = await someone("other@aldermoor.gov.uk");
  const elsewhere = await world.another("Fenbridge Council");
  const link = await linkTo(person);
  const bodies = new Set<string>();
  for (const [name, value] of [
    ["organisation", elsewhere.organisationId],
    ["organisation", "x"],
    ["person", other.id],
    ["person", "0198c0de-0000-7000-8000-000000000001"],
    ["expires", "99999999999"],
    ["expires", ""],
    ["key", ""],
    ["key", "A".repeat(64)],
    ["key", "\u0000'\"%"],
  ] as const) {
    const changed = new URLSearchParams(link.split("?")[1]);
    changed.set(name, value);
    await noLongerWorks(`/sign-in/link?${changed.toString()}`);
    bodies.add((await world.visitor().get(`/sign-in/link?${changed.toString()}`)).body);
  }
  for (const at of [0, 10, 21, 22, 40, 63]) {
    const changed = new URLSearchParams(link.split("?")[1]);
    const key = changed.get("key") ?? "";
    changed.set("key", `${key.slice(0, at)}${key[at] === "A" ? "B" : "A"}${key.slice(at + 1)}`);
    await noLongerWorks(`/sign-in/link?${changed.toString()}`);
  }
  await noLongerWorks("/sign-in/link");
  assert.equal(bodies.size, 1);
  assert.equal((await world.visitor().get(link)).statusCode, 200);
  const { rowCount } = await world.ownerPool.query("select from sign_in_user where email = any ($1)", [
    [person.email, other.email],
  ]);
  assert.equal(rowCount, 0);
});

test("what breaks is logged without the link", async () => {
  const person = await someone("broken@aldermoor.gov.uk");
  const link = await linkTo(person);
  logged.length = 0;
  await world.ownerPool.query("alter table sign_in_user rename to gone");
  try {
    assert.equal((await world.visitor().get(link)).statusCode, 500);
    const sent = await world.visitor().post(link, { password: chosen }, { from: "/sign-in" });
    assert.equal(sent.statusCode, 500);
  } finally {
    await world.ownerPool.query("alter table gone rename to sign_in_user");
  }
  assert.ok(
    logged.some((line) => line.includes("a request failed")),
    "the log is looked at",
  );
  for (const secret of [new URLSearchParams(link.split("?")[1]).get("key") ?? "", chosen, person.email])
    assert.ok(!logged.some((line) => line.includes(secret)), "the log holds a secret");
});

test("a form that is not ours is refused, and the link stays as it was", async () => {
  const link = await linkTo(await someone("forged@aldermoor.gov.uk"));
  const forged = await world.app.inject({
    method: "POST",
    url: link,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ password: chosen }).toString(),
  });
  assert.equal(forged.statusCode, 403);
  assert.equal((await world.visitor().get(link)).statusCode, 200);
});

test("only who may change roles is offered a link and may make one", async () => {
  const person = await someone("wanted@aldermoor.gov.uk");
  const lead = await world.as("leadSupport");
  const page = (await lead.get(person.path)).body;
  assert.match(page, /Edit/, "they may change the record itself");
  assert.doesNotMatch(page, /sign-in link/i);
  for (const browser of [lead, await world.as("staff")]) {
    assert.equal((await browser.get(`${person.path}/sign-in-link`)).statusCode, 403);
    assert.equal((await browser.post(`${person.path}/sign-in-link`)).statusCode, 403);
  }
  assert.equal((await world.visitor().get(`${person.path}/sign-in-link`)).statusCode, 303);
  const { rows } = await world.ownerPool.query("select from events where record_id = $1 and verb like 'sign_in%'", [
    person.id,
  ]);
  assert.equal(rows.length, 0);
});

test("an administrator of another organisation reaches nobody here", async () => {
  const elsewhere = await world.another("Saltmarsh Council");
  const stranger = await world.as(await world.person("Somebody Else", "administrator", { organisation: elsewhere }));
  const person = await someone("ours@aldermoor.gov.uk");
  for (const path of [person.path, `/people/${person.id}`]) {
    const page = await stranger.get(`${path}/sign-in-link`);
    assert.ok(page.statusCode === 404 || !page.body.includes("ours@aldermoor"), path);
  }
  assert.equal((await stranger.get(`/people/${person.id}/sign-in-link`)).statusCode, 404);
  assert.equal((await stranger.post(`/people/${person.id}/sign-in-link`)).statusCode, 404);
});

test("a forgotten password is replaced: the old one, every session and the lock-out are gone", async () => {
  const person = await someone("forgot@aldermoor.gov.uk");
  await choose(await linkTo(person), chosen);
  const [phone, desk] = [world.visitor(), world.visitor()];
  await enter(person.email, chosen, phone);
  await enter(person.email, chosen, desk);
  assert.equal((await desk.get("/account")).statusCode, 200);
  for (let at = 0; at < 5; at++) await enter(person.email, "wrong wrong wrong");
  assert.equal((await enter(person.email, chosen)).statusCode, 429);

  assert.match((await administrator.get(`${person.path}/sign-in-link`)).body, /chooses a new password/);
  const link = await linkTo(person);
  const unused = await linkTo(person);
  assert.equal((await desk.get("/account")).statusCode, 200, "making a link ends nothing");
  assert.equal((await choose(link, another)).statusCode, 303);
  assert.equal((await desk.get("/account")).statusCode, 303);
  assert.equal((await phone.get("/account")).statusCode, 303);
  await noLongerWorks(unused);
  assert.equal((await enter(person.email, chosen)).statusCode, 422, "neither locked nor right");
  assert.equal((await enter(person.email, another, desk)).statusCode, 303);

  const stale = await linkTo(person);
  const changed = await desk.post("/account/password", { current: another, wanted: chosen }, { from: "/account" });
  assert.equal(changed.statusCode, 303);
  await noLongerWorks(stale);
});

test("of two who open a link at once, one sets the password", async () => {
  for (const email of ["twice@aldermoor.gov.uk", "twice.again@aldermoor.gov.uk"]) {
    const person = await someone(email);
    if (email.includes("again")) await choose(await linkTo(person), "quarry lantern velvet moose");
    const link = await linkTo(person);
    const [one, other] = [world.visitor(), world.visitor()];
    await Promise.all([one.get(link), other.get(link)]);
    const codes = await Promise.all([choose(link, chosen, one), choose(link, another, other)]);
    assert.deepEqual(codes.map(({ statusCode }) => statusCode).sort(), [303, 410]);
    const works = await Promise.all([enter(email, chosen), enter(email, another)]);
    assert.deepEqual(
      works.map(({ statusCode }) => statusCode),
      codes.map(({ statusCode }) => (statusCode === 303 ? 303 : 422)),
    );
  }
});

test("a link ends when the address it was made for is put right, or the person is no longer active", async () => {
  const person = await someone("mistyped@aldermoor.gov.uk");
  const type = typeNamed(world.registry, "person");
  const link = await linkTo(person);
  await world.system((tx) => change(tx, type, person.id, "any", { email: "typed@aldermoor.gov.uk" }));
  await noLongerWorks(link);
  const next = await linkTo(person);
  await world.system((tx) => change(tx, type, person.id, "any", { active: false }));
  await noLongerWorks(next);
  assert.doesNotMatch((await administrator.get(person.path)).body, /Make a sign-in link/);
  const refused = await administrator.get(`${person.path}/sign-in-link`);
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /is not active/);
});

test("a link needs an e-mail address, and one that is nobody else's", async () => {
  const bare = await someone(undefined);
  const page = await administrator.get(`${bare.path}/sign-in-link`);
  assert.equal(page.statusCode, 409);
  assert.match(page.body, /Give Noor Haddad an e-mail address first/);

  const [first, second] = [await someone("shared@aldermoor.gov.uk"), await someone("shared@aldermoor.gov.uk")];
  const [toFirst, toSecond] = [await linkTo(first), await linkTo(second)];
  assert.equal((await choose(toFirst, chosen)).statusCode, 303);
  const late = await choose(toSecond, another);
  assert.equal(late.statusCode, 409);
  assert.match(late.body, /belongs to another account/);
  const refused = await administrator.post(`${second.path}/sign-in-link`);
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /Another account has this e-mail address/);
  assert.equal((await enter("shared@aldermoor.gov.uk", chosen)).statusCode, 303);
});

test("an account without a password, as a demonstration's, gets one", async () => {
  const person = await someone("button@aldermoor.gov.uk");
  const made = await world.parts.signIn.createAccount({ email: person.email, name: "Noor Haddad" });
  assert.ok(made.ok);
  const type = typeNamed(world.registry, "person");
  await world.system((tx) => change(tx, type, person.id, "any", { accountId: made.accountId }, { trusted: true }));
  assert.equal((await choose(await linkTo(person), chosen)).statusCode, 303);
  assert.equal((await enter(person.email, chosen)).statusCode, 303);
});

test("a form sent twice is one line on the timeline", async () => {
  const person = await someone("double@aldermoor.gov.uk");
  const address = `${person.path}/sign-in-link`;
  const submission = { _submission: "0198c0de-0000-7000-8000-00000000aaaa" };
  await administrator.post(address, submission, { from: address });
  assert.equal((await administrator.post(address, submission, { from: address })).statusCode, 200);
  const { rowCount } = await world.ownerPool.query(
    "select from events where record_id = $1 and verb = 'sign_in_link_made'",
    [person.id],
  );
  assert.equal(rowCount, 1);
});

async function hashOf(email: string): Promise<string> {
  const { rows } = await world.ownerPool.query<{ hash: string }>(
    "select c.password_hash as hash from sign_in_credential c join sign_in_user u on u.id = c.user_id where u.email = $1",
    [email],
  );
  assert.ok(rows[0]);
  return rows[0].hash;
}
