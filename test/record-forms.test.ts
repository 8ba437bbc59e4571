import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LightMyRequestResponse } from "fastify";
import { typeNamed } from "../src/kernel/registry.ts";
import { find } from "../src/kernel/store/find.ts";
import { words } from "./web-world.ts";
import { begin, end, world, lead, staff, manager, newTicket, assertErrorAt, fieldsIn } from "./record-pages/stage.ts";

before(begin);
after(end);

const asItIs = (type: string, id: string) => world.system((tx) => find(tx, typeNamed(tx.registry, type), id));
const count = async (table: string) =>
  Number((await world.ownerPool.query<{ count: number }>(`select count(*) as count from ${table}`)).rows[0]?.count);

test("a ticket is made by form, and its page says what it is, who asked, when it is due and what can be done", async () => {
  const form = await staff.get("/tickets/new");
  assert.equal(form.statusCode, 200);
  const made = await staff.post(
    "/tickets/new",
    {
      summary: "Cannot print from floor 2",
      details: "It says **offline**",
      impact: "3",
      urgency: "2",
      kind: "incident",
    },
    { from: "/tickets/new" },
  );
  assert.equal(made.statusCode, 303, words(made));
  const address = String(made.headers.location);
  assert.match(address, /^\/tickets\/INC-\d{5}$/);
  const page = await staff.get(`${address}?tab=details`);
  assert.equal(page.statusCode, 200);
  for (const part of [
    "Cannot print from floor 2",
    "was made",
    "New",
    "Asked by Staff",
    "Respond",
    "working time",
    "Service desk",
    "Nobody yet",
  ])
    assert.ok(words(page).includes(part), part);
  assert.ok(page.body.includes("<strong>offline</strong>"));
  assert.ok(!page.body.includes("/moves/take"), "staff cannot take it");
  const seen = await lead.get(address);
  for (const part of ["/moves/take", "/moves/resolve", "/edit"]) assert.ok(seen.body.includes(part), part);
  assert.equal((await lead.get(address.toLowerCase())).statusCode, 200);
});

test("a form that is sent twice makes one", async () => {
  const form = {
    summary: "Sent twice",
    impact: "2",
    urgency: "2",
    kind: "request",
    _submission: "0198c0de-0000-7000-8000-000000000001",
  };
  const many = await count("ticket");
  const [first, second] = await Promise.all([
    staff.post("/tickets/new", form, { from: "/tickets/new" }),
    staff.post("/tickets/new", form, { from: "/tickets/new" }),
  ]);
  assert.deepEqual([first.statusCode, second.statusCode], [303, 303]);
  assert.equal(first.headers.location, second.headers.location);
  assert.equal(await count("ticket"), many + 1);
  const other = await staff.post(
    "/tickets/new",
    { ...form, summary: "Sent again with other words" },
    { from: "/tickets/new" },
  );
  assert.equal(other.statusCode, 422);
  assert.ok(words(other).includes("You sent this form before"));
  assert.ok(other.body.includes("Sent again with other words"));
});

test("every fault of a form is told at once, at its field, and all that was typed is kept", async () => {
  const bad = await staff.post(
    "/tickets/new",
    {
      summary: "",
      details: 'Kept <as> "typed" & more\n\nSecond',
      impact: "abc",
      urgency: "9",
      kind: "nonsense",
      queue: "",
    },
    { from: "/tickets/new" },
  );
  assert.equal(bad.statusCode, 422);
  for (const message of [
    "Enter a summary",
    "Impact must be a number",
    "Urgency must be 3 or less",
    "Kind must be one of",
  ])
    assertErrorAt(bad, message);
  assert.ok(bad.body.includes("<title>Error: "));
  assert.ok(bad.body.includes("Kept &lt;as&gt; &quot;typed&quot; &amp; more"));
  assert.doesNotMatch(bad.body, /name="(impact|urgency|kind)"[^>]* checked/, "nothing is chosen that was not");
});

test("text of every kind is kept as typed or refused with a sentence, never with a fault", async () => {
  const send = (values: Readonly<Record<string, string>>) =>
    staff.post("/tickets/new", { impact: "2", urgency: "2", kind: "incident", ...values }, { from: "/tickets/new" });
  const summary = "Ωmega 漢字 👩🏽‍💻 e\u0301 عربى <script>alert(1)</script> ' \" % _ \\";
  const made = await send({ summary });
  assert.equal(made.statusCode, 303);
  const page = await staff.get(String(made.headers.location));
  assert.ok(page.body.includes("Ωmega 漢字 👩🏽‍💻 e\u0301 عربى &lt;script&gt;"));
  assert.ok(!page.body.includes("<script>alert"));
  for (const [values, message] of [
    [{ summary: "nul \u0000 byte" }, "must not contain control characters"],
    [{ summary: "x".repeat(201) }, "must be 200 characters or fewer"],
    [{ summary: "Long", details: "y".repeat(20_001) }, "must be 20,000 characters or fewer"],
    [{ summary: "Nul", details: "a\u0000b" }, "must be ordinary text"],
    [{ summary: "Link", category: "No such category" }, "Category: no such record"],
    [{ summary: "Link", requester: "../../etc/passwd" }, "Requester: no such record"],
    [{ summary: "Link", queue: "0198c0de-0000-7000-8000-00000000dead" }, "Queue: there is no such record"],
  ] as const) {
    const refused = await send(values);
    assert.equal(refused.statusCode, 422, message);
    assertErrorAt(refused, message);
  }
});

test("fields that a form does not have are passed over, whatever they are called", async () => {
  const made = await staff.post(
    "/tickets/new",
    {
      summary: "Extra",
      impact: "2",
      urgency: "2",
      kind: "incident",
      priority: "1",
      source: "forged",
      constructor: "x",
      __proto__x: "y",
      "clauses-rows": "1",
    },
    { from: "/tickets/new" },
  );
  assert.equal(made.statusCode, 303);
  const stored = await asItIs("ticket", String(made.headers.location).split("/").pop()!);
  assert.deepEqual([stored.values["priority"], stored.values["source"]], [3, null]);
});

test("an edit changes what it says, and one of an older version shows both versions and loses nothing typed", async () => {
  const ticket = await newTicket();
  const edit = `/tickets/${ticket.reference}/edit`;
  const form = await lead.get(edit);
  assert.ok(form.body.includes('value="The printer is jammed"'));
  const first = await lead.post(edit, { ...fieldsIn(form), summary: "The printer is on fire" }, { from: edit });
  assert.equal(first.statusCode, 303, words(first));
  const invalid = await lead.post(edit, { ...fieldsIn(form), summary: "" }, { from: edit });
  assert.equal(invalid.statusCode, 412, "what is stale is told before what is wrong");
  const stale = await lead.post(
    edit,
    { ...fieldsIn(form), summary: "The printer smokes", details: "My own words", _version: "1" },
    { from: edit },
  );
  assert.equal(stale.statusCode, 412);
  for (const part of [
    "changed this while you were typing",
    "The printer is on fire",
    "The printer smokes",
    "Save my version",
    "Differs",
  ])
    assert.ok(words(stale).includes(part), part);
  assert.ok(stale.body.includes('value="The printer smokes"'));
  assert.ok(stale.body.includes("My own words</textarea>"));
  const again = await lead.post(edit, { ...fieldsIn(stale) }, { from: edit });
  assert.equal(again.statusCode, 303, words(again));
  const stored = await asItIs("ticket", ticket.id);
  assert.deepEqual([stored.title, stored.values["details"], stored.version], ["The printer smokes", "My own words", 3]);
  const timeline = words(await lead.get(`/tickets/${ticket.reference}?tab=timeline`));
  for (const part of ["changed summary", "The printer is jammed", "made this ticket: New"])
    assert.ok(timeline.includes(part), part);
  for (const version of ["", "abc", "-1", "99", "999999999999999999999"]) {
    assert.equal(
      (await lead.post(edit, { ...fieldsIn(form), summary: "x", _version: version }, { from: edit })).statusCode,
      412,
      version,
    );
  }
});

test("of two who change different things, the second keeps what the first saved", async () => {
  const ticket = await newTicket();
  const edit = `/tickets/${ticket.reference}/edit`;
  const form = await lead.get(edit);
  await lead.post(edit, { ...fieldsIn(form), summary: "The first one’s summary", urgency: "3" }, { from: edit });
  const stale = await lead.post(
    edit,
    { ...fieldsIn(form), details: "The second one’s details", _version: "1" },
    { from: edit },
  );
  assert.equal(stale.statusCode, 412);
  assert.match(words(stale), /Summary You did not change this The first one’s summary/);
  assert.doesNotMatch(words(stale), /Summary Differs/);
  assert.match(words(stale), /Details Differs The second one’s details/);
  const saved = await lead.post(edit, fieldsIn(stale), { from: edit });
  assert.equal(saved.statusCode, 303, words(saved));
  const stored = await asItIs("ticket", ticket.id);
  assert.deepEqual(
    [stored.title, stored.values["urgency"], stored.values["details"]],
    ["The first one’s summary", 3, "The second one’s details"],
  );
});

test("lines are added, ordered and removed without a script, and keep their numbers for life", async () => {
  const form = {
    title: "Acceptable use",
    "clauses-rows": ["a", "b"],
    "clauses-a-heading": "One",
    "clauses-a-text": "First",
    "clauses-b-heading": "",
    "clauses-b-text": "Second",
  };
  const added = await manager.post("/policies/new", { ...form, _rows: "add:clauses" }, { from: "/policies/new" });
  assert.deepEqual(rowsIn(added), ["a", "b", "new-1"]);
  assert.ok(added.body.includes("Second</textarea>"));
  assert.ok(!added.body.includes("There is a problem"));
  const removed = await manager.post(
    "/policies/new",
    { ...form, _rows: "remove:clauses:a" },
    { from: "/policies/new" },
  );
  assert.deepEqual(rowsIn(removed), ["b"]);
  const moved = await manager.post("/policies/new", { ...form, _rows: "up:clauses:b" }, { from: "/policies/new" });
  assert.deepEqual(rowsIn(moved), ["b", "a"]);
  for (const odd of ["up:clauses:a", "down:clauses:b", "remove:clauses:zz", "add:__proto__", "nonsense"]) {
    assert.deepEqual(
      rowsIn(await manager.post("/policies/new", { ...form, _rows: odd }, { from: "/policies/new" })),
      ["a", "b"],
      odd,
    );
  }
  const bad = await manager.post("/policies/new", form, { from: "/policies/new" });
  assert.equal(bad.statusCode, 422);
  assertErrorAt(bad, "Enter a heading");
  const made = await manager.post(
    "/policies/new",
    { ...form, "clauses-rows": ["a", "b", "c"], "clauses-b-heading": "Two" },
    { from: "/policies/new" },
  );
  assert.equal(made.statusCode, 303, words(made));
  const address = String(made.headers.location);
  for (const part of ["1. One", "2. Two", "First"]) assert.ok(words(await manager.get(address)).includes(part), part);
  const edit = await manager.get(`${address}/edit`);
  const [one = "", two = ""] = rowsIn(edit);
  const changed = await manager.post(
    `${address}/edit`,
    {
      ...fieldsIn(edit),
      "clauses-rows": [two, "new-1"],
      "clauses-new-1-heading": "Three",
      "clauses-new-1-text": "Third",
    },
    { from: `${address}/edit` },
  );
  assert.equal(changed.statusCode, 303, words(changed));
  const stored = await asItIs("policy", address.split("/").pop()!);
  assert.deepEqual(
    (stored.values["clauses"] as { number: number; heading: string }[]).map(({ number, heading }) => [number, heading]),
    [
      [2, "Two"],
      [3, "Three"],
    ],
  );
  const told = words(await manager.get(`${address}?tab=timeline`));
  for (const part of ["Clause 1 removed", "Clause added", "Three · Third"]) assert.ok(told.includes(part), part);
  const stale = await manager.post(
    `${address}/edit`,
    { ...fieldsIn(edit), "clauses-rows": [one, two] },
    { from: `${address}/edit` },
  );
  assert.equal(stale.statusCode, 412);
  const again = await manager.post(`${address}/edit`, fieldsIn(stale), { from: `${address}/edit` });
  assert.equal(again.statusCode, 303, words(again));
});

test("a lookup offers a select while there are few, and suggests by name, word or reference", async () => {
  assert.match((await lead.get("/tickets/new")).body, /<select class="govuk-select" id="field-queue"/);
  const suggested = await lead.get("/people/suggest?q=lead");
  assert.equal(suggested.headers["content-type"], "application/json; charset=utf-8");
  assert.match(suggested.json<{ value: string }[]>()[0]?.value ?? "", /^PER-\d{5} Lead support officer$/);
  for (const query of ["", "x", "%25%25", "%00%00", "'; drop", "\\\\", "per-0", "😀😀"])
    assert.equal((await lead.get(`/people/suggest?q=${query}`)).statusCode, 200, query);
  for (let at = 0; at < 41; at++) await world.person(`Caller ${at}`, "staff");
  const form = await lead.get("/tickets/new");
  assert.match(form.body, /id="field-requester"[^>]*data-suggest="\/people\/suggest"/);
  assert.match(form.body, /value="PER-\d{5} Lead support officer"/);
  const typed = await lead.post(
    "/tickets/new",
    { summary: "For a caller", impact: "2", urgency: "2", kind: "incident", requester: "Caller 7" },
    { from: "/tickets/new" },
  );
  assert.equal(typed.statusCode, 303, words(typed));
  assert.ok(words(await lead.get(String(typed.headers.location))).includes("Asked by Caller 7"));
  const wrong = await lead.post(
    "/tickets/new",
    { summary: "For nobody", requester: "Nobody Known" },
    { from: "/tickets/new" },
  );
  assertErrorAt(wrong, "Requester: no such record");
  assert.ok(wrong.body.includes('value="Nobody Known"'));
});

test("the address of a new record's form can fill it in, and what it gives wrongly is left out", async () => {
  const address = `/tickets/new?summary=Lost+phone&urgency=1&impact=seven&queue=${world.council.queue}&category=zzz&constructor=1`;
  const form = await lead.get(address);
  assert.equal(form.statusCode, 200);
  assert.ok(form.body.includes('value="Lost phone"'));
  assert.match(form.body, new RegExp(`<option value="${world.council.queue}" selected>`));
  assert.ok(!form.body.includes("seven"));
  const asked = (await staff.get(address)).body;
  assert.match(asked, /<input type="hidden" name="summary" value="Lost phone">/, "kept until its question comes");
  assert.doesNotMatch(asked, /seven|zzz|constructor/);
});

test("a form without its token is refused with a page", async () => {
  const ticket = await newTicket();
  for (const path of [
    "/tickets/new",
    `/tickets/${ticket.reference}/edit`,
    `/tickets/${ticket.reference}/comments`,
    `/tickets/${ticket.reference}/moves/take`,
  ]) {
    const refused = await lead.post(path, { _csrf: "forged", summary: "x", text: "x" });
    assert.equal(refused.statusCode, 403, path);
    assert.ok(refused.body.includes("<h1"), path);
  }
});

test("every type has a page, a form and an edit from its definition alone", async () => {
  const administrator = await world.as("administrator");
  for (const type of world.registry.types.values()) {
    assert.equal((await administrator.get(`/${type.path}/new`)).statusCode, type.productOnly ? 403 : 200, type.name);
    const { rows } = await world.ownerPool.query<{ reference: string }>(
      "select reference from records where type = $1 limit 1",
      [type.name],
    );
    if (!rows[0] || type.productOnly) continue;
    for (const path of ["", "/edit", "?tab=timeline", "?tab=connected"])
      assert.equal(
        (await administrator.get(`/${type.path}/${rows[0].reference}${path}`)).statusCode,
        200,
        `${type.name} ${path}`,
      );
    const edit = `/${type.path}/${rows[0].reference}/edit`;
    const saved = await administrator.post(edit, fieldsIn(await administrator.get(edit)), { from: edit });
    assert.equal(saved.statusCode, 303, `${type.name}: ${words(saved)}`);
    const [, tone, text = ""] = /reeve\.flash=(\w+)\.([^;]+)/.exec(String(saved.headers["set-cookie"])) ?? [];
    assert.equal(tone, "info", type.name);
    assert.match(Buffer.from(text, "base64url").toString(), /^Nothing was changed/, type.name);
  }
});

/** The rows of clauses that a form holds, in order. */
function rowsIn(response: LightMyRequestResponse): string[] {
  return [...response.body.matchAll(/name="clauses-rows" value="([^"]*)"/g)].map(([, row = ""]) => row);
}
