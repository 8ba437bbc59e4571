import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { ApiProblem } from "./api/problems.ts";
import type { WebParts } from "./parts.ts";

/**
 * `GET /metrics` in the text format of Prometheus, for whoever holds the token that the settings name; without that
 * setting there is no such address. Names no person and no record: routes stand by their patterns.
 */
export function registerMetrics(app: FastifyInstance, { metricsToken, store }: WebParts): void {
  if (metricsToken === undefined) return;
  const register = new Registry();
  collectDefaultMetrics({ register });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long requests took, by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [register],
  });
  new Gauge({
    name: "database_connections",
    help: "Connections of the pages to the database, by what they do",
    labelNames: ["state"],
    registers: [register],
    collect() {
      const { totalCount, idleCount, waitingCount } = store.pool;
      this.set({ state: "busy" }, totalCount - idleCount);
      this.set({ state: "idle" }, idleCount);
      this.set({ state: "waited_for" }, waitingCount);
    },
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get("/metrics", async (request, reply) => {
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!sameSecret(given, metricsToken))
      throw new ApiProblem("unauthenticated", "Send the token of the setting REEVE_METRICS_TOKEN", {
        "www-authenticate": 'Bearer realm="Reeve metrics"',
      });
    return reply
      .type(register.contentType)
      .header("cache-control", "no-store")
      .send(await register.metrics());
  });
}

/** Whether two secrets are the same, taking as long whatever they hold. */
function sameSecret(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
