import { z } from "zod";
import { askingOf, conditionOf } from "../../../kernel/asked.ts";
import type { AskedWhenByField, Asking } from "../../../kernel/asked.ts";
import type { Field } from "../../../kernel/fields/kind.ts";
import { isAlwaysNeeded } from "../../../kernel/fields/lines.ts";
import type { LineFields } from "../../../kernel/fields/lines.ts";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 holds it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Whether a value is one that is sent, or one that is answered: a record is sent by its reference too, answered by its id. */
export type Direction = "given" | "read";

/** The schema of a field's value, from its kind's own schema and its other facets. */
export function fieldSchema(field: Field, direction: Direction): JsonSchema {
  const { options } = field;
  const notes = {
    title: options.label,
    ...describe(field, direction),
    ...(options.readOnly && direction === "read" ? { readOnly: true } : {}),
  };
  if ("fields" in options) return { ...linesSchema(options as unknown as LinesOptions, direction), ...notes };
  return { ...valueSchema(field, direction), ...notes };
}

// Only the kind with fields of its own has options of this shape.
interface LinesOptions {
  readonly fields: LineFields;
  readonly askedWhen?: AskedWhenByField;
  readonly max?: number;
}

/** The same, allowing null: a field that is empty, or is to be emptied. */
export function orNull(schema: JsonSchema): JsonSchema {
  if (schema["type"] === undefined) return "anyOf" in schema ? schema : { anyOf: [schema, { type: "null" }] };
  const values = Array.isArray(schema["enum"]) ? { enum: [...schema["enum"], null] } : {};
  return { ...schema, type: [schema["type"], "null"].flat(), ...values };
}

/** Says of a field when it may be given, where that depends on another. */
export function withCondition(
  asking: Asking,
  name: string,
  schema: JsonSchema,
  otherwise = "it is refused",
): JsonSchema {
  const when = conditionOf(asking, name);
  if (!when) return schema;
  const answers = when.is.map((answer) => JSON.stringify(answer)).join(" or ");
  const condition = `Only where \`${when.field}\` is ${answers}: otherwise ${otherwise}`;
  return {
    ...schema,
    description: [schema["description"], condition].filter((part) => part !== undefined).join(". "),
  };
}

function linesSchema(options: LinesOptions, direction: Direction): JsonSchema {
  const { fields, max = 200 } = options;
  const asking = askingOf(options);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const schema = withCondition(asking, name, fieldSchema(field, direction));
      return [name, isAlwaysNeeded(asking, name) ? schema : orNull(schema)];
    }),
  );
  const required = Object.keys(fields).filter((name) => isAlwaysNeeded(asking, name));
  const own = {
    id: {
      type: "string",
      format: "uuid",
      description: "The line’s own id. Send it to keep the line; a line without one is new",
    },
    number: {
      type: "integer",
      minimum: 1,
      description: "Its number for life, where lines are numbered. Reeve gives it",
    },
  };
  const line = {
    type: "object",
    properties: { ...own, ...properties },
    required: direction === "read" ? ["id", ...required] : required,
    additionalProperties: false,
  };
  return { type: "array", items: line, maxItems: max };
}

function valueSchema({ kind, options }: Field, direction: Direction): JsonSchema {
  const widget = kind.input(options, null);
  const { $schema: _dialect, ...checked } = z.toJSONSchema(kind.schema(options), {
    io: "input",
    unrepresentable: "any",
  });
  if (widget.widget === "record") {
    const one =
      direction === "given" ? { type: "string", minLength: 1, maxLength: 200 } : { type: "string", format: "uuid" };
    return widget.many ? { type: "array", items: one, maxItems: 200 } : one;
  }
  if (widget.widget === "checkboxes" && checked["type"] === "array")
    return { ...checked, items: { type: "string", enum: keysOf(widget.options) } };
  if (widget.widget === "select" || widget.widget === "radios") {
    // By what people read as well, in any case.
    if (kind.name === "registered name") return checked;
    const numbers = kind.column(options)?.type === "integer";
    const values = keysOf(widget.options);
    return { ...checked, ...(numbers ? { type: "integer", enum: values.map(Number) } : { enum: values }) };
  }
  return {
    ...checked,
    ...formatOf(kind.column(options)?.type),
    ...bounds(options),
    ...(widget.widget === "text" && widget.inputType === "email" ? { format: "email" } : {}),
  };
}

function keysOf(options: readonly { readonly value: string }[]): string[] {
  return options.map(({ value }) => value);
}

/** What the column tells that the checks of a value leave open. */
function formatOf(column: string | undefined): JsonSchema {
  const formats: Readonly<Record<string, JsonSchema>> = {
    integer: { type: "integer" },
    bigint: { type: "integer" },
    date: { type: "string", format: "date" },
    "timestamp with time zone": { type: "string", format: "date-time" },
    uuid: { type: "string", format: "uuid" },
  };
  return column === undefined ? {} : (formats[column] ?? {});
}

function bounds(options: object): JsonSchema {
  return {
    ...("min" in options && typeof options.min === "number" ? { minimum: options.min } : {}),
    // A text's `max` is its length, which its own schema says.
    ...("max" in options && typeof options.max === "number" && "min" in options ? { maximum: options.max } : {}),
  };
}

function describe({ kind, options }: Field, direction: Direction): JsonSchema {
  const widget = kind.input(options, null);
  const unit =
    kind.name === "duration"
      ? "In whole minutes"
      : widget.widget === "money"
        ? "In whole pence"
        : widget.widget === "textarea"
          ? "In Markdown"
          : "";
  const record =
    widget.widget === "record"
      ? `${widget.many ? "Records" : "A record"} of the type ${widget.type}${direction === "given" ? `: its id, its reference or its exact name${widget.type === "person" ? ", or “me”" : ""}` : ": its id"}`
      : "";
  const kept = options.internal ? "Only for those with the permission “internal”" : "";
  const text = [options.hint, unit, record, kept].filter((part) => part !== undefined && part !== "").join(". ");
  return text === "" ? {} : { description: text };
}
