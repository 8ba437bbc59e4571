import type { RecordType } from "../../../kernel/record.ts";
import { exampleObject, exampleReference, exampleTitle } from "./example.ts";
import { fieldSchema, orNull } from "./field-schema.ts";
import type { JsonSchema } from "./field-schema.ts";
import { changeSchema, newSchema } from "./given-schemas.ts";

/** `service_level_policy` as `ServiceLevelPolicy`, `service-level-policies` as `ServiceLevelPolicies`. */
export function pascal(name: string): string {
  return name
    .split(/[_-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

const moment = { type: "string", format: "date-time", description: "A moment in UTC, ISO 8601" } as const;
const momentOrNull = { ...moment, type: ["string", "null"] } as const;

/** The schemas of a type: a record, what makes one, what changes one, and a page of them. */
export function recordSchemas(type: RecordType): Record<string, JsonSchema> {
  const name = pascal(type.name);
  return {
    [name]: readSchema(type),
    [`${name}New`]: newSchema(type),
    [`${name}Change`]: changeSchema(type),
    [`${name}List`]: pageSchema(name),
  };
}

/** A page of things of one schema. */
export function pageSchema(name: string, more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return {
    type: "object",
    required: ["items", "nextCursor", ...Object.keys(more)],
    properties: {
      items: { type: "array", maxItems: 200, items: { $ref: `#/components/schemas/${name}` } },
      nextCursor: { type: ["string", "null"], description: "Send it as `cursor` for the next page; null on the last" },
      ...more,
    },
  };
}

function readSchema(type: RecordType): JsonSchema {
  const base: Record<string, JsonSchema> = {
    id: { type: "string", format: "uuid", description: "A UUIDv7" },
    type: { const: type.name, type: "string" },
    reference: { type: "string", description: `Like ${exampleReference(type)}` },
    title: { type: "string", description: `The same as \`${type.titleField}\`` },
    state: { type: "string", enum: Object.keys(type.states) },
    version: {
      type: "integer",
      minimum: 1,
      description: "One more with each change and move. In quotation marks it is the ETag",
    },
    openedAt: moment,
    updatedAt: moment,
    dueAt: { ...momentOrNull, description: "The earliest deadline of its running clocks" },
    closedAt: momentOrNull,
    createdBy: {
      type: ["string", "null"],
      format: "uuid",
      description: "The person who made it; null for the product itself",
    },
  };
  const fields = Object.fromEntries(
    Object.entries(type.fields).map(([name, field]) => [name, shown(fieldSchema(field, "read"), isApart(type, name))]),
  );
  const always = Object.keys(type.fields).filter(
    (name) => !isApart(type, name) && !type.fields[name]?.options.internal,
  );
  const extra = {
    clocks: {
      type: "array",
      items: { $ref: "#/components/schemas/Clock" },
      description: "Only in the answer to GET of one record",
    },
    moves: {
      type: "array",
      items: { type: "string", enum: Object.keys(type.moves) },
      description: "The moves that this person can make now. Only in the answer to GET of one record",
    },
    asOf: {
      type: "object",
      required: ["day", "erased"],
      properties: {
        day: { type: "string", format: "date" },
        erased: {
          type: "boolean",
          description: "Whether a line that told of it was erased by law, so that not all that it held is known",
        },
      },
      description: "Only where the record was asked for as it stood `on` a day",
    },
  };
  const properties: Record<string, JsonSchema> = { ...base, ...fields, ...extra };
  const example = {
    ...exampleObject(properties, [...Object.keys(base), ...always]),
    type: type.name,
    reference: exampleReference(type),
    title: exampleTitle(type),
    [type.titleField]: exampleTitle(type),
    state: type.starts,
    closedAt: null,
  };
  return { type: "object", required: [...new Set([...Object.keys(base), ...always])], properties, examples: [example] };
}

function shown(schema: JsonSchema, apart: boolean): JsonSchema {
  if (!apart) return orNull(schema);
  return {
    ...schema,
    description: [schema["description"], "Not in lists"].filter((part) => part !== undefined).join(". "),
  };
}

/** Whether a field is kept outside the record's own row, and so left out of lists. */
function isApart(type: RecordType, name: string): boolean {
  const field = type.fields[name];
  return field !== undefined && field.kind.column(field.options) === null && !("from" in field.options);
}
