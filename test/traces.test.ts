import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { addJob } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import { otlpTracing } from "../src/kernel/tracing-otlp.ts";
import { keepTraces } from "../src/kernel/tracing.ts";
import type { Tracing } from "../src/kernel/tracing.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { key: string; value: Readonly<Record<string, unknown>> }[];
}

const sent: { path: string; key: string; body: string }[] = [];
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    sent.push({
      path: request.url ?? "",
      key: String(request.headers["x-key"]),
      body: Buffer.concat(chunks).toString("utf8"),
    });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
const warned: string[] = [];
let tracing: Tracing;
let world: WebWorld;

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  // The address of a server that listens on a port is never a text.
  const { port } = receiver.address() as AddressInfo;
  tracing = otlpTracing(
    { endpoint: `http://127.0.0.1:${port}/`, headers: { "x-key": "ours" }, serviceName: "reeve-tests", share: 1 },
    (message) => void warned.push(message),
  );
  keepTraces(tracing);
  world = await createWebWorld();
});
after(async () => {
  keepTraces(null);
  receiver.close();
  await world.close();
});

test("requests, statements and jobs are sent as traces to what speaks OTLP, by route and kind and with nobody's words", async () => {
  const administrator = await world.as("administrator");
  const { who } = administrator;
  await administrator.get("/tickets?q=hippopotamus");
  const made = await administrator.get("/people/PER-00001?tab=timeline");
  const job = await world.store.as(who!, (tx) =>
    addJob(tx, { kind: "count", title: "Quokkas", subject: null, page: null }),
  );
  await runJob(
    {
      ...world,
      kinds: { count: (run) => run.as((tx) => run.progress(tx, 1, 1)).then(() => "Counted quokkas") },
      filesFolder: "",
      log: world.parts.log,
    },
    { organisation: who!.organisationId, job },
  );
  await tracing.stop();
  assert.deepEqual(warned, []);
  assert.ok(sent.length > 0 && sent.every(({ path, key }) => path === "/v1/traces" && key === "ours"));
  const all = sent.flatMap(({ body }) =>
    (JSON.parse(body).resourceSpans as { scopeSpans: { spans: OtlpSpan[] }[] }[]).flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );
  const list = all.find(({ name }) => name === "GET /:path") ?? assert.fail(all.map(({ name }) => name).join());
  const asked = all.filter(({ traceId, spanId }) => traceId === list.traceId && spanId !== list.spanId);
  assert.ok(asked.length > 3, `${asked.length} statements`);
  assert.ok(asked.every(({ parentSpanId }) => parentSpanId === list.spanId));
  const names = asked.map(({ name }) => name);
  for (const one of ["SELECT act_as", "BEGIN", "COMMIT", "SELECT records"])
    assert.ok(names.includes(one), `${one}: ${names.join()}`);
  const record = all.find(({ name }) => name === "GET /:path/:reference");
  const said = Object.fromEntries(record?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []);
  assert.deepEqual(
    [said["http.request.method"], said["http.route"], said["reeve.request_id"]],
    ["GET", "/:path/:reference", made.headers["x-request-id"]],
  );
  const run = all.find(({ name }) => name === "job count") ?? assert.fail("no job");
  assert.ok(all.some(({ parentSpanId }) => parentSpanId === run.spanId));
  const everything = sent.map(({ body }) => body).join();
  for (const words of ["hippopotamus", "quokka", "Quokka", "PER-00001", "@aldermoor", "Aldermoor", who!.personId])
    assert.ok(!everything.includes(words), words);
});

test("OpenTelemetry is in one file, which nothing loads unless it is set", async () => {
  const source = new URL("../src/", import.meta.url);
  const names = (await readdir(source, { recursive: true })).filter((name) => name.endsWith(".ts"));
  assert.ok(names.length > 300);
  const loads = async (word: RegExp) => {
    const found: string[] = [];
    for (const name of names)
      if (word.test(await readFile(new URL(name.replaceAll("\\", "/"), source), "utf8"))) found.push(name);
    return found;
  };
  assert.deepEqual(await loads(/from "@opentelemetry/), ["kernel/tracing-otlp.ts"]);
  assert.deepEqual(await loads(/^import [^;]*tracing-otlp/m), []);
  assert.deepEqual(await loads(/tracing-otlp\.ts"/), ["traces.ts"]);
});
