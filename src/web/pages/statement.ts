import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { frontOf } from "../logo.ts";
import { send } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plainShell, shellFor } from "../shell.ts";
import type { Shell } from "../view/models.ts";

const title = "Accessibility statement";
/** When a person last went through the statement and the pages. */
const checkedOn = "22 November 2026";

/** The accessibility statement, for everybody: the regulations of 2018 want it reachable without signing in. */
export function registerStatement(app: FastifyInstance, parts: WebParts): void {
  app.get("/accessibility", async (request, reply) => {
    const shell = await shellOf(parts, request, reply);
    const organisation = shell.person ? shell.organisation.name : "this organisation";
    return send(parts, reply, {
      page: "accessibility",
      model: { shell, organisation, contact: {}, checkedOn, knownProblems: [] },
    });
  });
}

/** The usual surroundings for someone who is signed in, the plain ones for everybody else. */
async function shellOf(parts: WebParts, request: FastifyRequest, reply: FastifyReply): Promise<Shell> {
  const session = await parts.signIn.sessionFrom(request.headers);
  if (!session) return plainShell(title, await frontOf(parts));
  for (const cookie of session.cookies) reply.header("set-cookie", cookie);
  const csrf = reply.generateCsrf();
  return parts.store.as(session, (tx) =>
    shellFor({ parts, request, session, csrf }, tx, { title, current: "/accessibility" }),
  );
}
