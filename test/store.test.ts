import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { count, list } from "../src/kernel/store/list.ts";
import { move, movesFor } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let lead: Who;
let staff: Who;

before(async () => {
  world = await createWorld();
  lead = await world.person("Dee Osei", "leadSupport");
  staff = await world.person("Tom Reid", "staff");
});
after(() => world.close());

const kind = (expected: string) => (error: unknown) => error instanceof Refusal && error.kind === expected;
const ticket = () => typeNamed(world.registry, "ticket");

test("a ticket needs only a summary, and its requester sees it while another member of staff does not", async () => {
  const made = await world.store.as(staff, (tx) =>
    create(tx, ticket(), { summary: "The printer on floor 2 is jammed" }),
  );
  assert.match(made.reference, /^INC-\d{5}$/);
  assert.equal(made.state, "new");
  assert.equal(made.values["priority"], 3);
  assert.equal(made.requesterId, staff.personId);
  assert.ok(made.dueAt);
  const other = await world.person("Ama Boateng", "staff");
  await assert.rejects(
    world.store.as(other, (tx) => find(tx, ticket(), made.id)),
    kind("unseen"),
  );
  const found = await world.store.as(other, (tx) => search(tx, "printer jammed"));
  assert.deepEqual(found.found, []);
  assert.equal((await world.store.as(staff, (tx) => search(tx, "printer jammed"))).found[0]?.id, made.id);
  assert.equal((await world.store.as(lead, (tx) => search(tx, "printers jam"))).found[0]?.id, made.id);
});

test("a ticket is taken, waits, is resolved and reopened, and its timeline tells it", async () => {
  const made = await world.store.as(staff, (tx) =>
    create(tx, ticket(), { summary: "Cannot sign in to payroll", details: "It says *locked*" }),
  );
  const taken = await world.store.as(lead, (tx) => move(tx, ticket(), made.reference, made.version, "take", {}));
  assert.equal(taken.ownerId, lead.personId);
  await assert.rejects(
    world.store.as(lead, (tx) => move(tx, ticket(), made.id, made.version, "wait", { waitingReason: "x" })),
    kind("stale"),
  );
  await assert.rejects(
    world.store.as(lead, (tx) => move(tx, ticket(), made.id, taken.version, "wait", { waitingFor: "the moon" })),
    kind("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => move(tx, ticket(), made.id, taken.version, "resolve", { resolution: "x" })),
    kind("forbidden"),
  );
  const waiting = await world.store.as(lead, (tx) =>
    move(tx, ticket(), made.id, taken.version, "wait", { waitingReason: "A screenshot", reviewOn: dayIn(3) }),
  );
  assert.equal(waiting.dueAt, null);
  const clocks = await world.store.as(lead, (tx) => clocksOf(tx, ticket(), waiting, true));
  assert.deepEqual(
    clocks.map(({ name, state }) => [name, state]),
    [
      ["respond", "paused"],
      ["resolve", "paused"],
    ],
  );
  await assert.rejects(
    world.store.as(lead, (tx) => move(tx, ticket(), made.id, waiting.version, "reopen", { comment: "x" })),
    kind("impossible"),
  );
  await world.store.as(lead, (tx) =>
    comment(tx, ticket(), made.id, { text: "Asked for a zebra screenshot", audience: "internal" }),
  );
  const resolved = await world.store.as(lead, (tx) =>
    move(tx, ticket(), made.id, waiting.version, "resolve", { resolution: "Unlocked" }),
  );
  const reopened = await world.store.as(staff, (tx) =>
    move(tx, ticket(), made.id, resolved.version, "reopen", { comment: "Locked again" }),
  );
  assert.equal(reopened.state, "assigned");
  const seenByLead = await world.store.as(lead, (tx) => timeline(tx, reopened));
  assert.deepEqual(
    seenByLead.map(({ verb }) => verb),
    ["created", "moved", "moved", "commented", "moved", "moved", "commented"],
  );
  const seenByStaff = await world.store.as(staff, (tx) => timeline(tx, reopened));
  assert.equal(
    seenByStaff.some(({ audience }) => audience === "internal"),
    false,
  );
  assert.equal((await world.store.as(staff, (tx) => search(tx, "zebra"))).found.length, 0);
  assert.equal((await world.store.as(lead, (tx) => search(tx, "zebra"))).found.length, 1);
  assert.deepEqual(await world.store.as(staff, async (tx) => movesFor(tx, ticket(), reopened).map(([name]) => name)), [
    "cancel",
  ]);
});

test("lists page by key both ways and count no further than they must", async () => {
  for (let at = 0; at < 7; at++)
    await world.store.as(staff, (tx) => create(tx, ticket(), { summary: `Paging ${at}`, impact: 1 + (at % 3) }));
  const query = { sort: "-opened", limit: 3, where: { requester: ["me"] }, show: "open" } as const;
  await world.store.as(staff, async (tx) => {
    const first = await list(tx, ticket(), query);
    const second = await list(tx, ticket(), { ...query, cursor: first.nextCursor! });
    const back = await list(tx, ticket(), { ...query, cursor: second.previousCursor! });
    assert.deepEqual(
      back.items.map(({ id }) => id),
      first.items.map(({ id }) => id),
    );
    assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 6);
    assert.ok((await count(tx, ticket(), query)) >= 7);
    for (const sort of ["priority", "-priority", "category", "closed", "summary"].filter(
      (name) => name !== "category",
    )) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof list>> = await list(tx, ticket(), {
          ...query,
          sort,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor);
      assert.equal(new Set(seen).size, await count(tx, ticket(), query), sort);
    }
  });
});

test("a policy's clauses keep their numbers for life", async () => {
  const manager = await world.person("Priya Nair", "policyManager");
  const policy = typeNamed(world.registry, "policy");
  const made = await world.store.as(manager, (tx) =>
    create(tx, policy, {
      title: "Acceptable use",
      clauses: [
        { heading: "One", text: "a" },
        { heading: "Two", text: "b" },
      ],
    }),
  );
  const clauses = made.values["clauses"] as { id: string; number: number; heading: string; text: string }[];
  assert.deepEqual(
    clauses.map(({ number }) => number),
    [1, 2],
  );
  const changed = await world.store.as(manager, (tx) =>
    change(tx, policy, made.id, made.version, { clauses: [clauses[1], { heading: "Three", text: "c" }] }),
  );
  assert.deepEqual(
    (changed.values["clauses"] as { number: number }[]).map(({ number }) => number),
    [2, 3],
  );
});
