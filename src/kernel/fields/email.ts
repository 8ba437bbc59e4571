import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** An e-mail address, in lower case. */
export const emailKind: FieldKind<CommonOptions, string> = {
  name: "e-mail",
  column: () => ({ type: "text", check: "length($) <= 254" }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Enter", "must be text") })
      .trim()
      .toLowerCase()
      .max(254, `${options.label} must be 254 characters or fewer`)
      .pipe(z.email(`${options.label} must be an e-mail address, like name@example.com`)),
  fromForm: (form, name) => single(form, name),
  input: (_options, value) => ({ widget: "text", value: value ?? "", inputType: "email", autocomplete: "off" }),
  show: (_options, value) => ({
    kind: "href",
    text: value,
    href: `mailto:${encodeURIComponent(value).replace("%40", "@")}`,
  }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell,
  filter: "text",
  sortable: true,
};

export const email = fieldOf(emailKind);
