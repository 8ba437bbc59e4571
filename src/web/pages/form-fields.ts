import { conditionOf, isAsked, isGap } from "../../kernel/asked.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Proposals } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import { choiceDefaults } from "../../kernel/store/create.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { FormError, FormField, HiddenField } from "../view/models.ts";
import { whenOf } from "./asked-control.ts";
import { controlId, fieldInput } from "./field-input.ts";
import type { Control, Holding, InputParts, Proposed } from "./field-input.ts";
import { mentionedIn } from "./field-value.ts";
import { lineInputs } from "./line-inputs.ts";
import { lookupsFor, offeredIn } from "./lookups.ts";
import type { Lookup } from "./lookups.ts";
import { linesOf } from "./seen-fields.ts";

/** What a form is made from. */
export interface FormParts {
  readonly names: readonly string[];
  readonly required: ReadonlySet<string>;
  /** Values to start from: those of the record, or of a new one. */
  readonly values: Values;
  /** What was typed, where the form comes back; `values` are shown otherwise. */
  readonly holding?: Extract<Holding, { kind: "typed" }>;
  /** Fields that show their value all the same, because the person left them as they were. */
  readonly untouched?: ReadonlySet<string>;
  readonly problems?: readonly Problem[];
  /** The record that the form is about; null for a new one. */
  readonly record?: Stored | null;
  /** What is proposed first, by field. */
  readonly proposals?: ReadonlyMap<string, Proposals>;
}

/** The controls of some fields of a type, what is wrong with them, and the hidden controls that go with them. */
export async function formFields(
  tx: Tx,
  type: RecordType,
  {
    names,
    required,
    values,
    holding,
    untouched = new Set(),
    problems = [],
    proposals = new Map(),
    record = null,
  }: FormParts,
): Promise<{ fields: FormField[]; hidden: HiddenField[]; errors: FormError[] }> {
  const shown = shownValues(type, names, values, holding);
  const controls = names.flatMap((name): Control[] => {
    const field = type.fields[name];
    // What depends on an answer that is not on this page is on it or not.
    const settled = !names.includes(conditionOf(type, name)?.field ?? "");
    return field && (!settled || isAsked(type, name, shown)) ? [{ name, field, required: required.has(name) }] : [];
  });
  const lookups = await lookupsFor(
    tx,
    controls.map(({ field }) => field),
    record?.id,
  );
  const parts: InputParts = {
    lookups,
    ...(record ? { except: record.reference } : {}),
    proposals: await proposedIn(controls, lookups, proposals),
    names: await namesOf(tx, [
      ...controls.flatMap(({ name, field }) => mentionedIn(field, values[name])),
      ...(holding ? idsTyped(holding.form) : []),
    ]),
    problems: new Map(
      problems.flatMap(({ field, message }) => (field === undefined ? [] : [[field, message] as const])).toReversed(),
    ),
  };
  const offered =
    record === null
      ? await offeredIn(
          tx,
          type,
          controls.map(({ name }) => name),
        )
      : new Map<string, Lookup>();
  const when = (name: string) =>
    names.includes(conditionOf(type, name)?.field ?? "") ? whenOf(type, name, shown) : {};
  const fields: FormField[] = [];
  const hidden: HiddenField[] = [];
  for (const control of controls) {
    const held: Holding =
      holding && !untouched.has(control.name) ? holding : { kind: "stored", value: values[control.name] ?? null };
    if (linesOf(control.field)) {
      const lines = lineInputs(control, held, values[control.name], parts);
      fields.push({ ...lines.field, ...when(control.name) });
      hidden.push(...lines.hidden);
    } else fields.push({ ...fieldInput(control, held, partsFor(control, parts, offered)), ...when(control.name) });
  }
  return { fields, hidden, errors: problems.map((problem) => errorOf(problem, fields)) };
}

/** What one control needs: of a link that is possible with some records alone, those. */
function partsFor({ name }: Control, parts: InputParts, offered: ReadonlyMap<string, Lookup>): InputParts {
  const own = offered.get(name);
  return own ? { ...parts, lookups: new Map([...parts.lookups, [own.type.name, own]]) } : parts;
}

/** What is proposed in each control, with what is to be said of the others that can be picked. */
async function proposedIn(
  controls: readonly Control[],
  lookups: ReadonlyMap<string, Lookup>,
  proposals: ReadonlyMap<string, Proposals>,
): Promise<Map<string, Proposed>> {
  const proposed = new Map<string, Proposed>();
  for (const { name, field } of controls) {
    const own = proposals.get(name);
    if (!own) continue;
    const widget = field.kind.input(field.options, null);
    const others = widget.widget === "record" ? (lookups.get(widget.type)?.records ?? []) : [];
    proposed.set(name, { first: own.first, remarks: await own.remarks(others.map(({ id }) => id)) });
  }
  return proposed;
}

/** The values that the page shows, as far as others depend on them. */
function shownValues(
  type: RecordType,
  names: readonly string[],
  values: Values,
  holding: FormParts["holding"],
): Values {
  const given = (some: Values) => Object.fromEntries(Object.entries(some).filter(([, value]) => !isGap(value)));
  const deciding = Object.values(type.askedWhen).map(({ field }) => field);
  const typed = holding
    ? valuesFromForm(
        type,
        holding.form,
        names.filter((name) => deciding.includes(name)),
      )
    : {};
  return { ...choiceDefaults(type), ...given(values), ...given(typed) };
}

/** Ids among what was typed: what a select sent, whose names its options may need. */
function idsTyped(form: Extract<Holding, { kind: "typed" }>["form"]): string[] {
  return Object.values(form)
    .flatMap((value) => [value ?? []].flat())
    .filter((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
    .slice(0, 500);
}

/** A line of the summary at the top, leading to its control; one in a row says in which. */
function errorOf({ field, message }: Problem, fields: readonly FormField[]): FormError {
  if (field === undefined) return { text: message };
  for (const control of fields) {
    if (control.name === field) return { text: message, fieldId: control.id };
    if (control.widget !== "lines") continue;
    const at = control.rows.findIndex((row) => row.fields.some((inner) => inner.name === field));
    if (at >= 0)
      return {
        text: `${control.rows[at]?.legend ?? `${control.rowLabel} ${at + 1}`}: ${message}`,
        fieldId: controlId(field),
      };
  }
  return { text: message };
}

/** The fields of these that must be given. */
export function requiredOf(type: RecordType, names: readonly string[], also: readonly string[] = []): Set<string> {
  return new Set(names.filter((name) => type.fields[name]?.options.required === true || also.includes(name)));
}
