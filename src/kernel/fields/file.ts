import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** A file that was uploaded, by its id. The page stores what was sent before the form is read. */
export const fileKind: FieldKind<CommonOptions, string> = {
  name: "file",
  column: () => ({ type: "uuid", refersToFile: true }),
  schema: (options) => z.uuid({ error: missingOr(options, "Select", "must be uploaded again") }),
  fromForm: (form, name) => single(form, name),
  input: () => ({ widget: "file" }),
  show: (_options, value) => ({ kind: "file", id: value }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell.trim(),
  filter: null,
  sortable: false,
};

export const file = fieldOf(fileKind);
