import { fieldOf, single } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { formatNumber, numberFromText, numberSchema, plainNumber } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

/** A share in hundredths: 12.5 is 12.5 %. */
export const percentKind: FieldKind<NumberOptions, number> = {
  name: "percent",
  column: () => ({ type: "double precision" }),
  schema: (options) => numberSchema(options, { min: 0, max: 100, whole: false }),
  fromForm: (form, name) => fromTyped(single(form, name)),
  input: (_options, value) => ({
    widget: "number",
    value: value === null ? "" : plainNumber(value),
    suffix: "%",
    decimal: true,
  }),
  show: (_options, value) => ({ kind: "number", text: `${formatNumber(value)}%` }),
  text: (_options, value) => plainNumber(value),
  fromText: (_options, cell) => fromTyped(cell),
  sheet: { format: "0.##%", value: (_options, value) => value / 100 },
  filter: "number-range",
  sortable: true,
};

function fromTyped(typed: string | undefined): unknown {
  return typed === undefined ? undefined : numberFromText(typed.replace(/\s*%\s*$/, ""));
}

export const percent = fieldOf(percentKind);
