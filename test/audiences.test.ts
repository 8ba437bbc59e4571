import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { countAudience, isInAudience, peopleIn } from "../src/kernel/organisation/audience.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { checkColumns, createImportWorld, saveRows, sendFile } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { carried, words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let manager: Browser;
let administrator: Browser;
let townHall: Stored;
let depot: Stored;
let housing: Stored;
const people: Record<string, Who & { readonly personId: string }> = {};

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Browser | Who, work: (tx: Tx) => Promise<Result>) =>
  world.store.as("get" in who ? who.who! : who, work);
const registered = (name: string, values: Record<string, unknown>) =>
  world.system((tx) => create(tx, type(name), values, { trusted: true }));
const audience = (...parts: Record<string, unknown>[]) =>
  as(administrator, (tx) => create(tx, type("audience"), { name: "Some", parts }));
const namesIn = (one: Stored, who: Browser | Who = administrator) =>
  as(who, async (tx) => (await peopleIn(tx, one)).map(({ name }) => name));
const give = (name: string, values: Record<string, unknown>) =>
  world.system((tx) => change(tx, type("person"), people[name]!.personId, "any", values, { trusted: true }));

before(async () => {
  world = await createImportWorld();
  manager = await world.as(await world.person("Priya Nair", "policyManager"));
  administrator = await world.as(await world.person("Sam Field", "administrator"));
  for (const name of ["Ann", "Bea", "Cal", "Dan"])
    people[name] = (await world.person(name, "staff")) as Who & { personId: string }; // it is somebody
  townHall = await registered("site", { name: "Town Hall" });
  depot = await registered("site", { name: "Harrow Lane depot" });
  const team = await registered("team", { name: "Housing", members: [{ member: people["Cal"]!.personId }] });
  housing = await registered("service", { name: "Housing", owner: people["Dan"]!.personId, team: team.id });
  await give("Ann", { site: townHall.id, services: [housing.id] });
  await give("Bea", { site: depot.id, services: [housing.id] });
  await give("Cal", { site: townHall.id });
});
after(() => world.close());

test("an audience holds who works at a site, who uses a service and who runs it, and leaves out counts for more", async () => {
  const site = { way: "in", kind: "site", site: townHall.id };
  assert.deepEqual(await namesIn(await audience(site)), ["Ann", "Cal"]);
  const users = { way: "in", kind: "service_users", service: housing.id };
  assert.deepEqual(await namesIn(await audience(users)), ["Ann", "Bea"]);
  const owners = { way: "in", kind: "service_owners", service: housing.id };
  assert.deepEqual(await namesIn(await audience(owners)), ["Cal", "Dan"]);
  assert.deepEqual(await namesIn(await audience(users, owners, { ...site, way: "out" })), ["Bea", "Dan"]);
  const both = await audience(users);
  assert.deepEqual(await Promise.all(["Ann", "Cal"].map((name) => as(people[name]!, (tx) => isInAudience(tx, both)))), [
    true,
    false,
  ]);
  await give("Bea", { site: townHall.id });
  assert.deepEqual(await namesIn(await audience(site)), ["Ann", "Bea", "Cal"]);
  await give("Bea", { site: depot.id });
});

test("how many work at a site or use a service that is restricted is not told to who does not see it", async () => {
  const secret = await registered("site", { name: "The safe house", sensitivity: "restricted" });
  const hidden = await registered("service", {
    name: "Refuge",
    sensitivity: "restricted",
    owner: people["Dan"]!.personId,
  });
  await give("Dan", { site: secret.id, services: [hidden.id] });
  const held = await world.system((tx) =>
    create(
      tx,
      type("audience"),
      {
        name: "Who must know",
        parts: [
          { way: "in", kind: "site", site: secret.id },
          { way: "in", kind: "service_users", service: hidden.id },
          { way: "in", kind: "service_owners", service: hidden.id },
        ],
      },
      { trusted: true },
    ),
  );
  assert.deepEqual(await world.system(async (tx) => (await peopleIn(tx, held)).map(({ name }) => name)), ["Dan"]);
  assert.equal(await as(manager, (tx) => countAudience(tx, held)), 0);
  const page = words(await manager.get(`/audiences/${held.reference}`));
  assert.match(page, /Whom it holds now 0 people/);
  assert.doesNotMatch(page, /safe house|Refuge|Dan/);
  await give("Dan", { site: null, services: [] });
});

test("a message and a survey say before they go whom they reach, by name and number, and lead to the rest", async () => {
  const one = await audience({ way: "in", kind: "site", site: townHall.id });
  const message = await as(manager, (tx) =>
    create(tx, type("broadcast"), { title: "The lift is mended", body: "It runs.", audience: one.id }),
  );
  const told = words(await manager.get(`/messages/${message.reference}`));
  assert.match(
    told,
    /Whom it reaches Some: 2 people now\. They are told as they are when it is sent\. Ann Cal The audience/,
  );
  const survey = await as(manager, (tx) =>
    create(tx, type("survey"), {
      title: "The town hall",
      purpose: "To mend it.",
      audience: one.id,
      closesOn: Temporal.Now.plainDateISO("Europe/London").add({ days: 9 }).toString(),
      questions: [{ text: "Is it warm?", kind: "scale" }],
      breakdown: "none",
    }),
  );
  assert.match(
    words(await manager.get(`/surveys/${survey.reference}`)),
    /Who will be asked Some: 2 people now\..*Ann Cal/,
  );
});

test("a place of work comes in from a file by its name, and is shown on the person’s page and in the list", async () => {
  const sent = await sendFile(
    world,
    administrator,
    "people",
    "Name,Place of work,Services they use\nEve Early,Town Hall,Housing\n",
  );
  await checkColumns(world, administrator, sent);
  await saveRows(world, administrator, sent);
  const page = words(await administrator.get(`/people?show=all&site=${townHall.id}`));
  assert.match(page, /Eve Early/);
  assert.doesNotMatch(page, /Bea/);
  const { rows } = await world.ownerPool.query<{ reference: string }>(
    "select reference from records where title = 'Eve Early'",
  );
  assert.match(
    words(await administrator.get(`/people/${rows[0]?.reference}`)),
    /Place of work Town Hall Services they use Housing/,
  );
  const stored = await as(administrator, (tx) => find(tx, type("person"), people["Ann"]!.personId));
  assert.equal(stored.values["site"], townHall.id);
});

test("the place of work of many people is changed at once", async () => {
  const references = await Promise.all(
    ["Cal", "Dan"].map((name) => as(administrator, (tx) => find(tx, type("person"), people[name]!.personId))),
  );
  const ticks = references.map(({ reference, version }) => ["record", `${reference}@${version}`]);
  const asked = `/people/bulk?${new URLSearchParams([...ticks, ["do", "field:site"]]).toString()}`;
  const preview = await administrator.post("/people/bulk/preview", {
    ...carried((await administrator.get(asked)).body),
    site: depot.id,
  });
  assert.match(words(preview), /2 people will be changed/);
  assert.match(words(await administrator.post("/people/bulk", carried(preview.body))), /2 people changed/);
  assert.deepEqual(await namesIn(await audience({ way: "in", kind: "site", site: depot.id })), ["Bea", "Cal", "Dan"]);
});
