import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
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
    { parseAs: "string" },
    (request, text, done) => {
      // `parseAs: "string"` gives a string. A move may come without a body, whatever its content type says.
      const body = text as string;
      if (body.trim() === "") done(null, undefined);
      else void parse(request, body, done);
    },
  );
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

/** Refuses members that are not among those that may be given, each by its name. */
export function onlyMembers(given: JsonObject, allowed: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !allowed.includes(name));
  if (unknown.length === 0) return;
  const may = allowed.length > 0 ? `What can be given: ${allowed.join(", ")}` : "Nothing can be given here";
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
