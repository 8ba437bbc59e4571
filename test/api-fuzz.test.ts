import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { filterNames } from "../src/kernel/store/filters.ts";
import { sortable } from "../src/kernel/store/list.ts";
import { baseRanges } from "../src/web/api/list-query.ts";
import { apiClient } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: ApiClient;
let reference: string;

before(async () => {
  world = await createWebWorld({ apiRequestsPerMinute: 1_000_000 });
  administrator = await apiClient(world, await world.person("Kim Adler", "administrator"), ["admin"]);
  reference = (await administrator.post("/tickets", { summary: "Something to be unkind to" })).json().reference;
});
after(() => world.close());

const odd = fc.constantFrom(
  "",
  "0",
  "-1",
  "null",
  "constructor",
  "__proto__",
  "toString",
  "\u0000",
  "\ud800",
  "%",
  "*",
  "'",
  '"',
  "\\",
  "../..",
  "NaN",
  "Infinity",
  "1e309",
  "9".repeat(40),
  "infinity",
  "2026-02-30",
  "0000-00-00",
  "me",
  "none",
  "INC-00001",
  "\u202e",
  "x".repeat(3000),
);
const text = fc.oneof(odd, fc.string({ unit: "binary", maxLength: 40 }), fc.uuid());
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 4 }),
  fc.array(fc.dictionary(text, text, { maxKeys: 3 }), { maxLength: 4 }),
);
const types = () => fc.constantFrom(...world.registry.types.values());
const check = (statusCode: number, what: unknown, body: string) =>
  assert.ok(statusCode < 500 && statusCode >= 200, `${statusCode} for ${JSON.stringify(what)}: ${body}`);
const runs = { numRuns: 150, endOnFailure: true } as const;

test("no body of any shape makes a fault", async () => {
  const bodies = types().chain((type) =>
    fc.tuple(
      fc.constant(type),
      fc.dictionary(
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...Object.keys(type.fields), "comment", "text", "audience") },
          { weight: 1, arbitrary: text },
        ),
        value,
        { maxKeys: 5 },
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.constantFrom("create", "change", "move", "comment"),
      fc.nat(),
      async ([type, given], action, at) => {
        const moves = Object.keys(type.moves);
        const body = { ...(at % 2 ? { [type.titleField]: "A title" } : {}), ...given };
        const id = type.name === "ticket" ? reference : "NONE-1";
        const path = {
          create: "",
          change: `/${id}`,
          move: `/${id}/moves/${moves[at % moves.length]}`,
          comment: `/${id}/comments`,
        }[action];
        const version = (await administrator.get(`/${type.path}/${id}`)).headers["etag"];
        const answer = await administrator[action === "change" ? "patch" : "post"](`/${type.path}${path}`, body, {
          "if-match": String(version ?? '"1"'),
        });
        check(answer.statusCode, { path, body }, answer.body);
      },
    ),
    runs,
  );
});

test("no query, cursor or filter makes a fault", async () => {
  const forged = fc
    .tuple(fc.oneof(fc.constant(null), text), fc.oneof(fc.uuid(), fc.constant("-".repeat(36)), text), fc.boolean())
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url"));
  const queries = types().chain((type) =>
    fc.tuple(
      fc.constant(type),
      fc.array(
        fc.oneof(
          fc.tuple(
            fc.constantFrom(...filterNames(type).map(({ name }) => name), ...baseRanges, "q", "limit", "state", "show"),
            text,
          ),
          fc.tuple(
            fc.constant("sort"),
            fc.oneof(fc.constantFrom(...sortable(type), ...sortable(type).map((name) => `-${name}`)), text),
          ),
          fc.tuple(fc.constant("cursor"), fc.oneof(forged, text)),
          fc.tuple(text, text),
        ),
        { maxLength: 4 },
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(queries, async ([type, pairs]) => {
      const url = `/${type.path}?${pairs.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join("=")).join("&")}`;
      const answer = await administrator.get(url);
      check(answer.statusCode, url, answer.body);
    }),
    { ...runs, numRuns: 400 },
  );
});

test("no address or header makes a fault", async () => {
  const part = fc.oneof(
    text.map((raw) => encodeURIComponent(raw.slice(0, 15).toWellFormed())),
    fc.constantFrom("%00", "tickets", "search", "moves", "take", "events", "comments", "INC-00001"),
  );
  const header = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'"*W/,0123456789 reeve_Bearer'.split("")), maxLength: 30 }),
    fc.constantFrom("", '"1"', "*", 'W/"1"', '"', randomUUID()),
  );
  const method = fc.constantFrom("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE");
  await fc.assert(
    fc.asyncProperty(
      method,
      fc.array(part, { maxLength: 5 }),
      fc.tuple(
        header,
        header,
        header,
        fc.boolean(),
        fc.constantFrom(
          "application/json",
          "text/plain",
          "application/json; charset=utf-16",
          "multipart/form-data",
          "x",
        ),
      ),
      fc.oneof(text, fc.json()),
      async (verb, path, [condition, key, authorization, known, type], payload) => {
        const url = `/api/v1/${path.join("/")}`;
        const headers = {
          "if-match": condition,
          "idempotency-key": key,
          authorization: known ? `Bearer ${administrator.token}` : authorization,
          "content-type": type,
        };
        const answer = await world.app.inject({
          method: verb,
          url,
          headers,
          ...(verb === "GET" || verb === "HEAD" ? {} : { payload }),
        });
        check(answer.statusCode, { verb, url, headers, payload }, answer.body);
        if (answer.statusCode >= 400 && verb !== "HEAD")
          assert.match(String(answer.headers["content-type"]), /problem\+json/, `${verb} ${url}: ${answer.body}`);
      },
    ),
    { ...runs, numRuns: 400 },
  );
});

test("an address that cannot be decoded is a problem as well", async () => {
  for (const url of ["/api/v1/%ff", "/api/v1/tickets/%", `/api/v1/tickets/${"x".repeat(300)}`]) {
    const answer = await world.app.inject({
      method: "GET",
      url,
      headers: { authorization: `Bearer ${administrator.token}` },
    });
    check(answer.statusCode, url, answer.body);
    assert.match(String(answer.headers["content-type"]), /problem\+json/, answer.body);
  }
});
