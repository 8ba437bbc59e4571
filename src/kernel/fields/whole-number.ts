import { fieldOf } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { formatNumber, numberFromForm, numberFromText, numberSchema, plainNumber } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

/** A count: a whole number of at most nine figures, unless told otherwise. */
export const wholeNumberKind: FieldKind<NumberOptions, number> = {
  name: "whole number",
  column: () => ({ type: "integer" }),
  schema: (options) => numberSchema(options, { min: -999_999_999, max: 999_999_999, whole: true }),
  fromForm: numberFromForm,
  input: (_options, value) => ({ widget: "number", value: value === null ? "" : plainNumber(value) }),
  show: (_options, value) => ({ kind: "number", text: formatNumber(value) }),
  text: (_options, value) => plainNumber(value),
  fromText: (_options, cell) => numberFromText(cell),
  filter: "number-range",
  sortable: true,
};

export const wholeNumber = fieldOf(wholeNumberKind);
