import cookie from "@fastify/cookie";
import csrf from "@fastify/csrf-protection";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { registerApi } from "./api/api.ts";
import { registerAssets } from "./asset-routes.ts";
import { answerUnreadable, refuseEncodedBodies, routerError, securityHeaders } from "./before-routes.ts";
import { prepareCharts } from "./charts.ts";
import { answerError, registerErrors } from "./error-pages.ts";
import { registerHealth } from "./health.ts";
import { registerMetrics } from "./metrics.ts";
import { registerPages } from "./pages/pages.ts";
import { registerLogos } from "./logo.ts";
import { registerLive } from "./live/routes.ts";
import type { WebParts } from "./parts.ts";
import { registerRequestIds, requestIdOf } from "./request-id.ts";
import { registerScim } from "./scim/scim.ts";
import { registerSentFiles } from "./sent-files.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whether the message of the request before was put on this page, and so need not be said again. */
    flashShown: boolean;
  }
}

/** The most bytes of a form or a JSON body. */
const bodyBytesMax = 2_000_000;

/** The web: pages, API, assets and health, ready to listen or to be asked by a test. */
export async function createApp(parts: WebParts): Promise<FastifyInstance> {
  const secured = security(parts.baseUrl.startsWith("https:"));
  const headers = await securityHeaders(secured);
  const app = fastify({
    // Wider than pino's own type, so that routes need not know which logger it is.
    loggerInstance: parts.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    frameworkErrors: (error, request, reply) =>
      void answerError(parts, request, reply.headers({ ...headers, "x-request-id": request.id }), routerError(error)),
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, headers),
    bodyLimit: bodyBytesMax,
    genReqId: requestIdOf({ trusted: parts.baseUrl.startsWith("https:") }),
    // Long enough for the largest file over a slow line.
    requestTimeout: 300_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    trustProxy: parts.baseUrl.startsWith("https:") ? "loopback" : false,
  });
  closeWhatWaits(app);
  app.decorateRequest("flashShown", false);
  registerRequestIds(app);
  await app.register(helmet, secured);
  await app.register(cookie, { secret: parts.secret });
  await app.register(formbody, { bodyLimit: bodyBytesMax });
  await app.register(csrf, {
    cookieOpts: {
      signed: true,
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: parts.baseUrl.startsWith("https:"),
    },
    cookieKey: "reeve.csrf",
    getToken: formToken,
  });
  await registerSentFiles(app);
  await app.register(rateLimit, { global: false, max: 600, timeWindow: "1 minute", cache: 10_000 });
  registerErrors(app, parts);
  refuseEncodedBodies(app);
  registerHealth(app, parts);
  registerMetrics(app, parts);
  registerAssets(app, parts);
  registerLogos(app, parts);
  await registerApi(app, parts);
  registerLive(app, parts);
  await registerScim(app, parts);
  registerPages(app, parts);
  prepareCharts(app);
  return app;
}

/** While it stops: a connection that was still answering when Node closed those that wait would wait for its browser's next request. */
function closeWhatWaits(app: FastifyInstance): void {
  app.addHook("preClose", async () => {
    const closing = setInterval(() => app.server.closeIdleConnections(), 50);
    app.server.once("close", () => clearInterval(closing));
  });
}

/** Nothing from elsewhere, no script or style in the page itself, no framing. */
function security(https: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "same-origin" as const },
    frameguard: { action: "deny" as const },
    hsts: https ? { maxAge: 31_536_000 } : false,
  };
}

/** The token that a form carries. */
function formToken(request: FastifyRequest): string | undefined {
  const body = request.body;
  const token = typeof body === "object" && body !== null && "_csrf" in body ? body._csrf : undefined;
  return typeof token === "string" ? token : undefined;
}
