import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create, insertRecord } from "../src/kernel/store/create.ts";
import { failuresPerMinute } from "../src/web/api/gate.ts";
import { createApp } from "../src/web/app.ts";
import { apiClient, problemOf } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { begin, end, world, lead, staff, staffPerson, ticket } from "./api/stage.ts";

before(begin);
after(end);

test("a ticket needs only a summary, and is answered with its address, its ETag and itself", async () => {
  const made = await staff.post("/tickets", { summary: "Cannot sign in to payroll" });
  assert.equal(made.statusCode, 201, made.body);
  const record = made.json();
  assert.equal(made.headers["location"], `/api/v1/tickets/${record.reference}`);
  assert.equal(made.headers["etag"], '"1"');
  assert.deepEqual(
    [
      record.type,
      record.title,
      record.summary,
      record.state,
      record.version,
      record.kind,
      record.impact,
      record.urgency,
      record.priority,
      record.requester,
      record.createdBy,
      record.queue,
    ],
    [
      "ticket",
      "Cannot sign in to payroll",
      "Cannot sign in to payroll",
      "new",
      1,
      "incident",
      2,
      2,
      3,
      staffPerson.personId,
      staffPerson.personId,
      world.council.queue,
    ],
  );
  assert.ok(record.dueAt);
  assert.equal("sourceReference" in record, false, "internal fields are for officers");
  for (const id of [record.id, record.reference, record.reference.toLowerCase(), record.id.toUpperCase()]) {
    const read = await staff.get(`/tickets/${id}`);
    assert.equal(read.statusCode, 200);
    assert.equal(read.headers["etag"], '"1"');
    assert.equal(read.json().id, record.id);
    assert.deepEqual(read.json().moves, ["cancel"]);
    assert.deepEqual(
      read.json().clocks.map((clock: { name: string; state: string }) => [clock.name, clock.state]),
      [
        ["respond", "running"],
        ["resolve", "running"],
      ],
    );
  }
  assert.equal("sourceReference" in (await lead.get(`/tickets/${record.id}`)).json(), true);
});

test("without a token, or with one that is not known, the answer is 401 and says how", async () => {
  const ask = (headers: Record<string, string>) => world.app.inject({ method: "GET", url: "/api/v1/tickets", headers });
  const none = await ask({});
  problemOf(none, 401);
  assert.equal(none.headers["www-authenticate"], 'Bearer realm="Reeve"');
  for (const authorization of [
    "Bearer ",
    `Bearer reeve_${"A".repeat(43)}`,
    `Basic ${btoa("a:b")}`,
    staff.token,
    `Bearer ${staff.token}x`,
  ]) {
    const refused = await ask({ authorization });
    problemOf(refused, 401);
    assert.match(String(refused.headers["www-authenticate"]), /invalid_token/);
  }
  assert.equal(
    (await ask({ authorization: `bearer ${staff.token}` })).statusCode,
    200,
    "the scheme's name is of either case",
  );
  const browser = await world.as(staffPerson);
  problemOf(
    await world.app.inject({
      method: "POST",
      url: "/api/v1/tickets",
      headers: { cookie: browser.cookieHeader(), "content-type": "application/json" },
      payload: '{"summary":"x"}',
    }),
    401,
  );
});

test("a token does no more than its scopes, whatever its person may do", async () => {
  const reader = await apiClient(world, lead.who, ["read"]);
  const { reference } = await ticket();
  assert.equal((await reader.get(`/tickets/${reference}`)).statusCode, 200);
  const refused = await reader.post("/tickets", { summary: "x" });
  assert.match(problemOf(refused, 403).type, /scope$/);
  assert.match(String(refused.headers["www-authenticate"]), /insufficient_scope.*ticket:write/);
  problemOf(await reader.patch(`/tickets/${reference}`, { summary: "x" }, { "if-match": '"1"' }), 403);
  problemOf(await reader.post(`/tickets/${reference}/moves/take`, undefined, { "if-match": '"1"' }), 403);
  problemOf(await reader.post(`/tickets/${reference}/comments`, { text: "x" }), 403);
  const narrow = await apiClient(world, lead.who, ["ticket:write"]);
  assert.equal((await narrow.get("/tickets")).statusCode, 200);
  assert.equal((await narrow.post("/tickets", { summary: "x" })).statusCode, 201);
  problemOf(await narrow.get("/policies"), 403);
  problemOf(await narrow.get("/search?q=printer"), 403);
  problemOf(await narrow.get("/search?q=printer&type=policy"), 403);
  assert.equal((await narrow.get("/search?q=printer&type=ticket")).statusCode, 200);
});

test("comments need no ETag, and internal ones and internal values stay among officers", async () => {
  const { id, reference } = await ticket();
  const path = `/tickets/${reference}`;
  const said = await lead.post(`${path}/comments`, { text: "Asked the supplier", audience: "internal" });
  assert.equal(said.statusCode, 201, said.body);
  assert.deepEqual(
    [said.json().text, said.json().audience, said.json().actorName],
    ["Asked the supplier", "internal", "Dee Osei"],
  );
  assert.equal((await staff.post(`${path}/comments`, { text: "It is **urgent**" })).statusCode, 201);
  const [there] = (
    await world.app.inject({
      method: "GET",
      url: String(said.headers["location"]),
      headers: { authorization: `Bearer ${lead.token}` },
    })
  ).json().items;
  assert.equal(there.text, "Asked the supplier");
  problemOf(await staff.post(`${path}/comments`, { text: "x", audience: "internal" }), 403);
  assert.equal(problemOf(await staff.post(`${path}/comments`, {}), 422).errors?.[0]?.field, "text");
  assert.equal(problemOf(await staff.post(`${path}/comments`, { text: "x", by: "y" }), 422).errors?.[0]?.field, "by");
  problemOf(await staff.post(`${path}/comments`, { text: "x", audience: "nobody" }), 422);
  assert.deepEqual(
    (await lead.get(`${path}/comments`)).json().items.map(({ text }: { text: string }) => text),
    ["Asked the supplier", "It is **urgent**"],
  );
  assert.deepEqual(
    (await staff.get(`${path}/comments`)).json().items.map(({ text }: { text: string }) => text),
    ["It is **urgent**"],
  );
  assert.deepEqual(
    (await staff.get(`${path}/events`)).json().items.map(({ verb }: { verb: string }) => verb),
    ["created", "commented"],
  );
  assert.equal((await lead.get(`${path}/events`)).json().items.length, 3);
  assert.equal((await staff.get(`/tickets/${id}`)).json().version, 1);
  const brought = await world.system((tx) =>
    insertRecord(
      tx,
      typeNamed(tx.registry, "ticket"),
      {
        summary: "Brought in",
        sourceReference: "SECRET-1",
        queue: world.council.queue,
        requester: staffPerson.personId,
        kind: "incident",
        impact: 2,
        urgency: 2,
      },
      { trusted: true },
    ),
  );
  assert.equal((await staff.get(`/tickets/${brought.id}/events`)).body.includes("SECRET-1"), false);
  assert.equal((await lead.get(`/tickets/${brought.id}/events`)).body.includes("SECRET-1"), true);
  const [field] = problemOf(await staff.get("/tickets?sourceReference=SECRET-1"), 422).errors ?? [];
  assert.equal(field?.field, "sourceReference");
  problemOf(await staff.get("/tickets?sort=sourceReference"), 422);
  assert.equal((await lead.get("/tickets?sourceReference=secret-*")).json().items.length, 1);
});

test("the timeline is read page by page to its end", async () => {
  const { reference } = await ticket();
  for (let at = 0; at < 4; at++) await staff.post(`/tickets/${reference}/comments`, { text: `Comment ${at}` });
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { sequence: number }[]; nextCursor: string | null } = (
      await staff.get(`/tickets/${reference}/events?limit=2${cursor ? `&cursor=${cursor}` : ""}`)
    ).json();
    seen.push(...page.items.map(({ sequence }) => sequence));
    cursor = page.nextCursor;
  } while (cursor);
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test("a list has the pages' filters and is read page by page to its end", async () => {
  const requester = await apiClient(world, await world.person("Ama Boateng", "staff"));
  for (let at = 0; at < 7; at++)
    await ticket(requester, { summary: `Zebra ${at}`, impact: 1 + (at % 3), kind: at % 2 ? "incident" : "request" });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { id: string }[]; nextCursor: string | null } = (
      await requester.get(`/tickets?limit=3&sort=-priority${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`)
    ).json();
    assert.deepEqual(Object.keys(page), ["items", "nextCursor"]);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  assert.equal(new Set(seen).size, 7);
  const count = async (query: string) => {
    const answer = await lead.get(`/tickets?${query}`);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json().items.length;
  };
  const by = `requester=${requester.who.personId}`;
  assert.equal(await count(by), 7);
  assert.equal(await count("requester=Ama+Boateng&limit=2"), 2);
  assert.equal(await count(`${by}&kind=request`), 4);
  assert.equal(await count(`${by}&kind=request&kind=incident&state=new&show=open`), 7);
  assert.equal(await count(`${by}&show=closed`), 0);
  assert.equal(await count(`${by}&priority-from=3&priority-to=5`), 4);
  assert.equal(await count(`${by}&q=zebra`), 7);
  assert.equal(await count(`${by}&queue=QUE-001&opened-from=2020-01-01&owner=none`), 7);
  assert.equal(await count("requester=me&owner=me"), 0);
  assert.equal(await count("summary=zebra+3"), 1);
  assert.equal((await requester.get("/tickets")).json().items.length, 7, "staff see what they asked for and no more");
  for (const [query, name] of [
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=ten", "limit"],
    ["limit=1&limit=2", "limit"],
    ["colour=red", "colour"],
    ["__proto__=1", "__proto__"],
    ["sort=details", "sort"],
    ["sort=constructor", "sort"],
    ["cursor=x", "cursor"],
    ["state=lost", "state"],
    ["show=some", "show"],
    ["queue=nowhere", "queue"],
    ["opened-from=yesterday", "opened-from"],
    ["priority=high", "priority"],
    ["kind=%00", "kind"],
  ] as const) {
    assert.equal(problemOf(await lead.get(`/tickets?${query}`), 422).errors?.[0]?.field, name, query);
  }
  const forged = Buffer.from(JSON.stringify(["not a moment", randomUUID(), false])).toString("base64url");
  assert.equal(problemOf(await lead.get(`/tickets?sort=opened&cursor=${forged}`), 422).errors?.[0]?.field, "cursor");
});

test("what is not there, is another organisation's or is restricted cannot be told apart", async () => {
  const other = await world.another("Fenbridge District Council");
  const stranger = await apiClient(world, await world.person("Sam Hall", "administrator", { organisation: other }), [
    "admin",
  ]);
  const officer = await apiClient(world, await world.person("Kit Rowe", "supportOfficer"));
  const restricted = await ticket(lead, { summary: "Capybara in confidence", sensitivity: "restricted" });
  const plain = await ticket(staff, { summary: "Capybara" });
  const hidden: readonly [ApiClient, { id: string; reference: string }][] = [
    [stranger, plain],
    [officer, restricted],
    [staff, restricted],
  ];
  for (const [client, { id }] of hidden) {
    const missing = problemOf(await client.get(`/tickets/${randomUUID()}`), 404);
    const answers = await Promise.all([
      client.get(`/tickets/${id}`),
      client.patch(`/tickets/${id}`, { summary: "x" }, { "if-match": '"1"' }),
      client.patch(`/tickets/${id}`, { summary: "x" }, { "if-match": '"9"' }),
      client.post(`/tickets/${id}/moves/take`, {}, { "if-match": '"1"' }),
      client.get(`/tickets/${id}/events`),
      client.get(`/tickets/${id}/comments`),
      client.post(`/tickets/${id}/comments`, { text: "x" }),
    ]);
    for (const answer of answers)
      assert.deepEqual({ ...problemOf(answer, 404), instance: "" }, { ...missing, instance: "" });
    assert.equal((await client.get("/tickets?limit=200")).body.includes(id), false);
    assert.equal((await client.get("/search?q=capybara")).body.includes(id), false);
  }
  problemOf(await stranger.post("/tickets", { summary: "x", requester: lead.who.personId }), 422);
  assert.equal((await lead.get("/search?q=capybara")).json().matches, 2);
  for (const path of [
    "/nowhere",
    "/nowhere/1",
    "/tickets/INC-99999",
    "/tickets/%00",
    "/tickets/-",
    `/tickets/${"9".repeat(150)}`,
  ])
    problemOf(await lead.get(path), 404);
  problemOf(await lead.post("/nowhere", {}), 404);
});

test("a method that an address does not take is answered with those that it does", async () => {
  for (const [method, url, allow] of [
    ["DELETE", "/api/v1/tickets/INC-00001", "GET, PATCH, HEAD"],
    ["PUT", "/api/v1/tickets", "GET, POST, HEAD"],
    ["GET", "/api/v1/tickets/INC-00001/moves/take", "POST"],
    ["POST", "/api/v1/search", "GET, HEAD"],
    ["POST", "/api/v1/openapi.json", "GET, HEAD"],
    ["PATCH", "/api/v1/tickets/INC-00001/events", "GET, HEAD"],
  ] as const) {
    const answer = await world.app.inject({ method, url, payload: "x", headers: { "content-type": "text/plain" } });
    problemOf(answer, 405);
    assert.equal(answer.headers["allow"], allow);
  }
  assert.equal(
    (
      await world.app.inject({
        method: "HEAD",
        url: "/api/v1/tickets",
        headers: { authorization: `Bearer ${staff.token}` },
      })
    ).statusCode,
    200,
  );
});

test("search finds what the token's person may see, page by page", async () => {
  for (let at = 0; at < 5; at++) await ticket(staff, { summary: `Pangolin ${at}` });
  const first = (await staff.get("/search?q=pangolin&limit=3")).json();
  assert.deepEqual([first.items.length, first.matches, first.byType], [3, 5, { ticket: 5 }]);
  assert.equal(first.items[0].href, `/api/v1/tickets/${first.items[0].reference}`);
  const second = (await staff.get(`/search?q=pangolin&limit=3&cursor=${first.nextCursor}`)).json();
  assert.deepEqual([second.items.length, second.nextCursor], [2, null]);
  problemOf(await staff.get("/search"), 422);
  problemOf(await staff.get("/search?q=x&type=planet"), 422);
  problemOf(await staff.get("/search?q=x&cursor=999"), 422);
});

test("who sees a record is changed only by those who may see restricted ones", async () => {
  const officer = await apiClient(world, await world.person("Jo March", "supportOfficer"));
  const { reference } = await ticket(officer);
  problemOf(await officer.patch(`/tickets/${reference}`, { sensitivity: "restricted" }, { "if-match": '"1"' }), 403);
  assert.equal(
    (await lead.patch(`/tickets/${reference}`, { sensitivity: "restricted" }, { "if-match": '"1"' })).json()
      .sensitivity,
    "restricted",
  );
});

test("requests are counted for each token, and those without one for each address", async () => {
  const app = await createApp({ ...world.parts, apiRequestsPerMinute: 3 });
  const ask = (token: string | null, remoteAddress = "192.0.2.7") =>
    app.inject({
      method: "GET",
      url: "/api/v1/tickets?limit=1",
      remoteAddress,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
  const first = await ask(staff.token);
  assert.deepEqual(
    [first.statusCode, first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]],
    [200, "3", "2"],
  );
  assert.match(String(first.headers["ratelimit-reset"]), /^\d+$/);
  await ask(staff.token);
  await ask(staff.token);
  const refused = await ask(staff.token, "192.0.2.8");
  problemOf(refused, 429);
  assert.match(String(refused.headers["retry-after"]), /^\d+$/);
  assert.equal((await ask(lead.token)).statusCode, 200, "another token has its own count");
  for (let at = 0; at < failuresPerMinute; at++) problemOf(await ask(null), 401);
  problemOf(await ask(null), 429);
  problemOf(await ask(`reeve_${"B".repeat(43)}`), 429);
  assert.equal((await ask(lead.token)).statusCode, 200, "a good token from that address is still accepted");
  problemOf(await ask(null, "192.0.2.9"), 401);
  await app.close();
});

test("the database sees the person behind the token, and an internal comment of another is not answered", async () => {
  const made = await world.store.as(lead.who, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "By page", requester: staffPerson.personId }),
  );
  await world.store.as(lead.who, (tx) =>
    comment(tx, typeNamed(tx.registry, "ticket"), made.id, { text: "Quietly", audience: "internal" }),
  );
  assert.equal((await staff.get(`/tickets/${made.id}/comments`)).json().items.length, 0);
});
