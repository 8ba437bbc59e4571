import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** What a form holds in the place of a file that was not taken, and what then follows the name of the field. */
export const notTaken = {
  "too large": "must be 25 MB or smaller",
  infected: "has a virus in it, so it was not kept",
  unscanned: "could not be looked at for viruses just now, so it was not kept. Try again in a few minutes",
} as const;

/** Why the file was not taken in whose place a form holds this, to follow its name; null where a file was. */
export function whyNotTaken(held: unknown): string | null {
  // `hasOwn` says that it is one of these.
  return typeof held === "string" && Object.hasOwn(notTaken, held) ? notTaken[held as keyof typeof notTaken] : null;
}

/** A file that was sent, by its id. The web keeps what came with a form, and puts the id in its place, before the form is read. */
export const fileKind: FieldKind<CommonOptions, string> = {
  name: "file",
  column: () => ({ type: "uuid", refersToFile: true }),
  schema: (options) =>
    z.uuid({
      error: ({ input }) => {
        const why = whyNotTaken(input);
        return why === null ? missingOr(options, "Select", "must be sent again")({ input }) : `${options.label} ${why}`;
      },
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
