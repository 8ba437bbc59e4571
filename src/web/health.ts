import type { FastifyInstance } from "fastify";
import type { WebParts } from "./parts.ts";

/**
 * `GET /health`: 200 and ok when it can serve people, or 503 and what is wrong, as JSON. `GET /health/live`: 200 for as long
 * as the process answers at all, so that what watches it does not end it because the database is away.
 */
export function registerHealth(app: FastifyInstance, parts: WebParts): void {
  app.get("/health/live", async (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok" }));
  app.get("/health", async (_request, reply) => {
    try {
      await parts.store.ping();
      return await reply.header("cache-control", "no-store").send({ status: "ok" });
    } catch (error) {
      parts.log.warn({ err: error }, "the database does not answer");
      return reply
        .code(503)
        .header("cache-control", "no-store")
        .send({ status: "unavailable", problem: "The database does not answer" });
    }
  });
}
