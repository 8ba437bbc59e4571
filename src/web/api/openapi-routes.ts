import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RecordType } from "../../kernel/record.ts";
import type { Registry } from "../../kernel/registry.ts";
import { frontOf } from "../logo.ts";
import { send } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { SessionPerson } from "../sign-in/contract.ts";
import { plainShell, shellFor } from "../shell.ts";
import type { Shell } from "../view/models.ts";
import { tokenActorOf } from "./gate.ts";
import { openApiDocument } from "./openapi/document.ts";
import { referencePage, typePage, typeReferencePath } from "./reference-page.ts";

const title = "API reference";

/**
 * `GET /api/v1/openapi.json` for programs and `GET /api` for people, both from the same definitions and for anyone. Who
 * sends a token or is signed in reads of their own organisation's fields too.
 */
export function registerOpenApi(app: FastifyInstance, parts: WebParts): void {
  const described = descriptions(parts.baseUrl);

  // Where a program looks first: the description says the rest.
  app.get("/api/v1", async (_request, reply) => reply.send({ openapi: "/api/v1/openapi.json", reference: "/api" }));
  app.get("/api/v1/openapi.json", async (request, reply) => {
    const token = await tokenActorOf(parts, request);
    const { json, etag } = described(token ? await parts.store.registryFor(token) : parts.registry);
    reply.headers({ etag, "cache-control": "no-cache", vary: "authorization" });
    const known = (request.headers["if-none-match"] ?? "").split(",").map((part) => part.trim().replace(/^W\//, ""));
    if (known.includes(etag)) return reply.code(304).send();
    return reply.type("application/json; charset=utf-8").send(json);
  });

  app.get("/api", async (request, reply) => {
    const session = await parts.signIn.sessionFrom(request.headers);
    const { reference } = described(session ? await parts.store.registryFor(session) : parts.registry);
    const shell = await shellOf(parts, request, reply, session);
    return send(parts, reply, { page: "api-reference", model: { ...reference, shell } });
  });

  app.get<{ Params: { path: string } }>(typeReferencePath(":path"), async (request, reply) => {
    const session = await parts.signIn.sessionFrom(request.headers);
    const registry = session ? await parts.store.registryFor(session) : parts.registry;
    const type = registry.byPath.get(request.params.path);
    const shell = await shellOf(parts, request, reply, session, type?.label.many);
    // A page for people, though it stands below the API's own addresses.
    if (!type) return send(parts, reply, { page: "not-found", status: 404, model: { shell, searchAction: "/search" } });
    return send(parts, reply, { page: "api-type", model: { ...described(registry).ofType(type), shell } });
  });
}

interface Description {
  readonly json: string;
  readonly etag: string;
  readonly reference: ReturnType<typeof referencePage>;
  readonly ofType: (type: RecordType) => ReturnType<typeof typePage>;
}

/** What describes the API of a registry: made once for each that is in use. */
function descriptions(baseUrl: string) {
  const made = new WeakMap<Registry, Description>();
  return (registry: Registry) => {
    const known = made.get(registry);
    if (known) return known;
    const document = openApiDocument(registry, baseUrl);
    const json = JSON.stringify(document);
    const etag = `"${createHash("sha256").update(json).digest("base64url").slice(0, 22)}"`;
    const description: Description = {
      json,
      etag,
      reference: referencePage(registry, document),
      ofType: (type) => typePage(type, document),
    };
    made.set(registry, description);
    return description;
  };
}

async function shellOf(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  session: SessionPerson | null,
  of?: string,
): Promise<Shell> {
  const titled = of === undefined ? title : `${of}: ${title}`;
  if (!session) return plainShell(titled, await frontOf(parts));
  for (const cookie of session.cookies) reply.header("set-cookie", cookie);
  const csrf = reply.generateCsrf();
  return parts.store.as({ organisationId: session.organisationId, personId: session.personId }, (tx) =>
    shellFor({ parts, request, session, csrf }, tx, { title: titled, current: "/api" }),
  );
}
