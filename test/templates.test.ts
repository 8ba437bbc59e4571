import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  [lead, staff] = [await world.as("leadSupport"), await world.as("staff")];
});
after(() => world.close());

const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const template = (text: string, recordType = "ticket") =>
  as(lead, (tx) => create(tx, typeNamed(tx.registry, "text_template"), { name: "Thank you", recordType, text }));

test("a comment begins with a template, and the record’s own values stand in its places", async () => {
  const { reference } = await template(
    "Dear {{Requester}},\n\n{{reference}} “{{summary}}” is {{state}}. Impact: {{impact}}. {{Resolution}}",
  );
  const ticket = await as(staff, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "Lamp <b>broken</b> {{state}}", impact: 2, urgency: 2 }),
  );
  const page = await lead.get(`/tickets/${ticket.reference}?tab=conversation&template=${reference}`);
  assert.match(page.body, /Begin with a template/);
  assert.match(
    words(page),
    new RegExp(
      `Dear Staff, ${ticket.reference} “Lamp &lt;b&gt;broken&lt;/b&gt; {{state}}” is New\\. Impact: A team \\(2\\)\\. …`,
    ),
  );
  assert.doesNotMatch((await lead.get(`/tickets/${ticket.reference}?template=TPL-999`)).body, /Dear/);
  const theirs = await staff.get(`/tickets/${ticket.reference}?tab=conversation&template=${reference}`);
  assert.doesNotMatch(theirs.body, /Begin with a template|Dear/, "only officers write with them");
});

test("what a move asks to be said begins with a template too, where it asks for any text", async () => {
  const { reference } = await template("{{reference}} is mended, {{requester}}.");
  const ticket = await as(lead, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "A lamp", impact: 2, urgency: 2 }),
  );
  const at = `/tickets/${ticket.reference}/moves`;
  for (const [move, control] of [
    ["resolve", "resolution"],
    ["cancel", "comment"],
  ] as const) {
    assert.match((await lead.get(`${at}/${move}`)).body, new RegExp(`href="${at}/${move}\\?template=${reference}"`));
    const begun = (await lead.get(`${at}/${move}?template=${reference}`)).body;
    assert.match(
      begun,
      new RegExp(
        `<textarea[^>]*name="${control}"[^>]*>\\s*${ticket.reference} is mended, Lead support officer\\.<`,
        "i",
      ),
    );
  }
  assert.doesNotMatch((await lead.get(`${at}/assign`)).body, /Begin with a template/, "it asks for no text");
  assert.doesNotMatch((await lead.get(`${at}/resolve?template=TPL-999`)).body, /is mended/);
  const refused = await lead.post(`${at}/resolve`, { resolution: "x".repeat(20_001) }, { from: `${at}/resolve` });
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /Begin with a template/);
});

test("places that nothing fills, or that officers keep among themselves, are refused", async () => {
  for (const [text, type, field] of [
    ["Hello {{nobody}}", "ticket", "text"],
    ["It came from {{source}}", "ticket", "text"],
    ["{{constructor}}", "ticket", "text"],
    ["Hello", "moon", "recordType"],
  ] as const)
    await assert.rejects(
      template(text, type),
      (error) => error instanceof Refusal && error.problems.some((problem) => problem.field === field),
      text,
    );
});
