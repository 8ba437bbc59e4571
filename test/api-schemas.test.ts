import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { LightMyRequestResponse } from "fastify";
import type { OpenApiDocument } from "../src/web/api/openapi/document.ts";
import { pascal } from "../src/web/api/openapi/record-schemas.ts";
import { createApp } from "../src/web/app.ts";
import { dayIn } from "./day-in.ts";
import { apiClient } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

/** What the description says of an operation, as far as these tests read it. */
interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}
interface Answer {
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Reference {
  readonly $ref: string;
}

const inAYear = Temporal.Now.plainDateISO("Europe/London").add({ years: 1 }).toString();
const root = "urn:reeve:api";
const compiledBefore = new Map<string, ValidateFunction>();

let world: WebWorld;
let administrator: ApiClient;
let staff: ApiClient;
let document: OpenApiDocument;
let ajv: Ajv2020;
/** Every operation and status that was answered and found true. */
const proved = new Set<string>();

before(async () => {
  world = await createWebWorld({ apiRequestsPerMinute: 100_000 });
  administrator = await apiClient(world, await world.person("Kim Adler", "administrator"), ["admin"]);
  staff = await apiClient(world, await world.person("Tom Reid", "staff"));
  document = (await world.app.inject({ method: "GET", url: "/api/v1/openapi.json" })).json();
  // The members of the document itself are no keywords of JSON Schema; what is no keyword within a schema fails.
  ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false, keywords: Object.keys(document) });
  addFormats.default(ajv);
  // The document is no schema, but holds them: its parts are compiled when they are pointed at.
  ajv.addSchema({ ...closed(document), $id: root }, root, undefined, false);
});
after(() => world.close());

test("every schema of the description is JSON Schema that a validator takes, and its examples fit it", () => {
  const schemas = Object.entries(document.components.schemas);
  assert.ok(schemas.length > 20);
  for (const [name, schema] of schemas) {
    const validate = compiled(`#/components/schemas/${name}`);
    for (const example of (schema["examples"] ?? []) as unknown[])
      assert.ok(validate(example), `${name}: ${said(validate)} in ${JSON.stringify(example)}`);
  }
});

test("what each operation answers for tickets and policies is what its schema says", async () => {
  const policy = {
    title: "Passwords",
    purpose: "How we keep them",
    clauses: [
      { heading: "Length", text: "Twelve or more" },
      { heading: "Reuse", text: "Never" },
    ],
  };
  await wholeLife("tickets", { summary: "The printer is jammed", details: "On floor 2", requester: "me" }, [
    ["take", {}],
    ["wait", { waitingFor: "user", waitingReason: "Which floor?", reviewOn: dayIn(3) }],
    ["resume", {}],
    ["resolve", { resolution: "Paper taken out" }],
  ]);
  // Nobody approves what they wrote.
  const another = await apiClient(world, await world.person("Priya Nair", "administrator"), ["admin"]);
  await wholeLife(
    "policies",
    policy,
    [
      ["approve", {}],
      ["redraft", {}],
      ["approve", {}],
      ["publish", { change: "material", changeReason: "The first version", reviewOn: inAYear }],
      ["review", {}],
      ["withdraw", { comment: "Said elsewhere" }],
    ],
    another,
  );
});

test("what each operation answers for the organisation's own types is what its schema says", async () => {
  await wholeLife("teams", { name: "Field team", members: [{ member: "Tom Reid", lead: true }] }, [
    ["close", {}],
    ["reopen", {}],
  ]);
  await wholeLife("people", { name: "Ama Boateng", email: "ama.boateng@aldermoor.gov.uk" }, [
    ["leave", {}],
    ["return", {}],
  ]);
  await wholeLife("queues", { name: "Mobile phones" }, [["close", {}]]);
  await wholeLife("categories", { name: "Printing" }, [["withdraw", {}]]);
});

test("the list of every type, and one record of it, are what their schemas say", async () => {
  for (const type of world.registry.types.values()) {
    const page = await checked("get", `/${type.path}`, await administrator.get(`/${type.path}?limit=200`));
    for (const { reference } of page.json().items.slice(0, 3))
      await checked("get", `/${type.path}/{id}`, await administrator.get(`/${type.path}/${reference}`));
  }
});

test("what is only asked about answers what its schema says, for every type", async () => {
  const made = await administrator.post("/calendars?preview=true", { name: "Evenings", hours: "Mon-Fri 17:00-22:00" });
  await checked("post", "/calendars", made, 200);
  for (const type of world.registry.types.values()) {
    if (type.productOnly) continue;
    const { items } = (await administrator.get(`/${type.path}?limit=1`)).json();
    for (const { reference } of items)
      await checked(
        "patch",
        `/${type.path}/{id}`,
        await administrator.patch(`/${type.path}/${reference}?preview=true`, {}, { "if-match": "*" }),
      );
  }
});

test("search and the feed answer what their schemas say", async () => {
  await checked("get", "/changes", await administrator.get("/changes"));
  await checked("get", "/changes", await administrator.get("/changes?after=now&types=ticket,team"));
  await checked("get", "/search", await administrator.get("/search?q=printer"));
  await checked("get", "/search", await administrator.get("/search?q=nothing-of-the-kind"));
  await checked("get", "/search", await administrator.get("/search"), 422);
});

for (const [path, title] of [
  ["tickets", "summary"],
  ["policies", "title"],
  ["teams", "name"],
  ["people", "name"],
] as const) {
  test(`the problems of ${path} are what the description says`, async () => {
    const made = await administrator.post(`/${path}`, { [title]: `For problems with ${path}` });
    assert.equal(made.statusCode, 201, made.body);
    const one = `/${path}/${made.json().reference}`;
    const move = Object.keys(world.registry.byPath.get(path)!.moves);
    const ask = (method: "GET" | "POST" | "PATCH", url: string, headers: Record<string, string>, payload?: string) =>
      world.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload === undefined ? {} : { payload }) });
    const known = { authorization: `Bearer ${administrator.token}`, "content-type": "application/json" };
    await checked("post", `/${path}`, await ask("POST", `/${path}`, known, "{"), 400);
    await checked("get", `/${path}`, await ask("GET", `/${path}`, {}), 401);
    await checked("post", `/${path}`, await ask("POST", `/${path}`, {}, "{}"), 401);
    await checked("get", `/${path}/{id}`, await administrator.get(`/${path}/${randomUUID()}`), 404);
    await checked("get", `/${path}/{id}/events`, await administrator.get(`/${path}/NONE-1/events`), 404);
    await checked("post", `/${path}/{id}/comments`, await administrator.post(`${one}/comments`, {}), 422);
    await checked("patch", `/${path}/{id}`, await administrator.patch(one, { [title]: "x" }), 428);
    await checked(
      "patch",
      `/${path}/{id}`,
      await administrator.patch(one, { [title]: "x" }, { "if-match": '"9"' }),
      412,
    );
    await checked(
      "patch",
      `/${path}/{id}`,
      await administrator.patch(one, { colour: "x" }, { "if-match": '"1"' }),
      422,
    );
    await checked("post", `/${path}`, await administrator.post(`/${path}`, {}), 422);
    await checked(
      "post",
      `/${path}`,
      await ask("POST", `/${path}`, { ...known, "content-type": "text/plain" }, "x"),
      415,
    );
    await checked(
      "post",
      `/${path}`,
      await ask("POST", `/${path}`, { ...known, "content-encoding": "gzip" }, "x"),
      415,
    );
    const answers = await Promise.all(
      move.map(
        async (name) => [name, await administrator.post(`${one}/moves/${name}`, {}, { "if-match": '"9"' })] as const,
      ),
    );
    for (const [name, answer] of answers)
      await checked("post", `/${path}/{id}/moves/${name}`, answer, answer.statusCode);
    assert.ok(
      answers.some(([, { statusCode }]) => statusCode === 409),
      "none of the moves was impossible",
    );
    if (path !== "tickets") {
      await checked(
        "patch",
        `/${path}/{id}`,
        await staff.patch(one, { [title]: "x" }, { "if-match": '"1"' }),
        403,
        404,
      );
      await checked("post", `/${path}`, await staff.post(`/${path}`, { [title]: "x" }), 403);
    }
    const narrow = await apiClient(world, administrator.who, ["calendar:read"]);
    await checked("get", `/${path}`, await narrow.get(`/${path}`), 403);
    const app = await createApp({ ...world.parts, apiRequestsPerMinute: 1 });
    const again = () => app.inject({ method: "GET", url: `/api/v1/${path}`, headers: known });
    await again();
    await checked("get", `/${path}`, await again(), 429);
    await app.close();
  });
}

test("each operation that every record has was proved for four types, with its problems", () => {
  for (const path of ["tickets", "policies", "teams", "people"]) {
    const { name: typeName } = world.registry.byPath.get(path)!;
    const [one, many] = [pascal(typeName), pascal(path)];
    for (const wanted of [
      ...[200, 401, 403, 429].map((status) => `list${many} ${status}`),
      ...[201, 400, 401, 415, 422].map((status) => `create${one} ${status}`),
      ...[200, 404].map((status) => `get${one} ${status}`),
      ...[200, 412, 422, 428].map((status) => `change${one} ${status}`),
      ...[201, 422].map((status) => `add${one}Comment ${status}`),
      `list${one}Comments 200`,
      ...[200, 404].map((status) => `list${one}Events ${status}`),
      `erase${one} 201`,
    ])
      assert.ok(proved.has(wanted), `${wanted} was not answered`);
    for (const status of [200, 409, 412])
      assert.ok(
        [...proved].some((one) => one.startsWith(`move${pascal(typeName)}`) && one.endsWith(` ${status}`)),
        `no move of ${path} was answered with ${status}`,
      );
  }
});

test("a schema that says something untrue is noticed", () => {
  const validate = compiled("#/components/schemas/Comment");
  const comment = {
    sequence: 1,
    at: new Date().toISOString(),
    actorId: null,
    actorName: null,
    audience: "everyone",
    text: "x",
    files: [],
    erasedBy: null,
  };
  assert.ok(validate(comment));
  for (const wrong of [
    { ...comment, sequence: 0 },
    { ...comment, at: "yesterday" },
    { ...comment, audience: "nobody" },
    { ...comment, text: 3 },
    { ...comment, stranger: 1 },
  ])
    assert.ok(!validate(wrong), JSON.stringify(wrong));
});

/** Makes a record, reads it, changes it, moves it and speaks on it, each answer checked against the description. */
async function wholeLife(
  path: string,
  given: object,
  moves: readonly (readonly [string, object])[],
  mover: ApiClient = administrator,
): Promise<void> {
  fits("post", `/${path}`, given);
  const made = await checked("post", `/${path}`, await administrator.post(`/${path}`, given), 201);
  const one = `/${path}/${made.json().reference}`;
  const key = { "idempotency-key": randomUUID() };
  const key2 = { "idempotency-key": randomUUID() };
  await checked("get", `/${path}/{id}`, await administrator.get(one));
  await checked("get", `/${path}`, await administrator.get(`/${path}?limit=2`));
  const [title] = Object.keys(given) as [string];
  const change = { [title]: "Said better" };
  fits("patch", `/${path}/{id}`, change);
  const changed = await checked(
    "patch",
    `/${path}/{id}`,
    await administrator.patch(one, change, { "if-match": '"1"' }),
  );
  let etag = String(changed.headers["etag"]);
  for (const [name, body] of moves) {
    fits("post", `/${path}/{id}/moves/${name}`, body);
    const moved = await mover.post(`${one}/moves/${name}`, body, { "if-match": etag });
    await checked("post", `/${path}/{id}/moves/${name}`, moved);
    etag = String(moved.headers["etag"]);
    const late = await mover.post(`${one}/moves/${name}`, body, { "if-match": etag });
    await checked("post", `/${path}/{id}/moves/${name}`, late, late.statusCode);
    if (late.statusCode === 200) etag = String(late.headers["etag"]);
  }
  const text = { text: "It is **urgent**", audience: "internal" };
  fits("post", `/${path}/{id}/comments`, text);
  for (let twice = 0; twice < 2; twice++)
    await checked("post", `/${path}/{id}/comments`, await administrator.post(`${one}/comments`, text, key), 201);
  await checked("get", `/${path}/{id}/comments`, await administrator.get(`${one}/comments`));
  const events = await checked("get", `/${path}/{id}/events`, await administrator.get(`${one}/events`));
  const join = { relation: "depends_on:back", to: administrator.who.personId };
  fits("post", `/${path}/{id}/joins`, join);
  for (let twice = 0; twice < 2; twice++)
    await checked("post", `/${path}/{id}/joins`, await administrator.post(`${one}/joins`, join, key2), 201);
  const joined = await checked("get", `/${path}/{id}/joins`, await administrator.get(`${one}/joins`));
  assert.equal(joined.json().items[0].relation, join.relation);
  await checked("get", `/${path}/{id}/joins`, await administrator.get(`${one}/joins?depends=on-it`));
  await checked("post", `/${path}/{id}/joins/remove`, await administrator.post(`${one}/joins/remove`, join));
  const erasure = { reason: "A password was pasted", line: events.json().items.at(-1).sequence };
  fits("post", `/${path}/{id}/erasures`, erasure);
  await checked("post", `/${path}/{id}/erasures`, await administrator.post(`${one}/erasures`, erasure), 201);
  await checked("get", `/${path}/{id}/comments`, await administrator.get(`${one}/comments`));
  await checked("get", `/${path}/{id}/events`, await administrator.get(`${one}/events`));
}

/** Checks an answer against what the description says of it: its status, its media type, its headers and its body. */
async function checked(
  method: "get" | "post" | "patch",
  path: string,
  response: LightMyRequestResponse,
  ...statuses: readonly number[]
): Promise<LightMyRequestResponse> {
  const where = `${method} ${path} ${response.statusCode}`;
  assert.ok((statuses.length > 0 ? statuses : [200]).includes(response.statusCode), `${where}: ${response.body}`);
  const operation = described(method, path);
  const told = operation.responses[response.statusCode];
  assert.ok(told, `${where} is not described`);
  const own = `#/paths/${escaped(`/api/v1${path}`)}/${method}/responses/${response.statusCode}`;
  const [pointer, answer] = "$ref" in told ? [told.$ref, at(told.$ref)] : [own, told];
  const media = String(response.headers["content-type"]).split(";")[0] ?? "";
  assert.ok(answer.content?.[media], `${where}: ${media} is not described`);
  for (const name of Object.keys(answer.headers ?? {})) {
    const value = response.headers[name.toLowerCase()];
    // A replay is said only where there was one.
    if (value === undefined && name === "Idempotency-Replayed") continue;
    assert.notEqual(value, undefined, `${where}: the header ${name} is described and not there`);
    const validate = compiled(`${answer.headers![name]!.$ref}/schema`);
    const typed = /^\d+$/.test(String(value)) && name.startsWith("RateLimit") ? Number(value) : value;
    assert.ok(validate(typed), `${where}: ${name}: ${said(validate)}`);
  }
  const validate = compiled(`${pointer}/content/${media.replaceAll("/", "~1")}/schema`);
  assert.ok(validate(response.json()), `${where}: ${said(validate)} in ${response.body.slice(0, 2000)}`);
  proved.add(`${operation.operationId} ${response.statusCode}`);
  return response;
}

/** Checks that what is about to be sent is what the description says may be sent. */
function fits(method: "post" | "patch", path: string, body: object): void {
  const { requestBody } = described(method, path);
  assert.ok(requestBody, `${method} ${path} takes no body`);
  const pointer = `#/paths/${escaped(`/api/v1${path}`)}/${method}/requestBody/content/application~1json/schema`;
  const validate = compiled(pointer);
  assert.ok(validate(body), `${method} ${path}: ${said(validate)} in ${JSON.stringify(body)}`);
}

function described(method: "get" | "post" | "patch", path: string): Described {
  const operation = document.paths[`/api/v1${path}`]?.[method];
  assert.ok(operation, `${method} ${path} is not described`);
  // The members of an operation that OpenAPI fixes; the description was found valid by a public validator.
  return operation as unknown as Described;
}

/** What a reference within the document leads to. */
function at(pointer: string): Answer {
  const parts = pointer
    .slice(2)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return parts.reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], document) as Answer;
}

function compiled(pointer: string): ValidateFunction {
  const known = compiledBefore.get(pointer) ?? ajv.compile({ $ref: `${root}${encodeURI(pointer)}` });
  compiledBefore.set(pointer, known);
  return known;
}

function escaped(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

function said({ errors }: ValidateFunction): string {
  return (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join("; ");
}

/** The same with every object closed: programs must bear new members, but none may be there today that is not described. */
function closed<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(closed) as Value;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  const open = members["type"] === "object" && "properties" in members && !("additionalProperties" in members);
  return (open ? { ...members, additionalProperties: false } : members) as Value;
}
