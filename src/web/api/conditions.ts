import type { FastifyRequest } from "fastify";
import type { ReadVersion } from "../../kernel/store/change.ts";
import { ApiProblem } from "./problems.ts";

/** The ETag of a record at a version: strong, since two versions never say the same. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version that the caller read, from If-Match (RFC 9110 section 13.1.1); `*` is any. Refuses when it is absent, and
 * when it is no single ETag. One that is weak or of no record's version matches nothing:
 * the answer is -1, and the change is then refused as stale.
 */
export function versionFrom(request: FastifyRequest): ReadVersion {
  const header = request.headers["if-match"]?.trim();
  if (header === undefined || header === "")
    throw new ApiProblem(
      "condition-required",
      'Send the ETag of the record as you read it in If-Match, like If-Match: "3"',
    );
  if (header === "*") return "any";
  if (!/^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(header))
    throw new ApiProblem("malformed", 'If-Match must be one ETag with its quotation marks, like "3"');
  const version = /^"([1-9]\d{0,9})"$/.exec(header)?.[1];
  return version === undefined ? -1 : Number(version);
}

/** The key under which a POST is done once; undefined without one. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const header = request.headers["idempotency-key"];
  // Node joins repeated headers of this name with a comma and a space, which no key may hold.
  return Array.isArray(header) ? header.join(", ") : header;
}
