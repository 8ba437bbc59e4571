import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

const metricsToken = "a token of the tests for metrics";
let world: WebWorld;

before(async () => {
  world = await createWebWorld({ metricsToken });
});
after(() => world.close());

test("a monitor with the token reads how long requests took, by route and never by record", async () => {
  const staff = await world.as("staff");
  await staff.get("/tickets/INC-12345?q=hippopotamus");
  const read = await world.app.inject({ url: "/metrics", headers: { authorization: `Bearer ${metricsToken}` } });
  assert.equal(read.statusCode, 200);
  assert.match(String(read.headers["content-type"]), /^text\/plain/);
  assert.match(
    read.body,
    /http_request_duration_seconds_count\{method="GET",route="\/:path\/:reference",status="404"\} 1/,
  );
  assert.match(read.body, /database_connections\{state="idle"\} \d/);
  assert.match(read.body, /process_resident_memory_bytes \d/);
  assert.doesNotMatch(read.body, /INC-12345|hippopotamus/);
});

test("nobody else does, and without the setting there is no such address", async () => {
  for (const authorization of ["", "Bearer wrong", `Basic ${metricsToken}`])
    assert.equal((await world.app.inject({ url: "/metrics", headers: { authorization } })).statusCode, 401);
  const without = await createWebWorld();
  const answer = await without.app.inject({ url: "/metrics", headers: { authorization: `Bearer ${metricsToken}` } });
  assert.equal(answer.statusCode, 303, "an address like any other: sign in first");
  await without.close();
});

test("the process is live while it answers, whatever the database does", async () => {
  const live = await world.app.inject("/health/live");
  assert.deepEqual([live.statusCode, live.json()], [200, { status: "ok" }]);
});
