import { z } from "zod";
import { fieldOf } from "./kind.ts";
import type { CommonOptions, FieldKind, Shown } from "./kind.ts";

export interface ComputedOptions extends CommonOptions {
  /** The value, from the record's other values as stored. Pure: no database and no clock in it. */
  readonly from: (values: Readonly<Record<string, unknown>>) => string | number | boolean | null;
}

/** Worked out from the other fields each time it is read; never stored, never typed. */
export const computedKind: FieldKind<ComputedOptions, string | number | boolean | null> = {
  name: "computed",
  column: () => null,
  schema: () => z.union([z.string(), z.number(), z.boolean(), z.null()]),
  fromForm: () => undefined,
  input: (_options, value) => ({ widget: "text", value: String(value ?? "") }),
  show: (_options, value): Shown =>
    typeof value === "number" ? { kind: "number", text: String(value) } : { kind: "text", text: String(value ?? "") },
  text: (_options, value) => String(value ?? ""),
  fromText: () => undefined,
  filter: null,
  sortable: false,
};

const make = fieldOf(computedKind);

/** A value worked out from the others. It cannot be given, so it is read-only whatever the definition says. */
export function computed(options: ComputedOptions) {
  return make({ ...options, readOnly: true });
}
