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

test("plans are compared in all and for one person over one to five years, with what they differ in and what was found", async () => {
  const policy = await as(manager, (tx) => create(tx, type("policy"), { title: "Telephones for work" }));
  const make = (title: string, people: number, more: object = {}): Promise<Stored> =>
    as(manager, (tx) =>
      create(tx, type("device_plan"), {
        title,
        policy: policy.id,
        startsOn: "2026-12-01",
        years: 3,
        groups: [
          { who: "Visits", people: 60 - people, way: "council" },
          { who: "Office", people, way: "allowance" },
        ],
        ...more,
      }),
    );
  const criteria = [
    { measure: "Calls about own devices", wanted: "At most 5", found: "3", measuredOn: dayIn(-10), outcome: "met" },
    { measure: "Devices handed back", wanted: "All of them" },
  ];
  const few = await make("Half take it", 30, { criteria });
  const many = await make("Most take it <i>", 50);
  const secret = await make("A secret plan", 1, { sensitivity: "restricted" });
  await as(manager, (tx) => create(tx, type("device_rate"), { ...rates, policy: policy.id, validUntil: "2030-11-30" }));
  const at = `/device-plans/compare?plan=${few.reference}&plan=${many.reference}`;
  const page = await manager.get(at);
  // Each council device costs £241 in a year, each allowance £198: 30 and 30, 10 and 50.
  assert.match(words(page), /Half take it £13,170 £26,340 £39,510 £52,680 No rates/);
  assert.match(
    words(page),
    /Most take it &lt;i&gt; £12,310 \(least\) £24,620 \(least\) £36,930 \(least\) £49,240 \(least\) No rates/,
  );
  assert.match(words(page), /Half take it £219\.50 £219\.50/);
  assert.match(words(page), /Most take it &lt;i&gt; £205\.17 \(least\)/);
  assert.match(words(page), /“Most take it &lt;i&gt;” costs least over 4 years/);
  assert.match(
    words(page),
    /What they differ in .*People with a council device 30 10 .*People with an allowance through payroll 30 50/,
  );
  assert.doesNotMatch(words(page), /A SIM, each month|Begins on/, "what is the same is left out");
  assert.match(
    words(page),
    /Calls about own devices At most 5 3 .* Met .*Devices handed back All of them Not measured yet – Not said yet/,
  );
  assert.doesNotMatch(page.body, /take it <i>/);
  const file = await manager.get(`/device-plans/compare/file.csv?plan=${few.reference}&plan=${many.reference}`);
  assert.match(String(file.headers["content-type"]), /^text\/csv/);
  assert.match(file.body, /Most take it <i>,"?£12,310 \(least\)"?,/);

  // From the policy and from each plan.
  const policyPage = await manager.get(`/policies/${policy.reference}`);
  const link = /href="([^"]*\/device-plans\/compare\?policy=[^"]+)"/.exec(policyPage.body)?.[1] ?? "";
  assert.match(words(await manager.get(link)), /Half take it .*Most take it &lt;i&gt;/);
  for (const path of ["", "/costs"])
    assert.match((await manager.get(`/device-plans/${few.reference}${path}`)).body, /\/device-plans\/compare\?policy=/);

  // Nobody learns of a plan that they may not see, by its number no more than by the list.
  const wrongly = await director.get(`/device-plans/compare?plan=${few.reference}&plan=${secret.reference}`);
  const nothing = await director.get(`/device-plans/compare?plan=${few.reference}&plan=DVP-999`);
  for (const one of [wrongly, nothing]) {
    assert.equal(one.statusCode, 422);
    assert.match(one.body, /href="#filter-plan"/);
    assert.match(words(one), /Plans: one of them is not there, or you may not see it/);
    assert.doesNotMatch(one.body, /A secret plan/);
  }
  const joe = await world.as("staff");
  assert.equal((await joe.get(at)).statusCode, 403);
  assert.equal((await manager.get("/device-plans/compare?plan=%00&policy=nonsense")).statusCode, 422);
});
