import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let manager: Who;
let director: Who;
let head: Who;
let joe: Who;

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Who, work: (tx: Tx) => Promise<Result>) => world.store.as(who, work);
const make = (who: Who, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values));
const refused =
  (kind: string, said = /./) =>
  (error: unknown) =>
    error instanceof Refusal && error.kind === kind && said.test(error.message);

before(async () => {
  world = await createWorld();
  manager = await world.person("Priya Nair", "policyManager");
  director = await world.person("Marcus Webb", "assistantDirector");
  head = await world.person("Helen Marsh", "headOfDelivery");
  joe = await world.person("Joe Price", "staff");
});
after(() => world.close());

test("an impact assessment: risks first, advice by another, agreed by a third, and a high risk goes to the regulator", async () => {
  const risk = { risk: "A letter goes to the wrong home", likelihood: "medium", severity: "high" };
  const assessment = await as(manager, (tx) =>
    create(tx, type("impact_assessment"), {
      title: "Housing letters by e-mail",
      kind: "data",
      what: "Letters go by e-mail.",
      necessity: "Post takes a week.",
      risks: [risk],
      owner: manager.personId,
    }),
  );
  await assert.rejects(make(manager, assessment, "ask"), refused("invalid", /Risk 1: say what is done/));
  const [line] = assessment.values["risks"] as readonly Record<string, unknown>[];
  const risks = [
    { ...line, measure: "Addresses are checked", remains: "high" },
    { ...risk, measure: "Training", remains: "low" },
  ];
  const rewritten = await as(manager, (tx) => change(tx, type("impact_assessment"), assessment.id, "any", { risks }));
  assert.equal(rewritten.values["highestLeft"], "high");
  await make(manager, assessment, "ask");
  await assert.rejects(
    as(manager, (tx) => change(tx, type("impact_assessment"), assessment.id, "any", { what: "Other" })),
    refused("impossible", /Write it anew/),
  );
  await assert.rejects(make(manager, assessment, "advise", { advice: "Fine." }), refused("forbidden"));
  await make(head, assessment, "advise", { advice: "Ask the regulator." });
  const agreement = { follows: "followed", reason: "As advised.", reviewOn: dayIn(300) };
  await assert.rejects(
    make(head, assessment, "agree", agreement),
    refused("invalid", /other than whoever gave the advice/),
  );
  await assert.rejects(make(director, assessment, "agree", agreement), refused("invalid", /article 36/));
  const agreed = await make(director, assessment, "agree", { ...agreement, regulatorAsked: true });
  assert.deepEqual(
    [agreed.state, agreed.values["agreedBy"], agreed.values["advisedBy"]],
    ["agreed", director.personId, head.personId],
  );
  assert.ok(agreed.dueAt, "its review is a deadline");
  await assert.rejects(
    as(joe, (tx) => find(tx, type("impact_assessment"), assessment.id)),
    refused("unseen"),
  );
});

test("the record of processing asks for what the law does, and for no more", async () => {
  const activity = {
    name: "Housing applications",
    purpose: "To give homes to those who need them.",
    basis: "public_task",
    subjects: "Applicants and their families",
    categories: "Names, addresses, health",
    keptFor: "Six years",
  };
  const enter = (more: object) =>
    as(manager, (tx) => create(tx, type("processing_activity"), { ...activity, ...more }));
  await assert.rejects(enter({ isSpecial: true }), refused("invalid", /condition for it/));
  await assert.rejects(enter({ isAbroad: true }), refused("invalid", /where it goes/i));
  const made = await enter({ isSpecial: true, specialCondition: "Article 9(2)(g)" });
  await assert.rejects(make(manager, made, "enter", { reviewOn: dayIn(0) }), refused("invalid", /still to come/));
  const entered = await make(manager, made, "enter", { reviewOn: dayIn(365) });
  assert.deepEqual([entered.state, entered.ownerId], ["current", manager.personId]);
});

test("a relationship keeps what was said in its order, how it stands and when somebody looks again", async () => {
  const relationship = await as(manager, (tx) =>
    create(tx, type("relationship"), { name: "Adult social care", partner: manager.personId }),
  );
  const contact = { contactOn: dayIn(-1), contactHow: "meeting", contactSaid: "They want tablets." };
  await assert.rejects(
    make(manager, relationship, "contact", { ...contact, contactOn: dayIn(1) }),
    refused("invalid", /a day that has been/),
  );
  await make(manager, relationship, "contact", contact);
  const after = await make(manager, relationship, "contact", {
    ...contact,
    contactSaid: "They have them.",
    temperature: "warm",
  });
  const contacts = after.values["contacts"] as readonly Record<string, unknown>[];
  assert.deepEqual(
    contacts.map(({ said, number, noted }) => [number, said, noted]),
    [
      [1, "They want tablets.", manager.personId],
      [2, "They have them.", manager.personId],
    ],
  );
  assert.deepEqual([after.values["contactSaid"], after.values["temperature"]], [null, "warm"]);
  await make(manager, relationship, "review", { temperature: "fair", why: "Waits for phones.", reviewOn: dayIn(90) });
  await assert.rejects(
    as(joe, (tx) => find(tx, type("relationship"), relationship.id)),
    refused("unseen"),
  );
});
