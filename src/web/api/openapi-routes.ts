import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { send } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plainShell, shellFor } from "../shell.ts";
import type { Shell } from "../view/models.ts";
import { openApiDocument } from "./openapi/document.ts";
import { referencePage } from "./reference-page.ts";

const title = "API reference";

/** `GET /api/v1/openapi.json` for programs and `GET /api` for people, both from the same definitions and for anyone. */
export function registerOpenApi(app: FastifyInstance, parts: WebParts): void {
  const document = openApiDocument(parts.registry, parts.baseUrl);
  const json = JSON.stringify(document);
  const etag = `"${createHash("sha256").update(json).digest("base64url").slice(0, 22)}"`;
  const reference = referencePage(parts.registry, document);

  // Where a program looks first: the description says the rest.
  app.get("/api/v1", async (_request, reply) => reply.send({ openapi: "/api/v1/openapi.json", reference: "/api" }));
  app.get("/api/v1/openapi.json", async (request, reply) => {
    reply.headers({ etag, "cache-control": "no-cache" });
    const known = (request.headers["if-none-match"] ?? "").split(",").map((part) => part.trim().replace(/^W\//, ""));
    if (known.includes(etag)) return reply.code(304).send();
    return reply.type("application/json; charset=utf-8").send(json);
  });

  app.get("/api", async (request, reply) =>
    send(parts, reply, { page: "api-reference", model: { ...reference, shell: await shellOf(parts, request, reply) } }),
  );
}

async function shellOf(parts: WebParts, request: FastifyRequest, reply: FastifyReply): Promise<Shell> {
  const session = await parts.signIn.sessionFrom(request.headers);
  if (!session) return plainShell(title);
  for (const cookie of session.cookies) reply.header("set-cookie", cookie);
  const csrf = reply.generateCsrf();
  return parts.store.as({ organisationId: session.organisationId, personId: session.personId }, (tx) =>
    shellFor({ parts, request, session, csrf }, tx, { title, current: "/api" }),
  );
}
