import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { findMany } from "../src/kernel/store/find-many.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});
after(() => world.close());

test("a record that is asked for twice has the values of the fields of both, and one of another type its own", async () => {
  const found = await world.system(async (tx) => {
    const [ticket, device] = [typeNamed(tx.registry, "ticket"), typeNamed(tx.registry, "device")];
    const one = await create(tx, ticket, { summary: "It jams", details: "On every page", channel: "phone" });
    const other = await create(tx, ticket, { summary: "It is slow", details: "Since Monday", channel: "walk_up" });
    const printer = await create(tx, device, { name: "PRN-1", serialNumber: "A-1" });
    const all = await findMany(tx, [
      { type: ticket, ids: [one.id, other.id], fields: ["details"] },
      { type: device, ids: [printer.id], fields: ["serialNumber"] },
      { type: ticket, ids: [one.id], fields: ["channel"] },
    ]);
    return [one, other, printer].map(({ id }) => all.get(id)?.values);
  });
  assert.deepEqual(
    [found[0]?.["details"], found[0]?.["channel"], found[1]?.["details"], found[2]?.["serialNumber"]],
    ["On every page", "phone", "Since Monday", "A-1"],
  );
});
