import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let manager: Browser;
let incident: Stored;
let secret: Stored;
let ofIncident: Stored;
let ofMessage: Stored;

const make = (type: string, values: Record<string, unknown>) =>
  world.system((tx) => create(tx, typeNamed(tx.registry, type), values, { trusted: true }));
const at = "/messages/new";
const begin = (template: Stored, more: Record<string, string> = {}) =>
  manager.post(
    at,
    {
      title: "Typed before",
      body: "Old words",
      asBanner: "yes",
      _template: template.reference,
      _rows: "begin:body",
      ...more,
    },
    { from: at },
  );
const textOf = (body: string) => /<textarea[^>]*name="body"[^>]*>\s*([^<]*)/.exec(body)?.[1];

before(async () => {
  world = await createWebWorld();
  manager = await world.as(await world.person("Priya Nair", "policyManager"));
  incident = await make("major_incident", { title: "E-mail is down", description: "Nobody gets mail {{state}}" });
  secret = await make("major_incident", {
    title: "A theft",
    description: "Quiet",
    sensitivity: "restricted",
    // Who leads it sees it.
    lead: manager.who!.personId,
  });
  ofIncident = await make("text_template", {
    name: "News of an incident",
    recordType: "major_incident",
    text: "{{title}} ({{reference}}). {{description}}",
  });
  ofMessage = await make("text_template", {
    name: "A notice",
    recordType: "broadcast",
    text: "About “{{title}}” & more",
  });
  await make("text_template", { name: "Of tickets", recordType: "ticket", text: "{{summary}}" });
});
after(() => world.close());

test("the form of a message offers the templates of messages and of incidents, and of nothing else", async () => {
  const page = await manager.get(at);
  assert.match(words(page), /Begin with a template Select one A notice News of an incident Begin with it/);
  assert.doesNotMatch(words(page), /Of tickets/);
  assert.doesNotMatch((await manager.get("/surveys/new")).body, /name="_template"/);
});

test("a template’s places are filled with the incident that the form leads to, and nothing else that was typed is lost", async () => {
  const begun = await begin(ofIncident, { kind: "incident", majorIncident: incident.reference });
  assert.equal(textOf(begun.body), `E-mail is down (${incident.reference}). Nobody gets mail {{state}}`);
  assert.match(begun.body, /name="title"[^>]*value="Typed before"/);
  assert.match(begun.body, /name="asBanner"[^>]*checked/);
  assert.equal((await world.ownerPool.query("select 1 from broadcast")).rows.length, 0, "nothing is saved yet");
});

test("of a message itself, the places are filled with what was typed", async () => {
  assert.equal(textOf((await begin(ofMessage)).body), "About “Typed before” &amp; more");
});

test("without an incident, with a restricted one, or without a template it says what to do and keeps the words", async () => {
  for (const [template, more, said] of [
    [ofIncident, { kind: "incident" }, /Major incident: choose one first/],
    [
      ofIncident,
      { kind: "incident", majorIncident: secret.reference },
      /is restricted, so its values are not for others/,
    ],
    [{ ...ofIncident, reference: "TPL-999" }, {}, /Select the template to begin with/],
  ] as const) {
    const page = await begin(template, more);
    assert.equal(page.statusCode, 422);
    assert.match(words(page), said);
    assert.equal(textOf(page.body), "Old words");
    assert.doesNotMatch(page.body, /A theft \(/);
  }
});
