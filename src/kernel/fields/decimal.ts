import { fieldOf } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { formatNumber, numberFromForm, numberFromText, numberSchema, plainNumber } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

/** A measured number with a fraction; not for money. */
export const decimalKind: FieldKind<NumberOptions, number> = {
  name: "decimal",
  column: () => ({ type: "double precision" }),
  schema: (options) => numberSchema(options, { min: -1e12, max: 1e12, whole: false }),
  fromForm: numberFromForm,
  input: (_options, value) => ({ widget: "number", value: value === null ? "" : plainNumber(value), decimal: true }),
  show: (_options, value) => ({ kind: "number", text: formatNumber(value) }),
  text: (_options, value) => plainNumber(value),
  fromText: (_options, cell) => numberFromText(cell),
  sheet: { format: "#,##0.######", value: (_options, value) => value },
  filter: "number-range",
  sortable: true,
};

export const decimal = fieldOf(decimalKind);
