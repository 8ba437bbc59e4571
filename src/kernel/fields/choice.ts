import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, Field, FieldKind, Tone } from "./kind.ts";

export interface ChoiceOptions extends CommonOptions {
  /** Stored key to what people read. */
  readonly options: Readonly<Record<string, string>>;
  readonly tones?: Readonly<Record<string, Tone>>;
  /** The key that a new record starts with. */
  readonly default?: string;
}

/** One of a few things. */
export const choiceKind: FieldKind<ChoiceOptions, string> = {
  name: "choice",
  column: ({ options }) => ({ type: "text", check: `$ = ANY (ARRAY[${quoted(options)}])` }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Select", `must be one of: ${Object.keys(options.options).join(", ")}`) })
      .refine((key) => Object.hasOwn(options.options, key), {
        error: `${options.label} must be one of: ${Object.keys(options.options).join(", ")}`,
      }),
  fromForm: (form, name) => single(form, name),
  input: (options, value) => {
    const list = Object.entries(options.options).map(([key, label]) => ({ value: key, label }));
    const chosen = value ?? options.default ?? "";
    return list.length <= 5
      ? { widget: "radios", value: chosen, options: list, inline: list.length <= 3 }
      : { widget: "select", value: chosen, options: list };
  },
  show: (options, value) => {
    const text = options.options[value] ?? value;
    const tone = options.tones?.[value];
    return tone ? { kind: "tag", text, tone } : { kind: "text", text };
  },
  text: (options, value) => options.options[value] ?? value,
  fromText: (options, cell) => keyOf(options.options, cell),
  filter: "one-of",
  sortable: true,
};

/** The key of a label or key as a file may spell it. */
export function keyOf(options: Readonly<Record<string, string>>, cell: string): string {
  const wanted = cell.trim().toLowerCase();
  const found = Object.entries(options).find(
    ([key, label]) => key.toLowerCase() === wanted || label.toLowerCase() === wanted,
  );
  return found?.[0] ?? cell;
}

/** Keys as SQL literals with the type that the catalogue shows. */
export function quoted(options: Readonly<Record<string, string>>): string {
  return Object.keys(options)
    .map((key) => `'${key.replaceAll("'", "''")}'::text`)
    .join(", ");
}

/** A choice whose value is one of the keys given, so that a typing mistake in code is a type error. */
export function choice<const Options extends Readonly<Record<string, string>>>(
  options: Omit<ChoiceOptions, "options" | "default" | "tones"> & {
    readonly options: Options;
    readonly default?: NoInfer<keyof Options & string>;
    readonly tones?: Readonly<Partial<Record<NoInfer<keyof Options & string>, Tone>>>;
  },
): Field<keyof Options & string> {
  // The schema admits the keys and nothing else, which is what the narrower type says.
  return fieldOf(choiceKind)(options as unknown as ChoiceOptions);
}
