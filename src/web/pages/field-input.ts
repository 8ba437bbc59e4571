import type { Field, Form, Option, Widget } from "../../kernel/fields/kind.ts";
import { all, first } from "../page.ts";
import type { FormField } from "../view/models.ts";
import type { Names } from "./field-value.ts";
import type { Proposal } from "../../kernel/lifecycle.ts";
import type { Lookup } from "./lookups.ts";

/** What a control holds: a stored value, or what the person typed, right or wrong. */
export type Holding =
  { readonly kind: "stored"; readonly value: unknown } | { readonly kind: "typed"; readonly form: Form };

/** What the controls of a form need of the database, read beforehand. */
export interface InputParts {
  /** What is proposed first, by the name of the control. */
  readonly proposals?: ReadonlyMap<string, Proposed>;
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** The reference of the record that the form is about, which is offered nowhere on it. */
  readonly except?: string;
  readonly names: Names;
  /** What is wrong, by the name of the control. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What a form proposes in a control, and says beside the others. */
export interface Proposed {
  readonly first: readonly Proposal[];
  readonly remarks: ReadonlyMap<string, string>;
}

/** A control of a form and the field that it is for. */
export interface Control {
  readonly name: string;
  readonly field: Field;
  readonly required: boolean;
}

type Base = Pick<FormField, "id" | "name" | "label" | "hint" | "error" | "optional">;

/** The id of a control on the page, to which an error leads. */
export function controlId(name: string): string {
  return `field-${name}`;
}

/** What every control says beside its widget. */
export function baseOf({ name, field, required }: Control, problems: InputParts["problems"]): Base {
  const error = problems.get(name);
  return {
    id: controlId(name),
    name,
    label: field.options.label,
    ...(field.options.hint ? { hint: field.options.hint } : {}),
    ...(error === undefined ? {} : { error }),
    ...(required ? {} : { optional: true }),
  };
}

/** The control of a field (all but lines), holding its value. */
export function fieldInput(control: Control, holding: Holding, parts: InputParts): FormField {
  const { kind, options } = control.field;
  const base = baseOf(control, parts.problems);
  const widget =
    holding.kind === "stored"
      ? kind.input(options, holding.value ?? null)
      : typedInto(kind.input(options, null), holding.form, control.name);
  if (widget.widget === "record") {
    const proposed = parts.proposals?.get(control.name);
    return {
      ...base,
      ...(proposed ? proposing(widget, holding, control.name, proposed, parts) : recordInput(widget, parts)),
    };
  }
  // Lines have a control of their own, made of rows of these.
  if (widget.widget === "rows") return { ...base, widget: "text", value: "" };
  if (widget.widget === "file") return { ...base, ...fileInput(widget.value, parts.names) };
  // Where something is chosen from the start there is no leaving it out.
  return widget.widget === "radios" && widget.value !== ""
    ? { ...withoutOptional(base), ...widget }
    : { ...base, ...widget };
}

function withoutOptional({ optional: _optional, ...base }: Base): Base {
  return base;
}

/** The empty widget with what was typed in it, as it was typed. A control that was not on the page stays as it starts. */
function typedInto(widget: Widget, form: Form, name: string): Widget {
  const text = first(form, name);
  if (widget.widget === "date" || widget.widget === "date-time") {
    const part = (which: string) => first(form, `${name}-${which}`);
    const day = { day: part("day"), month: part("month"), year: part("year") };
    return widget.widget === "date" ? { ...widget, ...day } : { ...widget, ...day, time: part("time") };
  }
  if (!(name in form) || widget.widget === "rows") return widget;
  if (widget.widget === "file") return { ...widget, value: first(form, `${name}-remove`) === "yes" ? "" : text };
  if (widget.widget === "checkboxes") return { ...widget, values: all(form, name) };
  if (widget.widget === "record" && widget.many) return { ...widget, value: all(form, name).join(", ") };
  if (widget.widget === "yes-no") return { ...widget, value: text === "yes" || text === "no" ? text : "" };
  return { ...widget, value: text }; // Every other widget holds one text.
}

/** A file to send, and the one that is there: what was sent with a form that was refused need not be sent again. */
function fileInput(value: string, names: Names) {
  const file = names.get(value);
  return { widget: "file" as const, value, ...(file ? { current: { text: file.title, href: file.href } } : {}) };
}

/** A record to pick, some of which are proposed. */
function proposing(
  widget: Extract<Widget, { widget: "record" }>,
  holding: Holding,
  name: string,
  { first: proposals, remarks }: Proposed,
  parts: InputParts,
) {
  const ids = new Set(proposals.map(({ id }) => id));
  const held = (holding.kind === "typed" ? all(holding.form, name) : [widget.value]).filter(
    (text) => text.trim() !== "",
  );
  const control = recordInput({ ...widget, value: held.find((text) => !ids.has(text)) ?? "" }, parts);
  const others = (options: readonly Option[]) =>
    options
      .filter(({ value }) => !ids.has(value))
      .map((option) =>
        remarks.has(option.value) ? { ...option, label: `${option.label} (${remarks.get(option.value)})` } : option,
      );
  return {
    ...control,
    ...(control.options ? { options: others(control.options) } : { suggestions: control.suggestions }),
    proposed: proposals.map(({ id, name: label, why }) => ({ value: id, label, hint: why })),
    chosen: held.find((text) => ids.has(text)) ?? "",
  };
}

/** A record to pick: from a select while there are few, else by typing a reference or a name. */
function recordInput(
  { type, value, many }: Extract<Widget, { widget: "record" }>,
  { lookups, names, except }: InputParts,
) {
  const lookup = lookups.get(type);
  const options = (lookup?.records ?? []).map(({ id, title }) => ({ value: id, label: title }));
  const held = value.split(/,\s*/).filter((part) => part !== "");
  if (!lookup?.all) {
    const written = held
      .map((part) =>
        names.has(part) ? `${names.get(part)?.reference}${many ? "" : ` ${names.get(part)?.title}`}` : part,
      )
      .join(", ");
    const suggestions = many
      ? []
      : (lookup?.records ?? []).map(({ reference, title }) => ({ value: `${reference} ${title}`, label: title }));
    return {
      widget: "lookup" as const,
      value: many || held.length < 2 ? written : value,
      suggestions,
      suggestHref: `/${lookup?.type.path ?? type}/suggest${except === undefined ? "" : `?except=${encodeURIComponent(except)}`}`,
    };
  }
  // What it leads to now may be closed, or not this person's to see; it stays as it is unless they choose another.
  const kept = held
    .filter((part) => names.has(part) && !options.some((option) => option.value === part))
    .map((part) => ({ value: part, label: names.get(part)?.title ?? part }));
  const unseen = held
    .filter(
      (part) => /^[0-9a-f-]{36}$/.test(part) && !names.has(part) && !options.some((option) => option.value === part),
    )
    .map((part) => ({ value: part, label: "As it is: not yours to see" }));
  const offered = [...options, ...kept, ...unseen];
  return many
    ? { widget: "checkboxes" as const, values: held, options: offered }
    : { widget: "lookup" as const, value, options: offered };
}
