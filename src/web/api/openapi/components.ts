import { pageMax } from "../../../kernel/store/list.ts";
import { limitDefault } from "../list-query.ts";
import { problemKinds } from "../problems.ts";
import type { ProblemKind } from "../problems.ts";
import { pascal } from "./record-schemas.ts";

/** The parameters that several addresses take. */
export const sharedParameters = {
  Id: {
    name: "id",
    in: "path",
    required: true,
    description: "The record’s id or its reference",
    schema: { type: "string", maxLength: 60 },
  },
  Limit: {
    name: "limit",
    in: "query",
    description: "How many items a page has",
    schema: { type: "integer", minimum: 1, maximum: pageMax, default: limitDefault },
  },
  Cursor: {
    name: "cursor",
    in: "query",
    description: "`nextCursor` of the page before",
    schema: { type: "string", maxLength: 2000 },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The ETag of the record as you read it: one, strong; or `*` to write over whatever is there",
    schema: { type: "string" },
    example: '"3"',
  },
  Preview: {
    name: "preview",
    in: "query",
    description:
      "`true`: every check is made and nothing is kept. The answer is the record as it would be and the deadlines that would move. An Idempotency-Key is not looked at",
    schema: { type: "boolean", default: false },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description:
      "1 to 200 visible ASCII characters. The same key with the same request is done once and answered again",
    schema: { type: "string", minLength: 1, maxLength: 200 },
  },
} as const;

/** The headers of answers. */
export const sharedHeaders = {
  ETag: {
    description: "The record’s version in quotation marks: send it back in If-Match",
    schema: { type: "string" },
    example: '"3"',
  },
  Location: { description: "Where what was made is found", schema: { type: "string", format: "uri-reference" } },
  IdempotencyReplayed: {
    description: "`true` when this key was used before and nothing was done again",
    schema: { type: "string", enum: ["true"] },
  },
  RateLimitLimit: { description: "Requests in a minute with this token", schema: { type: "integer" } },
  RateLimitRemaining: { description: "Those left in this minute", schema: { type: "integer" } },
  RateLimitReset: { description: "Seconds until the count starts again", schema: { type: "integer" } },
};

/** An answer for each kind of problem. */
export function problemResponses(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(problemKinds).map(([kind, { status, title, when }]) => {
      const example = {
        type: `/api#problem-${kind}`,
        title,
        status,
        detail: `${when}.`,
        instance: "urn:uuid:0f8f0a5e-8a54-4e62-9a60-6b2f0f2a9b11",
      };
      return [
        pascal(kind),
        {
          description: `${title}. ${when}`,
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/ProblemDetails" }, example } },
        },
      ];
    }),
  );
}

/** The answers of an operation for some kinds of problem; 403 stands for both of its kinds. */
export function problemsOf(...kinds: readonly ProblemKind[]): Record<string, unknown> {
  return Object.fromEntries(
    kinds.map((kind) => [String(problemKinds[kind].status), { $ref: `#/components/responses/${pascal(kind)}` }]),
  );
}
