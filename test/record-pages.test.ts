import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { eraseEvent } from "../src/kernel/memory/erase.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { dayIn } from "./day-in.ts";
import { words } from "./web-world.ts";
import { begin, end, world, lead, staff, manager, newTicket, assertErrorAt, fieldsIn } from "./record-pages/stage.ts";

before(begin);
after(end);

test("moves are buttons that ask only for what they need", async () => {
  const ticket = await newTicket();
  const page = `/tickets/${ticket.reference}`;
  const taken = await lead.post(`${page}/moves/take`, {}, { from: page });
  assert.equal(taken.statusCode, 303, words(taken));
  assert.ok(words(await lead.get(page)).includes(`${ticket.reference} is now assigned`));
  const asked = await lead.get(`${page}/moves/wait`);
  assert.ok(words(asked).includes("What we wait for"));
  const bad = await lead.post(
    `${page}/moves/wait`,
    {
      waitingFor: "supplier",
      waitingReason: "z".repeat(301),
      "reviewOn-day": "31",
      "reviewOn-month": "2",
      "reviewOn-year": "2026",
    },
    { from: `${page}/moves/wait` },
  );
  assert.equal(bad.statusCode, 422);
  assertErrorAt(bad, "must be 300 characters or fewer");
  assertErrorAt(bad, "must be a real date");
  assert.match(bad.body, /name="reviewOn-day"[^>]* value="31"/);
  const [year = "", month = "", day = ""] = dayIn(3).split("-");
  const waiting = await lead.post(
    `${page}/moves/wait`,
    {
      waitingFor: "supplier",
      waitingReason: "A new drum",
      "reviewOn-day": day,
      "reviewOn-month": month,
      "reviewOn-year": year,
    },
    { from: `${page}/moves/wait` },
  );
  assert.equal(waiting.statusCode, 303, words(waiting));
  const shown = words(await lead.get(page));
  for (const part of ["Waiting for supplier", "A new drum", "Paused"]) assert.ok(shown.includes(part), part);
  const twice = await lead.post(`${page}/moves/reopen`, { comment: "Kept words" }, { from: page });
  assert.equal(twice.statusCode, 409);
  assert.ok(words(twice).includes("Kept words"));
  const staleMove = await lead.post(
    `${page}/moves/resolve`,
    { resolution: "New drum fitted", _version: "1" },
    { from: page },
  );
  assert.equal(staleMove.statusCode, 412);
  assert.ok(staleMove.body.includes("New drum fitted</textarea>"));
  const resolved = await lead.post(`${page}/moves/resolve`, fieldsIn(staleMove), { from: page });
  assert.equal(resolved.statusCode, 303, words(resolved));
  assert.ok(
    words(await lead.get(`${page}?tab=timeline`)).includes("made the move “Resolve”: Waiting for supplier → Resolved"),
  );
});

test("a move that does not exist is not found, nor are those that every object has", async () => {
  const ticket = await newTicket();
  for (const name of ["nonsense", "constructor", "__proto__", "toString", "%00"]) {
    assert.equal((await lead.get(`/tickets/${ticket.reference}/moves/${name}`)).statusCode, 404, name);
    assert.equal((await lead.post(`/tickets/${ticket.reference}/moves/${name}`)).statusCode, 404, name);
    assert.equal((await lead.get(`/tickets/${ticket.reference}/clocks/${name}`)).statusCode, 404, name);
  }
  assert.equal((await staff.get(`/tickets/${ticket.reference}/moves/resolve`)).statusCode, 403);
  assert.equal((await staff.get(`/tickets/${ticket.reference}/edit`)).statusCode, 403);
  assert.equal((await lead.get(`/tickets/${ticket.reference}/moves/reopen`)).statusCode, 409);
});

test("what officers say among themselves is not shown to who asked", async () => {
  const ticket = await newTicket();
  const page = `/tickets/${ticket.reference}`;
  const said = await lead.post(`${page}/comments`, { text: "The zebra did it", audience: "internal" }, { from: page });
  assert.equal(said.statusCode, 303, words(said));
  assert.match(String(said.headers.location), /#comment-\d+$/);
  assert.equal((await staff.post(`${page}/comments`, { text: "Any news?\nPlease" }, { from: page })).statusCode, 303);
  for (const tab of ["details", "conversation", "timeline"]) {
    assert.ok(words(await lead.get(`${page}?tab=${tab}`)).includes("The zebra did it"), tab);
    const seen = words(await staff.get(`${page}?tab=${tab}`));
    assert.ok(!seen.includes("zebra") && !seen.includes("internal comment"), tab);
    assert.ok(seen.includes("Any news?"), tab);
  }
  assert.ok(words(await staff.get(`${page}?tab=details`)).includes("Conversation (1)"));
  assert.ok(!(await staff.get(page)).body.includes('name="audience"'));
  assert.equal(
    (await staff.post(`${page}/comments`, { text: "psst", audience: "internal" }, { from: page })).statusCode,
    403,
  );
  const empty = await lead.post(`${page}/comments`, { text: "  ", audience: "everyone" }, { from: page });
  assert.equal(empty.statusCode, 422);
  assertErrorAt(empty, "Enter a comment");
  const long = await lead.post(`${page}/comments`, { text: "w".repeat(20_001), audience: "internal" }, { from: page });
  assert.equal(long.statusCode, 422);
  assert.ok(long.body.includes("w".repeat(20_001)));
});

test("fields that are internal are shown to officers and to nobody else", async () => {
  const ticket = await world.store.as(staff.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "Brought in", source: "zebra-source" }, { trusted: true }),
  );
  for (const tab of ["details", "timeline"]) {
    assert.ok((await lead.get(`/tickets/${ticket.reference}?tab=${tab}`)).body.includes("zebra-source"), tab);
    assert.ok(!(await staff.get(`/tickets/${ticket.reference}?tab=${tab}`)).body.includes("zebra-source"), tab);
  }
});

test("a restricted record is not found by those who may not see it, by any of its addresses", async () => {
  const ticket = await newTicket({ sensitivity: "restricted" }, lead);
  const officer = await world.as("supportOfficer");
  for (const path of ["", "/edit", "/moves/take", "/clocks/resolve", "?tab=timeline"]) {
    assert.equal((await officer.get(`/tickets/${ticket.reference}${path}`)).statusCode, 404, path);
    assert.equal((await lead.get(`/tickets/${ticket.reference}${path}`)).statusCode, 200, path);
  }
  for (const path of ["/edit", "/moves/take", "/comments"])
    assert.equal(
      (await officer.post(`/tickets/${ticket.reference}${path}`, { text: "x", summary: "x" })).statusCode,
      404,
      path,
    );
  assert.ok(words(await lead.get(`/tickets/${ticket.reference}`)).includes("Restricted"));
  const other = await newTicket();
  assert.ok(!(await officer.get(`/tickets/${other.reference}/edit`)).body.includes('name="sensitivity"'));
  assert.ok((await lead.get(`/tickets/${other.reference}/edit`)).body.includes('name="sensitivity"'));
});

test("a policy that cannot be approved says why, and its review has a day of its own", async () => {
  const made = await manager.post("/policies/new", { title: "Empty" }, { from: "/policies/new" });
  const address = String(made.headers.location);
  const director = await world.as("assistantDirector");
  const refused = await director.post(`${address}/moves/approve`, {}, { from: address });
  assert.equal(refused.statusCode, 422);
  assert.ok(words(refused).includes("Write at least one clause before the policy is approved"));
});

test("what a record is joined to is shown from both ends, to those who may see it", async () => {
  const ticket = await newTicket({ summary: "Joined to its queue" });
  const ahead = words(await lead.get(`/tickets/${ticket.reference}?tab=connected`));
  assert.ok(ahead.includes("QUE-001 Service desk"));
  const queue = `/queues/QUE-001?tab=connected`;
  const behind = await lead.get(queue);
  assert.ok(words(behind).includes("Tickets in this queue"));
  for (let at = 0; at < 12; at++) await newTicket({ summary: `One of many ${at}` });
  assert.ok((await lead.get(queue)).body.includes(`/tickets?queue=${world.council.queue}`));
  const other = await world.as("staff");
  assert.ok(!words(await other.get(queue)).includes("One of many"));
});

test("a long timeline and a long conversation are read page by page", async () => {
  const ticket = await newTicket();
  await world.store.as(lead.who!, async (tx) => {
    for (let at = 1; at <= 105; at++)
      await comment(tx, typeNamed(tx.registry, "ticket"), ticket.id, { text: `Word ${at}.`, audience: "internal" });
  });
  for (const [tab, first, older] of [
    ["conversation", "Word 6.", "Word 5."],
    ["timeline", "Word 6.", "Word 5."],
  ] as const) {
    const newest = await lead.get(`/tickets/${ticket.reference}?tab=${tab}`);
    assert.ok(
      words(newest).includes(first) && words(newest).includes("Word 105.") && !words(newest).includes(older),
      tab,
    );
    const next = /href="(\?tab=[a-z]+&amp;before=\d+)"/.exec(newest.body)?.[1]?.replace("&amp;", "&") ?? "";
    const earlier = words(await lead.get(`/tickets/${ticket.reference}${next}`));
    assert.ok(earlier.includes(older) && earlier.includes("Word 1.") && !earlier.includes(first), tab);
  }
  assert.ok(words(await lead.get(`/tickets/${ticket.reference}`)).includes("Timeline (106)"));
});

test("what was erased by law says so, and what it said is gone from every tab", async () => {
  const ticket = await newTicket();
  const page = `/tickets/${ticket.reference}`;
  await lead.post(`${page}/comments`, { text: "My password is zebra", audience: "everyone" }, { from: page });
  const administrator = await world.as("administrator");
  const { certificate } = await world.store.as(administrator.who!, (tx) =>
    eraseEvent(tx, typeNamed(tx.registry, "ticket"), ticket.id, { sequence: 2, reason: "A password" }),
  );
  for (const tab of ["details", "conversation", "timeline"]) {
    const seen = words(await staff.get(`${page}?tab=${tab}`));
    assert.ok(!seen.includes("zebra") && seen.includes("erased by law"), tab);
  }
  assert.ok(words(await staff.get(`${page}?tab=timeline`)).includes(certificate));
});

test("every hour of a deadline is accounted for on a page of its own", async () => {
  const ticket = await newTicket();
  const ledger = await lead.get(`/tickets/${ticket.reference}/clocks/resolve`);
  assert.equal(ledger.statusCode, 200);
  for (const part of ["every day counted", "SLP-001 version 1", "Working time allowed", "Counted"])
    assert.ok(words(ledger).includes(part), part);
});

test("a body of another kind, a huge one and an odd address are each a page and no fault", async () => {
  for (const path of [
    "/tickets/INC-99999",
    "/tickets/%00",
    "/nonsense/INC-00001",
    `/tickets/${"9".repeat(150)}`,
    "/tickets/INC-99999/edit",
    "/constructor/new",
    "/tickets/%F0%9F%98%80",
  ]) {
    assert.equal((await lead.get(path)).statusCode, 404, path);
  }
  const headers = { cookie: lead.cookieHeader(), "content-type": "application/json" };
  const json = await world.app.inject({
    method: "POST",
    url: "/tickets/new",
    headers,
    payload: '{"summary":["a"],"_csrf":1}',
  });
  assert.equal(json.statusCode, 403);
  const huge = await world.app.inject({
    method: "POST",
    url: "/tickets/new",
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    payload: `summary=${"x".repeat(2_100_000)}`,
  });
  assert.equal(huge.statusCode, 413);
  const ticket = await newTicket();
  for (const query of [
    "?tab=nonsense",
    "?tab=timeline&before=abc",
    "?tab=timeline&before=99999999999",
    "?tab=a&tab=b",
    "?tab=conversation&before=1",
  ])
    assert.equal((await lead.get(`/tickets/${ticket.reference}${query}`)).statusCode, 200, query);
});
