import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPerson } from "../src/council/found.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const password = "plankton cheddar mosaic tunnel";
let world: WebWorld;
let administrator: Browser;
let number = 0;

before(async () => {
  world = await createWebWorld();
  administrator = await world.as("administrator");
});
after(() => world.close());

/** Somebody who is signed in in as many browsers. */
async function signedIn(browsers: number, organisation = world.council) {
  number += 1;
  const email = `sessions.${number}@aldermoor.gov.uk`;
  const made = await world.parts.signIn.createAccount({ email, name: "Noor Haddad", password });
  assert.ok(made.ok);
  const id = await world.system(
    (tx) =>
      addPerson(tx, { name: `Noor ${number}`, email, accountId: made.accountId, roles: [organisation.roles.staff] }),
    { organisationId: organisation.organisationId },
  );
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    id,
  ]);
  const open = [];
  for (let at = 0; at < browsers; at++) {
    const browser = world.visitor();
    assert.equal((await browser.post("/sign-in", { email, password }, { from: "/sign-in" })).statusCode, 303);
    open.push(browser);
  }
  return { id, accountId: made.accountId, path: `/people/${rows[0]!.reference}/sessions`, browsers: open };
}

const isIn = async (browser: Browser) => (await browser.get("/account")).statusCode === 200;
const endings = (body: string) =>
  [...body.matchAll(/action="(\/people\/[^"]+\/sessions\/[^"]+\/end)"/g)].map(([, at = ""]) => at);

test("an administrator sees who is signed in, where and since when, and ends one session or all of a person", async () => {
  const { path, browsers, id } = await signedIn(3);
  const all = words(await administrator.get("/administration/sessions"));
  assert.match(all, /Noor 1 on Firefox at 127\.0\.0\.1 Since today .* Last used/);
  assert.match(all, /This one/);
  const page = await administrator.get(path);
  const [first = ""] = endings(page.body);
  assert.equal(endings(page.body).length, 3);
  assert.equal((await administrator.post(first, {}, { from: path })).statusCode, 303);
  const left = (await Promise.all(browsers.map(isIn))).filter(Boolean).length;
  assert.equal(left, 2, "at once, in this process");
  await administrator.post(`${path}/end`, {}, { from: path });
  assert.deepEqual(await Promise.all(browsers.map(isIn)), [false, false, false]);
  const { rows } = await world.ownerPool.query<{ verb: string; who: string }>(
    "select verb, actor_id as who from events where record_id = $1 and verb = 'sessions_ended'",
    [id],
  );
  assert.deepEqual(
    rows.map(({ who }) => who),
    [administrator.who!.personId, administrator.who!.personId],
  );
  assert.match(
    words(await administrator.get(`${path.replace("/sessions", "")}?tab=timeline`)),
    /signed this person out/,
  );
});

test("who may not change roles sees nobody's sessions and ends none", async () => {
  const { id, path, browsers } = await signedIn(1);
  const [ending = ""] = endings((await administrator.get(path)).body);
  const keeper = await world.as(
    await personWith(world, [
      ["person", "read", "all"],
      ["person", "change", "all"],
    ]),
  );
  // Whoever may change some roles is no administrator: it must be all of them.
  const ofSomeRoles = await world.as(
    await personWith(world, [
      ["person", "read", "all"],
      ["person", "change", "all"],
      ["role", "read", "all"],
      ["role", "change", "own"],
      ["role", "change", "team"],
    ]),
  );
  const person = path.replace("/sessions", "");
  assert.equal((await ofSomeRoles.get(`${person}/sign-in-link`)).statusCode, 403);
  assert.equal((await ofSomeRoles.post(`${person}/sign-in-link`)).statusCode, 403);
  assert.doesNotMatch(words(await ofSomeRoles.get(person)), /Make a sign-in link|See where they are signed in/);
  const typeOf = typeNamed(world.registry, "person");
  for (const values of [
    { roles: [{ role: world.council.roles.administrator }] },
    { email: "somebody.else@aldermoor.gov.uk" },
  ])
    await assert.rejects(
      world.store.as(ofSomeRoles.who!, (tx) => change(tx, typeOf, id, "any", values)),
      /needs the permission “change” for all roles/,
    );
  for (const browser of [keeper, ofSomeRoles, await world.as("staff")]) {
    assert.equal((await browser.get("/administration/sessions")).statusCode, 404);
    assert.equal((await browser.get(path)).statusCode, 403);
    for (const action of [ending, `${path}/end`, `${path}/second-step`])
      assert.equal((await browser.post(action)).statusCode, 403, action);
  }
  assert.equal((await world.visitor().get(path)).statusCode, 303);
  assert.equal(await isIn(browsers[0]!), true);
});

test("a session is ended only under the person whose it is, and another organisation's not at all", async () => {
  const [one, other] = [await signedIn(1), await signedIn(1)];
  const [ending = ""] = endings((await administrator.get(one.path)).body);
  const crossed = ending.replace(one.path, other.path);
  await administrator.post(crossed, {}, { from: other.path });
  assert.equal(await isIn(one.browsers[0]!), true);
  const elsewhere = await world.another("Brackenshire County Council");
  const theirs = await signedIn(1, elsewhere);
  assert.doesNotMatch(words(await administrator.get("/administration/sessions")), new RegExp(`Noor ${number}\\b`));
  const { rows } = await world.ownerPool.query<{ id: string }>("select id from sign_in_session where user_id = $1", [
    theirs.accountId,
  ]);
  await administrator.post(`${one.path}/${rows[0]!.id}/end`, {}, { from: one.path });
  assert.equal(await isIn(theirs.browsers[0]!), true);
  for (const odd of ["%00", "no-such-session"])
    assert.equal((await administrator.post(`${one.path}/${odd}/end`, {}, { from: one.path })).statusCode, 303, odd);
});

test("without the form's own token nobody is signed out", async () => {
  const { path, browsers } = await signedIn(1);
  const answer = await world.app.inject({
    method: "POST",
    url: `${path}/end`,
    headers: { cookie: administrator.cookieHeader() },
  });
  assert.equal(answer.statusCode, 403);
  assert.equal(await isIn(browsers[0]!), true);
});

test("an administrator turns off the second step of somebody who lost it, and the timeline says who did", async () => {
  const { path, accountId, id } = await signedIn(1);
  await world.ownerPool.query(
    "insert into sign_in_second_step (user_id, secret_sealed, last_step, started_at) values ($1, '\\x00', 1, now())",
    [accountId],
  );
  assert.match(words(await administrator.get(path)), /Turn off two-step sign-in/);
  await administrator.post(`${path}/second-step`, {}, { from: path });
  await administrator.post(`${path}/second-step`, {}, { from: path });
  assert.doesNotMatch(words(await administrator.get(path)), /Turn off two-step sign-in/);
  const { rows } = await world.ownerPool.query(
    "select from events where record_id = $1 and verb = 'second_step_taken_away'",
    [id],
  );
  assert.equal(rows.length, 1);
});

test("signing out everywhere ends this session too", async () => {
  const { browsers } = await signedIn(3);
  const answer = await browsers[0]!.post("/account/sessions/all", {}, { from: "/account" });
  assert.equal(answer.headers.location, "/sign-in");
  assert.deepEqual(await Promise.all(browsers.map(isIn)), [false, false, false]);
});
