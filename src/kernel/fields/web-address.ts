import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** A page on the web: http or https and nothing else, so that showing it as a link is safe. */
export const webAddressKind: FieldKind<CommonOptions, string> = {
  name: "web address",
  column: () => ({ type: "text", check: "length($) <= 2000 AND $ ~ '^https?://'::text" }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Enter", "must be text") })
      .trim()
      .max(2000, `${options.label} must be 2,000 characters or fewer`)
      .refine(isWebAddress, `${options.label} must be a web address, like https://www.example.gov.uk`),
  fromForm: (form, name) => single(form, name),
  input: (_options, value) => ({ widget: "text", value: value ?? "", inputType: "url", autocomplete: "off" }),
  show: (_options, value) => ({ kind: "href", text: value, href: value }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell,
  filter: "text",
  sortable: false,
};

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && !/[\s\u0000-\u001f]/.test(text);
}

export const webAddress = fieldOf(webAddressKind);
