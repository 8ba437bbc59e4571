import type { FastifyInstance } from "fastify";
import type { WebParts } from "../parts.ts";

/** Adds the API under /api/v1 and its reference at /api. */
export async function registerApi(app: FastifyInstance, parts: WebParts): Promise<void> {
  void app;
  void parts;
}
