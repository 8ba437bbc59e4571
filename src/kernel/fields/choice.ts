import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, Field, FieldKind, Tone } from "./kind.ts";

export interface ChoiceOptions extends CommonOptions {
  /** Stored key to what people read. */
  readonly options: Readonly<Record<string, string>>;
  readonly tones?: Readonly<Record<string, Tone>>;
  /** The key that a new record starts with. */
  readonly default?: string;
  /** Keys that are not offered any more; records that have one keep it. */
  readonly retired?: readonly string[];
  /** Whether an administrator may add choices to it, call them otherwise and retire them. */
  readonly extendable?: boolean;
}

/** One of a few things. */
export const choiceKind: FieldKind<ChoiceOptions, string> = {
  name: "choice",
  column: ({ options, extendable }) => ({
    type: "text",
    check: extendable ? "length($) <= 60" : `$ = ANY (ARRAY[${quoted(options)}])`,
  }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Select", `must be one of: ${Object.keys(options.options).join(", ")}`) })
      .refine((key) => Object.hasOwn(options.options, key), {
        error: `${options.label} must be one of: ${Object.keys(options.options).join(", ")}`,
      }),
  fromForm: (form, name) => single(form, name),
  input: (options, value) => {
    const chosen = value ?? options.default ?? "";
    const list = offered(options, [chosen]);
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

/** The choices that a form offers: those in use, and a retired one where the record has it. */
export function offered(
  { options, retired = [] }: Pick<ChoiceOptions, "options" | "retired">,
  chosen: readonly string[],
): { value: string; label: string }[] {
  return Object.entries(options)
    .filter(([key]) => !retired.includes(key) || chosen.includes(key))
    .map(([key, label]) => ({ value: key, label }));
}

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
