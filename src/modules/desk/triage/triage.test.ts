import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { bringIn } from "../../../kernel/store/bring-in.ts";
import { create } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import { createWebWorld, words } from "../../../../test/web-world.ts";
import type { Browser, WebWorld } from "../../../../test/web-world.ts";
import { classify, train } from "./classifier.ts";
import type { Example } from "./classifier.ts";
import { learnTriage } from "./learn.ts";
import { qualityOf } from "./quality.ts";

const many = (label: string, texts: readonly string[], times = 30): Example[] =>
  Array.from({ length: times }, (_, at) => ({
    label,
    features: texts[at % texts.length]!.split(" ").map((word) => `word:${word}`),
  }));
const taught = [
  ...many("printers", ["printer jam paper", "toner empty printer", "printer offline office"]),
  ...many("accounts", ["password locked out", "account locked", "password forgotten office"]),
  ...many("phones", ["phone ring", "desk phone dead", "phone office"], 12),
];

test("what was taught is told apart, with the reason, and the same lessons teach the same", async () => {
  const classifier = await train(taught);
  const [first, second] = classify(classifier, ["word:printer", "word:office", "word:unknown"]);
  assert.equal(first?.label, "printers");
  assert.deepEqual(first?.reasons, ["word:printer"]);
  assert.ok(first!.share > 0.6 && first!.share > second!.share);
  assert.deepEqual(classify(classifier, [])[0]?.reasons, [], "what is only frequent has no reason");
  assert.deepEqual(await train(taught), classifier);
  assert.deepEqual(classify(await train([]), ["word:printer"]), []);
});

test("quality is tried on what came later, beside the most frequent", async () => {
  const later = [
    ...many("printers", ["printer jam"], 4),
    ...many("accounts", ["password"], 3),
    ...many("phones", ["banana"], 3),
  ];
  const quality = await qualityOf([...taught.slice(0, 40), ...later]);
  assert.deepEqual([quality.learnedFrom, quality.triedOn, quality.labels], [40, 10, 3]);
  assert.equal(quality.suggested.first, 0.7);
  assert.equal(quality.majority.first, 0.4);
  // By hand: printers 2·4/(7+4), accounts 1, phones 0 of a label that was never taught.
  assert.equal(quality.suggested.macroF1.toFixed(3), ((8 / 11 + 1 + 0) / 3).toFixed(3));
  assert.equal(quality.majority.macroF1.toFixed(3), (8 / 14 / 3).toFixed(3));
});

let world: WebWorld;
let officer: Browser;
const ids: Record<string, string> = {};

before(async () => {
  world = await createWebWorld();
  officer = await world.as("leadSupport");
  await world.system(async (tx) => {
    for (const [type, name] of [
      ["queue", "Networks"],
      ["category", "Printing"],
      ["category", "Accounts"],
    ] as const)
      ids[name] = (await create(tx, typeNamed(tx.registry, type), { name })).id;
    const text = [
      { queue: world.council.queue, category: ids["Accounts"]!, summary: "Locked out, password forgotten" },
      { queue: ids["Networks"]!, category: ids["Printing"]!, summary: "The printer is jammed again" },
    ];
    await bringIn(
      tx,
      typeNamed(tx.registry, "ticket"),
      Array.from({ length: 160 }, (_, at) => {
        const openedAt = tx.now.subtract({ hours: 4000 - at });
        const secret = at % 40 === 0 ? { summary: "Zanzibar printer", sensitivity: "restricted" } : {};
        const values = { kind: "incident", impact: 2, urgency: 2, priority: 3, ...text[at % 2]!, ...secret };
        const event = { at: openedAt, verb: "created", body: { values, state: "closed" } };
        return { values, state: "closed", openedAt, closedAt: openedAt, events: [event] };
      }),
    );
  });
  await learnTriage(world);
});
after(() => world.close());

const ticket = (summary: string, values: Record<string, unknown> = {}) =>
  world.store.as(officer.who!, (tx) => create(tx, typeNamed(tx.registry, "ticket"), { summary, ...values }));

test("a new ticket shows its likely queue and category with the reason, and nothing is applied by itself", async () => {
  const made = await ticket("My printer will not print");
  const page = await officer.get(`/tickets/${made.reference}`);
  assert.match(words(page), /Suggested for triage.* Queue Networks \d\d %.*Category Printing \d\d % “printer”/);
  const form = await officer.get(`/tickets/${made.reference}/edit?category=${ids["Printing"]}`);
  assert.match(form.body, /Printing/);
  const move = await officer.get(`/tickets/${made.reference}/moves/assign?queue=${ids["Networks"]}`);
  assert.match(move.body, /Networks/);
  const now = await world.store.as(officer.who!, (tx) => find(tx, typeNamed(tx.registry, "ticket"), made.id));
  assert.deepEqual([now.version, now.values["category"] ?? null], [made.version, null]);
});

test("who only asks sees no suggestions, nor what was learned", async () => {
  const staff = await world.as("staff");
  const made = await world.store.as(staff.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "My printer will not print" }),
  );
  const page = await staff.get(`/tickets/${made.reference}`);
  assert.equal(page.statusCode, 200);
  assert.doesNotMatch(words(page), /Suggested/);
  assert.equal((await staff.get("/desk/triage")).statusCode, 404);
  const rows = await world.store.as(staff.who!, (tx) => sql`select 1 from triage_models`.execute(tx.db));
  assert.equal(rows.rows.length, 0);
  await assert.rejects(
    world.store.as(officer.who!, (tx) =>
      sql`insert into triage_models values (${tx.actor.organisationId}::uuid, 'queue', now(), 1, '{}', '{}')`.execute(
        tx.db,
      ),
    ),
    /row-level security/,
  );
});

test("restricted tickets teach nothing, and another organisation learns nothing of ours", async () => {
  const { rows } = await world.ownerPool.query(
    "select target, examples from triage_models where model::text like '%zanzibar%'",
  );
  assert.deepEqual(rows, []);
  const other = await world.another("Other District Council");
  const stranger = await world.person("Sam Other", "leadSupport", { organisation: other });
  const seen = await world.store.as(stranger, (tx) => sql`select 1 from triage_models`.execute(tx.db));
  assert.equal(seen.rows.length, 0);
});

test("open tickets that say much the same are shown, as far as the officer may see them", async () => {
  const first = await ticket("Projector bulb broken in committee room");
  const hidden = await ticket("Projector bulb broken in committee room, secretly", { sensitivity: "restricted" });
  const second = await ticket("The committee room projector bulb is broken");
  const support = await world.as("supportOfficer");
  const page = words(await support.get(`/tickets/${second.reference}`));
  assert.match(page, new RegExp(`Perhaps the same ${first.reference} .*both say “committee”, “room”`));
  assert.ok(!page.includes(hidden.reference));
});

test("the page of triage help says how often it is right beside guessing", async () => {
  const page = words(await officer.get("/desk/triage"));
  assert.match(page, /Learned from 156 tickets.* Tried on the newest 32.* It is suggested on new tickets/);
  assert.match(page, /Suggested 100 % 100 % 1\.00 Always the most frequent 50 % 100 % 0\.33/);
});

test("a demonstration says with the figures that its tickets are made from patterns; nobody else does", async () => {
  const said = /made from patterns/;
  const pages = async () => {
    const open = await ticket("The committee room projector is broken");
    return Promise.all(
      ["/desk/triage", `/tickets/${open.reference}`].map(async (path) => words(await officer.get(path))),
    );
  };
  for (const page of await pages()) assert.doesNotMatch(page, said);
  const mark = (demo: boolean) =>
    world.ownerPool.query("update organisations set demo = $2 where id = $1", [world.council.organisationId, demo]);
  await mark(true);
  try {
    for (const page of await pages()) assert.match(page, said);
  } finally {
    await mark(false);
  }
});
