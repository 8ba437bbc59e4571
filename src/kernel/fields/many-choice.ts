import { z } from "zod";
import { keyOf, offered, quoted } from "./choice.ts";
import { fieldOf, missingOr } from "./kind.ts";
import type { CommonOptions, Field, FieldKind } from "./kind.ts";

export interface ManyChoiceOptions extends CommonOptions {
  readonly options: Readonly<Record<string, string>>;
  /** Keys that are not offered any more; records that have one keep it. */
  readonly retired?: readonly string[];
}

/** Any number of a few things. */
export const manyChoiceKind: FieldKind<ManyChoiceOptions, readonly string[]> = {
  name: "many-choice",
  column: ({ options }) => ({ type: "text[]", check: `$ <@ ARRAY[${quoted(options)}]` }),
  schema: (options) =>
    z
      .array(
        z.string().refine((key) => Object.hasOwn(options.options, key), {
          error: `${options.label} must be some of: ${Object.keys(options.options).join(", ")}`,
        }),
        { error: missingOr(options, "Select", "must be a list") },
      )
      .max(100)
      .transform((keys) => [...new Set(keys)]),
  fromForm: (form, name) => {
    const value = form[name];
    const keys = (typeof value === "string" ? [value] : (value ?? [])).filter((key) => key !== "");
    return keys.length > 0 ? keys : undefined;
  },
  input: (options, value) => ({
    widget: "checkboxes",
    values: value ?? [],
    options: offered(options, value ?? []),
  }),
  show: (options, value) => ({ kind: "tags", texts: value.map((key) => options.options[key] ?? key) }),
  // A label with a semicolon in it could not be told from two, so its key stands for it.
  text: (options, value) =>
    value.map((key) => (options.options[key]?.includes(";") ? key : (options.options[key] ?? key))).join("; "),
  fromText: (options, cell) =>
    cell
      .split(";")
      .filter((part) => part.trim() !== "")
      .map((part) => keyOf(options.options, part)),
  filter: null,
  sortable: false,
};

/** Some of the keys given, so that a typing mistake in code is a type error. */
export function manyChoice<const Options extends Readonly<Record<string, string>>>(
  options: Omit<ManyChoiceOptions, "options"> & { readonly options: Options },
): Field<readonly (keyof Options & string)[]> {
  // The schema admits the keys and nothing else, which is what the narrower type says.
  return fieldOf(manyChoiceKind)(options);
}
