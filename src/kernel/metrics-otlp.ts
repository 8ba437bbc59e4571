import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import type pg from "pg";
import type { Attributes, SpanKind } from "./tracing.ts";

/** Sent so often. Milliseconds. */
const everyMs = 60_000;
/** Seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What is counted of steps, of the process and of its connections. */
export interface Measuring {
  /** A step has ended after so long (seconds). What it is told by is said of it, and nothing else. */
  took(kind: SpanKind, seconds: number, name: string, attributes: Attributes): void;
  watchPool(pool: pg.Pool): void;
  stop(): Promise<void>;
}

/** How long requests, jobs and statements take, by route and kind, with the names that OpenTelemetry has for them. */
export function otlpMetrics(to: { url: string; headers: Record<string, string> }, resource: Resource): Measuring {
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ ...to, timeoutMillis: 5000 }),
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: 5000,
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter("reeve");
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: boundaries } });
  const durations = {
    server: histogram("http.server.request.duration", "How long requests took, by route"),
    internal: histogram("reeve.job.duration", "How long jobs took, by kind"),
    client: histogram("db.client.operation.duration", "How long statements took, by what they do"),
  };
  meter
    .createObservableGauge("process.memory.usage", { description: "Memory of the process", unit: "By" })
    .addCallback((gauge) => gauge.observe(process.memoryUsage.rss()));
  meter
    .createObservableCounter("process.cpu.time", { description: "Time of the processors", unit: "s" })
    .addCallback((counter) => {
      const { user, system } = process.cpuUsage();
      counter.observe(user / 1e6, { "cpu.mode": "user" });
      counter.observe(system / 1e6, { "cpu.mode": "system" });
    });
  const connections = meter.createObservableGauge("db.client.connection.count", {
    description: "Connections to the database, by what they do",
  });
  return {
    took: (kind, seconds, name, attributes) => durations[kind].record(seconds, said(kind, name, attributes)),
    watchPool: (pool) =>
      connections.addCallback((gauge) => {
        const { totalCount, idleCount, waitingCount } = pool;
        gauge.observe(totalCount - idleCount, { "db.client.connection.state": "used" });
        gauge.observe(idleCount, { "db.client.connection.state": "idle" });
        gauge.observe(waitingCount, { "db.client.connection.state": "waited_for" });
      }),
    stop: () => provider.shutdown(),
  };
}

/** What figures are told apart by: few values each, so no ids. */
const kept: Readonly<Record<SpanKind, readonly string[]>> = {
  server: ["http.request.method", "http.route", "http.response.status_code", "error.type"],
  internal: ["error.type"],
  client: ["db.system.name", "db.operation.name", "db.query.summary", "error.type"],
};

function said(kind: SpanKind, name: string, attributes: Attributes): Record<string, string | number | boolean> {
  const own = Object.entries(attributes).filter(([key]) => kept[kind].includes(key));
  return {
    ...Object.fromEntries(own),
    ...(kind === "internal" ? { "reeve.job.kind": name.replace(/^job /, "") } : {}),
  };
}
