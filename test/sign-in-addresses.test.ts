import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pino from "pino";
import { addPerson } from "../src/council/found.ts";
import type { StartingRoleName } from "../src/council/roles.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
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

test("whoever has an account signs in with the address that an administrator gives their record, and signs in anew", async () => {
  const person = await someone("married@aldermoor.gov.uk");
  await choose(await linkTo(person), chosen);
  const signedIn = world.visitor();
  await signedIn.post("/sign-in", { email: "married@aldermoor.gov.uk", password: chosen }, { from: "/sign-in" });
  const link = await linkTo(person);
  const type = typeNamed(world.registry, "person");
  const give = (email: string | null) =>
    world.store.as(administrator.who!, (tx) => change(tx, type, person.id, "any", { email }));
  assert.match((await administrator.get(`${person.path}/edit`)).body, /Someone who can sign in does so with it/);
  await assert.rejects(give(null), /they sign in with it, so give another/);
  await give("NewName@aldermoor.gov.uk");

  assert.equal((await enter("married@aldermoor.gov.uk", chosen)).statusCode, 422);
  assert.equal((await enter("newname@aldermoor.gov.uk", chosen)).statusCode, 303);
  await noLongerWorks(link);
  const { rows } = await world.ownerPool.query(
    "select 1 from sign_in_session s join sign_in_user u on u.id = s.user_id where u.email = $1",
    ["newname@aldermoor.gov.uk"],
  );
  assert.equal(rows.length, 1, "the session from before has ended, and there is the one that began since");
  const told = words(await administrator.get(`${person.path}?tab=timeline`));
  assert.match(told, /changed what this person signs in with to the new e-mail address, and ended their sessions/);
  assert.match(told, /changed e-mail address/i);
});

test("what somebody signs in with is changed by nobody who may not give roles, and never to another's", async () => {
  const person = await someone("wanted@aldermoor.gov.uk");
  await choose(await linkTo(person), chosen);
  const other = await someone("other@aldermoor.gov.uk");
  await choose(await linkTo(other), another);
  const type = typeNamed(world.registry, "person");
  const lead = await world.as("leadSupport");
  const to = (email: string) => (tx: Tx) => change(tx, type, person.id, "any", { email });
  const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
  await assert.rejects(world.store.as(lead.who!, to("mine@aldermoor.gov.uk")), refused("forbidden"));
  await world.store.as(lead.who!, (tx) => change(tx, type, person.id, "any", { jobTitle: "Surveyor" }));
  await assert.rejects(world.store.as(administrator.who!, to("Other@aldermoor.gov.uk")), refused("invalid"));
  assert.equal((await enter("wanted@aldermoor.gov.uk", chosen)).statusCode, 303);
  const called = { email: "called@aldermoor.gov.uk" };
  const callerId = await world.system((tx) =>
    addPerson(tx, { name: "A caller", email: "caller@aldermoor.gov.uk", roles: [] }),
  );
  await world.store.as(lead.who!, (tx) => change(tx, type, callerId, "any", called));
  // The organisation's own sign-in would give the roles to whoever has that address.
  const expected = await someone("expected@aldermoor.gov.uk");
  await assert.rejects(
    world.store.as(lead.who!, (tx) => change(tx, type, expected.id, "any", { email: "mine@aldermoor.gov.uk" })),
    refused("forbidden"),
  );
});

test("an administrator who changes their own address stays signed in", async () => {
  const own = await world.as("administrator");
  const type = typeNamed(world.registry, "person");
  await world.store.as(own.who!, (tx) => change(tx, type, own.who!.personId, "any", { email: "me@aldermoor.gov.uk" }));
  assert.equal((await own.get("/account")).statusCode, 200);
  const { rows } = await world.ownerPool.query(
    "select u.email from sign_in_session s join sign_in_user u on u.id = s.user_id where u.email = 'me@aldermoor.gov.uk'",
  );
  assert.equal(rows.length, 1);
});
