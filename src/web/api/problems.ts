import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem, RefusalKind } from "../../kernel/errors.ts";
import { StoreUnavailable } from "../../kernel/files/store.ts";
import { statusOf, unavailableCause } from "../failures.ts";
import { requestUrn } from "../request-id.ts";

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
  "too-large": {
    status: 413,
    title: "The request is too large",
    when: "The body is larger than 2 MB, or a file than 25 MB",
  },
  "content-encoding": {
    status: 415,
    title: "The body must not be compressed",
    when: "The Content-Encoding is not identity: send the body as it is, without compression",
  },
  "media-type": {
    status: 415,
    title: "The body must be JSON",
    when: "The Content-Type is not application/json, or for a file not application/octet-stream",
  },
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
  "headers-too-large": {
    status: 431,
    title: "The headers are too large",
    when: "The address and the headers together are larger than 16 kB",
  },
  "too-many": { status: 429, title: "Too many requests", when: "Wait for the seconds in the Retry-After header" },
  "too-slow": { status: 408, title: "The request took too long", when: "It was not all there within 5 minutes" },
  fault: { status: 500, title: "Something went wrong", when: "A fault of ours. Quote `instance` when you report it" },
  unavailable: {
    status: 503,
    title: "Reeve cannot work just now",
    when: "The database or the store of files does not answer, a disk is full, or nobody can look for viruses. Try again later",
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
  if (error instanceof ApiProblem) reply.headers(error.headers);
  if (kind === "unavailable") reply.header("retry-after", "10");
  const errors = error instanceof Refusal ? listed(error.problems, kind) : [];
  return reply
    .code(problemKinds[kind].status)
    .type(problemMediaType)
    .header("cache-control", "no-store")
    .send(problemText(kind, { detail: detailOf(kind, error), id: request.id, errors }));
}

/** The media type of a problem. */
export const problemMediaType = "application/problem+json; charset=utf-8";

/** A problem as JSON; `id` is the request's own number, a UUID. */
export function problemText(
  kind: ProblemKind,
  { detail, id, errors = [] }: { detail: string; id: string; errors?: readonly Problem[] },
): string {
  const { status, title } = problemKinds[kind];
  return JSON.stringify({
    type: problemType(kind),
    title,
    status,
    detail: sentence(detail),
    instance: requestUrn(id),
    ...(errors.length > 0 ? { errors } : {}),
  });
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
  if (error instanceof ApiProblem || error instanceof Refusal) return error.message;
  if (error instanceof StoreUnavailable) return "The store of files does not answer. Nothing was kept; try again later";
  const code = "code" in error ? String(error.code) : "";
  return detailsByCode[code] ?? detailsByKind[kind] ?? problemKinds[kind].when;
}

/** What to do about what the framework found. */
const detailsByCode: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL:
    "The address holds a % that does not begin an encoded UTF-8 character. Write a % itself as %25 (RFC 3986 section 2.1)",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as Content-Length says. Send it again, whole",
};
const detailsByKind: Readonly<Partial<Record<ProblemKind, string>>> = {
  "media-type": "Send the body as JSON, with Content-Type: application/json",
  "too-large": "The body is larger than 2 MB, or a file than 25 MB. Send less at a time",
};

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
