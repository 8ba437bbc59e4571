import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import pino from "pino";
import { addJob } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import { hearLog, toldAsWell } from "../src/kernel/log-lines.ts";
import { otlpTelemetry } from "../src/kernel/tracing-otlp.ts";
import type { Telemetry } from "../src/kernel/tracing-otlp.ts";
import { keepTraces } from "../src/kernel/tracing.ts";
import { logOptions } from "../src/web/log.ts";
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
let tracing: Telemetry;
let world: WebWorld;

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  // The address of a server that listens on a port is never a text.
  const { port } = receiver.address() as AddressInfo;
  tracing = otlpTelemetry(
    {
      endpoint: `http://127.0.0.1:${port}/`,
      headers: { "x-key": "ours" },
      serviceName: "reeve-tests",
      share: 1,
      sends: { traces: true, metrics: true, logs: true },
    },
    (message) => void warned.push(message),
  );
  keepTraces(tracing);
  hearLog(tracing.line);
  world = await createWebWorld({ log: pino({ level: "info", ...logOptions }, toldAsWell({ write: () => {} })) });
});
after(async () => {
  keepTraces(null);
  hearLog(null);
  receiver.close();
  await world.close();
});

test("requests, statements and jobs are sent as traces and figures to what speaks OTLP, by route and kind and with nobody's words, and the log with them", async () => {
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
  await world.ownerPool.query("alter table ticket add constraint nobody check (impact is null) not valid");
  const form = { summary: "A hippopotamus", impact: "3", urgency: "3" };
  const fault = await administrator.post("/tickets/new", form, { from: "/tickets/new" });
  assert.equal(fault.statusCode, 500);
  await tracing.stop();
  assert.deepEqual(warned, []);
  assert.deepEqual([...new Set(sent.map(({ path }) => path))].toSorted(), ["/v1/logs", "/v1/metrics", "/v1/traces"]);
  assert.ok(sent.every(({ key }) => key === "ours"));
  const all = bodiesAt("/v1/traces").flatMap((body) =>
    (body["resourceSpans"] as { scopeSpans: { spans: OtlpSpan[] }[] }[]).flatMap(({ scopeSpans }) =>
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
  figuresSent();
  logSent(String(fault.headers["x-request-id"]), all);
  const everything = sent.map(({ body }) => body).join();
  for (const words of ["hippopotamus", "quokka", "Quokka", "PER-00001", "@aldermoor", "Aldermoor", who!.personId])
    assert.ok(!everything.includes(words), words);
});

/** What was sent to an address, as it was read. */
function bodiesAt(address: string): Record<string, unknown>[] {
  return sent.filter(({ path }) => path === address).map(({ body }) => JSON.parse(body));
}

const textOf = (attributes: OtlpSpan["attributes"], name: string) =>
  attributes.find(({ key }) => key === name)?.value["stringValue"];

interface Figure {
  readonly name: string;
  readonly histogram?: { dataPoints: { count: number; attributes: OtlpSpan["attributes"] }[] };
  readonly gauge?: { dataPoints: { asInt?: number; asDouble?: number; attributes: OtlpSpan["attributes"] }[] };
}

function figuresSent(): void {
  const bodies = bodiesAt("/v1/metrics") as { resourceMetrics: { scopeMetrics: { metrics: Figure[] }[] }[] }[];
  const figures = bodies.flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
  );
  const points = (name: string) =>
    figures.flatMap((one) => (one.name === name ? (one.histogram?.dataPoints ?? []) : []));
  const list = points("http.server.request.duration").find(
    ({ attributes }) => textOf(attributes, "http.route") === "/:path",
  );
  assert.equal(list?.count, 1);
  assert.equal(textOf(list.attributes, "http.request.method"), "GET");
  assert.ok(!list.attributes.some(({ key }) => key === "reeve.request_id"), "figures have no ids");
  assert.ok(points("reeve.job.duration").some(({ attributes }) => textOf(attributes, "reeve.job.kind") === "count"));
  assert.ok(points("db.client.operation.duration").length > 3);
  const gauges = figures.filter(({ gauge }) => gauge !== undefined).map(({ name }) => name);
  assert.deepEqual(gauges.toSorted(), ["db.client.connection.count", "process.memory.usage"]);
}

function logSent(requestId: string, spans: readonly OtlpSpan[]): void {
  const bodies = bodiesAt("/v1/logs") as {
    resourceLogs: { scopeLogs: { logRecords: Record<string, unknown>[] }[] }[];
  }[];
  const lines = bodies.flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  );
  const line = lines.find(({ severityText }) => severityText === "error") ?? assert.fail("no error was sent");
  assert.deepEqual(line["body"], { stringValue: "a request failed" });
  assert.equal(line["severityNumber"], 17);
  const attributes = line["attributes"] as OtlpSpan["attributes"];
  assert.equal(textOf(attributes, "reeve.request_id"), requestId);
  assert.equal(textOf(attributes, "error.type"), "23514");
  const trace = spans.find(({ attributes: said }) => textOf(said, "reeve.request_id") === requestId);
  assert.equal(line["traceId"], trace?.traceId, "a line says of which trace it is");
}

test("OpenTelemetry is in a few files, which nothing loads unless it is set", async () => {
  const source = new URL("../src/", import.meta.url);
  const names = (await readdir(source, { recursive: true })).filter((name) => name.endsWith(".ts"));
  assert.ok(names.length > 300);
  const loads = async (word: RegExp) => {
    const found: string[] = [];
    for (const name of names)
      if (word.test(await readFile(new URL(name.replaceAll("\\", "/"), source), "utf8"))) found.push(name);
    return found;
  };
  const own = ["kernel/logs-otlp.ts", "kernel/metrics-otlp.ts", "kernel/tracing-otlp.ts"];
  assert.deepEqual((await loads(/from "@opentelemetry/)).toSorted(), own);
  assert.deepEqual(await loads(/^import [^;]*tracing-otlp/m), []);
  assert.deepEqual(await loads(/tracing-otlp\.ts"/), ["traces.ts"]);
  assert.deepEqual(await loads(/(logs|metrics)-otlp\.ts"/), ["kernel/tracing-otlp.ts"]);
});
