import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
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

test("an article says which clause behind it reads otherwise since it was checked, to those who may see the policy", async () => {
  const keeper = await world.person("Policy keeper", "policyManager");
  const director = await world.person("Director of policies", "assistantDirector");
  const later = { now: Temporal.Now.instant().add({ hours: 48 }) };
  const reviewOn = Temporal.Now.plainDateISO().add({ days: 300 }).toString();
  const go = (who: typeof keeper, id: string, verb: string, values: Values = {}, at: { now?: Temporal.Instant } = {}) =>
    world.store.as(who, (tx) => move(tx, type("policy"), id, "any", verb, values), at);
  const clauses = [
    { heading: "Length", text: "Twelve characters." },
    { heading: "Sharing", text: "Nobody shares one." },
  ];
  const published = async (title: string) => {
    const draft = await world.store.as(keeper, (tx) =>
      create(tx, type("policy"), { title, purpose: "To keep it safe.", owner: keeper.personId, clauses }),
    );
    await go(director, draft.id, "approve");
    return go(keeper, draft.id, "publish", { change: "material", changeReason: "The first.", reviewOn });
  };
  const [open, closed] = [await published("Passwords"), await published("Vault keys")];
  await article("Choose a password", { cites: [{ policy: open.id, clause: 1 }, { policy: closed.id }] });
  await article("Share a password", { cites: [{ policy: open.id, clause: 2 }] });
  const idOf = async (title: string) =>
    (await world.ownerPool.query<{ id: string }>("select id from records where title = $1", [title])).rows[0]!.id;
  await article("Draft of passwords", { cites: [{ policy: open.id, clause: 1 }] }, false);
  await article("Start here", {
    seeAlso: [await idOf("Choose a password"), await idOf("Share a password"), await idOf("Draft of passwords")],
  });
  await article("Rests on both", {
    cites: [{ policy: open.id, clause: 1 }],
    seeAlso: [await idOf("Choose a password")],
  });
  const read = async (title: string) => {
    const { rows } = await world.ownerPool.query<{ reference: string }>(
      "select reference from records where title = $1",
      [title],
    );
    return staff.get(`/articles/${rows[0]!.reference}`);
  };
  for (const title of ["Choose a password", "Start here"])
    assert.doesNotMatch(words(await read(title)), /has changed since/);
  for (const policy of [open, closed]) {
    const review = await go(keeper, policy.id, "review", {}, later);
    // The lines kind gives lines.
    const [one, ...others] = review.values["clauses"] as readonly Values[];
    const text = "Fourteen characters.";
    await world.store.as(
      keeper,
      (tx) => change(tx, type("policy"), policy.id, "any", { clauses: [{ ...one, text }, ...others] }),
      later,
    );
    await go(director, policy.id, "approve", {}, later);
    await go(keeper, policy.id, "publish", { change: "material", changeReason: "Longer.", reviewOn }, later);
  }
  await world.ownerPool.query("update records set sensitivity = 'restricted' where id = $1", [closed.id]);
  const page = await read("Choose a password");
  assert.match(words(page), /The policy behind this has changed since this was last checked Passwords, clause 1/);
  assert.match(page.body, new RegExp(`/policies/${open.reference}/compare\\?from=1&amp;to=2`));
  assert.doesNotMatch(page.body, /Vault keys/);
  assert.equal((await staff.get(`/policies/${open.reference}/compare?from=1&to=2`)).statusCode, 200);
  // The other clause reads as it did.
  assert.doesNotMatch(words(await read("Share a password")), /has changed since/);
  // What only names other guidance tells of the clauses behind that one; what rests on the same clause says it once.
  const beside = await read("Start here");
  assert.match(
    words(beside),
    /The policy behind other guidance that this names has changed since this was last checked Passwords, clause 1, behind “Choose a password”: read what is different/,
  );
  assert.match(beside.body, new RegExp(`/policies/${open.reference}/compare\\?from=1&amp;to=2`));
  assert.doesNotMatch(beside.body, /Vault keys|Draft of passwords|behind “Share a password”/);
  const both = words(await read("Rests on both"));
  assert.match(both, /The policy behind this has changed since this was last checked Passwords, clause 1/);
  assert.doesNotMatch(both, /behind other guidance/);
});

test("the policy manager finds the areas without a partner by a measure, and the suppliers that we work with", async () => {
  const keeper = await world.as(await world.person("Rela Keeper", "policyManager"));
  const make = (name: string, values: Values = {}) =>
    world.store.as(keeper.who!, (tx) => create(tx, type("relationship"), { name, ...values }));
  await make("Housing", { partner: keeper.who!.personId });
  await make("leisure and libraries ");
  // Nobody looks after the one, somebody after the other; a group of members is no service area, whatever it is called.
  await make("Planning and building control");
  await make("Planning and building control", { partner: keeper.who!.personId });
  await make("Finance and procurement", { kind: "members", partner: keeper.who!.personId });
  await make("Parks");
  await make("Group of independents", { kind: "members" });
  const ended = await make("Old depot");
  await world.store.as(keeper.who!, (tx) => move(tx, type("relationship"), ended.id, "any", "end", {}));
  // An area that the council added itself.
  const own = { recordType: "information_request", kind: "more-choices", extends: "area" };
  await world.system((tx) =>
    create(tx, type("added_field"), { ...own, label: "Areas", choices: [{ label: "Harbour" }] }, { trusted: true }),
  );
  const highways = await make("Highways and parking", { partner: keeper.who!.personId });
  await world.store.as(keeper.who!, (tx) => move(tx, type("relationship"), highways.id, "any", "end", {}));
  const measure = words(await keeper.get("/measures/relationships-without-partner"));
  assert.match(measure, /Areas without a partner/);
  assert.match(measure, /A service area 3\b/);
  const [, unwritten = "", alone = ""] =
    /Service areas that nobody wrote down (.*) Service areas without a partner (.*) How it is counted/.exec(measure) ??
    [];
  assert.equal(alone, "Leisure and libraries");
  const missing = unwritten.split("; ");
  for (const area of ["Adult social care", "Finance and procurement", "Harbour", "Highways and parking"])
    assert.ok(missing.includes(area), unwritten);
  assert.doesNotMatch(unwritten, /Housing|Planning|Leisure|Another or several/);
  assert.match(measure, /A group of members 1\b/);
  const listed = words(await keeper.get("/relationships?partner=none"));
  assert.match(listed, /Parks/);
  assert.doesNotMatch(listed, /Housing|Old depot/);
  assert.notEqual((await staff.get("/measures/relationships-without-partner")).statusCode, 200);
  assert.equal((await keeper.get("/suppliers")).statusCode, 200);
});
