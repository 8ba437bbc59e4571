import type { FastifyInstance, FastifyRequest } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { WebParts } from "../parts.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import type { TokenActor } from "../sign-in/api-tokens.ts";
import { bodyOf } from "./body.ts";
import type { JsonObject } from "./body.ts";
import type { Gate } from "./gate.ts";
import { ApiProblem } from "./problems.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whom the token of an API request acts for; null everywhere else. */
    tokenActor: TokenActor | null;
  }
}

/** A request to the API by someone whose token was accepted. */
export interface ApiRequest {
  readonly parts: WebParts;
  readonly request: FastifyRequest;
  readonly actor: TokenActor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: JsonObject;
  /** Runs work as the token's person, in one transaction. */
  as<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

/** Query parameters as they came: one value, or several of one name. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a route answers with. */
export interface ApiAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Adds a route for those with a token. `verb` is what the token's scopes must allow where the address names a type. */
export type AddRoute = (
  method: "GET" | "POST" | "PATCH",
  url: string,
  handler: (api: ApiRequest) => Promise<ApiAnswer>,
) => void;

/** Makes the function that adds routes, each preceded by `onRequest`: the token, then the limits. */
export function routesOf(api: FastifyInstance, parts: WebParts, onRequest: Gate["admit"]): AddRoute {
  return (method, url, handler) => {
    api.route({
      method,
      url,
      onRequest,
      handler: async (request, reply) => {
        const { tokenActor } = request;
        const own = tokenActor ? { ...parts, registry: await parts.store.registryFor(tokenActor) } : parts;
        const answer = await handler(apiRequest(own, request));
        return reply
          .code(answer.status ?? 200)
          .headers({ "cache-control": "no-store", ...answer.headers })
          .send(answer.body);
      },
    });
  };
}

function apiRequest(parts: WebParts, request: FastifyRequest): ApiRequest {
  const actor = request.tokenActor;
  if (actor === null) throw new ApiProblem("unauthenticated", "Send a token: Authorization: Bearer reeve_…");
  return {
    parts,
    request,
    actor,
    // Fastify gives strings for both, and lists of strings for a repeated query parameter.
    params: request.params as Readonly<Record<string, string>>,
    query: request.query as Query,
    body: bodyOf(request.body),
    as: (work) => parts.store.as(actor, work),
  };
}

/** Answers the methods that the addresses added do not take with 405 and those that they do (RFC 9110 section 15.5.6). */
export function refuseOtherMethods(
  api: FastifyInstance,
  taken: ReadonlyMap<string, readonly string[]>,
  count: Gate["count"],
): void {
  for (const [url, methods] of taken) {
    const allowed = methods.includes("GET") ? [...methods, "HEAD"] : methods;
    api.route({
      method: everyMethod.filter((method) => !allowed.includes(method)),
      url,
      // Before the body is read: it may be of a kind that is not read here.
      onRequest: async (request, reply) => {
        await count(request, reply);
        throw new ApiProblem("method", `${request.method} is not possible here. What is: ${allowed.join(", ")}`, {
          allow: allowed.join(", "),
        });
      },
      handler: async () => {},
    });
  }
}

/** Answers every address below /api that is none of the API's with 404, whatever the method and whatever is sent. */
export function refuseOtherAddresses(app: FastifyInstance, count: Gate["count"]): void {
  app.route({
    method: everyMethod,
    url: "/api/*",
    onRequest: async (request, reply) => {
      await count(request, reply);
      unseen("There is nothing at this address. /api/v1/openapi.json names every address that there is");
    },
    handler: async () => {},
  });
}

const everyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/** The type at `/api/v1/{path}`, which the token may read or write. Refuses (unseen) an address that is no type's. */
export function typeFor({ parts, params, actor }: ApiRequest, verb: "read" | "write"): RecordType {
  const type = parts.registry.byPath.get(params["path"] ?? "") ?? unseen("There is nothing at this address");
  if (!scopeAllows(actor.scopes, type.name, verb)) throw outOfScope(actor, `${type.name}:${verb}`);
  return type;
}

/** The problem of a token whose scopes are too narrow (RFC 6750 section 3.1). */
export function outOfScope(actor: TokenActor, needed: string): ApiProblem {
  const detail = `This needs a token with the scope “${needed}”, or one that is wider. This one has: ${actor.scopes.join(", ")}`;
  return new ApiProblem("scope", detail, {
    "www-authenticate": `Bearer realm="Reeve", error="insufficient_scope", scope="${needed}"`,
  });
}

/** Where a record is found again. */
export function addressOf(type: RecordType, reference: string): string {
  return `/api/v1/${type.path}/${encodeURIComponent(reference)}`;
}
