import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { validate } from "@readme/openapi-parser";
import { openApiDocument } from "../src/web/api/openapi/document.ts";
import type { OpenApiDocument } from "../src/web/api/openapi/document.ts";
import { exampleReference } from "../src/web/api/openapi/example.ts";
import { problemKinds } from "../src/web/api/problems.ts";
import { apiClient } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: ApiClient;
let document: OpenApiDocument;

before(async () => {
  world = await createWebWorld({ apiRequestsPerMinute: 100_000 });
  administrator = await apiClient(world, await world.person("Kim Adler", "administrator"), ["admin"]);
  document = (await world.app.inject({ method: "GET", url: "/api/v1/openapi.json" })).json();
});
after(() => world.close());

test("the description is valid OpenAPI 3.1, and is for anyone", async () => {
  const answer = await validate(structuredClone(document) as unknown as Parameters<typeof validate>[0]);
  assert.equal(answer.valid, true, JSON.stringify(answer));
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(document, JSON.parse(JSON.stringify(openApiDocument(world.registry, "http://localhost:3000"))));
});

test("it is sent once to those who keep it", async () => {
  const first = await world.app.inject({ method: "GET", url: "/api/v1/openapi.json" });
  const again = await world.app.inject({
    method: "GET",
    url: "/api/v1/openapi.json",
    headers: { "if-none-match": String(first.headers["etag"]) },
  });
  assert.deepEqual([again.statusCode, again.body], [304, ""]);
});

test("every type has its addresses, and every operation a name of its own", () => {
  for (const type of world.registry.types.values()) {
    const base = `/api/v1/${type.path}`;
    for (const path of [
      base,
      `${base}/{id}`,
      `${base}/{id}/comments`,
      `${base}/{id}/events`,
      ...Object.entries(type.moves)
        .filter(([, { who }]) => !type.productOnly || who?.permission === "dispose")
        .map(([move]) => `${base}/{id}/moves/${move}`),
    ]) {
      assert.ok(document.paths[path], path);
    }
  }
  const names = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(names).size, names.length);
});

test("every path of the description answers, with a status that it names", async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const url = path.replace("{id}", "NONE-1");
      const answer = await world.app.inject({
        method: method === "get" ? "GET" : method === "post" ? "POST" : "PATCH",
        url,
        headers: {
          authorization: `Bearer ${administrator.token}`,
          "if-match": '"1"',
          ...(method === "get" ? {} : { "content-type": "application/json" }),
        },
        ...(method === "get" ? {} : { payload: "{}" }),
      });
      assert.ok(
        Object.keys(operation["responses"] as object).includes(String(answer.statusCode)),
        `${method} ${url}: ${answer.statusCode}`,
      );
      if (path.includes("{id}")) assert.notEqual(answer.statusCode, 405);
    }
  }
});

test("what each type answers has the members that its schema says, and the examples make records", async () => {
  for (const type of world.registry.types.values()) {
    const page = await administrator.get(`/${type.path}?limit=1`);
    assert.equal(page.statusCode, 200, page.body);
    const [item] = page.json().items;
    const name = Object.keys(document.components.schemas).find(
      (schema) => schema.toLowerCase() === type.name.replaceAll("_", ""),
    );
    assert.ok(name, type.name);
    const schema = document.components.schemas[name] as { properties: Record<string, unknown>; required: string[] };
    if (item !== undefined) {
      assert.deepEqual(
        Object.keys(item).filter((member) => !(member in schema.properties)),
        [],
        type.name,
      );
      assert.deepEqual(
        schema.required.filter((member) => !(member in item)),
        [],
        type.name,
      );
    }
    const given = document.components.schemas[`${name}New`] as { examples: object[]; required: string[] };
    const made = await administrator.post(`/${type.path}`, given.examples[0]);
    if (type.productOnly) {
      assert.equal(made.statusCode, 403, made.body);
      assert.deepEqual(Object.keys(document.paths[`/api/v1/${type.path}`] ?? {}), ["get"]);
      continue;
    }
    // An example cannot know of records to lead to or of opening hours, but names nothing that may not be given.
    const refused: { errors?: { field?: string; message: string }[] } = made.json();
    assert.ok(made.statusCode === 201 || made.statusCode === 422, made.body);
    assert.deepEqual(
      (refused.errors ?? []).filter(({ message }) => message.includes("cannot be given")),
      [],
      made.body,
    );
    assert.ok(exampleReference(type).length > 3);
  }
  assert.equal((await administrator.post("/tickets", { summary: "x" })).statusCode, 201);
});

test("the reference is a page for people, signed in or not, and names every problem", async () => {
  const visitor = await world.visitor().get("/api");
  assert.equal(visitor.statusCode, 200);
  for (const kind of Object.keys(problemKinds)) assert.ok(visitor.body.includes(`id="problem-${kind}"`), kind);
  assert.ok(visitor.body.length < 100_000);
  for (const type of world.registry.types.values()) {
    const path = `/api/reference/${type.path}`;
    assert.ok(visitor.body.includes(`href="${path}"`));
    const page = await world.visitor().get(path);
    assert.equal(page.statusCode, 200);
    assert.ok(page.body.includes(`/${type.path}/{id}`) && page.body.includes(type.titleField));
    assert.ok(page.body.length < 100_000, `${path} weighs ${page.body.length}`);
  }
  const nowhere = await world.visitor().get("/api/reference/nowhere%00");
  assert.equal(nowhere.statusCode, 404);
  assert.match(String(nowhere.headers["content-type"]), /text\/html/);
  const officer = await (await world.as("staff")).get("/api");
  assert.equal(officer.statusCode, 200);
  assert.ok(officer.body.includes("Sign out"));
});
