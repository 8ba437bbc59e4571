import { z } from "zod";
import { toHtml } from "../markdown.ts";
import { fieldOf, missing, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

export interface LongTextOptions extends CommonOptions {
  /** The most characters it may have; 20,000 unless told. */
  readonly max?: number;
  readonly rows?: number;
}

/** Paragraphs of text in Markdown, made safe when shown. */
export const longTextKind: FieldKind<LongTextOptions, string> = {
  name: "long text",
  column: (options) => ({ type: "text", check: `length($) <= ${options.max ?? 20_000}` }),
  schema: (options) => paragraphsSchema(options, options.max ?? 20_000),
  fromForm: (form, name) => single(form, name),
  input: (options, value) => ({ widget: "textarea", value: value ?? "", rows: options.rows ?? 6 }),
  show: (_options, value) => ({ kind: "html", html: toHtml(value), text: value }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell,
  filter: null,
  sortable: false,
};

/** Checked paragraphs: any text but U+0000 and broken surrogates, each line ended as the web ends it within a value (U+000A). */
export function paragraphsSchema(options: CommonOptions, max: number): z.ZodType<string> {
  return z
    .string({ error: missingOr(options, "Enter", "must be text") })
    .overwrite((text) => text.replaceAll(/\r\n?/g, "\n"))
    .trim()
    .min(1, missing(options, "Enter"))
    .max(max, `${options.label} must be ${max.toLocaleString("en-GB")} characters or fewer`)
    .refine((text) => text.isWellFormed() && !text.includes("\u0000"), `${options.label} must be ordinary text`);
}

export const longText = fieldOf(longTextKind);
