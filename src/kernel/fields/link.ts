import { z } from "zod";
import { fieldOf, missing, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

export interface LinkOptions extends CommonOptions {
  /** The name of the type it leads to. */
  readonly to: string;
  /** How the other end reads it: "Tickets in this queue". */
  readonly reverse?: string;
}

/** One record of another type, by its id. */
export const linkKind: FieldKind<LinkOptions, string> = recordKind("link", (options) => options.to);

/** What links, people and teams share: a column that points at a record. */
export function recordKind<Options extends CommonOptions>(
  name: string,
  target: (options: Options) => string,
): FieldKind<Options, string> {
  return {
    name,
    column: () => ({ type: "uuid", refersToRecord: true }),
    schema: (options) => recordSchema(options),
    fromForm: (form, control) => single(form, control),
    input: (options, value) => ({ widget: "record", type: target(options), value: value ?? "", many: false }),
    show: (_options, value) => ({ kind: "record", id: value }),
    text: (_options, value) => value,
    fromText: (_options, cell) => cell.trim(),
    filter: "record",
    sortable: false,
  };
}

/** The id of a record. A reference or name is turned into the id before it gets here. */
export function recordSchema(options: CommonOptions): z.ZodType<string> {
  const id = z.uuid({
    error: (issue) =>
      issue.input === undefined || issue.input === null || issue.input === ""
        ? missing(options, "Select")
        : `${options.label}: no such record. Give its reference, its exact name or its id`,
  });
  return id.toLowerCase();
}

export const link = fieldOf(linkKind);
