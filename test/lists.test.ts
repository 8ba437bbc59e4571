import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";
let world: WebWorld;
before(async () => { world = await createWebWorld(); });
after(() => world.close());
test("pages answer", async () => {
  const lead = await world.as("leadSupport");
  for (const path of ["/", "/tickets", "/policies", "/people", "/teams", "/roles", "/queues", "/administration", "/accessibility", "/search", "/search?q=desk", "/tickets.csv", "/people.csv", "/tickets?state=bad"]) {
    const response = await lead.get(path);
    console.log(path, response.statusCode, response.body.length);
  }
});
