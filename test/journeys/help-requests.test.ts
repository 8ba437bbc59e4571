import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../../src/kernel/registry.ts";
import { Refusal } from "../../src/kernel/errors.ts";
import { makeAbsence } from "../../src/kernel/organisation/absences.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import type { Tx, Who } from "../../src/kernel/transaction.ts";
import { nextStep } from "../../src/modules/requests/steps.ts";
import { requests } from "../../src/modules/requests/module.ts";
import { desk } from "../../src/modules/desk/module.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";

let world: ImportWorld;
let officer: Browser;
let staff: Browser;
let joe: Who;

before(async () => {
  world = await createImportWorld();
  joe = await world.person("Joe Price", "staff");
  [officer, staff] = [await world.as(await world.person("Leah Bennett", "supportOfficer")), await world.as(joe)];
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(browser: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(browser.who!, work);
const runJobs = () => world.runJobs({ ...desk.jobs, ...requests.jobs });
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
const where = (answer: { headers: Record<string, unknown> }) => String(answer.headers["location"]);

test("a request with two approvals and three teams, each step in plain words", async () => {
  const [mina, bert, deputy] = [
    await world.person("Mina Manager", "staff"),
    await world.person("Bert Budget", "serviceManager"),
    await world.person("Dora Deputy", "staff"),
  ];
  const item = await world.system(async (tx) => {
    const joesPerson = await find(tx, type("person"), joe.personId);
    await change(tx, type("person"), joe.personId, joesPerson.version, { manager: mina.personId });
    const teams = [];
    for (const name of ["Field support", "Systems", "Stores"]) teams.push(await create(tx, type("team"), { name }));
    const [field, systems, stores] = teams.map(({ id }) => id);
    const made = await create(tx, type("catalogue_item"), {
      name: "Laptop for a new starter",
      summary: "A laptop, set up and ready",
      queue: world.council.queue,
      owner: bert.personId,
      questions: [
        { label: "Who is it for?", kind: "text", required: true },
        { label: "Which kind?", kind: "choice", required: true, choices: "Light; Heavy duty" },
        { label: "Why heavy?", kind: "text", required: true, onlyIf: 2, onlyIfAnswer: "Heavy duty" },
        { label: "Needed from", kind: "date" },
      ],
      approvals: [{ by: "manager" }, { by: "service_owner", why: "the money" }],
      steps: [
        { what: "Take it from the shelf", team: stores, days: 1 },
        { what: "Set it up", team: systems, days: 2 },
        { what: "Bring it to the desk", team: field, days: 2, together: true },
      ],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  assert.match(words(await staff.get("/help?q=starter")), /You can ask for Laptop for a new starter/);
  const at = `/help/ask/${item.reference}`;
  assert.match(words(await staff.get(at)), /Approved by your line manager, then Bert Budget \(the money\)/);
  const wrong = await staff.post(
    at,
    { q1: "", q2: "c9", "q4-day": "40", "q4-month": "1", "q4-year": "2027" },
    { from: at },
  );
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /Who is it for\? Answer this question.*Select one of the choices.*Enter a real date/);
  assert.match(wrong.body, /value="40"/, "nothing typed is lost");
  assert.equal(
    (await staff.post(at, { q1: "Ann", q2: "c2" }, { from: at })).statusCode,
    422,
    "what depends on an answer is asked for by it",
  );
  const sent = await staff.post(at, { q1: "Ann <b>", q2: "c1", q3: "is not asked" }, { from: at });
  const ticketAt = where(sent);
  const reference = ticketAt.split("/").at(-1)!;
  await runJobs();
  const ticket = () => world.system((tx) => find(tx, type("ticket"), reference));
  assert.deepEqual(
    ((await ticket()).values["answers"] as { question: string; answer: string }[]).map(({ answer }) => answer),
    ["Ann <b>", "Light", "Not answered"],
  );
  assert.match(
    words(await staff.get(ticketAt)),
    /It waits for Mina Manager to decide by .*The steps .*Waiting for a decision Decision by Mina Manager/,
  );

  // Nobody approves their own, nor what somebody else is asked; a person who only asked cannot make approvals up.
  const pending = async () => {
    const { rows } = await world.ownerPool.query<{ id: string; version: number }>(
      "select id, version from records where type = 'approval' and state = 'pending'",
    );
    assert.equal(rows.length, 1);
    return rows[0]!;
  };
  const first = await pending();
  const decide = (who: Who, which: { id: string; version: number }, name = "approve", values = {}) =>
    world.store.as(who, (tx) => move(tx, type("approval"), which.id, which.version, name, values));
  await assert.rejects(decide(joe, first), refused("forbidden"));
  await assert.rejects(decide(bert, first), refused("forbidden"));
  await assert.rejects(decide(deputy, first), refused("unseen"));
  await assert.rejects(
    world.store.as(joe, (tx) => create(tx, type("approval"), { title: "x", ticket: ticket as unknown as string })),
    refused("forbidden"),
  );
  const manager = await world.as(mina);
  assert.match(words(await manager.get("/help")), /Waiting for you Laptop for a new starter/);
  await decide(mina, first);
  await runJobs();
  await decide(bert, await pending(), "approve", { reason: "There is money for it" });
  await runJobs();
  assert.match(
    words(await staff.get(ticketAt)),
    /Stores does its part by .*Approved Decision by Bert Budget There is money for it.*To do Stores: Take it from the shelf/,
  );

  const tasks = async () =>
    (
      await world.ownerPool.query<{ id: string; version: number; state: string }>(
        "select r.id, r.version, r.state from records r join request_task t using (organisation_id, id) order by t.place",
      )
    ).rows;
  const finish = async (place: number) => {
    const task = (await tasks())[place] ?? assert.fail();
    await as(officer, (tx) =>
      move(tx, type("request_task"), task.id, task.version, "finish", { outcome: "Done and checked" }),
    );
  };
  assert.equal((await tasks()).length, 1, "the second wave waits for the first");
  await finish(0);
  await runJobs();
  assert.equal((await tasks()).length, 3, "two teams at the same time");
  const asOfficer = words(await officer.get(ticketAt));
  assert.match(asOfficer, /The steps of this request 2 of 5 under way.*Decision by Mina Manager.*Systems: Set it up/);
  assert.doesNotMatch(asOfficer, /Respond|Suggested for triage|It may be a known error/, "the catalogue says it all");
  // Both end at the same time, and each looks what comes next: nothing is given out or ended twice.
  await Promise.all([finish(1), finish(2)]);
  const { id } = await ticket();
  await Promise.all([world.system((tx) => nextStep(tx, id)), world.system((tx) => nextStep(tx, id))]);
  await runJobs();
  assert.equal((await ticket()).state, "resolved");
  assert.match(
    words(await staff.get(ticketAt)),
    /Everything that belongs to “Laptop for a new starter” has been done.*Is it solved\?/,
  );
});

test("a deputy decides while the approver is away, and a deputy who asked does not", async () => {
  const [olive, deputy] = [
    await world.person("Olive Owner", "headOfDelivery"),
    await world.person("Dan Deputy", "headOfDelivery"),
  ];
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A quieter room",
      summary: "With a door",
      queue: world.council.queue,
      owner: olive.personId,
      approvals: [{ by: "service_owner" }],
      steps: [{ what: "Find the room", team: world.council.team }],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  const approvalOf = async (browser: Browser) => {
    const sent = await browser.post(at, {}, { from: at });
    assert.equal(sent.statusCode, 303, words(sent));
    await runJobs();
    const { rows } = await world.ownerPool.query<{ id: string; version: number }>(
      "select r.id, r.version from records r join approval a using (organisation_id, id) join records t on t.id = a.ticket where t.reference = $1",
      [where(sent).split("/").at(-1)],
    );
    return rows[0] ?? assert.fail();
  };
  const [joes, own] = [await approvalOf(staff), await approvalOf(await world.as(deputy))];
  const decide = (
    { id, version }: { id: string; version: number },
    who: Who = { ...deputy, actsFor: olive.personId },
  ) => world.store.as(who, (tx) => move(tx, type("approval"), id, version, "approve", {}));
  await assert.rejects(decide(joes), refused("forbidden"), "not before she is away");
  const day = Temporal.Now.plainDateISO("Europe/London").toString();
  await world.store.as(olive, (tx) =>
    makeAbsence(tx, { delegate: deputy.personId, from: day, until: day, kinds: ["work"] }),
  );
  await assert.rejects(decide(joes, deputy), refused("forbidden"), "nor as himself");
  await assert.rejects(decide(own), refused("forbidden"), "nor on what he asked for");
  assert.equal((await decide(joes)).state, "approved");
  await runJobs();
  const { rows } = await world.ownerPool.query(
    "select 1 from records where type = 'request_task' and title like 'Find the room%'",
  );
  assert.equal(rows.length, 1);
});

test("answers are held to what can be read and kept, and show as words", async () => {
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A sign",
      summary: "With words on it",
      queue: world.council.queue,
      questions: [{ label: "Which words?", kind: "text", required: true }],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  for (const q1 of ["x".repeat(5000), "\u0000", "   "])
    assert.equal((await staff.post(at, { q1 }, { from: at })).statusCode, 422, q1.slice(0, 9));
  const sent = await staff.post(at, { q1: "<script>alert(1)</script> **bold** \u0000", q99: "forged" }, { from: at });
  await runJobs();
  const page = await staff.get(where(sent));
  assert.doesNotMatch(page.body, /<script>alert|<strong>bold/);
  assert.match(words(page), /It is resolved|We think that it is solved/, "with no steps there is nothing more to do");
  const draft = await world.system((tx) =>
    create(tx, type("catalogue_item"), { name: "Not yet", summary: "x", queue: world.council.queue }),
  );
  assert.equal((await staff.get(`/help/ask/${draft.reference}`)).statusCode, 404);
  assert.equal((await staff.post(`/help/ask/${draft.reference}`, {}, { from: "/help" })).statusCode, 404);
  assert.equal((await staff.get("/help/ask/ITM-999")).statusCode, 404);
  assert.equal((await world.visitor().get("/help")).statusCode === 200, false, "nobody who is not signed in");
});

test("what is declined says why, and whoever has no manager is decided on by the owner of the service", async () => {
  const bert = await world.person("Olga Owner", "serviceManager");
  const alone = await world.as(await world.person("Al One", "staff"));
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A mobile phone",
      summary: "With a number",
      queue: world.council.queue,
      owner: bert.personId,
      approvals: [{ by: "manager" }],
      steps: [],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  const ticketAt = where(await alone.post(at, {}, { from: at }));
  await runJobs();
  const owner = await world.as(bert);
  const list = await owner.get("/approvals?owner=me");
  const approvalAt = /\/approvals\/APR-\d+/.exec(list.body)?.[0] ?? assert.fail(words(list));
  await owner.post(
    `${approvalAt}/moves/decline`,
    { reason: "No money left this year" },
    { from: `${approvalAt}/moves/decline` },
  );
  await runJobs();
  const ended = words(await alone.get(ticketAt));
  assert.match(ended, /It was cancelled/);
  assert.match(ended, /This was declined\. The reason given: No money left this year/);
});
