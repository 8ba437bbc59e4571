import { z } from "zod";
import { askingOf, isAsked, isGap, unaskedProblems } from "../asked.ts";
import type { AskedWhen, AskedWhenByField, Asking } from "../asked.ts";
import { fieldOf, isChosen, missing, missingOr } from "./kind.ts";
import type { Problem } from "../errors.ts";
import type { CommonOptions, Field, FieldKind, Form, ValueOf } from "./kind.ts";

/** The fields of a line, by name. */
export type LineFields = Readonly<Record<string, Field>>;

export interface LinesOptions extends CommonOptions {
  /** What one of them is called: "Clause". */
  readonly one: string;
  readonly fields: LineFields;
  /**
   * Fields of a line that are asked for only while another of the same line holds one of some values. Where one is not, it
   * may not be given and need not be; a form leaves it out.
   */
  readonly askedWhen?: AskedWhenByField;
  /** The most lines there may be; 200 unless told. */
  readonly max?: number;
  /** Whether each keeps a number for life, never used again after it goes: clause 4 stays clause 4. */
  readonly numbered?: boolean;
}

/** A line as code handles it: its own id, its number where lines are numbered, and its values. */
export type Line<Fields extends LineFields = LineFields> = { readonly id?: string; readonly number?: number } & {
  readonly [Name in keyof Fields]?: ValueOf<Fields[Name]> | null;
};

/** Ordered rows that the record owns: saved, versioned and access-checked with it, in a table of their own. */
export const linesKind: FieldKind<LinesOptions, readonly Line[]> = {
  name: "lines",
  column: () => null,
  schema: (options) =>
    z
      .array(lineSchema(askingOf(options)), { error: missingOr(options, "Enter", "must be a list of lines") })
      .max(options.max ?? 200, `${options.label} can hold at most ${options.max ?? 200} lines`) as z.ZodType<
      readonly Line[]
    >,
  fromForm: (form, name, options) => rowsOf(form, name).map((row) => rowFromForm(form, name, row, options.fields)),
  input: (options) => ({ widget: "rows", rowLabel: options.one }),
  show: (options, value) => ({ kind: "text", text: `${value.length} ${options.label.toLowerCase()}` }),
  text: (_options, value) => JSON.stringify(value),
  fromText: (_options, cell) => {
    try {
      return JSON.parse(cell) as unknown;
    } catch {
      return cell;
    }
  },
  filter: null,
  sortable: false,
};

/** One line: each field by its own schema, absent ones as null, unknown names and what is not asked for refused. */
export function lineSchema(asking: Asking): z.ZodType {
  const shape = Object.fromEntries(
    Object.entries(asking.fields).map(([name, { kind, options }]) => {
      const schema = kind.schema(options);
      return [name, isAlwaysNeeded(asking, name) ? schema : schema.nullish()];
    }),
  );
  const names = Object.keys(shape).join(", ");
  const line = z.strictObject(
    {
      id: z.uuid("The id must be that of the line, as it was read, or left out for a new one").optional(),
      number: z.int("The number is given by Reeve: leave it as it was read, or out").positive().optional(),
      ...shape,
    },
    {
      error: ({ code }) =>
        code === "unrecognized_keys"
          ? `A line holds ${names}, and nothing else`
          : `A line must be an object with ${names}`,
    },
  );
  if (Object.keys(asking.askedWhen).length === 0) return line;
  return line.superRefine((values, context) => {
    for (const { field = "", message } of [...unaskedProblems(asking, values, values), ...gapsIn(asking, values)])
      context.addIssue({ code: "custom", path: [field], message });
  });
}

/** Whether every line must have it, whatever else it holds. */
export function isAlwaysNeeded({ fields, askedWhen }: Asking, name: string): boolean {
  return fields[name]?.options.required === true && !Object.hasOwn(askedWhen, name);
}

/** What is asked for in a line by what it holds, must be given, and is not. */
function gapsIn(asking: Asking, line: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(asking.askedWhen).flatMap((name) => {
    const { kind, options } = asking.fields[name] ?? {};
    return options?.required && isGap(line[name]) && isAsked(asking, name, line)
      ? [
          {
            field: name,
            message: missing(options, kind && isChosen(kind) ? "Select" : "Enter"),
          },
        ]
      : [];
  });
}

/** The row names that a form sent for the lines `name`, in their order: `clauses-rows=a&clauses-rows=b`. */
export function rowsOf(form: Form, name: string): string[] {
  const sent = form[`${name}-rows`];
  const rows = typeof sent === "string" ? [sent] : [...(sent ?? [])];
  return [...new Set(rows.filter((row) => /^[\w-]{1,40}$/.test(row)))].slice(0, 500);
}

/** A row as its controls say; a row whose id is that of a stored line keeps it. */
function rowFromForm(form: Form, name: string, row: string, fields: LineFields): Record<string, unknown> {
  const values: Record<string, unknown> = /^[0-9a-f-]{36}$/.test(row) ? { id: row } : {};
  for (const [fieldName, { kind, options }] of Object.entries(fields)) {
    values[fieldName] = kind.fromForm(form, `${name}-${row}-${fieldName}`, options);
  }
  return values;
}

/** Ordered rows with fields of their own. */
export function lines<const Fields extends LineFields>(
  options: Omit<LinesOptions, "fields" | "askedWhen"> & {
    readonly fields: Fields;
    readonly askedWhen?: Readonly<Partial<Record<NoInfer<keyof Fields & string>, NoInfer<AskedWhen<Fields>>>>>;
  },
): Field<readonly Line<Fields>[]> {
  // The schema is made from these fields, so its lines are of this narrower type; the conditions are of the shape that the kind has.
  return fieldOf(linesKind)(options as unknown as LinesOptions) as unknown as Field<readonly Line<Fields>[]>;
}
