import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;

before(async () => {
  world = await createWebWorld();
});
after(() => world?.close());

test("what is written later is told later, although another process gave a later moment before it, and its clocks verify", async () => {
  const ticket = typeNamed(world.registry, "ticket");
  const officer = await world.person("Officer", "supportOfficer");
  const now = Temporal.Instant.from("2026-11-20T10:00:00.250Z");
  const go = (name: string, values: Readonly<Record<string, unknown>>, seconds: number) =>
    world.store.as(officer, (tx) => move(tx, ticket, made.id, "any", name, values), { now: now.add({ seconds }) });
  const made = await world.store.as(officer, (tx) => create(tx, ticket, { summary: "It stands still" }), { now });
  await go("assign", { owner: officer.personId }, 9);
  await go("resolve", { resolution: "The plug was out" }, 2);
  const [lines, left] = await world.store.as(officer, (tx) =>
    Promise.all([timeline(tx, made), find(tx, ticket, made.id)]),
  );
  const moments = lines.map(({ at }) => Temporal.Instant.from(at).epochMilliseconds);
  assert.deepEqual(
    moments,
    moments.toSorted((one, other) => one - other),
  );
  assert.equal(left.state, "resolved");
  assert.equal(left.updatedAt, now.add({ seconds: 9, milliseconds: 1 }).toString({ smallestUnit: "millisecond" }));
  assert.deepEqual((await verify({ ownerPool: world.ownerPool, registry: world.registry })).problems, []);
});
