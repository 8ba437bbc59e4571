import type { FastifyInstance } from "fastify";
import type { WebParts } from "../parts.ts";
import { takeJsonOnly } from "./body.ts";
import { addChangesRoute } from "./changes.ts";
import { addErasureRoute } from "./erasures.ts";
import { addFileRoutes } from "./files.ts";
import { gateOf } from "./gate.ts";
import { addJoinRoutes } from "./joins.ts";
import { addNotificationRoutes } from "./notifications.ts";
import { registerOpenApi } from "./openapi-routes.ts";
import { addMeasureRoutes } from "./measures.ts";
import { addRecordRoutes } from "./records.ts";
import { refuseOtherAddresses, refuseOtherMethods, routesOf } from "./route.ts";
import type { AddRoute } from "./route.ts";
import { addSearchRoute } from "./search.ts";
import { addTimelineRoutes } from "./timeline.ts";

/** Adds the API of every type under /api/v1, its description at /api/v1/openapi.json and its reference at /api. */
export async function registerApi(app: FastifyInstance, parts: WebParts): Promise<void> {
  app.decorateRequest("tokenActor", null);
  const gate = gateOf(app, parts);
  await app.register(
    async (api) => {
      takeJsonOnly(api);
      const taken = new Map<string, string[]>([
        ["/", ["GET"]],
        ["/openapi.json", ["GET"]],
      ]);
      const addToApi = routesOf(api, parts, gate.admit);
      const add: AddRoute = (method, url, handler) => {
        taken.set(url, [...(taken.get(url) ?? []), method]);
        addToApi(method, url, handler);
      };
      addSearchRoute(add);
      addMeasureRoutes(add);
      addChangesRoute(add);
      addRecordRoutes(add);
      addTimelineRoutes(add);
      addErasureRoute(add);
      addJoinRoutes(add);
      addNotificationRoutes(add);
      addFileRoutes(api, add);
      refuseOtherMethods(api, taken, gate.count);
    },
    { prefix: "/api/v1" },
  );
  registerOpenApi(app, parts);
  // No page lies below /api: a program is told that nothing is there, not to sign in.
  refuseOtherAddresses(app, gate.count);
}
