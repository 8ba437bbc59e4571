import { askingOf, isAsked, isGap, withoutUnasked } from "../../kernel/asked.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { isChosen, missing, schemaOf } from "../../kernel/fields/kind.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { rowsOf } from "../../kernel/fields/lines.ts";
import type { RecordType } from "../../kernel/record.ts";
import { startingValues } from "../../kernel/store/create.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { linesIn } from "./field-value.ts";
import { linesOf } from "./seen-fields.ts";

/**
 * The values that a form gives for these fields. References and names become ids; a row left wholly empty is no line,
 * and a line that is not there any more becomes a new one, so that what was typed in it is kept.
 */
export async function readForm(
  tx: Tx,
  type: RecordType,
  form: Form,
  names: readonly string[],
  record: Stored | null,
): Promise<Values> {
  const values = await resolveLinks(tx, type, valuesFromForm(type, form, names));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = type.fields[name];
      const lines = field && linesOf(field);
      if (!lines) return [name, value];
      const asking = askingOf(lines);
      const known = new Map(linesIn(record?.values[name]).map((line) => [line.id, line]));
      return [
        name,
        linesIn(value)
          .filter((line) => !isBlank(line))
          .map((line) => withoutUnasked(asking, asStored(line, known.get(line.id)))),
      ];
    }),
  );
}

/**
 * The same, of what is asked for with these values: without the script the controls of the rest are there all the same, and
 * with it they may hold what was typed before they went.
 */
export async function readAsked(
  tx: Tx,
  type: RecordType,
  form: Form,
  names: readonly string[],
  record: Stored | null,
): Promise<Values> {
  const values = await readForm(tx, type, form, names, record);
  const all = await valuesWith(tx, type, values, record);
  return Object.fromEntries(Object.entries(values).filter(([name]) => isAsked(type, name, all)));
}

/** All the values that a record would have with these: those it has, or what a new one starts with where a control was left empty. */
export async function valuesWith(tx: Tx, type: RecordType, values: Values, record: Stored | null): Promise<Values> {
  if (record) return { ...record.values, ...values };
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return { ...(await startingValues(tx, type)), ...Object.fromEntries(given) };
}

/** A line as its record holds it, so that one which says the same is the same: with its id and number if it is known, without either if not. */
function asStored({ id: _id, number: _number, ...values }: Line, known: Line | undefined): Line {
  const own = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));
  if (known?.id === undefined) return own;
  return { id: known.id, ...(known.number === undefined ? {} : { number: known.number }), ...own };
}

/** Whether a new row was left as it came. A line that is kept and was emptied is refused, as any other gap. */
function isBlank(line: Line): boolean {
  return line.id === undefined && Object.values(line).every((value) => value === undefined || value === null);
}

/** Everything that is wrong with a form at once: what was refused, each line's own faults, and every gap that is left. */
export async function problemsOf(
  tx: Tx,
  type: RecordType,
  form: Form,
  {
    names,
    required,
    refusal,
    record,
  }: { names: readonly string[]; required: ReadonlySet<string>; refusal: Refusal; record: Stored | null },
): Promise<Problem[]> {
  if (refusal.kind !== "invalid") return [...refusal.problems];
  const values = await resolveLinks(tx, type, valuesFromForm(type, form, names));
  const all = await valuesWith(tx, type, values, record);
  const faults = names.flatMap((name) => lineProblems(type, form, name, values[name]));
  const faulty = new Set(faults.map(({ field }) => field?.split("-")[0]));
  const told = refusal.problems.filter(({ field }) => field === undefined || !faulty.has(field));
  const known = new Set([...told, ...faults].map(({ field }) => field));
  const gaps = names.flatMap((name): Problem[] => {
    const field = type.fields[name];
    const value = values[name];
    if (!field || !isGap(value) || !required.has(name) || known.has(name) || faulty.has(name)) return [];
    if (!isAsked(type, name, all)) return [];
    return [
      {
        field: name,
        message: missing(field.options, isChosen(field.kind) ? "Select" : "Enter"),
      },
    ];
  });
  const place = new Map(names.map((name, at) => [name, at]));
  const placeOf = ({ field }: Problem) => place.get(field?.split("-")[0] ?? "") ?? -1;
  return [...told, ...faults, ...gaps].toSorted((one, other) => placeOf(one) - placeOf(other));
}

/** What is wrong in each row of a field of lines, at the control that it is about. */
function lineProblems(type: RecordType, form: Form, name: string, value: unknown): Problem[] {
  const field = type.fields[name];
  const lines = field && linesOf(field);
  if (!lines) return [];
  const rows = rowsOf(form, name);
  const asking = askingOf(lines);
  return linesIn(value).flatMap((line, at) => {
    if (isBlank(line)) return [];
    return Object.entries(lines.fields).flatMap(([part, { kind, options }]): Problem[] => {
      const typed = line[part] ?? undefined;
      if (!isAsked(asking, part, line)) return [];
      if (typed === undefined && !options.required) return [];
      const parsed = schemaOf({ kind, options }).safeParse(typed);
      return parsed.success
        ? []
        : [
            {
              field: `${name}-${rows[at]}-${part}`,
              message: parsed.error.issues[0]?.message ?? `${options.label} is not valid`,
            },
          ];
    });
  });
}
