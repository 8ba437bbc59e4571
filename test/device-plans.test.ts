import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { refused } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let manager: Browser;
let director: Browser;

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const rates = {
  title: "From April 2026",
  validFrom: "2026-04-01",
  device: 30_000,
  deviceYears: 3,
  simMonth: 800,
  allowanceMonth: 1_000,
  insuranceShare: 15,
  supportCouncil: 4_000,
  supportOwn: 1_500,
  licenceOwn: 3_600,
  riskCouncil: 500,
  riskOwn: 900,
};

before(async () => {
  world = await createWebWorld();
  manager = await world.as(await world.person("Priya Nair", "policyManager"));
  director = await world.as(await world.person("Marcus Webb", "assistantDirector"));
});
after(() => world.close());

test("a plan is counted by the rates of each of its years, beside council devices and the other plans", async () => {
  const policy = await as(manager, (tx) => create(tx, type("policy"), { title: "Using your own device" }));
  const make = (title: string, way: string): Promise<Stored> =>
    as(manager, (tx) =>
      create(tx, type("device_plan"), {
        title,
        policy: policy.id,
        startsOn: "2026-12-01",
        years: 1,
        groups: [
          { who: "Office", people: 10, way: "council" },
          { who: "Visits", people: 20, way: "sim" },
          { who: "Managers", people: 30, way },
        ],
      }),
    );
  const plan = await make("Managers take the allowance <b>", "allowance");
  await make("All devices for managers", "council");
  const at = `/device-plans/${plan.reference}/costs`;
  assert.match(words(await manager.get(at)), /No device rates hold on 1 December 2026/);
  await as(manager, (tx) => create(tx, type("device_rate"), { ...rates, policy: policy.id }));
  await assert.rejects(
    as(manager, (tx) => create(tx, type("device_rate"), { ...rates, policy: policy.id, validFrom: "2027-01-01" })),
    refused("invalid", "impossible", "stale"),
    "two never hold on one day",
  );
  await assert.rejects(
    as(manager, (tx) => create(tx, type("device_rate"), { ...rates, policy: policy.id, device: -1 })),
    refused("invalid"),
  );
  const page = await manager.get(at);
  assert.match(
    words(page),
    /It costs 20 % less than a council device for everybody, which costs £14,460\..*£11,470 over a year £191\.17 for one person in a year £2,990 less/,
  );
  assert.match(words(page), /Employer’s National Insurance £540 £0/);
  assert.match(words(page), /Beside the other plans of its policy .*All devices for managers 1 £/);
  assert.doesNotMatch(page.body, /<b>/);
  assert.match(
    words(await manager.get(`/device-plans/${plan.reference}`)),
    /What it costs .*£11,470; £191\.17 for one person/,
  );
  const agree = (who: Browser) =>
    as(who, (tx) => move(tx, type("device_plan"), plan.id, "any", "agree", { reviewOn: dayIn(90) }));
  await assert.rejects(agree(manager), refused("forbidden"));
  assert.equal((await agree(director)).state, "agreed");
  const joe = await world.as("staff");
  assert.equal((await joe.get(at)).statusCode, 404);
});
