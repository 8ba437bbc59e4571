import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** A telephone number as it is dialled, spaces and all: 3 to 15 figures, an extension allowed. */
export const phoneKind: FieldKind<CommonOptions, string> = {
  name: "phone",
  column: () => ({ type: "text", check: "length($) <= 40" }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Enter", "must be text") })
      .trim()
      .max(40, `${options.label} must be 40 characters or fewer`)
      .refine(isPhone, `${options.label} must be a telephone number, like 020 7946 0123`),
  fromForm: (form, name) => single(form, name),
  input: (_options, value) => ({
    widget: "text",
    value: value ?? "",
    inputType: "tel",
    autocomplete: "off",
    width: "medium",
  }),
  show: (_options, value) => ({ kind: "href", text: value, href: `tel:${value.replaceAll(/[^\d+]/g, "")}` }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell,
  filter: "text",
  sortable: false,
};

function isPhone(text: string): boolean {
  const [, number = ""] = /^\+?([\d ().-]{3,30}?)( ?(ext\.?|x) ?\d{1,6})?$/i.exec(text) ?? [];
  const figures = number.replaceAll(/\D/g, "").length;
  return figures >= 3 && figures <= 15;
}

export const phone = fieldOf(phoneKind);
