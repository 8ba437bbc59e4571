import { statesAfter } from "../../../kernel/lifecycle.ts";
import type { Move } from "../../../kernel/lifecycle.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { permissionOf } from "../../../kernel/store/move.ts";
import { problemsOf } from "./components.ts";
import type { JsonSchema } from "./field-schema.ts";
import { listParameters, onDay, parameter } from "./list-parameters.ts";
import { joinOperation, joinsOf } from "./join-operations.ts";
import { moveSchema } from "./given-schemas.ts";
import { pascal } from "./record-schemas.ts";

/** An operation as OpenAPI writes it. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly [more: string]: unknown;
}

/** What an address takes, by method. */
export type PathItem = Readonly<Partial<Record<"get" | "post" | "patch", Operation>>>;

export const reading = problemsOf(
  "malformed",
  "unauthenticated",
  "scope",
  "unseen",
  "invalid",
  "too-many",
  "unavailable",
);
export const writing = {
  ...problemsOf(
    "malformed",
    "unauthenticated",
    "forbidden",
    "unseen",
    "too-large",
    "media-type",
    "invalid",
    "too-many",
    "unavailable",
  ),
};
const conditional = { ...writing, ...problemsOf("stale", "condition-required") };
export const id = parameter("Id");
export const key = parameter("IdempotencyKey");
const etag = { ETag: { $ref: "#/components/headers/ETag" } };
export const replayed = { "Idempotency-Replayed": { $ref: "#/components/headers/IdempotencyReplayed" } };
export const location = { Location: { $ref: "#/components/headers/Location" } };
export const limits = {
  "RateLimit-Limit": { $ref: "#/components/headers/RateLimitLimit" },
  "RateLimit-Remaining": { $ref: "#/components/headers/RateLimitRemaining" },
  "RateLimit-Reset": { $ref: "#/components/headers/RateLimitReset" },
};

const preview = parameter("Preview");
const previewSchema = { $ref: "#/components/schemas/Preview" };
const previewed = {
  "200": {
    description: "With `preview`: what would be made. Nothing is kept",
    headers: limits,
    content: { "application/json": { schema: previewSchema } },
  },
};

/** The record as it is now; with `preview`, what it would be. */
function orPreview(name: string, headers: Readonly<Record<string, unknown>>) {
  const schema = { oneOf: [{ $ref: `#/components/schemas/${name}` }, previewSchema] };
  return {
    "200": {
      description: "As it is now. With `preview` what it would be, with the ETag of what is there now",
      headers,
      content: { "application/json": { schema } },
    },
  };
}

/** Every address of a type. */
export function pathsOf(type: RecordType): Record<string, PathItem> {
  const base = `/api/v1/${type.path}`;
  const moves = Object.entries(type.moves).map(([move, definition]): [string, PathItem] => [
    `${base}/{id}/moves/${move}`,
    { post: moveOperation(type, move, definition) },
  ]);
  return {
    [base]: allOf(type),
    [`${base}/{id}`]: oneOf(type),
    ...Object.fromEntries(moves),
    [`${base}/{id}/comments`]: commentsOf(type),
    [`${base}/{id}/events`]: eventsOf(type),
    [`${base}/{id}/erasures`]: erasuresOf(type),
    [`${base}/{id}/joins`]: joinsOf(type),
    [`${base}/{id}/joins/remove`]: { post: joinOperation(type, "remove") },
  };
}

function allOf(type: RecordType): PathItem {
  const name = pascal(type.name);
  return {
    get: {
      operationId: `list${pascal(type.path)}`,
      summary: `A page of the ${type.label.many.toLowerCase()} that you may see`,
      tags: [type.label.many],
      parameters: listParameters(type),
      responses: { ...answer("200", `${name}List`, limits), ...reading },
    },
    post: {
      operationId: `create${name}`,
      summary: `Makes a ${type.label.one.toLowerCase()}`,
      tags: [type.label.many],
      parameters: [preview, key],
      requestBody: body({ $ref: `#/components/schemas/${name}New` }),
      responses: {
        ...previewed,
        ...answer("201", name, { ...location, ...etag, ...replayed, ...limits }),
        ...writing,
      },
    },
  };
}

function oneOf(type: RecordType): PathItem {
  const [name, one] = [pascal(type.name), type.label.one.toLowerCase()];
  return {
    get: {
      operationId: `get${name}`,
      summary: `One ${one}, with its clocks and the moves that you can make now`,
      tags: [type.label.many],
      parameters: [id, onDay],
      responses: { ...answer("200", name, { ...etag, ...limits }), ...reading },
    },
    patch: {
      operationId: `change${name}`,
      summary: `Changes some of a ${one}’s fields`,
      tags: [type.label.many],
      parameters: [id, preview, parameter("IfMatch")],
      requestBody: body({ $ref: `#/components/schemas/${name}Change` }),
      responses: { ...orPreview(name, { ...etag, ...limits }), ...conditional },
    },
  };
}

function commentsOf(type: RecordType): PathItem {
  const name = pascal(type.name);
  return {
    get: {
      operationId: `list${name}Comments`,
      summary: "Its comments, oldest first, as far as you may read them",
      tags: [type.label.many],
      parameters: [id, parameter("Limit"), parameter("Cursor")],
      responses: { ...answer("200", "CommentList", limits), ...reading },
    },
    post: {
      operationId: `add${name}Comment`,
      summary: "Says something on it. No If-Match is needed",
      tags: [type.label.many],
      parameters: [id, key],
      requestBody: body({ $ref: "#/components/schemas/CommentNew" }),
      responses: { ...answer("201", "Comment", { ...location, ...replayed, ...limits }), ...writing },
    },
  };
}

function eventsOf(type: RecordType): PathItem {
  return {
    get: {
      operationId: `list${pascal(type.name)}Events`,
      summary: "Its timeline, oldest first, as far as you may read it",
      tags: [type.label.many],
      parameters: [id, parameter("Limit"), parameter("Cursor")],
      responses: { ...answer("200", "EventList", limits), ...reading },
    },
  };
}

function erasuresOf(type: RecordType): PathItem {
  return {
    post: {
      operationId: `erase${pascal(type.name)}`,
      summary:
        "Erases by law, for ever: what one line of the timeline says, or the whole record. No If-Match is needed",
      description: "Needs the permission “erase” for all records of the type",
      tags: [type.label.many],
      parameters: [id, key],
      requestBody: body({ $ref: "#/components/schemas/ErasureNew" }),
      responses: {
        ...answer("201", "Erasure", { ...location, ...replayed, ...limits }),
        ...writing,
        ...problemsOf("impossible"),
      },
    },
  };
}

function moveOperation(type: RecordType, move: string, definition: Move<string, string>): Operation {
  const from = definition.from.map((state) => type.states[state]?.label ?? state).join(", ");
  const after = statesAfter(definition).map((state) => type.states[state]?.label ?? state);
  const to = after.length === 0 ? "It stays where it is" : `To: ${after.join(" or ")}`;
  const schema = moveSchema(type, definition);
  const required = Array.isArray(schema["required"]) && schema["required"].length > 0;
  return {
    operationId: `move${pascal(type.name)}${pascal(move)}`,
    summary: definition.label,
    description: `From: ${from}. ${to}. Needs the permission “${permissionOf(type, definition)}”`,
    tags: [type.label.many],
    parameters: [id, preview, parameter("IfMatch"), key],
    requestBody: body(schema, required),
    responses: {
      ...orPreview(pascal(type.name), { ...etag, ...replayed, ...limits }),
      ...conditional,
      ...problemsOf("impossible"),
    },
  };
}

/** The search over every type. */
export function searchPath(types: readonly string[]): PathItem {
  const query = {
    name: "q",
    in: "query",
    required: true,
    description: "Words, “phrases in quotation marks”, -words that must not be there",
    schema: { type: "string", minLength: 1, maxLength: 2000 },
    example: "printer jammed",
  };
  const type = {
    name: "type",
    in: "query",
    description: "Only records of this type",
    schema: { type: "string", enum: types },
  };
  return {
    get: {
      operationId: "search",
      summary: "Searches everything that you may see, best first",
      tags: ["Search"],
      parameters: [query, type, parameter("Limit"), parameter("Cursor")],
      responses: { ...answer("200", "FoundList", limits), ...reading },
    },
  };
}

/** The feed of changes of every type. */
export function changesPath(types: readonly string[]): PathItem {
  const after = {
    name: "after",
    in: "query",
    description:
      "`nextCursor` of the page before; `now` for what happens from now on; without it, the feed from its beginning",
    schema: { type: "string", maxLength: 100 },
  };
  const only = {
    name: "types",
    in: "query",
    description: "Only changes of records of these types",
    style: "form",
    explode: false,
    schema: { type: "array", items: { type: "string", enum: types } },
  };
  return {
    get: {
      operationId: "listChanges",
      summary: "What happened, in the order in which it was kept, as far as you may see it",
      description:
        "Keep `nextCursor` and ask again with it: at once while `more` is true, and later when it is false. Nothing is left out and nothing comes twice. A page may be short or empty and have more after it. What is changed while it is read comes once the transactions that began before it have ended",
      tags: ["Changes"],
      parameters: [after, only, parameter("Limit")],
      responses: { ...answer("200", "ChangeList", limits), ...reading },
    },
  };
}

export function body(schema: JsonSchema, required = true) {
  return { required, content: { "application/json": { schema } } };
}

export function answer(
  status: string,
  schema: string,
  headers: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    [status]: {
      description: status === "201" ? "Made" : "As it is now",
      headers,
      content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
    },
  };
}
