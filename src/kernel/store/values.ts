import { isAsked, isGap } from "../asked.ts";
import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import { inSentence, isChosen, missing, schemaOf } from "../fields/kind.ts";
import type { Field, Form } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";

/** Values by field, as JSON carries them; null empties a field. */
export type Values = Readonly<Record<string, unknown>>;

interface CheckOptions {
  /** Whether fields that only the product sets may be given: for imports and our own code. */
  readonly trusted?: boolean;
  /** Only these fields may be given; every one that can be, when absent. */
  readonly allowed?: readonly string[];
}

/** Checks what came from outside, field by field. Refuses with a sentence for each field that is wrong. */
export function checkValues(type: RecordType, given: Values, options: CheckOptions = {}): Values {
  const problems: Problem[] = [];
  const checked: Record<string, unknown> = {};
  for (const [name, raw] of Object.entries(given)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (!field || field.kind.name === "computed" || (options.allowed && !options.allowed.includes(name))) {
      problems.push({ field: name, message: `“${name}” cannot be given here` });
    } else if (field.options.added?.retired && !options.trusted) {
      problems.push({ field: name, message: `${field.options.label} is not in use any more` });
    } else if (field.options.readOnly && !options.trusted) {
      problems.push({ field: name, message: `${field.options.label} is set by Reeve and cannot be given` });
    } else if (raw === null || raw === undefined || raw === "") {
      checked[name] = null;
    } else {
      const parsed = schemaOf(field).safeParse(raw);
      if (parsed.success) checked[name] = parsed.data;
      else problems.push({ field: name, message: messageOf(field, parsed.error.issues[0]) });
    }
  }
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return checked;
}

/** The fields that may be given outside a move: not those by which a move says what it did. */
export function givenOutsideMoves(type: RecordType): string[] {
  return Object.keys(type.fields).filter((name) => !type.fields[name]?.options.askedByMoveOnly);
}

/** What is wrong with a value; with lines, which of them it is. */
function messageOf({ kind, options }: Field, issue: { message: string; path: PropertyKey[] } | undefined): string {
  const message = issue?.message ?? `${options.label} is not valid`;
  const [at] = issue?.path ?? [];
  // Only the lines kind has this name, and its options carry what one is called.
  return kind.name === "lines" && typeof at === "number"
    ? `${(options as unknown as { one: string }).one} ${at + 1}: ${inSentence(message)}`
    : message;
}

/**
 * Refuses when a required field that is asked for would be empty. `values` are all the values that the record would have.
 * What the organisation added is asked for only where it is among `given`: records from before the field was added have none.
 */
export function checkRequired(
  type: RecordType,
  values: Values,
  alsoRequired: readonly string[] = [],
  given: Values = values,
): void {
  const problems = Object.entries(type.fields).flatMap(([name, { kind, options }]): Problem[] => {
    const required = options.required === true && (!options.added || given === values || name in given);
    const needed = required || alsoRequired.includes(name);
    return needed && isGap(values[name]) && isAsked(type, name, values)
      ? [
          {
            field: name,
            message: missing(options, isChosen(kind) ? "Select" : "Enter"),
          },
        ]
      : [];
  });
  if (problems.length > 0) throw new Refusal("invalid", problems);
}

/** Refuses a change of what is given once, when the record is made. */
export function checkFixed(type: RecordType, changed: Values): void {
  const problems = Object.keys(changed).flatMap((name): Problem[] => {
    const options = type.fields[name]?.options;
    return options?.fixed ? [{ field: name, message: `${options.label} cannot be changed afterwards` }] : [];
  });
  if (problems.length > 0) throw new Refusal("invalid", problems);
}

/** Refuses choices that are not offered any more. `changed` are the values that the record does not have yet. */
export function checkOffered(type: RecordType, changed: Values): void {
  const problems = Object.entries(changed).flatMap(([name, value]): Problem[] => {
    // Only choices can be told which of them are retired.
    const options = type.fields[name]?.options as
      { label: string; retired?: readonly string[]; options?: Readonly<Record<string, string>> } | undefined;
    const gone = [value].flat().find((key) => options?.retired?.includes(String(key)));
    return options === undefined || gone === undefined
      ? []
      : [
          {
            field: name,
            message: `${options.label}: “${options.options?.[String(gone)] ?? String(gone)}” is not in use any more`,
          },
        ];
  });
  if (problems.length > 0) throw new Refusal("invalid", problems);
}

/** What a form says of the fields named. A field whose control was left empty is null. */
export function valuesFromForm(type: RecordType, form: Form, names: readonly string[]): Values {
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = type.fields[name];
      return field ? [[name, field.kind.fromForm(form, name, field.options) ?? null]] : [];
    }),
  );
}

/** Whether two values of a field say the same; an empty list is as good as none. */
export function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(empty(one)) === JSON.stringify(empty(other));
}

function empty(value: unknown): unknown {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? null : value;
}
