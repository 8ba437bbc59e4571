import assert from "node:assert/strict";
import type { Who } from "../../src/kernel/transaction.ts";
import { apiClient } from "../api-world.ts";
import type { ApiClient } from "../api-world.ts";
import { createWebWorld } from "../web-world.ts";
import type { WebWorld } from "../web-world.ts";

export let world: WebWorld;
export let lead: ApiClient;
export let staff: ApiClient;
export let staffPerson: Who;

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  world = await createWebWorld({ apiRequestsPerMinute: 100_000 });
  staffPerson = await world.person("Tom Reid", "staff");
  lead = await apiClient(world, await world.person("Dee Osei", "leadSupport"));
  staff = await apiClient(world, staffPerson);
}

/** Ends it. */
export const end = () => world.close();

export const ticket = async (client: ApiClient = staff, values: object = {}) => {
  const made = await client.post("/tickets", { summary: "The printer on floor 2 is jammed", ...values });
  assert.equal(made.statusCode, 201, made.body);
  return made.json();
};
