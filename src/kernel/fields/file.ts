import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** What a form holds in the place of a file that was larger than one may be. */
export const tooLarge = "too large";

/** A file that was sent, by its id. The web keeps what came with a form, and puts the id in its place, before the form is read. */
export const fileKind: FieldKind<CommonOptions, string> = {
  name: "file",
  column: () => ({ type: "uuid", refersToFile: true }),
  schema: (options) =>
    z.uuid({
      error: ({ input }) =>
        input === tooLarge
          ? `${options.label} must be 25 MB or smaller`
          : missingOr(options, "Select", "must be sent again")({ input }),
    }),
  fromForm: (form, name) => (single(form, `${name}-remove`) === "yes" ? undefined : single(form, name)),
  input: (_options, value) => ({ widget: "file", value: value ?? "" }),
  show: (_options, value) => ({ kind: "file", id: value }),
  text: (_options, value) => value,
  fromText: (_options, cell) => cell.trim(),
  filter: null,
  sortable: false,
};

export const file = fieldOf(fileKind);
