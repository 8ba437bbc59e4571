import { z } from "zod";
import { fieldOf } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { recordSchema } from "./link.ts";
import type { LinkOptions } from "./link.ts";

/** Any number of records of another type, at most 200. Kept in the shared table of links, readable from both ends. */
export const linksKind: FieldKind<LinkOptions, readonly string[]> = {
  name: "links",
  column: () => null,
  schema: (options) =>
    z
      .array(recordSchema(options), { error: `${options.label} must be a list of records` })
      .max(200, `${options.label} can hold at most 200 records`)
      .transform((ids) => [...new Set(ids)]),
  fromForm: (form, name) => {
    const value = form[name];
    const several = (typeof value === "string" ? value.split(/[,\n]/) : (value ?? []))
      .map((id) => id.trim())
      .filter((id) => id !== "");
    return several.length > 0 ? several : undefined;
  },
  input: (options, value) => ({ widget: "record", type: options.to, value: (value ?? []).join(", "), many: true }),
  show: (_options, value) => ({ kind: "records", ids: value }),
  text: (_options, value) => value.join("; "),
  fromText: (_options, cell) =>
    cell
      .split(";")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
  filter: "records",
  sortable: false,
};

export const links = fieldOf(linksKind);
