import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { apiClient, problemOf } from "./api-world.ts";
import { begin, end, world, lead, staff, staffPerson, ticket } from "./api/stage.ts";

before(begin);
after(end);

test("a change needs the ETag that was read; a stale one is refused and changes nothing", async () => {
  const { reference } = await ticket(lead);
  const path = `/tickets/${reference}`;
  problemOf(await lead.patch(path, { summary: "Other" }), 428);
  const another = await ticket(lead);
  const over = await lead.patch(`/tickets/${another.reference}`, { summary: "Whatever is there" }, { "if-match": "*" });
  assert.equal(over.statusCode, 200);
  for (const malformed of ["1", '"1', "'1'", '"1", "2"', 'w/"1"'])
    problemOf(await lead.patch(path, { summary: "Other" }, { "if-match": malformed }), 400);
  for (const other of ['W/"1"', '"2"', '"01"', '"x"', '""', '"99999999999999999999"'])
    problemOf(await lead.patch(path, { summary: "Other" }, { "if-match": other }), 412);
  const changed = await lead.patch(path, { summary: "Other", impact: 1, category: null }, { "if-match": '"1"' });
  assert.equal(changed.statusCode, 200, changed.body);
  assert.deepEqual(
    [changed.headers["etag"], changed.json().version, changed.json().summary, changed.json().priority],
    ['"2"', 2, "Other", 2],
  );
  problemOf(await lead.patch(path, { summary: "Third" }, { "if-match": '"1"' }), 412);
  assert.equal((await lead.get(path)).json().summary, "Other");
  const same = await lead.patch(path, { summary: "Other" }, { "if-match": '"2"' });
  assert.deepEqual([same.statusCode, same.headers["etag"]], [200, '"2"'], "what changes nothing makes no version");
  const merge = await lead.patch(
    path,
    { details: "More" },
    { "if-match": '"2"', "content-type": "application/merge-patch+json" },
  );
  assert.equal(merge.json().details, "More");
});

test("of two changes at once with one ETag, one is made", async () => {
  const { reference } = await ticket(lead);
  const answers = await Promise.all(
    ["a", "b", "c", "d"].map((summary) => lead.patch(`/tickets/${reference}`, { summary }, { "if-match": '"1"' })),
  );
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).toSorted(), [200, 412, 412, 412]);
});

test("a move is made from a state where it can be, by those who may", async () => {
  const { reference } = await ticket();
  const path = `/tickets/${reference}/moves`;
  problemOf(await lead.post(`${path}/take`), 428);
  problemOf(await staff.post(`${path}/take`, undefined, { "if-match": '"1"' }), 403);
  problemOf(await lead.post(`${path}/reopen`, { comment: "x" }, { "if-match": '"1"' }), 409);
  problemOf(await lead.post(`${path}/constructor`, {}, { "if-match": '"1"' }), 404);
  const taken = await lead.post(`${path}/take`, undefined, { "if-match": '"1"' });
  assert.deepEqual(
    [taken.statusCode, taken.headers["etag"], taken.json().state, taken.json().owner],
    [200, '"2"', "assigned", lead.who.personId],
  );
  problemOf(await lead.post(`${path}/wait`, { waitingFor: "user" }, { "if-match": '"1"' }), 412);
  const lost = problemOf(await lead.post(`${path}/wait`, { waitingFor: "godot" }, { "if-match": '"2"' }), 422);
  assert.deepEqual(
    lost.errors?.map(({ field }) => field),
    ["waitingFor"],
  );
  const odd = problemOf(
    await lead.post(`${path}/resolve`, { resolution: "Done", owner: "me" }, { "if-match": '"2"' }),
    422,
  );
  assert.match(odd.errors?.[0]?.message ?? "", /resolution/);
  const resolved = await lead.post(`${path}/resolve`, { resolution: "Done" }, { "if-match": '"2"' });
  assert.equal(resolved.json().state, "resolved");
  problemOf(await staff.post(`${path}/reopen`, { comment: 3 }, { "if-match": '"3"' }), 422);
  assert.equal(
    (await staff.post(`${path}/reopen`, { comment: "Jammed again" }, { "if-match": '"3"' })).json().state,
    "assigned",
  );
});

test("bodies are refused by name and in sentences", async () => {
  const refused = async (body: unknown, status = 422) =>
    problemOf(await lead.post("/tickets", body), status).errors ?? [];
  assert.deepEqual(await refused({}), [{ field: "summary", message: "Enter a summary" }]);
  assert.deepEqual(
    (await refused({ summary: 7, impact: "two", urgency: 9, kind: "wish", queue: "QUE-999" })).map(
      ({ field }) => field,
    ),
    ["summary", "impact", "urgency", "kind", "queue"],
  );
  assert.deepEqual(await refused({ summary: 7, details: ["a"], kind: 3 }), [
    { field: "summary", message: "Summary must be text" },
    { field: "details", message: "Details must be text" },
    { field: "kind", message: "Kind must be one of: incident, request" },
  ]);
  const manager = await apiClient(world, await world.person("Mo Ali", "policyManager"), ["read", "write"]);
  assert.deepEqual(
    problemOf(
      await manager.post("/policies", {
        title: "Passwords",
        clauses: [{ heading: "One", text: "Long ones" }, { text: "No heading" }],
      }),
      422,
    ).errors,
    [{ field: "clauses", message: "Clause 2: enter a heading" }],
  );
  assert.deepEqual(
    (await refused({ summary: "x", colour: "red", priority: 1 })).map(({ field }) => field),
    ["colour"],
  );
  assert.deepEqual(
    (await refused({ summary: "x", priority: 1, sourceReference: "y" })).map(({ field }) => field),
    ["priority", "sourceReference"],
  );
  assert.equal((await refused({ summary: "x", constructor: 1 }))[0]?.field, "constructor");
  assert.equal((await refused({ summary: "x", toString: null }))[0]?.field, "toString");
  assert.equal((await refused({ summary: "\ud800" }))[0]?.field, "summary");
  assert.equal((await refused({ summary: "x", details: "a\u0000b" }))[0]?.field, "details");
  assert.equal(
    (await refused({ summary: "x", details: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } }))[0]?.field,
    "details",
  );
  const send = (payload: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
    world.app.inject({
      method: "POST",
      url: "/api/v1/tickets",
      headers: { authorization: `Bearer ${lead.token}`, ...headers },
      payload,
    });
  for (const malformed of [
    "{",
    '{"summary":"x"',
    "null,",
    "[]",
    '"text"',
    "3",
    '{"summary":"x","__proto__":{"a":1}}',
    "[".repeat(100_000),
  ])
    problemOf(await send(malformed), 400);
  assert.equal(problemOf(await send('{"summary":"x","impact":1e999}'), 422).errors?.[0]?.field, "impact");
  problemOf(await send(`{"summary":"x","details":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), 422);
  problemOf(await send("summary=x", { "content-type": "application/x-www-form-urlencoded" }), 415);
  problemOf(await send('{"summary":"x"}', { "content-type": "text/plain" }), 415);
  problemOf(await send('{"summary":"x"}', {}), 415);
  problemOf(await send(`{"summary":"${"x".repeat(2_100_000)}"}`), 413);
  assert.equal((await send('{"summary":"x"}', { "content-type": "application/json; charset=utf-8" })).statusCode, 201);
  problemOf(await lead.post("/tickets?dry=1", { summary: "x" }), 422);
});

test("links are given by id, reference, exact name or me, also in lines", async () => {
  const made = await ticket(lead, { requester: "Tom Reid", owner: "me", queue: "que-001" });
  assert.deepEqual(
    [made.requester, made.owner, made.queue],
    [staffPerson.personId, lead.who.personId, world.council.queue],
  );
  const team = await lead.post("/teams", {
    name: "Field team",
    members: [{ member: "Tom Reid", lead: true }, { member: "me" }],
  });
  assert.equal(team.statusCode, 201, team.body);
  assert.deepEqual(
    team.json().members.map(({ member }: { member: string }) => member),
    [staffPerson.personId, lead.who.personId],
  );
  problemOf(await lead.post("/teams", { name: "Other", members: [{ member: "Nobody At All" }] }), 422);
  problemOf(await lead.post("/teams", { name: "Other", members: [{ person: "me" }] }), 422);
  problemOf(
    await lead.post("/teams", { name: "Other", members: Array.from({ length: 2000 }, () => ({ member: "me" })) }),
    422,
  );
});

test("a POST with an Idempotency-Key is done once, also when it comes twice at the same moment", async () => {
  const key = { "idempotency-key": randomUUID() };
  const body = { summary: "Quokka in the server room" };
  const answers = await Promise.all([1, 2, 3, 4].map(() => staff.post("/tickets", body, key)));
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [201, 201, 201, 201],
  );
  assert.equal(new Set(answers.map(({ headers }) => headers["location"])).size, 1);
  assert.equal(new Set(answers.map(({ body: text }) => text)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers["idempotency-replayed"] === "true").length, 3);
  assert.equal((await staff.get("/search?q=quokka")).json().matches, 1);
  assert.equal(
    problemOf(await staff.post("/tickets", { summary: "Other" }, key), 422).errors?.[0]?.field,
    "Idempotency-Key",
  );
  problemOf(await staff.post("/tickets", body, { "idempotency-key": "k".repeat(201) }), 422);
  assert.equal(
    (await lead.post("/tickets", body, key)).headers["idempotency-replayed"],
    undefined,
    "keys are a person's own",
  );
  const { reference } = answers[0]!.json();
  const moveKey = { "idempotency-key": randomUUID(), "if-match": '"1"' };
  const moved = [
    await lead.post(`/tickets/${reference}/moves/take`, {}, moveKey),
    await lead.post(`/tickets/${reference}/moves/take`, {}, moveKey),
  ];
  assert.deepEqual(
    moved.map(({ statusCode, headers }) => [statusCode, headers["etag"], headers["idempotency-replayed"]]),
    [
      [200, '"2"', undefined],
      [200, '"2"', "true"],
    ],
  );
  const commentKey = { "idempotency-key": randomUUID() };
  const said = [
    await staff.post(`/tickets/${reference}/comments`, { text: "Hello" }, commentKey),
    await staff.post(`/tickets/${reference}/comments`, { text: "Hello" }, commentKey),
  ];
  assert.equal(said[0]!.body, said[1]!.body);
  assert.equal((await staff.get(`/tickets/${reference}/comments`)).json().items.length, 1);
  const failing = { "idempotency-key": randomUUID() };
  problemOf(await staff.post("/tickets", {}, failing), 422);
  assert.equal(
    (await staff.post("/tickets", { summary: "Now right" }, failing)).statusCode,
    201,
    "what was refused is not remembered",
  );
});

test("a policy's clauses come and go with it, and its list leaves them out", async () => {
  const manager = await apiClient(world, await world.person("Priya Nair", "policyManager"));
  const made = await manager.post("/policies", {
    title: "Acceptable use",
    clauses: [
      { heading: "One", text: "a" },
      { heading: "Two", text: "b" },
    ],
  });
  assert.equal(made.statusCode, 201, made.body);
  const [, second] = made.json().clauses;
  const changed = await manager.patch(
    `/policies/${made.json().id}`,
    { clauses: [second, { heading: "Three", text: "c" }] },
    { "if-match": '"1"' },
  );
  assert.deepEqual(
    changed.json().clauses.map(({ number }: { number: number }) => number),
    [2, 3],
  );
  assert.equal("clauses" in (await manager.get("/policies")).json().items[0], false);
});
