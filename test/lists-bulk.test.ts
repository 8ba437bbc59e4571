import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { personWith } from "./grants.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { carried, words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createImportWorld();
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
});
after(() => world.close());

const ticketType = () => typeNamed(world.registry, "ticket");
const now = (record: Stored) => world.store.as(lead.who!, (tx) => find(tx, ticketType(), record.id));
const events = (record: Stored) =>
  world.store.as(lead.who!, async (tx) => timeline(tx, await find(tx, ticketType(), record.id), { limit: 50 }));

function tickets(many: number, word: string): Promise<Stored[]> {
  return world.store.as(staff.who!, async (tx) => {
    const made: Stored[] = [];
    for (let at = 0; at < many; at++)
      made.push(await create(tx, ticketType(), { summary: `${word} ${at}`, impact: 2, urgency: 2 }));
    return made;
  });
}

const ticks = (records: readonly Stored[]) => records.map(({ reference, version }) => `${reference}@${version}`);
const asked = (records: readonly Stored[], more: Readonly<Record<string, string>> = {}) =>
  `/tickets/bulk?${new URLSearchParams([...ticks(records).map((tick) => ["record", tick]), ...Object.entries(more)]).toString()}`;
test("rows can be ticked by whoever may change something, and by nobody else", async () => {
  const [record] = await tickets(1, "Ticked");
  assert.match(
    (await lead.get("/tickets")).body,
    new RegExp(`form="bulk" name="record" value="${record!.reference}@1"`),
  );
  const reader = await world.as(await personWith(world, [["ticket", "read", "all"]]));
  assert.doesNotMatch((await reader.get("/tickets")).body, /form="bulk"/);
});

test("what can be done with them is a move or a field, and nothing ticked is said", async () => {
  const records = await tickets(2, "Choice");
  const page = await lead.get(asked(records, { view: "priority=1" }));
  assert.match(words(page), /Change 2 tickets.*Make a move.*Resolve.*Give a field another value.*Impact/);
  assert.doesNotMatch(page.body, /value="field:(summary|priority|attachment)"/);
  assert.match(page.body, /href="\/tickets\?priority=1">Cancel/);
  assert.equal((await lead.get("/tickets/bulk")).statusCode, 422);
  assert.equal((await lead.get(asked(records, { do: "move:nothing" }))).statusCode, 422);
  assert.equal((await lead.get("/tickets/bulk?record=%00&record=x")).statusCode, 422);
  assert.equal((await world.visitor().get(asked(records))).statusCode, 303);
});

test("a preview says for each record what will change and what will not and why, and changes nothing", async () => {
  const [one, taken, changed] = await tickets(3, "Preview");
  await lead.post(`/tickets/${taken!.reference}/moves/take`, { _version: "1" });
  await world.store.as(lead.who!, (tx) => change(tx, ticketType(), changed!.id, 1, { impact: 1 }));
  const page = await lead.get(
    `${asked([one!, changed!], { do: "move:take" })}&record=${taken!.reference}&record=INC-99999`,
  );
  assert.equal(page.statusCode, 200);
  const said = words(page);
  assert.match(said, /1 ticket will be changed\. 3 tickets will stay as they are/);
  assert.match(said, new RegExp(`${one!.reference} Preview 0 Will change State: New to Assigned; Owner: nothing to `));
  assert.match(
    said,
    new RegExp(`${changed!.reference} Preview 2 Not possible Someone else changed it since you looked`),
  );
  assert.match(said, new RegExp(`${taken!.reference} Preview 1 Not possible You already have this ticket`));
  assert.match(said, /INC-99999 Not possible It is not there, or you may not see it/);
  assert.deepEqual(carried(page.body)["record"], [`${one!.reference}@1`]);
  assert.equal((await now(one!)).state, "new");
  assert.equal((await now(one!)).version, 1);
});

test("a move that asks for something asks once for all, and its preview comes before anything is done", async () => {
  const records = await tickets(3, "Waiting");
  const form = await lead.get(asked(records, { do: "move:wait" }));
  assert.match(form.body, /name="waitingReason"/);
  const [year = "", month = "", day = ""] = dayIn(3).split("-");
  const sent = {
    ...carried(form.body),
    waitingFor: "supplier",
    waitingReason: "=A part",
    "reviewOn-day": day,
    "reviewOn-month": month,
    "reviewOn-year": year,
  };
  const preview = await lead.post("/tickets/bulk/preview", sent, { from: asked(records, { do: "move:wait" }) });
  assert.equal(preview.statusCode, 200);
  assert.match(
    words(preview),
    /3 tickets will be changed\..*New to Waiting for supplier.*What we wait for: nothing to =A part/,
  );
  const done = await lead.post("/tickets/bulk", carried(preview.body));
  assert.match(words(done), /3 tickets changed .*“Wait” was done to 3 of 3/);
  for (const record of records) {
    const after = await now(record);
    assert.deepEqual([after.state, after.values["waitingReason"]], ["waiting_supplier", "=A part"]);
  }
});

test("values that none of them can take lead back to the form with what was typed", async () => {
  const records = await tickets(2, "Wrong");
  const form = await lead.get(asked(records, { do: "move:wait" }));
  const sent = { ...carried(form.body), waitingFor: "user", waitingReason: "x".repeat(400) };
  const again = await lead.post("/tickets/bulk/preview", sent);
  assert.equal(again.statusCode, 422);
  assert.match(again.body, /There is a problem/);
  assert.match(again.body, /x{400}/);
  const nobody = await lead.post("/tickets/bulk/preview", {
    ...carried((await lead.get(asked(records, { do: "move:assign" }))).body),
    owner: "",
    queue: "",
  });
  assert.equal(nobody.statusCode, 422);
  assert.equal((nobody.body.match(/<li><a href="#field-owner">Select a person or another queue/g) ?? []).length, 1);
});

test("what changed between the preview and the doing is refused and told, and the others are done", async () => {
  const records = await tickets(3, "Meanwhile");
  const form = await lead.get(asked(records, { do: "field:impact" }));
  const preview = await lead.post("/tickets/bulk/preview", { ...carried(form.body), impact: "1" });
  assert.match(words(preview), /Impact: A team \(2\) to The whole council \(1\)/);
  assert.match(words(preview), /Priority: \d to \d/, "what follows from it is told as well");
  await world.store.as(lead.who!, (tx) => change(tx, ticketType(), records[1]!.id, 1, { urgency: 3 }));
  const done = await lead.post("/tickets/bulk", carried(preview.body));
  assert.match(words(done), /2 tickets changed/);
  assert.match(words(done), new RegExp(`${records[1]!.reference} Refused Someone else changed it since you looked`));
  const [first, second] = [await now(records[0]!), await now(records[1]!)];
  assert.deepEqual([first.values["impact"], second.values["impact"], second.values["urgency"]], [1, 2, 3]);
});

test("a form that is sent twice, at once or later, does each record once", async () => {
  const records = await tickets(4, "Twice");
  const preview = await lead.get(asked(records, { do: "move:take" }));
  const form = carried(preview.body);
  const both = await Promise.all([lead.post("/tickets/bulk", form), lead.post("/tickets/bulk", form)]);
  for (const answer of both) assert.match(words(answer), /4 tickets changed/);
  assert.match(words(await lead.post("/tickets/bulk", form)), /4 tickets changed/);
  for (const record of records) assert.equal((await events(record)).filter(({ verb }) => verb === "moved").length, 1);
  assert.equal((await lead.post("/tickets/bulk", { ...form, _submission: "x" })).statusCode, 422);
});

test("nobody does together what they may not do one by one", async () => {
  const records = await tickets(2, "Forbidden");
  const choice = words(await staff.get(asked(records)));
  assert.doesNotMatch(choice, /Resolve|Take it/);
  assert.equal((await staff.get(asked(records, { do: "move:take" }))).statusCode, 422);
  const form = carried((await lead.get(asked(records, { do: "move:take" }))).body);
  assert.equal((await staff.post("/tickets/bulk", form)).statusCode, 422);
  assert.equal((await lead.post("/tickets/bulk", { ...form, _csrf: "wrong" })).statusCode, 403);
  assert.equal((await now(records[0]!)).state, "new");
});

test("everything that a list finds is changed together, and more than 200 that were ticked is refused in a sentence", async () => {
  await tickets(3, "Quokka");
  const view = new URLSearchParams({ all: "yes", view: "q=quokka", do: "move:take" }).toString();
  const preview = await lead.get(`/tickets/bulk?${view}`);
  assert.match(words(preview), /Preview of “Take it” for 3 tickets/);
  assert.match(words(await lead.post("/tickets/bulk", carried(preview.body))), /3 tickets changed/);
  const many = Array.from({ length: 201 }, (_value, at) => `record=INC-${10_000 + at}`).join("&");
  const refused = await lead.get(`/tickets/bulk?${many}`);
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /At most 200 tickets can be ticked together, and these are 201/);
  assert.equal((await lead.get("/tickets/bulk?all=yes&view=q%3Dnothingatall")).statusCode, 422);
  assert.equal((await lead.get("/tickets/bulk?all=yes&view=state%3Dnonsense")).statusCode, 422);
});

test("more than 200 are looked at and changed by a job: what was refused is listed, and it can be cancelled and carried on", async () => {
  const records = await tickets(203, "Narwhal");
  const [taken, restricted] = records;
  await lead.post(`/tickets/${taken!.reference}/moves/take`, { _version: "1" });
  const view = new URLSearchParams({ all: "yes", view: "q=narwhal" }).toString();
  const choice = await lead.get(`/tickets/bulk?${view}`);
  assert.match(words(choice), /Change 203 tickets/);
  const asks = await lead.get(`/tickets/bulk?${view}&do=move%3Atake`);
  assert.match(words(asks), /Take it: 203 tickets Nothing is changed yet/);
  const sent = await lead.post("/tickets/bulk/preview", carried(asks.body));
  assert.equal(sent.statusCode, 303, words(sent));
  const page = String(sent.headers.location);
  assert.match(words(await lead.get(page)), /Preview of “Take it” Waiting/);
  assert.equal((await staff.get(page)).statusCode, 404, "it is its starter's alone");
  assert.equal((await staff.post(page, {}, { from: "/" })).statusCode, 404);
  await world.runJobs();
  const checked = await lead.get(page);
  assert.match(words(checked), /202 will be changed, 0 are so already, 1 cannot be changed\. Nothing is changed yet/);
  assert.match(words(checked), new RegExp(`${taken!.reference} Not possible You already have this ticket`));
  assert.match(words(checked), /Narwhal 1 Will change State: New to Assigned; Owner: nothing to /);
  assert.equal((await now(records[1]!)).state, "new");

  await world.store.as(lead.who!, (tx) => change(tx, ticketType(), restricted!.id, 1, { impact: 1 }));
  assert.equal((await lead.post(page, {}, { from: page })).statusCode, 303);
  assert.equal((await lead.post(page, {}, { from: page })).statusCode, 303);
  const { rows } = await world.ownerPool.query<{ id: string }>("select id from jobs where state = 'waiting'");
  assert.equal(rows.length, 1, "sent twice, it starts once");
  await lead.post(`/jobs/${rows[0]!.id}/cancel`, {}, { from: page });
  await world.runJobs();
  assert.equal((await now(records[5]!)).state, "new");
  assert.match(words(await lead.get(page)), /Cancelled/);
  await lead.post(`/jobs/${rows[0]!.id}/retry`, {}, { from: page });
  await world.runJobs();
  const done = await lead.get(page);
  assert.match(words(done), /201 were changed, 0 were so already, 2 were refused/);
  assert.match(words(done), new RegExp(`${restricted!.reference} Someone else changed it since you looked`));
  assert.equal((await now(records[202]!)).state, "assigned");
  const { rows: kept } = await world.ownerPool.query("select given from bulk_changes");
  assert.deepEqual(kept, [{ given: {} }], "what was given is forgotten once it is done");
});

test("a value that no record could take is refused before a job starts", async () => {
  const view = { all: "yes", view: "q=narwhal", do: "field:queue" };
  const refused = await lead.post("/tickets/bulk/preview", { ...view, queue: "no such queue" }, { from: "/" });
  assert.equal(refused.statusCode, 422);
});
