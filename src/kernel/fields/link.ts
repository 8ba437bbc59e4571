import { z } from "zod";
import { fieldOf, missing } from "./kind.ts";
import type { CommonOptions, FieldKind, Form } from "./kind.ts";

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
    // Where some are proposed there are two controls; of two answers the schema says that one is too many.
    fromForm: (form, control) => {
      const given = [...new Set(all(form, control))];
      return given.length < 2 ? given[0] : given;
    },
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
        : Array.isArray(issue.input)
          ? `${options.label}: select one of those proposed or name somebody else, not both`
          : `${options.label}: no such record. Give its reference, its exact name or its id`,
  });
  return id.toLowerCase();
}

/** What the controls of a name hold, without those that were left empty. */
function all(form: Form, control: string): string[] {
  return [form[control] ?? []].flat().flatMap((text) => (text.trim() === "" ? [] : [text.trim()]));
}

export const link = fieldOf(linkKind);
