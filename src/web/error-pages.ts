import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../kernel/errors.ts";
import { ApiProblem, sendProblem } from "./api/problems.ts";
import { frontOf } from "./logo.ts";
import type { WebParts } from "./parts.ts";
import { plainShell, shellFor } from "./shell.ts";
import type { PageAnswer } from "./page.ts";
import { isFault, statusOf, unavailableCause } from "./failures.ts";
import { send } from "./page.ts";
import type { Shell } from "./view/models.ts";
import { flashWasShown } from "./flash.ts";

/** What every failure becomes: a page that says what to do next, or a problem (RFC 9457) under /api/. */
export function registerErrors(app: FastifyInstance, parts: WebParts): void {
  app.setNotFoundHandler(async (request, reply) =>
    answerError(parts, request, reply, new Refusal("unseen", [{ message: "There is nothing at this address" }])),
  );
  app.setErrorHandler<FastifyError>(async (error, request, reply) => answerError(parts, request, reply, error));
  app.addHook("onSend", async (request, reply) => {
    if (request.flashShown) flashWasShown(reply);
  });
}

/** Answers a request that failed. */
export async function answerError(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: Error,
): Promise<FastifyReply> {
  if (isFault(error))
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, "a request failed");
  if (request.url.startsWith("/api/")) return sendProblem(reply, request, error);
  const unavailable = unavailableCause(error);
  if (unavailable) {
    return send(parts, reply, {
      page: "unavailable",
      status: 503,
      model: { shell: plainShell("Reeve cannot work just now"), cause: unavailable, reference: request.id },
    });
  }
  return send(parts, reply, await errorPage(parts, request, reply, error));
}

async function errorPage(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: Error,
): Promise<PageAnswer> {
  const shell = (title: string) => shellOf(parts, request, reply, title);
  const message = error instanceof Refusal ? error.message : "";
  if (error instanceof Refusal) {
    if (error.kind === "unseen")
      return {
        page: "not-found",
        status: 404,
        model: { shell: await shell("Page not found"), searchAction: "/search" },
      };
    if (error.kind === "forbidden")
      return {
        page: "not-allowed",
        status: 403,
        model: { shell: await shell("You cannot do this"), what: "do this", why: message },
      };
    const record = {
      text: "the record",
      href: request.url.replace(/\/(moves\/.*|edit|comments)$/, "").split("?")[0] ?? "/",
    };
    if (error.kind === "impossible" || error.kind === "stale")
      return {
        page: "conflict",
        status: error.kind === "stale" ? 412 : 409,
        model: { shell: await shell("This is not possible now"), sentence: `${message}.`, record, kept: [] },
      };
    return {
      page: "bad-request",
      status: 422,
      model: {
        shell: await shell("Something is not right"),
        title: "Something is not right",
        sentences: error.problems.map((problem) => problem.message),
      },
    };
  }
  const status = statusOf(error);
  if (status === 429)
    return {
      page: "too-many-requests",
      status,
      model: { shell: await shell("Too many requests"), retry: "in a minute" },
    };
  if (status < 500)
    return {
      page: "bad-request",
      status,
      model: {
        shell: await shell("This request was not understood"),
        title: "This request was not understood",
        sentences: [sentenceFor(error)],
      },
    };
  return { page: "fault", status: 500, model: { shell: await shell("Something went wrong"), reference: request.id } };
}

function sentenceFor(error: Error): string {
  if (error instanceof ApiProblem) return `${error.message}.`;
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith("FST_CSRF"))
    return "The form was open for too long, or cookies are switched off. Go back, load the page again and send it once more.";
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return "What you sent is too large. The most is 2 MB.";
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "This page takes what a form sends, nothing else.";
  if (code === "FST_ERR_BAD_URL")
    return "The address holds a % that means nothing. Check it, or start at the first page.";
  return "Go back and try again from the page before.";
}

/** The usual surroundings where the person is known and the database answers; the plain ones otherwise. */
async function shellOf(parts: WebParts, request: FastifyRequest, reply: FastifyReply, title: string): Promise<Shell> {
  try {
    const session = await parts.signIn.sessionFrom(request.headers);
    if (!session) return plainShell(title, await frontOf(parts));
    const csrf = reply.generateCsrf();
    return await parts.store.as(session, (tx) => shellFor({ parts, request, session, csrf }, tx, { title }));
  } catch {
    return plainShell(title);
  }
}
