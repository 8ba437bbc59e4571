import { conditionOf } from "../../../kernel/asked.ts";
import type { Field } from "../../../kernel/fields/kind.ts";
import type { Move } from "../../../kernel/lifecycle.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { commentMax } from "../../../kernel/store/comment.ts";
import { exampleObject, exampleOf, exampleTitle } from "./example.ts";
import { fieldSchema, orNull, withCondition } from "./field-schema.ts";
import type { JsonSchema } from "./field-schema.ts";

function givenProperties(type: RecordType): Record<string, JsonSchema> {
  const given = Object.entries(type.fields).filter(([, { options }]) => !options.readOnly && !options.askedByMoveOnly);
  return Object.fromEntries(given.map(([name, field]) => [name, givenSchema(type, name, field)]));
}

/** What may be given for a field, and when, where that depends on another. */
export function givenSchema(type: RecordType, name: string, field: Field): JsonSchema {
  const otherwise = "it is refused, and a change that makes it otherwise empties it";
  return withCondition(type, name, fieldSchema(field, "given"), otherwise);
}

/** The schema of what makes a record. */
export function newSchema(type: RecordType): JsonSchema {
  const properties = givenProperties(type);
  const required = Object.keys(properties).filter((name) => isNeeded(type, name));
  const optional = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, required.includes(name) ? schema : orNull(schema)]),
  );
  return {
    type: "object",
    required,
    properties: optional,
    additionalProperties: false,
    examples: [{ ...exampleObject(properties, required), [type.titleField]: exampleTitle(type) }],
  };
}

/** Whether a new record cannot do without it: the definition's own defaults fill what else is required. */
export function isNeeded(type: RecordType, name: string): boolean {
  const options = type.fields[name]?.options;
  if (!options?.required || conditionOf(type, name) || ("default" in options && options.default !== undefined))
    return false;
  return name === type.titleField || !type.defaults;
}

/** The schema of what changes one. */
export function changeSchema(type: RecordType): JsonSchema {
  const properties = givenProperties(type);
  const nullable = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      type.fields[name]?.options.required && !conditionOf(type, name) ? schema : orNull(schema),
    ]),
  );
  return {
    type: "object",
    description: "What is left out stays as it is; null empties a field",
    properties: nullable,
    additionalProperties: false,
    examples: [{ [type.titleField]: exampleTitle(type) }],
  };
}

/** The schema of what a move asks for. */
export function moveSchema(type: RecordType, move: Move<string, string>): JsonSchema {
  const fields = Object.fromEntries(
    (move.asks ?? []).flatMap((name) => {
      const field = type.fields[name];
      const schema = field ? fieldSchema(field, "given") : {};
      return [[name, move.requires?.includes(name) ? schema : orNull(schema)]];
    }),
  );
  const comment = {
    type: "string",
    maxLength: commentMax,
    title: move.comment?.label ?? "",
    description: `In Markdown. Read by ${move.comment?.audience === "internal" ? "those with the permission “internal”" : "everyone who sees the record"}`,
  };
  const properties: Record<string, JsonSchema> = { ...fields, ...(move.comment ? { comment } : {}) };
  const required = [...(move.requires ?? []), ...(move.comment?.required ? ["comment"] : [])];
  return {
    type: "object",
    required,
    properties,
    additionalProperties: false,
    examples: [Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]))],
  };
}
