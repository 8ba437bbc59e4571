import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem, RefusalKind } from "../../kernel/errors.ts";
import { statusOf, unavailableCause } from "../failures.ts";

/** Every problem that the API answers with: the status, the title, and when it comes. Read by the reference as well. */
export const problemKinds = {
  malformed: {
    status: 400,
    title: "The request was not understood",
    when: "The JSON, the address or a header is not well formed",
  },
  unauthenticated: {
    status: 401,
    title: "A token is needed",
    when: "There is no token, or it has expired, was revoked or is not known",
  },
  forbidden: { status: 403, title: "You may not do this", when: "You may see the record but not do this to it" },
  scope: {
    status: 403,
    title: "The token does not reach this far",
    when: "The token’s scopes do not allow it, whatever its person may do",
  },
  unseen: { status: 404, title: "There is nothing there", when: "There is no such thing, or you may not see it" },
  method: {
    status: 405,
    title: "That method is not possible here",
    when: "The address takes other methods: they are in the Allow header",
  },
  impossible: {
    status: 409,
    title: "This is not possible now",
    when: "The move cannot be made from the state that the record is in, or there is nothing left to erase",
  },
  stale: {
    status: 412,
    title: "The record has changed",
    when: "The ETag in If-Match is not that of the record as it is now",
  },
  "too-large": { status: 413, title: "The request is too large", when: "The body is larger than 2 MB" },
  "media-type": { status: 415, title: "The body must be JSON", when: "The Content-Type is not application/json" },
  invalid: {
    status: 422,
    title: "Something is not right",
    when: "A value or parameter is wrong: `errors` names each with a sentence",
  },
  "condition-required": {
    status: 428,
    title: "If-Match is needed",
    when: "A change or a move came without the ETag of the record as you read it",
  },
  "too-many": { status: 429, title: "Too many requests", when: "Wait for the seconds in the Retry-After header" },
  fault: { status: 500, title: "Something went wrong", when: "A fault of ours. Quote `instance` when you report it" },
  unavailable: {
    status: 503,
    title: "Reeve cannot work just now",
    when: "The database does not answer or a disk is full. Try again later",
  },
} as const satisfies Readonly<Record<string, { status: number; title: string; when: string }>>;

export type ProblemKind = keyof typeof problemKinds;

/** A problem that belongs to HTTP rather than to records: no token, no condition, a wrong method. */
export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = "ApiProblem";
    this.kind = kind;
    this.statusCode = problemKinds[kind].status;
    this.headers = headers;
  }
}

/** The address by which a kind of problem is known: relative, and a place in the reference (RFC 9457 section 3.1.1). */
export function problemType(kind: ProblemKind): string {
  return `/api#problem-${kind}`;
}

/** Answers with a problem (RFC 9457): no word of what went wrong inside when the fault is ours. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, error: Error): FastifyReply {
  const kind = kindOf(error);
  const { status, title } = problemKinds[kind];
  const errors = error instanceof Refusal ? listed(error.problems, kind) : [];
  if (error instanceof ApiProblem) reply.headers(error.headers);
  if (kind === "unavailable") reply.header("retry-after", "10");
  const body = {
    type: problemType(kind),
    title,
    status,
    detail: detailOf(kind, error),
    instance: `urn:uuid:${request.id}`,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return reply
    .code(status)
    .type("application/problem+json; charset=utf-8")
    .header("cache-control", "no-store")
    .send(JSON.stringify(body));
}

function listed(problems: readonly Problem[], kind: ProblemKind): readonly Problem[] {
  return kind === "invalid" ? problems : problems.filter(({ field }) => field !== undefined);
}

function kindOf(error: Error): ProblemKind {
  if (error instanceof ApiProblem) return error.kind;
  if (error instanceof Refusal) return error.kind satisfies RefusalKind;
  if (unavailableCause(error)) return "unavailable";
  const status = statusOf(error);
  if (status >= 500) return status === 503 ? "unavailable" : "fault";
  const byStatus: Readonly<Record<number, ProblemKind>> = {
    401: "unauthenticated",
    403: "forbidden",
    404: "unseen",
    413: "too-large",
    414: "too-large",
    415: "media-type",
    429: "too-many",
  };
  return byStatus[status] ?? "malformed";
}

function detailOf(kind: ProblemKind, error: Error): string {
  if (error instanceof ApiProblem || error instanceof Refusal) return sentence(error.message);
  const code = "code" in error ? String(error.code) : "";
  if (code === "FST_ERR_CTP_EMPTY_JSON_BODY") return "The body is empty. Send a JSON object.";
  if (kind === "malformed" && (error instanceof SyntaxError || code.includes("JSON")))
    return `The body is not JSON that can be read: ${error.message.slice(0, 200)}.`;
  return sentence(problemKinds[kind].when);
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
