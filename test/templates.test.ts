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

test("several that are moved at once are each told in their own words, as the preview shows them", async () => {
  const { reference } = await template("{{reference}} of {{requester}} is mended. {{waitingReason}}");
  const tickets = await as(staff, async (tx) => [
    await create(tx, typeNamed(tx.registry, "ticket"), { summary: "Lamp {{state}}", impact: 2, urgency: 2 }),
    await create(tx, typeNamed(tx.registry, "ticket"), { summary: "Bulb", impact: 2, urgency: 2 }),
  ]);
  const asked = (move: string, more = "") =>
    `/tickets/bulk?${tickets.map((one) => `record=${one.reference}@1`).join("&")}&do=move:${move}${more}`;
  const sentTo = async (from: string, form: Record<string, string>, path = "/tickets/bulk/preview") => {
    const record = tickets.map((one) => `${one.reference}@1`);
    return lead.post(path, { record, ...form }, { from });
  };
  assert.match(
    (await lead.get(asked("resolve"))).body,
    new RegExp(`<select[^>]*name="template">.*value="${reference}"`),
  );
  assert.doesNotMatch((await lead.get(asked("assign"))).body, /name="template"/, "it asks for no text");
  for (const [move, control] of [
    ["cancel", "comment"],
    ["resolve", "resolution"],
  ] as const) {
    const from = asked(move, `&template=${reference}`);
    const form = (await lead.get(from)).body;
    assert.match(form, new RegExp(`name="${control}"[^>]*>\\s*\\{\\{reference\\}\\} of`), "not filled in yet");
    assert.match(form, new RegExp(`name="fills" value="${control}"`));
    const typed = {
      do: `move:${move}`,
      [control]: "{{reference}} of {{requester}}: {{summary}}. {{waitingReason}}",
    };
    const preview = await sentTo(from, { ...typed, fills: control });
    assert.equal(preview.statusCode, 200, words(preview));
    for (const one of tickets)
      assert.match(
        words(preview),
        new RegExp(`${one.reference} of Staff: ${one.title.replaceAll(/[{}]/g, "\\$&")}\\. …`),
      );
    const plain = await sentTo(asked(move), typed);
    assert.match(words(plain), /\{\{reference\}\} of/, "without a template braces are braces");
    const wrong = await sentTo(from, { ...typed, [control]: "{{nothing}}", fills: control });
    assert.equal(wrong.statusCode, 422);
    assert.match(words(wrong), /have nothing called “nothing” to fill in/);
    assert.match(wrong.body, new RegExp(`name="fills" value="${control}"`), "and it is still to be filled in");
    assert.equal((await sentTo(from, { ...typed, fills: "owner" })).statusCode, 200, "only the text of the move is");
  }
  const done = await sentTo(
    asked("cancel"),
    {
      do: "move:cancel",
      comment: "{{reference}} is not needed",
      fills: "comment",
      _submission: crypto.randomUUID(),
    },
    "/tickets/bulk",
  );
  assert.match(words(done), /2 tickets changed/);
  for (const one of tickets)
    assert.match(
      words(await staff.get(`/tickets/${one.reference}?tab=conversation`)),
      new RegExp(`${one.reference} is not needed`),
    );
});
