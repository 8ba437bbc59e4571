import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { LightMyRequestResponse } from "fastify";
import { failuresPerMinute } from "../src/web/api/gate.ts";
import { createApp } from "../src/web/app.ts";
import { apiClient, problemOf } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: ApiClient;
let staff: ApiClient;

before(async () => {
  world = await createWebWorld({ apiRequestsPerMinute: 100_000 });
  administrator = await apiClient(world, await world.person("Kim Adler", "administrator"), ["admin"]);
  staff = await apiClient(world, await world.person("Tom Reid", "staff"));
});
after(() => world.close());

const send = (payload: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  world.app.inject({
    method: "POST",
    url: "/api/v1/tickets",
    headers: { authorization: `Bearer ${staff.token}`, "content-type": "application/json", ...headers },
    payload,
  });

test("a body that is not JSON is told where it breaks and what to do, in our own words", async () => {
  for (const [body, words] of [
    ['{"summary": "x",}', /breaks at line 1, column 17/],
    ['{"summary": "x"\n "kind": "request"}', /breaks at line 2, column 2/],
    ["{'summary': 'x'}", /breaks at line 1, column 2/],
    ['\ufeff{"summary": "x",}', /breaks at line 1, column 17/],
    ["summary=x", /breaks at line 1, column 1\./],
    ['{"summary": "x', /ends at line 1, column 15 with something not closed/],
    ['{"summary": ', /ends at line 1, column 13 with something not closed/],
    ['{"summary": "x", "__proto__": {}}', /`__proto__`/],
    ['{"summary": "x", "constructor": {"prototype": {}}}', /`prototype`/],
    ["[1, 2]", /must be a JSON object/],
  ] as const) {
    const { detail, type } = problemOf(await send(body), 400);
    assert.match(detail, words, body);
    assert.equal(type, "/api#problem-malformed");
    // Neither the parser's nor the framework's words.
    assert.doesNotMatch(detail, /token|expected|position|content-type|FST/i, body);
  }
  assert.match(problemOf(await send(Buffer.from('{"summary":"caf\xe9"}', "latin1")), 400).detail, /UTF-8/);
  assert.equal((await send('\ufeff{"summary":"With a byte order mark"}')).statusCode, 201);
  assert.equal((await send('{"summary":"café"}')).json().summary, "café");
});

test("a compressed body is refused on the API and on pages, and says to send it as it is", async () => {
  for (const encoding of ["gzip", "GZIP", "br, gzip", "nonsense"]) {
    const refused = await send(gzipSync('{"summary":"x"}'), { "content-encoding": encoding });
    const problem = problemOf(refused, 415);
    assert.equal(problem.type, "/api#problem-content-encoding");
    assert.match(problem.detail, /without compression/);
    assert.equal(refused.headers["accept-encoding"], "identity");
    assert.ok(refused.headers["ratelimit-remaining"]);
  }
  assert.equal((await send('{"summary":"x"}', { "content-encoding": "identity" })).statusCode, 201);
  assert.equal((await staff.get("/tickets", { "content-encoding": "gzip" })).statusCode, 200, "there is no body");
  const officer = await world.as("staff");
  for (const [url, cookie] of [
    ["/sign-in", ""],
    ["/tickets/new", officer.cookieHeader()],
  ] as const) {
    const page = await world.app.inject({
      method: "POST",
      url,
      headers: { cookie, "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" },
      payload: gzipSync("summary=x"),
    });
    assert.equal(page.statusCode, 415);
    assert.match(String(page.headers["content-type"]), /^text\/html/);
    assert.match(page.body, /without compression/);
  }
});

test("what is refused before the gate has every header that an answer has, and is counted", async () => {
  const ordinary = await staff.get("/tickets?limit=1");
  const secure = Object.keys(ordinary.headers).filter((name) =>
    /^(content-security|cross-|x-(?!request-id)|referrer|origin-)/.test(name),
  );
  assert.ok(secure.length >= 8);
  const ask = (method: "DELETE" | "PUT" | "GET" | "TRACE" | "POST", url: string, authorization?: string) =>
    world.app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } });
  const likeOthers = (answer: LightMyRequestResponse) => {
    for (const name of secure) assert.equal(answer.headers[name], ordinary.headers[name], name);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.ok(answer.headers["x-request-id"]);
  };
  for (const [method, url, status, allow] of [
    ["DELETE", "/api/v1/tickets", 405, "GET, POST, HEAD"],
    ["TRACE", "/api/v1/tickets/INC-00001", 405, "GET, PATCH, HEAD"],
    ["GET", "/api/v1/tickets/INC-00001/erasures", 405, "POST"],
    ["POST", "/api/v1", 405, "GET, HEAD"],
    ["PUT", "/api/v1/openapi.json", 405, "GET, HEAD"],
    ["GET", "/api/v1/tickets/INC-00001/nothing", 404, undefined],
    ["GET", "/api/v2", 404, undefined],
    ["POST", "/api/v2/tickets", 404, undefined],
  ] as const) {
    for (const authorization of [undefined, `Bearer ${staff.token}`]) {
      const answer = await ask(method, url, authorization);
      problemOf(answer, status);
      likeOthers(answer);
      assert.equal(answer.headers["allow"], allow, url);
      assert.equal(answer.headers["ratelimit-limit"], authorization ? "100000" : String(failuresPerMinute), url);
      assert.match(String(answer.headers["ratelimit-remaining"]), /^\d+$/);
    }
  }
  // What the router itself cannot read.
  const unreadable = await ask("GET", "/api/v1/%ff");
  assert.match(problemOf(unreadable, 400).detail, /%25/);
  likeOthers(unreadable);
  const page = await ask("GET", "/%ff");
  assert.deepEqual([page.statusCode, page.headers["x-frame-options"]], [400, "DENY"]);
  problemOf(await ask("GET", `/api/v1/tickets/${"x".repeat(300)}`, `Bearer ${staff.token}`), 404);
  const app = await createApp({ ...world.parts, apiRequestsPerMinute: 2 });
  const refuse = () =>
    app.inject({ method: "DELETE", url: "/api/v1/tickets", headers: { authorization: `Bearer ${staff.token}` } });
  problemOf(await refuse(), 405);
  problemOf(await refuse(), 405);
  problemOf(await refuse(), 429);
  await app.close();
});

test("what is no HTTP, or has headers that are too large, is a problem as well", async () => {
  const app = await createApp(world.parts);
  await app.listen({ port: 0, host: "127.0.0.1" });
  // A server that listens on a port has an address of this shape.
  const { port } = app.server.address() as AddressInfo;
  const ask = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      socket.on("data", (part) => (answer += String(part)));
      socket.on("close", () => resolve(answer)).on("error", reject);
      socket.write(text);
    });
  for (const [text, status] of [
    ["FOO /api/v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["GET /api/v1/tickets HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400],
    [`GET /api/v1/tickets HTTP/1.1\r\nHost: x\r\nX-Large: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    const [head = "", body = ""] = (await ask(text)).split("\r\n\r\n");
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /content-type: application\/problem\+json/i);
    assert.match(head, /content-security-policy: default-src 'none'/i);
    assert.equal(JSON.parse(body).status, status);
  }
  await app.close();
});

test("a type of which somebody may read nothing is not there for them, on the page and on the API alike", async () => {
  const browser = await world.as(staff.who);
  for (const type of world.registry.types.values()) {
    const [page, api] = [await browser.get(`/${type.path}`), await staff.get(`/${type.path}?limit=1`)];
    assert.equal(api.statusCode, page.statusCode, type.path);
    assert.ok([200, 404].includes(page.statusCode), `${type.path}: ${page.statusCode}`);
    const [form, post] = [await browser.get(`/${type.path}/new`), await staff.post(`/${type.path}`, { nothing: true })];
    assert.equal(
      form.statusCode === 403,
      post.statusCode === 403,
      `${type.path}: ${form.statusCode}, ${post.statusCode}`,
    );
  }
  problemOf(await staff.get("/roles"), 404);
  problemOf(await staff.get("/calendars"), 404);
  assert.equal((await administrator.get("/roles")).statusCode, 200);
  assert.equal((await staff.get("/tickets")).statusCode, 200, "who reads only their own has a list of those");
});

test("whether somebody may comes before whether what they sent is right", async () => {
  const made = async (path: string, given: object) => (await administrator.post(`/${path}`, given)).json().reference;
  const [team, policy, role, ticket] = [
    await made("teams", { name: "Field team" }),
    await made("policies", { title: "Passwords" }),
    await made("roles", { name: "Guest" }),
    await made("tickets", { summary: "Not theirs" }),
  ];
  const wrong = { colour: "red" };
  const read = { "if-match": '"1"' };
  problemOf(await staff.post("/teams", wrong), 403);
  problemOf(await staff.patch(`/teams/${team}`, wrong, read), 403);
  problemOf(await staff.patch(`/teams/${team}`, { owner: "Nobody At All" }, read), 403);
  problemOf(await staff.post(`/teams/${team}/moves/close`, wrong, read), 403);
  problemOf(await staff.post(`/policies/${policy}/comments`, wrong), 403);
  problemOf(await staff.post(`/teams/${team}/comments`, wrong), 403);
  problemOf(await staff.post(`/teams/${team}/erasures`, wrong), 403);
  for (const one of [`/roles/${role}`, `/tickets/${ticket}`, `/teams/${randomUUID()}`]) {
    problemOf(await staff.patch(one, wrong, read), 404);
    problemOf(await staff.patch(one, { sensitivity: "restricted" }, read), 404);
    problemOf(await staff.post(`${one}/comments`, wrong), 404);
    problemOf(await staff.post(`${one}/erasures`, wrong), 404);
  }
  problemOf(await staff.post(`/tickets/${ticket}/moves/take`, wrong, read), 404);
  assert.match(problemOf(await administrator.get(`/teams/${team}?x=1`), 422).detail, /There are: on/);
});
