import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let first: Who;
let manager: Who;

before(async () => {
  world = await createWorld();
  first = await world.person("Ada King", "administrator");
  manager = await world.person("Mo Ali", "policyManager");
  await givesAccount(first, "ada");
});
after(() => world.close());

async function givesAccount({ personId }: Who, accountId: string): Promise<void> {
  await world.ownerPool.query("insert into reeve.sign_in_user (id, name, email) values ($1, $1, $2)", [
    accountId,
    `${accountId}@aldermoor.example`,
  ]);
  await world.ownerPool.query("update reeve.person set account_id = $2 where id = $1", [personId, accountId]);
}

const person = () => typeNamed(world.registry, "person");
const role = () => typeNamed(world.registry, "role");
const leave = (who: Who, whom: Who) =>
  world.store.as(who, async (tx) => {
    const { version } = await find(tx, person(), whom.personId);
    return move(tx, person(), whom.personId, version, "leave", {});
  });
const changePerson = (who: Who, whom: Who, values: Readonly<Record<string, unknown>>) =>
  world.store.as(who, async (tx) => change(tx, person(), whom.personId, "any", values));
const refused = (kind: string, words: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.kind === kind && words.test(error.message);

test("who keeps the list of people cannot shut an administrator out, and can do the rest", async () => {
  await assert.rejects(leave(manager, first), refused("forbidden", /is an administrator/));
  await assert.rejects(changePerson(manager, first, { active: false }), refused("forbidden", /is an administrator/));
  await assert.rejects(
    changePerson(manager, first, { email: "mine@aldermoor.example" }),
    refused("forbidden", /is an administrator/),
  );
  await changePerson(manager, first, { phone: "01632 960 001" });
  const staff = await world.person("Tom Reid", "staff");
  assert.equal((await leave(manager, staff)).state, "left");
});

test("who may make or change some roles cannot put into them what they have not, nor a group that gives them", async () => {
  const some = await personWith(world, [
    ["role", "read", "all"],
    ["role", "create", "all"],
    ["role", "change", "own"],
  ]);
  const every = [{ type: "*", permission: "change", scope: "all" }];
  const notAllowed = refused("forbidden", /for all roles/);
  const made = await world.store.as(some, (tx) => create(tx, role(), { name: "Of no use yet" }));
  for (const values of [{ permissions: every }, { groups: [{ groupId: "mine" }] }, { audits: true }]) {
    await assert.rejects(
      world.store.as(some, (tx) => create(tx, role(), { name: "Mine", ...values })),
      notAllowed,
    );
    await assert.rejects(
      world.store.as(some, (tx) => change(tx, role(), made.id, "any", values)),
      notAllowed,
    );
  }
  assert.equal(
    (await world.store.as(some, (tx) => change(tx, role(), made.id, "any", { name: "Renamed" }))).version,
    2,
  );
  await world.store.as(first, (tx) => change(tx, role(), made.id, "any", { permissions: every }));
});

test("the last administrator who can sign in cannot go, be stopped, or lose the role", async () => {
  const stays = refused("impossible", /Nobody else could administer Reeve/);
  await assert.rejects(leave(first, first), stays);
  await assert.rejects(changePerson(first, first, { active: false }), stays);
  await assert.rejects(changePerson(first, first, { roles: [] }), stays);
  const second = await world.person("Bea Holt", "administrator");
  await assert.rejects(leave(first, first), stays, "another who cannot sign in is none");
  await givesAccount(second, "bea");
  assert.equal((await leave(first, first)).state, "left");
  await assert.rejects(leave(second, second), stays);
  first = second;
});

test("the only role that makes administrators is neither withdrawn nor emptied", async () => {
  const stays = refused("impossible", /Nobody else could administer Reeve/);
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from reeve.records where type = 'role' and title = 'Administrator' and organisation_id = $1",
    [first.organisationId],
  );
  const id = rows[0]!.id;
  await assert.rejects(
    world.store.as(first, async (tx) => {
      const { version } = await find(tx, role(), id);
      return move(tx, role(), id, version, "withdraw", {});
    }),
    stays,
  );
  await assert.rejects(
    world.store.as(first, (tx) => change(tx, role(), id, "any", { permissions: [] })),
    stays,
  );
});

test("a role takes only the types and permissions that there are", async () => {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from reeve.records where type = 'role' and title = 'Staff' and organisation_id = $1",
    [first.organisationId],
  );
  const give = (type: string, permission: string) =>
    world.store.as(first, (tx) =>
      change(tx, role(), rows[0]!.id, "any", { permissions: [{ type, permission, scope: "all" }] }),
    );
  await assert.rejects(give("person", "raed"), refused("invalid", /no permission called “raed” for person/));
  await assert.rejects(give("policy", "handel"), refused("invalid", /approve, publish, handle|handle/));
  await assert.rejects(give("persons", "read"), refused("invalid", /no type of record called “persons”/));
  await give("ticket", "handle");
  await give("*", "publish");
});
