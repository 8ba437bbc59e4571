import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import { placeOfFault } from "./json-place.ts";
import { ApiProblem } from "./problems.ts";

/** A JSON object from outside, its values not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How deep a body may nest: an object, its lines, a line's values; the rest is room. */
const depthMax = 8;
/** The most members of one array or object. */
const membersMax = 1000;

/** The API takes JSON and nothing else: not what a form of another site can send. */
export function takeJsonOnly(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  const parse = api.getDefaultJsonParser("error", "error");
  api.addContentTypeParser(
    ["application/json", "application/merge-patch+json"],
    { parseAs: "buffer" },
    (request, bytes, done) => {
      // `parseAs: "buffer"` gives a buffer. A move may come without a body, whatever its content type says.
      const raw = bytes as Buffer;
      if (!isUtf8(raw)) return done(notUtf8());
      const body = raw.toString("utf8");
      if (body.trim() === "") return done(null, undefined);
      void parse(request, body, (error, value) => (error ? done(notJson(body)) : done(null, value)));
    },
  );
}

/** JSON is in UTF-8 (RFC 8259 section 8.1); anything else would be kept with its letters broken. */
function notUtf8(): ApiProblem {
  return new ApiProblem("malformed", "The body is not in UTF-8. Save or encode it as UTF-8 and send it again");
}

/** Says where a text stops being JSON, and what to do. */
function notJson(text: string): ApiProblem {
  const read = text.replace(/^\ufeff/, "");
  const place = placeOfFault(read);
  if (place === null && isJson(read))
    return new ApiProblem(
      "malformed",
      "The body names a member `__proto__`, or `constructor` with `prototype` in it. Send it without that member",
    );
  const where = place ? ` at line ${place.line}, column ${place.column}` : "";
  return new ApiProblem(
    "malformed",
    place?.atEnd
      ? `The body is not complete JSON: it ends${where} with something not closed. Close every quotation mark, bracket and brace, and send it again`
      : `The body is not JSON: it breaks${where}. Look ${place ? "there " : ""}for a missing or extra quotation mark, comma, bracket or brace, and send it again`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The body as an object; an absent one is empty. Refuses what is no object, or is deeper or longer than anything asked for. */
export function bodyOf(body: unknown): JsonObject {
  if (body === undefined || body === null) return {};
  if (typeof body !== "object" || Array.isArray(body))
    throw new ApiProblem("malformed", 'The body must be a JSON object, like {"summary": "The printer is jammed"}');
  // JSON.parse makes plain objects, and arrays were refused above.
  const object = body as JsonObject;
  for (const [name, value] of Object.entries(object)) {
    const problem = unreadable(value, 1);
    if (problem) throw new Refusal("invalid", [{ field: printable(name), message: problem }]);
  }
  if (Object.keys(object).length > membersMax)
    throw new Refusal("invalid", [{ message: `The body has more than ${membersMax} members` }]);
  return object;
}

/** Refuses members that are not among those that may be given, each by its name. `told` are the ones to speak of. */
export function onlyMembers(given: JsonObject, allowed: readonly string[], told: readonly string[] = allowed): void {
  const unknown = Object.keys(given).filter((name) => !allowed.includes(name));
  if (unknown.length === 0) return;
  const may = told.length > 0 ? `What can be given: ${told.join(", ")}` : "Nothing can be given here";
  throw new Refusal(
    "invalid",
    unknown
      .slice(0, 20)
      .map((name) => ({ field: printable(name), message: `“${printable(name)}” cannot be given here. ${may}` })),
  );
}

/** A name from outside as a sentence can hold it. */
export function printable(name: string): string {
  return name
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, "\ufffd")
    .slice(0, 60);
}

function unreadable(value: unknown, depth: number): string | null {
  if (typeof value === "string")
    return value.isWellFormed() && !value.includes("\u0000")
      ? null
      : "This must be ordinary text: it holds a character that is none";
  if (typeof value === "number") return Number.isFinite(value) ? null : "This number is too large";
  if (typeof value !== "object" || value === null) return null;
  if (depth >= depthMax) return "This is nested too deep";
  const members: readonly [string, unknown][] = Object.entries(value);
  if (members.length > membersMax) return `This holds more than ${membersMax} members`;
  for (const [, member] of members) {
    const problem = unreadable(member, depth + 1);
    if (problem) return problem;
  }
  return null;
}
