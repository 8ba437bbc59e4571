import type { Problem } from "./errors.ts";
import type { Field, ValueOf } from "./fields/kind.ts";

type Fields = Readonly<Record<string, Field>>;

/** What of a field's values others can depend on: the keys of a choice, yes and no. */
type Answer<Value> = Value extends boolean
  ? Value
  : Value extends string
    ? string extends Value
      ? never
      : Value
    : never;

/** A field is asked for while another, which is asked for itself, holds one of these values. */
export type AskedWhen<F extends Fields> = {
  readonly [Name in keyof F & string]: [Answer<ValueOf<F[Name]>>] extends [never]
    ? never
    : { readonly field: Name; readonly is: readonly Answer<ValueOf<F[Name]>>[] };
}[keyof F & string];

/** The same as the kernel handles it, by the field that is asked for or not. */
export type AskedWhenByField = Readonly<
  Record<string, { readonly field: string; readonly is: readonly (string | boolean)[] }>
>;

/** The part of a type, or of the lines of a field, that says which of its fields are asked for. */
export interface Asking {
  readonly fields: Fields;
  readonly askedWhen: AskedWhenByField;
}

/** A field as it is asked for on a page of its own: as a question in plain words, with a hint of its own. */
export interface Question<FieldName extends string> {
  readonly field: FieldName;
  readonly ask?: string;
  readonly hint?: string;
  /** Of a choice, what only those are offered who fill in the whole form. */
  readonly without?: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** Whether a field is asked for where a record holds, or would hold, these values. */
export function isAsked(type: Asking, name: string, values: Values): boolean {
  const when = conditionOf(type, name);
  return (
    when === undefined ||
    (isAsked(type, when.field, values) && when.is.some((answer) => answer === (values[when.field] ?? null)))
  );
}

/** The field on which it depends whether this one is asked for; undefined where it always is. */
export function conditionOf({ askedWhen }: Asking, name: string): AskedWhenByField[string] | undefined {
  return Object.hasOwn(askedWhen, name) ? askedWhen[name] : undefined;
}

/** “only where Kind is “Request””; null for a field that is always asked for. */
export function whenAsked(type: Asking, name: string): string | null {
  const when = conditionOf(type, name);
  const field = when && type.fields[when.field];
  if (!field) return null;
  const answers = when.is.map((answer) => {
    const shown = field.kind.show(field.options, answer);
    return `“${"text" in shown ? shown.text : String(answer)}”`;
  });
  return `only where “${field.options.label}” is ${answers.join(" or ")}`;
}

/** The lines of a field as something whose fields are asked for by one another. */
export function askingOf({ fields, askedWhen = {} }: { fields: Fields; askedWhen?: AskedWhenByField }): Asking {
  return { fields, askedWhen };
}

/** A line without what is not asked for in it. */
export function withoutUnasked<Line extends Values>(asking: Asking, line: Line): Line {
  const unasked = Object.keys(asking.askedWhen).filter((name) => !isGap(line[name]) && !isAsked(asking, name, line));
  return unasked.length === 0 ? line : { ...line, ...Object.fromEntries(unasked.map((name) => [name, null])) };
}

/** What is wrong with values that were given for fields which are not asked for. `values` are all that the record would have. */
export function unaskedProblems(type: Asking, given: Values, values: Values): Problem[] {
  return Object.entries(given).flatMap(([name, value]) =>
    isGap(value) || isAsked(type, name, values)
      ? []
      : [
          {
            field: name,
            message: `${type.fields[name]?.options.label ?? name} is asked for ${whenAsked(type, name)}. Leave it out`,
          },
        ],
  );
}

/** What a change empties: fields that were asked for before it and are not after it. */
export function noLongerAsked(type: Asking, before: Values, after: Values): Values {
  return Object.fromEntries(
    Object.keys(type.askedWhen)
      .filter((name) => !isGap(before[name]) && isAsked(type, name, before) && !isAsked(type, name, after))
      .map((name) => [name, Array.isArray(before[name]) ? [] : null]),
  );
}

/** Whether a value says nothing. */
export function isGap(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Throws for a condition that types cannot see to be wrong: one that no form could ask in order. */
export function checkAskedWhen(name: string, type: Asking, form: readonly string[], titleField: string): void {
  for (const [asked, { field }] of Object.entries(type.askedWhen)) {
    const [own, other] = [type.fields[asked]?.options, type.fields[field]?.options];
    const wrong =
      asked === titleField
        ? "every record has a title"
        : own?.readOnly || own?.askedByMoveOnly
          ? "the form does not ask for it"
          : other?.internal && !own?.internal
            ? `${field} is internal, and those who cannot read it could not know`
            : form.includes(asked) && form.indexOf(field) > form.indexOf(asked)
              ? `the form must ask for ${field} before it`
              : leadsBack(type, asked)
                ? "it depends on itself"
                : null;
    if (wrong !== null) throw new Error(`${name}.askedWhen.${asked}: ${wrong}`);
  }
}

/** The same of the conditions among the fields of lines. */
export function checkAskedWhenOfLines(name: string, fields: Fields): void {
  for (const [field, { options }] of Object.entries(fields)) {
    // Only lines have fields of their own, and conditions among them.
    const lines = options as { fields?: Fields; askedWhen?: AskedWhenByField };
    if (lines.fields)
      checkAskedWhen(`${name}.${field}`, askingOf({ ...lines, fields: lines.fields }), Object.keys(lines.fields), "");
  }
}

function leadsBack(type: Asking, asked: string): boolean {
  const met = new Set([asked]);
  for (let next = conditionOf(type, asked)?.field; next !== undefined; next = conditionOf(type, next)?.field) {
    if (met.has(next)) return true;
    met.add(next);
  }
  return false;
}
