import type { RecordType } from "../../../kernel/record.ts";
import type { JsonSchema } from "./field-schema.ts";

const exampleId = "019a8f3c-5d2e-7b41-9c60-2f1d7e8a4b05";

/** A value that fits a schema, for the examples: invented, and the same each time. */
export function exampleOf(schema: JsonSchema): unknown {
  const [type] = [schema["type"]].flat();
  if (Array.isArray(schema["enum"])) return (schema["enum"] as unknown[])[0];
  if (type === "integer" || type === "number") return schema["minimum"] ?? 1;
  if (type === "boolean") return true;
  if (type === "array") return [];
  if (type !== "string") return null;
  const formats: Readonly<Record<string, string>> = {
    date: "2026-11-21",
    "date-time": "2026-11-21T09:30:00.000Z",
    uuid: exampleId,
    email: "priya.nair@aldermoor.example",
  };
  const known = typeof schema["format"] === "string" ? formats[schema["format"]] : undefined;
  return known ?? String(schema["title"] ?? "Text");
}

/** An object of examples for some of a schema's properties. */
export function exampleObject(
  properties: Readonly<Record<string, JsonSchema>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {})]));
}

/** A reference as this type's records have: `INC-00042`, `FOI-2026-0042`. */
export function exampleReference(type: RecordType): string {
  return type.reference
    .replace("{yyyy}", "2026")
    .replaceAll(/\{(0+)\}/g, (_whole, zeros: string) => "42".padStart(zeros.length, "0"));
}

/** A title for the examples of a type. */
export function exampleTitle(type: RecordType): string {
  return `${type.label.one} that a program made`;
}
