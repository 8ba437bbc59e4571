import { fieldOf } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { formatNumber, numberFromForm, numberFromText, numberSchema, plainNumber } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

interface WholeNumberOptions extends NumberOptions {
  /** What each number stands for, where there are a few and each has a meaning: people then choose by the meaning. */
  readonly labels?: Readonly<Record<number, string>>;
}

/** A count: a whole number of at most nine figures, unless told otherwise. */
export const wholeNumberKind: FieldKind<WholeNumberOptions, number> = {
  name: "whole number",
  column: () => ({ type: "integer" }),
  schema: (options) => numberSchema(options, { min: -999_999_999, max: 999_999_999, whole: true }),
  fromForm: numberFromForm,
  input: ({ labels }, value) => {
    const held = value === null ? "" : plainNumber(value);
    if (!labels) return { widget: "number", value: held };
    return {
      widget: "radios",
      value: held,
      options: Object.entries(labels).map(([number, label]) => ({ value: number, label })),
    };
  },
  show: ({ labels }, value) => {
    const label = labels?.[value];
    return { kind: "number", text: label === undefined ? formatNumber(value) : `${label} (${formatNumber(value)})` };
  },
  text: (_options, value) => plainNumber(value),
  fromText: (_options, cell) => numberFromText(cell),
  sheet: { format: "#,##0", value: (_options, value) => value },
  filter: "number-range",
  sortable: true,
};

export const wholeNumber = fieldOf(wholeNumberKind);
