import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let responder: Who;
let lead: Who;
let legal: Who;
let director: Who;
let manager: Who;
let team: string;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  responder = await world.person("Sam Ito", "staff");
  lead = await world.person("Lee Ada", "staff");
  manager = await world.person("Mo Nager", "staff");
  legal = await world.person("Quinn Law", "answerApprover");
  director = await world.person("Di Rector", "assistantDirector");
  team = await world.system(async (tx) => {
    const members = [{ member: lead.personId, lead: true }, { member: responder.personId }];
    const values = { name: "Highways", members, manager: manager.personId };
    return (await create(tx, typeNamed(tx.registry, "team"), values, { trusted: true })).id;
  });
  await world.store.as(await world.person("Ad Min", "administrator"), (tx) =>
    create(tx, typeNamed(tx.registry, "answering_plan"), {
      name: "Information requests",
      caseType: "information_request",
      signers: [
        { role: "Legal", person: legal.personId, when: "withheld" },
        { role: "Assistant director", person: director.personId, when: "always" },
      ],
    }),
  );
});
after(() => world.close());

const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = (name: string) => typeNamed(world.registry, name);
const makes = (who: Who, day: string, name: string, values: Values) =>
  world.store.as(who, (tx) => create(tx, type(name), values), on(day));
const does = (who: Who, day: string, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values), on(day));
const sees = (who: Who, record: Stored) => world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;

/** A request of 16 March 2026: due on 16 April; day 3 is 20 March, day 8 the 27th, day 10 the 31st, day 17 the 13th of April. */
const receive = (values: Values = {}) =>
  makes(officer, "2026-03-16", "information_request", {
    subject: "Potholes in Mill Lane",
    question: "How many were mended, and by whom?",
    receivedOn: "2026-03-16",
    applicant: "Zephyrine Mole",
    ...values,
  });
const ask = (request: Stored, title: string, values: Values = {}) =>
  makes(officer, "2026-03-17", "case_question", { request: request.id, title, ...values });
const day = (record: Stored, ...names: string[]) => names.map((name) => record.values[name]);

test("questions are numbered, have their days from the deadline’s own count, and go to a team without who asked", async () => {
  const request = await receive();
  const [first, second] = [await ask(request, "How many?"), await ask(request, "By whom?")];
  assert.deepEqual([first.values["number"], second.values["number"]], [1, 2]);
  assert.deepEqual(day(first, "commissionBy", "answerBy"), ["2026-03-20", "2026-03-27"]);
  const given = await does(officer, "2026-03-18", first, "give", { team });
  assert.deepEqual([given.state, given.ownerId, ...day(given, "askedOn")], ["asked", lead.personId, "2026-03-18"]);
  // Whoever is in the team sees the question, and neither the request nor anybody else’s question.
  assert.equal((await sees(responder, first)).title, "How many?");
  await assert.rejects(sees(responder, request), refused("unseen"));
  await assert.rejects(sees(responder, second), refused("unseen"));
  const browser = await world.as(responder);
  const page = await browser.get(`/case-questions/${first.reference}`);
  assert.equal(page.statusCode, 200);
  assert.doesNotMatch(page.body, /Zephyrine|FOI-2026/);
  const program = await apiClient(world, responder, ["read"]);
  assert.doesNotMatch((await program.get(`/case-questions/${first.reference}`)).body, /Zephyrine|FOI-2026|Potholes/);
});

test("the days follow clarification and extension as the deadline does", async () => {
  const request = await receive();
  const question = await ask(request, "How many?");
  const text = await makes(officer, "2026-03-17", "agreed_text", { request: request.id, title: "Potholes" });
  assert.deepEqual(day(text, "draftBy", "agreeBy"), ["2026-03-31", "2026-04-13"]);
  await does(officer, "2026-03-18", request, "clarify", { askedOn: "2026-03-18", comment: "Which part?" });
  await does(officer, "2026-03-24", request, "clarified", { clarifiedOn: "2026-03-23" });
  assert.deepEqual(day(await sees(officer, question), "commissionBy", "answerBy"), ["2026-03-26", "2026-04-02"]);
  assert.deepEqual(day(await sees(officer, text), "draftBy", "agreeBy"), ["2026-04-08", "2026-04-17"]);
});
