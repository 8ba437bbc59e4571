import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** Yes or no. */
export const yesNoKind: FieldKind<CommonOptions, boolean> = {
  name: "yes/no",
  column: () => ({ type: "boolean" }),
  schema: (options) => z.boolean({ error: missingOr(options, "Select", "must be yes or no") }),
  fromForm: (form, name) => fromText(single(form, name)),
  input: (_options, value) => ({ widget: "yes-no", value: value === null ? "" : value ? "yes" : "no" }),
  show: (_options, value) => ({ kind: "text", text: value ? "Yes" : "No" }),
  text: (_options, value) => (value ? "yes" : "no"),
  fromText: (_options, cell) => fromText(cell),
  filter: "yes-no",
  sortable: true,
};

function fromText(typed: string | undefined): unknown {
  const word = typed?.trim().toLowerCase();
  if (word === undefined || word === "") return undefined;
  if (["yes", "y", "true", "1"].includes(word)) return true;
  return ["no", "n", "false", "0"].includes(word) ? false : typed;
}

export const yesNo = fieldOf(yesNoKind);
