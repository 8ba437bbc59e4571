import type { FastifyInstance } from "fastify";
import type { WebParts } from "../parts.ts";
import { takeJsonOnly } from "./body.ts";
import { addErasureRoute } from "./erasures.ts";
import { gateOf } from "./gate.ts";
import { registerOpenApi } from "./openapi-routes.ts";
import { addRecordRoutes } from "./records.ts";
import { refuseOtherMethods, routesOf } from "./route.ts";
import type { AddRoute } from "./route.ts";
import { addSearchRoute } from "./search.ts";
import { addTimelineRoutes } from "./timeline.ts";

/** Adds the API of every type under /api/v1, its description at /api/v1/openapi.json and its reference at /api. */
export async function registerApi(app: FastifyInstance, parts: WebParts): Promise<void> {
  app.decorateRequest("tokenActor", null);
  await app.register(
    async (api) => {
      takeJsonOnly(api);
      const taken = new Map<string, string[]>([["/openapi.json", ["GET"]]]);
      const addToApi = routesOf(api, parts, gateOf(app, parts));
      const add: AddRoute = (method, url, handler) => {
        taken.set(url, [...(taken.get(url) ?? []), method]);
        addToApi(method, url, handler);
      };
      addSearchRoute(add);
      addRecordRoutes(add);
      addTimelineRoutes(add);
      addErasureRoute(add);
      refuseOtherMethods(api, taken);
    },
    { prefix: "/api/v1" },
  );
  registerOpenApi(app, parts);
}
