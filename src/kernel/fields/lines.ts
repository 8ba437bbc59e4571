import { z } from "zod";
import { fieldOf, missingOr } from "./kind.ts";
import type { CommonOptions, Field, FieldKind, Form, ValueOf } from "./kind.ts";

/** The fields of a line, by name. */
export type LineFields = Readonly<Record<string, Field>>;

export interface LinesOptions extends CommonOptions {
  /** What one of them is called: "Clause". */
  readonly one: string;
  readonly fields: LineFields;
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
      .array(lineSchema(options.fields), { error: missingOr(options, "Enter", "must be a list of lines") })
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

/** One line: each field by its own schema, absent ones as null, unknown names refused. */
export function lineSchema(fields: LineFields): z.ZodType {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([name, { kind, options }]) => {
      const schema = kind.schema(options);
      return [name, options.required ? schema : schema.nullish()];
    }),
  );
  const names = Object.keys(shape).join(", ");
  return z.strictObject(
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
  options: Omit<LinesOptions, "fields"> & { readonly fields: Fields },
): Field<readonly Line<Fields>[]> {
  // The schema is made from these fields, so its lines are of this narrower type.
  return fieldOf(linesKind)(options) as unknown as Field<readonly Line<Fields>[]>;
}
