import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebParts } from "../parts.ts";
import { apiRequestsPerMinuteUsual } from "../../kernel/settings-list.ts";
import { networkOf } from "../sign-in/attempts.ts";
import { actsFor } from "../stand-in.ts";
import { ApiProblem } from "./problems.ts";

/** Requests in a minute from one network address that carried no token, or one that was not accepted. */
export const failuresPerMinute = 60;

/** What stands before the addresses of the API. */
export interface Gate {
  /** Before whatever does nothing and answers everyone the same: counts the request. Refuses (429) what is too many. */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Before every route: the token (RFC 6750), then how often it may ask, and for whom. Refuses with 401, 429 or 403. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Makes the gate. A browser's session is not looked at, so that no other site can make a browser act here. */
export function gateOf(app: FastifyInstance, parts: WebParts): Gate {
  const perToken = app.createRateLimit({
    max: parts.apiRequestsPerMinute ?? apiRequestsPerMinuteUsual,
    timeWindow: 60_000,
    keyGenerator: (request) => request.tokenActor?.tokenId ?? "",
  });
  const perAddress = app.createRateLimit({
    max: failuresPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => networkOf(request.ip),
  });
  const count = async (request: FastifyRequest, reply: FastifyReply) => {
    request.tokenActor = await tokenActorOf(parts, request);
    const use = await (request.tokenActor ? perToken : perAddress)(request);
    if (!use.isAllowed) {
      reply.headers({
        "ratelimit-limit": String(use.max),
        "ratelimit-remaining": String(use.remaining),
        "ratelimit-reset": String(use.ttlInSeconds),
      });
      if (use.isExceeded)
        throw new ApiProblem(
          "too-many",
          `At most ${use.max} requests a minute. Try again in ${use.ttlInSeconds} seconds`,
          { "retry-after": String(use.ttlInSeconds) },
        );
    }
  };
  return {
    count,
    admit: async (request, reply) => {
      await count(request, reply);
      if (!request.tokenActor) throw refused(request);
      // Decisions are handed on to a person, not to their programs (docs/decisions/0020-as-it-stood-and-standing-in.md).
      if (request.headers["reeve-for"] !== undefined || Object.keys(actsFor(request)).length > 0)
        throw new ApiProblem(
          "forbidden",
          "A token acts for its own person alone. Whoever stands in for somebody who is away does so on the pages",
        );
    },
  };
}

/** Whom the token of a request acts for; null without one that is accepted. */
export async function tokenActorOf(parts: WebParts, request: FastifyRequest) {
  const token = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(request.headers.authorization ?? "")?.[1];
  return token === undefined ? null : parts.tokens.actorForToken(token);
}

function refused(request: FastifyRequest): ApiProblem {
  if (request.headers.authorization === undefined) {
    return new ApiProblem(
      "unauthenticated",
      "Send a token: Authorization: Bearer reeve_… Make one on the page “Your account”",
      { "www-authenticate": 'Bearer realm="Reeve"' },
    );
  }
  return new ApiProblem("unauthenticated", "This token is not known, has expired or was revoked", {
    "www-authenticate": 'Bearer realm="Reeve", error="invalid_token"',
  });
}
