import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import SCIMMY from "scimmy";
import type { Tx } from "../../kernel/transaction.ts";
import { failuresPerMinute } from "../api/gate.ts";
import { isFault } from "../failures.ts";
import type { WebParts } from "../parts.ts";
import { networkOf } from "../sign-in/attempts.ts";
import type { Provisioner } from "../sign-in/provisioning.ts";
import { createGroup, deleteGroup, groupFilters, listGroups, patchGroup, readGroup, replaceGroup } from "./groups.ts";
import { ScimProblem, problemOf } from "./problem.ts";
import { readList } from "./query.ts";
import { createUser, deleteUser, listUsers, patchUser, readUser, replaceUser, userFilters } from "./users.ts";
import type { UserAnswer } from "./users.ts";

/** Where the organisation's directory sends people and groups, from the root of the site. */
export const scimPath = "/scim/v2";

const requestsPerMinute = 1500;
const mediaType = "application/scim+json; charset=utf-8";

/** A request by a directory whose token was taken. */
interface Asked {
  readonly tx: Tx;
  readonly body: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** SCIM 2.0 (RFC 7644) for the organisation's directory: users and groups, with a token that an administrator made. */
export async function registerScim(app: FastifyInstance, parts: WebParts): Promise<void> {
  await app.register(
    async (scim) => {
      scim.removeAllContentTypeParsers();
      const parse = scim.getDefaultJsonParser("error", "error");
      scim.addContentTypeParser(
        ["application/json", "application/scim+json"],
        { parseAs: "string" },
        // A DELETE may come with a content type and without content.
        (request, body, done) => (body === "" ? done(null, undefined) : void parse(request, String(body), done)),
      );
      scim.setErrorHandler(async (error, request, reply) => sendProblem(request, reply, error));
      scim.setNotFoundHandler(async (request, reply) =>
        sendProblem(request, reply, new ScimProblem(404, "There is nothing at this address")),
      );
      addRoutes(scim, parts);
    },
    { prefix: scimPath },
  );
}

function addRoutes(scim: FastifyInstance, parts: WebParts): void {
  const admit = gateOf(scim, parts);
  const route = (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, handler: Handler) =>
    scim.route({
      method,
      url,
      handler: async (request, reply) => answer(parts, request, reply, await admit(request), handler),
    });
  const said =
    (status: number, work: (asked: Asked) => Promise<unknown>): Handler =>
    async (asked) => ({
      status,
      body: await work(asked),
    });
  const changed =
    (status: number, work: (asked: Asked) => Promise<UserAnswer>): Handler =>
    async (asked) => {
      const { user, endedSessions } = await work(asked);
      return { status, body: user, endedSessions };
    };
  route(
    "GET",
    "/Users",
    said(200, ({ tx, query }) => listUsers(tx, readList(query, userFilters))),
  );
  route(
    "POST",
    "/Users",
    changed(201, ({ tx, body }) => createUser(tx, body)),
  );
  route(
    "GET",
    "/Users/:id",
    said(200, ({ tx, id }) => readUser(tx, id)),
  );
  route(
    "PUT",
    "/Users/:id",
    changed(200, ({ tx, id, body }) => replaceUser(tx, id, body)),
  );
  route(
    "PATCH",
    "/Users/:id",
    changed(200, ({ tx, id, body }) => patchUser(tx, id, body)),
  );
  route("DELETE", "/Users/:id", async ({ tx, id }) => ({
    status: 204,
    body: null,
    endedSessions: await deleteUser(tx, id),
  }));
  route(
    "GET",
    "/Groups",
    said(200, ({ tx, query }) => listGroups(tx, readList(query, groupFilters), withMembers(query))),
  );
  route(
    "POST",
    "/Groups",
    said(201, ({ tx, body }) => createGroup(tx, body)),
  );
  route(
    "GET",
    "/Groups/:id",
    said(200, ({ tx, id, query }) => readGroup(tx, id, withMembers(query))),
  );
  route(
    "PUT",
    "/Groups/:id",
    said(200, ({ tx, id, body }) => replaceGroup(tx, id, body)),
  );
  route(
    "PATCH",
    "/Groups/:id",
    said(200, ({ tx, id, body }) => patchGroup(tx, id, body)),
  );
  route(
    "DELETE",
    "/Groups/:id",
    said(204, ({ tx, id }) => deleteGroup(tx, id)),
  );
  for (const [url, body] of Object.entries(descriptions))
    route(
      "GET",
      url,
      said(200, async () => body()),
    );
}

interface Said {
  readonly status: number;
  readonly body: unknown;
  readonly endedSessions?: readonly string[];
}
type Handler = (asked: Asked) => Promise<Said>;

/** Before every route: the token (RFC 6750), then how often it may ask. A browser's session is not looked at. */
function gateOf(scim: FastifyInstance, parts: WebParts) {
  const timeWindow = 60_000;
  const perToken = scim.createRateLimit({
    max: requestsPerMinute,
    timeWindow,
    keyGenerator: (request) => request.headers.authorization ?? "",
  });
  const perAddress = scim.createRateLimit({
    max: failuresPerMinute,
    timeWindow,
    keyGenerator: (request) => networkOf(request.ip),
  });
  return async (request: FastifyRequest): Promise<Provisioner> => {
    const token = /^Bearer +([\w-]{1,200})$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const provisioner = await parts.signIn.provisioning.forToken(token);
    const use = await (provisioner ? perToken : perAddress)(request);
    if (!use.isAllowed && use.isExceeded)
      throw new ScimProblem(429, `Too many requests. Try again in ${use.ttlInSeconds} seconds`);
    if (provisioner === null)
      throw new ScimProblem(
        401,
        "Send the token that an administrator of Reeve made: Authorization: Bearer reeve_scim_…",
      );
    return provisioner;
  };
}

async function answer(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { organisationId }: Provisioner,
  handler: Handler,
): Promise<FastifyReply> {
  // Fastify's own parsers give strings for addresses.
  const { id = "" } = (request.params ?? {}) as { id?: string };
  const query = (request.query ?? {}) as Readonly<Record<string, unknown>>;
  const {
    status,
    body,
    endedSessions = [],
  } = await parts.signIn.provisioning.as(organisationId, (tx) => handler({ tx, body: request.body, query, id }));
  parts.signIn.forgetSessions(endedSessions);
  reply.code(status).header("cache-control", "no-store");
  return status === 204 ? reply.send() : reply.type(mediaType).send(JSON.stringify(body));
}

function withMembers(query: Readonly<Record<string, unknown>>): boolean {
  const left = query["excludedAttributes"];
  return !(typeof left === "string" && left.split(",").some((name) => name.trim().toLowerCase() === "members"));
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error);
  if (problem === null && error instanceof Error && isFault(error))
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, "a request failed");
  const { status, message, scimType } = problem ?? new ScimProblem(500, "A fault of ours. Try again later");
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="Reeve"');
  if (status === 429) reply.header("retry-after", "60");
  return reply
    .code(status)
    .type(mediaType)
    .header("cache-control", "no-store")
    .send(
      JSON.stringify({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
        status: String(status),
        ...(scimType === undefined ? {} : { scimType }),
        detail: message,
      }),
    );
}

const supported = (yes: boolean) => ({ supported: yes });
const resources = [
  { name: "User", schema: SCIMMY.Schemas.User },
  { name: "Group", schema: SCIMMY.Schemas.Group },
] as const;

/** What can be asked of us (RFC 7643 sections 5 to 7). */
const descriptions: Readonly<Record<string, () => object>> = {
  "/ServiceProviderConfig": () => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: supported(true),
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: supported(false),
    sort: supported(false),
    etag: supported(false),
    authenticationSchemes: [
      { type: "oauthbearertoken", name: "Token", description: "A token that an administrator of Reeve made" },
    ],
  }),
  "/ResourceTypes": () =>
    described(
      resources.map(({ name, schema }) => ({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        id: name,
        name,
        endpoint: `/${name}s`,
        schema: schema.definition.id,
      })),
    ),
  "/Schemas": () => described(resources.map(({ schema }) => schema.definition.describe(scimPath))),
};

function described(all: readonly object[]): object {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: all.length,
    startIndex: 1,
    itemsPerPage: all.length,
    Resources: all,
  };
}
