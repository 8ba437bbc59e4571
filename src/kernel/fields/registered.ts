import { z } from "zod";
import type { RecordType } from "../record.ts";
import { keyOf } from "./choice.ts";
import { fieldOf, missingOr } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

/** Every type of the product, by name. */
export type Types = ReadonlyMap<string, RecordType>;

export interface RegisteredOptions extends CommonOptions {
  /** What is offered, from the types of the product: the name that is stored to what people read. */
  readonly from: (types: Types) => Readonly<Record<string, string>>;
  /** Where what is chosen leads to, by the name that is stored; shown as a link where it is one alone. */
  readonly leadsTo?: (types: Types) => Readonly<Record<string, string>>;
  /** Whether any number of them may be chosen; stored with commas between them. */
  readonly many?: boolean;
  /** The most characters that are stored; 60 unless told. */
  readonly max?: number;
  /** What is offered, once the registry knows every type (see `withRegistered`). */
  readonly options?: Readonly<Record<string, string>>;
  /** Where they lead to, filled in likewise. */
  readonly hrefs?: Readonly<Record<string, string>>;
}

/** Names of the product itself, such as a type of record: chosen by what people read, stored as the name. */
export const registeredKind: FieldKind<RegisteredOptions, string> = {
  name: "registered name",
  column: ({ max = 60 }) => ({ type: "text", check: `length($) <= ${max}` }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Select", "must be text") })
      .trim()
      .max(options.max ?? 60, `${options.label} must be ${options.max ?? 60} characters or fewer`)
      .transform((text) => namesIn(options, text).join(", "))
      .refine((text) => namesIn(options, text).every((name) => Object.hasOwn(options.options ?? {}, name)), {
        error: `${options.label} must be ${options.many ? "some" : "one"} of: ${Object.values(options.options ?? {}).join(", ")}`,
      }),
  fromForm: (form, name) => {
    const chosen = [form[name] ?? []].flat().filter((one) => one.trim() !== "");
    return chosen.length > 0 ? chosen.join(", ") : undefined;
  },
  input: (options, value) => {
    const known = Object.entries(options.options ?? {});
    const offered = known.map(([name, label]) => ({ value: name, label }));
    if (options.many) return { widget: "checkboxes", values: namesIn(options, value ?? ""), options: offered };
    const kept = value === null || known.some(([name]) => name === value) ? [] : [{ value, label: value }];
    return { widget: "select", value: value ?? "", options: [...offered, ...kept] };
  },
  show: (options, value) => {
    const text = labelsOf(options, value);
    const href = options.hrefs && Object.hasOwn(options.hrefs, value) ? options.hrefs[value] : undefined;
    return href === undefined ? { kind: "text", text } : { kind: "href", text, href };
  },
  text: (options, value) => labelsOf(options, value),
  fromText: (options, text) => namesIn(options, text).join(", "),
  filter: "text",
  sortable: true,
};

/** The names that a text means: each a name or what people read, in any case. What is neither stays as it is. */
function namesIn(options: RegisteredOptions, text: string): string[] {
  const known = options.options ?? {};
  if (!options.many) return [keyOf(known, text)];
  const parts = text.split(",").flatMap((part) => {
    const name = keyOf(known, part);
    // Names were once written with spaces between them as well.
    return Object.hasOwn(known, name) ? [name] : part.split(/\s+/).map((word) => keyOf(known, word));
  });
  return [...new Set(parts.filter((part) => part !== ""))];
}

function labelsOf(options: RegisteredOptions, value: string): string {
  return namesIn(options, value)
    .map((name) => options.options?.[name] ?? name)
    .join(", ");
}

/** The types with what their fields offer of the registry filled in. */
export function withRegistered(type: RecordType, types: Types): RecordType {
  const fields = Object.entries(type.fields).map(([name, field]) => {
    if (field.kind.name !== registeredKind.name) return [name, field] as const;
    // Only this kind has this name, and its options say from where they come.
    const options = field.options as RegisteredOptions;
    const hrefs = options.leadsTo?.(types);
    const known = { ...options, options: options.from(types), ...(hrefs ? { hrefs } : {}) };
    return [name, { ...field, options: known }] as const;
  });
  return { ...type, fields: Object.fromEntries(fields) };
}

/** Every type, by what its records are called. */
export function everyType(types: Types): Readonly<Record<string, string>> {
  return Object.fromEntries([...types].map(([name, { label }]) => [name, label.many]));
}

/** The list of each type. */
export function everyList(types: Types): Readonly<Record<string, string>> {
  return Object.fromEntries([...types].map(([name, { path }]) => [name, `/${path}`]));
}

export const registered = fieldOf(registeredKind);
