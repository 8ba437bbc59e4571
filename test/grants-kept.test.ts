import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import type { Scope, Who } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world.close());

const role = () => typeNamed(world.registry, "role");

/** What somebody may do with tickets now, as the product is told, and whether the database lets them read every ticket. */
async function held(who: Who): Promise<{ told: string[]; readsAll: boolean }> {
  return world.store.as(who, async (tx) => {
    const { rows } = await sql<{ reads: boolean }>`select 'ticket' = any (current_list('read_all')) as reads`.execute(
      tx.db,
    );
    const tickets = tx.actor.grants.filter(({ type }) => type === "ticket");
    return {
      told: tickets.map(({ permission, scope }) => `${permission} ${scope}`).toSorted(),
      readsAll: rows[0]!.reads,
    };
  });
}

/** The one role of somebody. */
async function roleOf(who: Who): Promise<string> {
  const { rows } = await world.ownerPool.query<{ role: string }>("select role from person_roles where parent_id = $1", [
    who.personId,
  ]);
  return rows[0]!.role;
}

const permissions = (...given: [permission: string, scope: Scope][]) =>
  given.map(([permission, scope]) => ({ type: "ticket", permission, scope }));

async function changeRole(id: string, given: ReturnType<typeof permissions>): Promise<void> {
  await world.system(async (tx) => {
    const { version } = await find(tx, role(), id);
    await change(tx, role(), id, version, { permissions: given });
  });
}

test("what a role gives is known with the next thing that is done, whoever holds it", async () => {
  const one = await personWith(world, [["ticket", "read", "all"]]);
  const id = await roleOf(one);
  assert.deepEqual(await held(one), { told: ["read all"], readsAll: true });
  assert.deepEqual(await held(one), { told: ["read all"], readsAll: true }, "kept");
  await changeRole(id, permissions(["read", "own"], ["comment", "own"]));
  assert.deepEqual(await held(one), { told: ["comment own", "read own"], readsAll: false });
  await world.system(async (tx) => move(tx, role(), id, (await find(tx, role(), id)).version, "withdraw", {}));
  assert.deepEqual(await held(one), { told: [], readsAll: false });
  await world.system(async (tx) => move(tx, role(), id, (await find(tx, role(), id)).version, "restore", {}));
  assert.deepEqual(await held(one), { told: ["comment own", "read own"], readsAll: false });
});

test("what was worked out while a role changed is not taken for what it gives now", async () => {
  const one = await personWith(world, [["ticket", "read", "all"]]);
  const id = await roleOf(one);
  await world.system(async (tx) => {
    const { version } = await find(tx, role(), id);
    await change(tx, role(), id, version, { permissions: permissions(["read", "own"]) });
    assert.equal((await held(one)).readsAll, true, "not yet: the change may still be taken back");
  });
  assert.deepEqual(await held(one), { told: ["read own"], readsAll: false });
  await assert.rejects(
    world.system(async (tx) => {
      const { version } = await find(tx, role(), id);
      await change(tx, role(), id, version, { permissions: permissions(["read", "all"]) });
      throw new Error("taken back");
    }),
    /taken back/,
  );
  assert.deepEqual(await held(one), { told: ["read own"], readsAll: false });
});

test("somebody whose roles are kept by long work still begins at once", async () => {
  const one = await personWith(world, [["ticket", "read", "all"]]);
  const second = { ...one };
  await world.store.as(one, async () => {
    const begun = held(second);
    const answer = await Promise.race([
      begun,
      new Promise<null>((resolve) => setTimeout(resolve, 5_000, null).unref()),
    ]);
    assert.deepEqual(answer, { told: ["read all"], readsAll: true });
  });
});

test("a role of every type gives what is added to the types, and no other organisation's", async () => {
  const one = await personWith(world, [["*", "read", "all"]]);
  const other = await world.another("Brackenshire County Council");
  const two = await personWith(world, [["ticket", "comment", "all"]], { organisationId: other.organisationId });
  assert.deepEqual((await held(one)).told, ["read all"]);
  assert.deepEqual((await held(two)).told, ["comment all"]);
  const types = () =>
    world.store.as(one, (tx) => Promise.resolve(tx.actor.grants.some(({ type }) => type === "made_up_for_a_test")));
  assert.equal(await types(), false);
  await world.ownerPool.query(
    "insert into record_types select 'made_up_for_a_test', reference_data, erasable, work, waits_for from record_types where name = 'ticket'",
  );
  assert.equal(await types(), true);
  await world.ownerPool.query("delete from record_types where name = 'made_up_for_a_test'");
  assert.equal(await types(), false);
});

test("what roles give is told once to each process, to all who have the same roles, and again only when it changed", async () => {
  const one = await personWith(world, [["ticket", "read", "all"]]);
  const grantsOf = (who: Who) => world.store.as(who, (tx) => Promise.resolve(tx.actor.grants));
  const first = await grantsOf(one);
  assert.equal(await grantsOf(one), first, "the same object");
  const told = await world.ownerPool.query<{ actor: { digest: string; grants?: unknown } }>(
    "select act_as($1, $2) as actor",
    [one.organisationId, one.personId],
  );
  const { digest, grants } = told.rows[0]!.actor;
  assert.deepEqual(grants, [{ type: "ticket", permission: "read", scope: "all" }]);
  const again = await world.ownerPool.query<{ actor: object }>("select act_as($1, $2, null, $3) as actor", [
    one.organisationId,
    one.personId,
    digest,
  ]);
  assert.ok(!("grants" in again.rows[0]!.actor));
  await changeRole(await roleOf(one), permissions(["read", "all"], ["comment", "all"]));
  assert.equal((await grantsOf(one)).length, 2);
  await changeRole(await roleOf(one), permissions(["read", "all"]));
  assert.deepEqual(await grantsOf(one), first);
});

test("nobody but act_as() reads or writes what is kept", async () => {
  const one = await personWith(world, [["ticket", "read", "all"]]);
  for (const text of ["select 1 from grants_kept", "delete from grants_marks", "select grants_of($1, $2, null)"]) {
    const values = text.includes("$1") ? [one.organisationId, one.personId] : [];
    await assert.rejects(world.store.pool.query(text, values), { code: "42501" }, text);
  }
});
