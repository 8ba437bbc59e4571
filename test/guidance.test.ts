import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Values } from "../src/kernel/store/values.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  staff = await world.as("staff");
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const tool = (name: string) => world.system((tx) => create(tx, type("system"), { name }, { trusted: true }));
/** An article of an officer's, published by the lead; not published where `publish` is false. */
async function article(title: string, values: Values, publish = true): Promise<void> {
  const officer = await world.person(`Writer of ${title}`, "supportOfficer");
  const lead = await world.person(`Lead for ${title}`, "leadSupport");
  const draft = await world.store.as(officer, (tx) =>
    create(tx, type("article"), { title, body: "Press the button.", ...values }),
  );
  const reviewOn = Temporal.Now.plainDateISO().add({ years: 1 }).toString();
  if (publish)
    await world.store.as(lead, (tx) => move(tx, type("article"), draft.id, draft.version, "publish", { reviewOn }));
}

test("staff find published guidance under the tool that it is about, and nothing that is kept from them", async () => {
  assert.match(words(await staff.get("/help/guidance")), /There is no guidance on a tool yet/);
  const [shared, planner] = [await tool("Shared drive"), await tool("Planner")];
  const hidden = await tool("Whistle line");
  await article("Find a folder", { tool: shared.id });
  await article("Make a plan", { tool: planner.id, readers: "managers" });
  await article("Raise a concern", { tool: hidden.id });
  await world.ownerPool.query("update records set sensitivity = 'restricted' where id = $1", [hidden.id]);
  await article("Book a room", {});
  await article("Rescue a folder", { tool: shared.id, audience: "desk" });
  await article("Share a folder", { tool: shared.id }, false);
  const page = await staff.get("/help/guidance");
  assert.equal(page.statusCode, 200);
  assert.match(
    words(page),
    /Guidance by tool Planner Make a plan For managers Shared drive Find a folder Other tools Raise a concern/,
  );
  assert.doesNotMatch(page.body, /Whistle line|Book a room|Rescue a folder|Share a folder/);
  // Whoever writes them sees what is for the desk, and no drafts.
  const writer = words(await (await world.as("leadSupport")).get("/help/guidance"));
  assert.match(writer, /Rescue a folder/);
  assert.doesNotMatch(writer, /Share a folder/);
  assert.match((await staff.get("/help")).body, /href="\/help\/guidance"/);
});
