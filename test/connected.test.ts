import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { joinRecords } from "../src/kernel/store/relations.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { connectionsOf } from "../src/web/pages/record-connected.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let lead: Who;
let staff: Who;

before(async () => {
  world = await createWorld();
  lead = await world.person("Dee Lead", "leadSupport");
  staff = await world.person("Sam Staff", "staff");
});
after(() => world.close());

const make = (type: string, values: Readonly<Record<string, unknown>>, state?: string) =>
  world.system((tx) =>
    create(tx, typeNamed(tx.registry, type), values, { trusted: true, ...(state ? { state } : {}) }),
  );
const ticket = (summary: string, more: Readonly<Record<string, unknown>> = {}, state?: string) =>
  make("ticket", { summary, kind: "incident", impact: 2, urgency: 2, ...more }, state);
/** What a record is connected to, as somebody sees it: titles by relation, whether there are more, and the number on the tab. */
const connected = (who: Who, type: string, id: string) =>
  world.store.as(who, async (tx) => {
    const of = typeNamed(tx.registry, type);
    const { groups, count } = await connectionsOf(tx, of, await find(tx, of, id), { whole: true });
    return {
      count,
      titles: Object.fromEntries(groups.map(({ relation, records }) => [relation, records.map(({ title }) => title)])),
      more: Object.fromEntries(groups.map(({ relation, moreHref }) => [relation, moreHref])),
    };
  });

test("of a team only what is open is shown, and of a restricted record nobody who may not see it is told", async () => {
  // A ticket goes to the team of its queue.
  const { teamId } = await ticket("Open of the team");
  await ticket("Closed of the team", {}, "closed");
  await ticket("Restricted of the team", { sensitivity: "restricted" });
  const officer = await world.person("Ola Officer", "staff");
  const seen = async (who: Who) => (await connected(who, "team", teamId!)).titles["Tickets in this team"] ?? [];
  const [whole, own] = [await seen(lead), await seen(officer)];
  assert.ok(whole.includes("Open of the team") && whole.includes("Restricted of the team"), whole.join());
  assert.ok(!whole.includes("Closed of the team"));
  assert.deepEqual(own, [], "staff read their own");
});

test("the first ten of each type that a person asked for are shown, with the way to all; what they own of another type beside them", async () => {
  for (let n = 1; n <= 12; n += 1)
    await ticket(`Asked ${n}`, { requester: staff.personId }, n === 1 ? "closed" : undefined);
  await ticket("Somebody else's", { requester: lead.personId });
  await make("problem", { title: "A cause", owner: staff.personId });
  const { titles, more, count } = await connected(lead, "person", staff.personId);
  assert.equal(titles["Tickets (requester)"]?.length, 10);
  assert.equal(more["Tickets (requester)"], `/tickets?requester=${staff.personId}`);
  assert.deepEqual(titles["Problems (owner)"], ["A cause"]);
  assert.equal(more["Problems (owner)"], undefined);
  assert.match(count, /^\d+\+$/, "there are more than are shown");
});

test("what a record's own fields lead to is told by field, the first of each by title", async () => {
  const device = await make("device", { name: "A laptop" });
  const one = await ticket("With a device", { device: device.id, requester: staff.personId });
  const own = (await connected(lead, "ticket", one.id)).titles;
  assert.deepEqual([own["Device"], own["Requester"], own["Team"]], [["A laptop"], ["Sam Staff"], ["Service desk"]]);
  await world.store.as(lead, (tx) =>
    change(tx, typeNamed(tx.registry, "ticket"), one.id, one.version, { device: null }),
  );
  assert.equal((await connected(lead, "ticket", one.id)).titles["Device"], undefined);
});

test("the groups stand in the same order whichever end joined them: joins first, as their form names them, then fields", async () => {
  const [one, other] = [await ticket("Made first"), await ticket("Made later")];
  const join = (from: string, relation: string, to: string) =>
    world.store.as(lead, (tx) => joinRecords(tx, typeNamed(tx.registry, "ticket"), from, { relation, to }));
  for (const relation of ["follows_from", "caused_by", "caused_by:back", "relates_to"])
    await join(one.id, relation, other.id);
  const groups = async ({ id }: { id: string }) => Object.keys((await connected(lead, "ticket", id)).titles);
  assert.deepEqual(await groups(one), ["Is related to", "Was caused by", "Caused", "Follows from", "Team", "Queue"]);
  assert.deepEqual(await groups(other), ["Is related to", "Was caused by", "Caused", "Led to", "Team", "Queue"]);
});
