import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
type Step = readonly [name: string, values?: Readonly<Record<string, unknown>>];
const wait = (waitingFor: string): Step => ["wait", { waitingFor, waitingReason: "A part", reviewOn: dayIn(3) }];
const resolve: Step = ["resolve", { resolution: "Done" }];

/** How a ticket comes into each state, and what its clocks then say. */
const states: Readonly<Record<string, { steps: readonly Step[]; says: RegExp }>> = {
  new: { steps: [], says: /Due \w+ \d+ \w+ \d{4} at [\d:]+: .* of working time left|Missed: was due/ },
  assigned: { steps: [["take"]], says: /Due \w+ \d+ \w+|Missed: was due/ },
  waiting_user: { steps: [wait("user")], says: /Paused since .* \(Waiting for user\), .* left when it resumes/ },
  waiting_supplier: { steps: [wait("supplier")], says: /Paused since .* \(Waiting for supplier\)/ },
  waiting_evidence: { steps: [wait("evidence")], says: /Paused since .* \(Waiting for evidence\)/ },
  waiting_problem: { steps: [wait("problem")], says: /Paused since .* \(Waiting for problem\)/ },
  resolved: { steps: [["take"], resolve], says: /Met with .* to spare|Met just in time/ },
  closed: { steps: [resolve, ["close"]], says: /Met with .* to spare|Met just in time/ },
  cancelled: { steps: [["cancel", { comment: "Not needed" }]], says: /Cancelled\./ },
};

test("in every state a ticket shows its clocks in a sentence each, and each opens its ledger", async () => {
  const known = Object.keys(ticket().states).filter((state) => state in states);
  assert.ok(known.length >= 9);
  for (const state of known) {
    const { steps, says } = states[state]!;
    let record: Stored = await world.store.as(lead.who!, (tx) =>
      create(tx, ticket(), { summary: `Comes to be ${state}` }),
    );
    for (const [name, values = {}] of steps)
      record = await world.store.as(lead.who!, (tx) => move(tx, ticket(), record.id, "any", name, { ...values }));
    assert.equal(record.state, state);
    const page = await lead.get(`/tickets/${record.reference}`);
    assert.match(words(page), says, state);
    const promised = Object.entries(ticket().clocks).filter(([, { rule }]) => rule === "service-level");
    assert.ok(promised.length >= 2);
    for (const [clock] of promised) {
      const ledger = await lead.get(`/tickets/${record.reference}/clocks/${clock}`);
      assert.equal(ledger.statusCode, 200, `${state} ${clock}`);
      assert.match(words(ledger), /Service.level|working time|counts/i, `${state} ${clock}`);
      assert.ok(page.body.includes(`/clocks/${clock}`), `${state} ${clock}`);
    }
  }
});
