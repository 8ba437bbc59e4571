import { z } from "zod";
import { fieldOf, missing, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

export interface TextOptions extends CommonOptions {
  /** The most characters it may have; 200 unless told. */
  readonly max?: number;
}

/** One line of text. */
export const textKind: FieldKind<TextOptions, string> = {
  name: "text",
  column: (options) => ({ type: "text", check: `length($) <= ${options.max ?? 200}` }),
  schema: (options) => lineSchema(options, options.max ?? 200),
  fromForm: (form, name) => single(form, name),
  input: (_options, value) => ({ widget: "text", value: value ?? "" }),
  show: (_options, value) => ({ kind: "text", text: value }),
  text: (_options, value) => value,
  fromText: (_options, text) => text,
  filter: "text",
  sortable: true,
};

/** A checked line: trimmed, not empty, no control characters, no longer than `max`. */
export function lineSchema(options: CommonOptions, max: number): z.ZodType<string> {
  return z
    .string({ error: missingOr(options, "Enter", "must be text") })
    .trim()
    .min(1, missing(options, "Enter"))
    .max(max, `${options.label} must be ${max} characters or fewer`)
    .refine((text) => !hasControlCharacters(text), `${options.label} must not contain control characters`);
}

/** PostgreSQL cannot hold U+0000, half a surrogate pair is no text, and the rest of C0 has no business in a line. */
function hasControlCharacters(text: string): boolean {
  return !text.isWellFormed() || /[\u0000-\u001f\u007f]/u.test(text);
}

export const text = fieldOf(textKind);
