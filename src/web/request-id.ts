import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { requestContext } from "../kernel/request-context.ts";
import type { RequestContext } from "../kernel/request-context.ts";
import { isLoopback } from "../kernel/settings-list.ts";
import { startRequest } from "../kernel/tracing.ts";

/** As proxies make them: a UUID, or its 32 figures alone (nginx). */
const wellFormed = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The id of a request: what a proxy that is trusted gave it, or one of our own. */
export function requestIdOf({ trusted }: { readonly trusted: boolean }) {
  return (request: IncomingMessage): string => {
    const given = request.headers["x-request-id"];
    const from = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
    const kept = trusted && typeof given === "string" && wellFormed.test(given) && isLoopback(from);
    return kept ? given.toLowerCase() : randomUUID();
  };
}

/**
 * Answers the id of each request as `X-Request-Id`, and lets all that is done for it know it. Where traces are kept, each
 * request is one, by its route and never by its address.
 */
export function registerRequestIds(app: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  const within = (request: FastifyRequest, done: () => void) =>
    requestContext.run(contexts.get(request) ?? { requestId: request.id }, done);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    const span = startRequest({ "http.request.method": request.method, "reeve.request_id": request.id });
    contexts.set(request, { requestId: request.id, ...(span ? { span } : {}) });
    within(request, done);
  });
  // A body comes in on the connection, which knows of no request.
  app.addHook("preValidation", (request, _reply, done) => within(request, done));
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const span = contexts.get(request)?.span;
    span?.tell({ "http.route": route, "http.response.status_code": reply.statusCode }, `${request.method} ${route}`);
    if (reply.statusCode >= 500) span?.failed(new Error("A fault of ours"));
    span?.end();
    done();
  });
}

/** An id as a URN: the figures of a UUID without their dashes get them. */
export function requestUrn(id: string): string {
  return `urn:uuid:${id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
}
