import type { RecordType } from "../../../kernel/record.ts";
import { filterNames } from "../../../kernel/store/filters.ts";
import { furtherFilters, holdsOn } from "../../../kernel/store/further-filters.ts";
import { sortable } from "../../../kernel/store/list.ts";
import { baseRanges } from "../list-query.ts";
import type { JsonSchema } from "./field-schema.ts";

/** What the list of a type can be asked: the page, the order, and every way to narrow it. */
export function listParameters(type: RecordType): unknown[] {
  const sorts = sortable(type).flatMap((name) => [name, `-${name}`]);
  const filters = filterNames(type).map(({ name, field, takes }) => ({
    name,
    in: "query",
    explode: true,
    description: filterWords(type, field, takes),
    schema:
      takes === "date"
        ? { type: "string", format: "date" }
        : { type: "array", maxItems: 50, items: filterSchema(type, field, takes) },
  }));
  return [
    parameter("Limit"),
    parameter("Cursor"),
    {
      name: "sort",
      in: "query",
      description: `\`-\` before the name sorts the greatest first. \`${type.views.list.sort}\` unless told`,
      schema: { type: "string", enum: sorts },
    },
    {
      name: "q",
      in: "query",
      description: "Words to be found in the records",
      schema: { type: "string", maxLength: 2000 },
    },
    { name: "show", in: "query", schema: { type: "string", enum: ["all", "open", "closed"], default: "all" } },
    {
      name: "state",
      in: "query",
      explode: true,
      description: "Several are alternatives",
      schema: { type: "array", maxItems: 50, items: { type: "string", enum: Object.keys(type.states) } },
    },
    ...filters,
    ...furtherFilters(type).map(({ name, label, takes, options = {} }) => ({
      name,
      in: "query",
      explode: true,
      description: label,
      schema:
        takes === "date"
          ? { type: "string", format: "date" }
          : { type: "array", maxItems: 50, items: { type: "string", enum: Object.keys(options) } },
    })),
    ...(type.dated
      ? [
          {
            name: "on",
            in: "query",
            description: `Only those whose values hold on this day: the same as \`${holdsOn}\``,
            schema: { type: "string", format: "date" },
          },
        ]
      : []),
    ...baseRanges.map((name) => ({
      name,
      in: "query",
      description: "A day in London, included",
      schema: { type: "string", format: "date" },
    })),
  ];
}

function filterWords(type: RecordType, field: string, takes: string): string {
  const { label = field, internal = false } = type.fields[field]?.options ?? {};
  const how: Readonly<Record<string, string>> = {
    text: "exactly, in letters of either case, or by its beginning with `*` at the end",
    record: "a record’s id, reference or exact name, `me`, or `none`",
    records: "one that it leads to: its id, reference or exact name, or `none`",
    "one-of": "or `none`",
    date: "a day, included",
  };
  return [label, how[takes], internal ? "only for those with the permission “internal”" : ""]
    .filter((part) => part !== undefined && part !== "")
    .join(": ");
}

function filterSchema(type: RecordType, field: string, takes: string): JsonSchema {
  if (takes === "number") return { type: "number" };
  if (takes === "yes-no") return { type: "string", enum: ["yes", "no"] };
  const options = type.fields[field]?.options ?? {};
  const keys =
    takes === "one-of" && "options" in options && typeof options.options === "object" && options.options !== null
      ? Object.keys(options.options)
      : null;
  return { type: "string", ...(keys ? { enum: [...keys, "none"] } : {}) };
}

/** A parameter that several addresses take, by its name among the components. */
export function parameter(name: string) {
  return { $ref: `#/components/parameters/${name}` };
}

/** Asks for one record as it stood on a day. */
export const onDay = {
  name: "on",
  in: "query",
  description:
    "The record as it stood at the end of this day in London, without an ETag and moves, and with `asOf`. What you may not read of it now you do not read as it was then",
  schema: { type: "string", format: "date" },
};
