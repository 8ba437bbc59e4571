import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pino from "pino";
import { addJob } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import { requestContext } from "../src/kernel/request-context.ts";
import { pageRoute } from "../src/web/page.ts";
import { createApp } from "../src/web/app.ts";
import { logOptions } from "../src/web/log.ts";
import { problemOf } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
const lines: string[] = [];
const log = pino({ level: "warn", ...logOptions }, { write: (line: string) => void lines.push(line) });
const logged = () => lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

before(async () => {
  world = await createWebWorld({
    log,
    modulePages: [
      {
        links: [],
        register: (app, parts) => {
          app.post(
            "/fails",
            pageRoute(parts, async () => Promise.reject(new Error("Something of ours"))),
          );
          app.get("/warns", async () => (parts.log.warn("deep down"), "done"));
          app.post("/begins-a-job", async () => {
            parts.log.warn("before it is added");
            return parts.store.as(administrator, (tx) =>
              addJob(tx, { kind: "fails", title: "It fails", subject: null, page: null }),
            );
          });
        },
      },
    ],
  });
  administrator = await world.person("Kim Adler", "administrator");
});
after(() => world.close());
let administrator: Awaited<ReturnType<WebWorld["person"]>>;

test("every answer carries its id, which every line of the log that is written for it has once", async () => {
  const warned = await world.app.inject("/warns");
  const id = String(warned.headers["x-request-id"]);
  assert.match(id, uuid);
  assert.deepEqual(
    logged().map(({ msg, requestId }) => [msg, requestId]),
    [["deep down", id]],
  );
  const staff = await world.as("staff");
  lines.length = 0;
  const failed = await staff.post("/fails");
  assert.equal(failed.statusCode, 500);
  const failedId = String(failed.headers["x-request-id"]);
  assert.ok(failed.body.includes(failedId), "the page of a fault names it");
  const [line = ""] = lines;
  assert.equal(line.split("requestId").length, 2);
  assert.deepEqual(
    logged().map(({ requestId }) => requestId),
    [failedId],
  );
  for (const url of ["/nothing-here", "/api/v1/tickets", "/health/live", `/tickets/${"x".repeat(300)}`, "/%zz"])
    assert.match(String((await world.app.inject(url)).headers["x-request-id"]), uuid, url);
  const problem = await world.app.inject("/api/v1/tickets");
  assert.equal(problemOf(problem, 401).instance, `urn:uuid:${String(problem.headers["x-request-id"])}`);
});

test("a proxy's own id is kept where the proxy is trusted and the id is well formed, and nobody else's", async () => {
  const behindProxy = await createApp({ ...world.parts, baseUrl: "https://reeve.example" });
  const given = "0F8F0A5E-8A54-4E62-9A60-6B2F0F2A9B11";
  const ask = async (app: typeof world.app, id: string, remoteAddress = "127.0.0.1") =>
    (await app.inject({ url: "/api/v1/tickets", headers: { "x-request-id": id }, remoteAddress })).headers[
      "x-request-id"
    ];
  assert.equal(await ask(behindProxy, given), given.toLowerCase());
  const ofNginx = given.replaceAll("-", "").toLowerCase();
  assert.equal(await ask(behindProxy, ofNginx), ofNginx);
  for (const wrong of ["", "x", `${given}\u00e9`, `${given}${given}`, '{"a":1}'])
    assert.match(String(await ask(behindProxy, wrong)), uuid);
  assert.notEqual(await ask(behindProxy, given, "203.0.113.5"), given.toLowerCase());
  assert.notEqual(await ask(world.app, given), given.toLowerCase());
  const problem = await behindProxy.inject({ url: "/api/v1/tickets", headers: { "x-request-id": ofNginx } });
  assert.equal(problemOf(problem, 401).instance, `urn:uuid:${given.toLowerCase()}`);
  await behindProxy.close();
});

test("a job's lines carry the id of the request that began it", async () => {
  const begun = await world.app.inject({ method: "POST", url: "/begins-a-job", payload: {} });
  const id = begun.headers["x-request-id"];
  assert.deepEqual(
    logged().map(({ requestId }) => requestId),
    [id],
    "known once the body has been read as well",
  );
  await runJob(
    { ...world, kinds: { fails: () => Promise.reject(new Error("Not today")) }, filesFolder: "", log },
    { organisation: administrator.organisationId, job: begun.body },
  );
  assert.deepEqual(
    logged().map(({ msg, requestId }) => [msg, requestId]),
    [["a job failed", id]],
  );
  assert.equal(requestContext.getStore(), undefined);
});
