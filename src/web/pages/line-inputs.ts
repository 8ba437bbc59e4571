import { askingOf, conditionOf } from "../../kernel/asked.ts";
import type { Asking } from "../../kernel/asked.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { rowsOf } from "../../kernel/fields/lines.ts";
import { first } from "../page.ts";
import type { FormField, HiddenField } from "../view/models.ts";
import { whenOf } from "./asked-control.ts";
import { baseOf, fieldInput } from "./field-input.ts";
import type { Control, Holding, InputParts } from "./field-input.ts";
import { linesIn } from "./field-value.ts";
import { linesOf } from "./seen-fields.ts";

interface Row {
  readonly id: string;
  readonly number?: number | undefined;
  /** What the control of a field of this row holds. */
  holding(name: string): Holding;
}

/** The control of a field of lines: its rows, and the hidden controls that say which rows there are and in which order. */
export function lineInputs(
  control: Control,
  holding: Holding,
  stored: unknown,
  parts: InputParts,
): { readonly field: FormField; readonly hidden: readonly HiddenField[] } {
  const lines = linesOf(control.field);
  const base = baseOf({ ...control, required: true }, parts.problems);
  if (!lines) return { field: { ...base, widget: "text", value: "" }, hidden: [] };
  const known = linesIn(stored);
  const asked = Object.entries(lines.fields).filter(([, { options }]) => !options.derived);
  const derived = Object.keys(lines.fields).filter((name) => lines.fields[name]?.options.derived);
  const rows =
    holding.kind === "stored"
      ? linesIn(holding.value).map((line, at) => storedRow(line, at))
      : rowsOf(holding.form, control.name).map((id) => typedRow(id, holding.form, known));
  const asking = askingOf(lines);
  const focus = holding.kind === "typed" ? first(holding.form, "_focus") : "";
  const one = lines.one.toLowerCase();
  return {
    field: {
      ...base,
      ...(focus === control.name ? { focus: true } : {}),
      widget: "lines",
      rowLabel: lines.one,
      addLabel: rows.length > 0 ? `Add another ${one}` : `Add ${/^[aeiou]/.test(one) ? "an" : "a"} ${one}`,
      canOrder: true,
      rows: rows.map((row) => ({
        id: row.id,
        ...(lines.numbered ? { legend: row.number === undefined ? `New ${one}` : `${lines.one} ${row.number}` } : {}),
        fields: asked.map(([name, field], at) => {
          const inner = fieldInput(
            { name: `${control.name}-${row.id}-${name}`, field, required: field.options.required === true },
            row.holding(name),
            parts,
          );
          const compact = { ...inRow(inner), ...whenInRow(asking, name, row, control.name) };
          return at === 0 && `${control.name}:${row.id}` === focus ? { ...compact, focus: true } : compact;
        }),
      })),
    },
    hidden: rows.flatMap((row) => [
      { name: `${control.name}-rows`, value: row.id },
      ...derived.map((name) => hiddenValue(`${control.name}-${row.id}-${name}`, row.holding(name))),
    ]),
  };
}

/** The answer of the same row by which a control of it is shown. */
function whenInRow(asking: Asking, name: string, row: Row, lines: string): Pick<FormField, "when"> {
  if (!conditionOf(asking, name)) return {};
  const controlOf = (other: string) => `${lines}-${row.id}-${other}`;
  const shown = Object.fromEntries(
    Object.values(asking.askedWhen).flatMap(({ field: other }) => {
      const field = asking.fields[other];
      const holding = row.holding(other);
      if (!field) return [];
      const value =
        holding.kind === "stored" ? holding.value : field.kind.fromForm(holding.form, controlOf(other), field.options);
      return [[other, value ?? null]];
    }),
  );
  return whenOf(asking, name, shown, controlOf);
}

/** What nobody is asked for and a line keeps nevertheless. */
function hiddenValue(name: string, holding: Holding): HiddenField {
  const value = holding.kind === "stored" ? holding.value : first(holding.form, name);
  return { name, value: typeof value === "string" ? value : "" };
}

/** The control as a row of a table has room for it: one of several is chosen from a list, not from buttons side by side. */
function inRow(field: FormField): FormField {
  if (field.widget !== "radios") return field;
  const { inline: _inline, ...rest } = field;
  return { ...rest, widget: "select" };
}

function storedRow(line: Line, at: number): Row {
  return {
    id: line.id ?? `new-${at + 1}`,
    number: line.number,
    holding: (name) => ({ kind: "stored", value: line[name] ?? null }),
  };
}

function typedRow(id: string, form: Form, known: readonly Line[]): Row {
  return { id, number: known.find((line) => line.id === id)?.number, holding: () => ({ kind: "typed", form }) };
}

/** Whether a form was sent to change its rows, and not to be saved. */
export function changesRows(form: Form): boolean {
  return first(form, "_rows") !== "";
}

/**
 * The form as it is after the button that was pressed: `add:clauses`, `remove:clauses:new-1`, `up:…`, `down:…`. `_focus`
 * then says where the person goes on: `clauses:new-1` in that row, `clauses` at the button that adds one.
 */
export function withRowsChanged(form: Form): Form {
  const [action = "", name = "", row = ""] = first(form, "_rows").split(":");
  const rows = rowsOf(form, name);
  const at = rows.indexOf(row);
  if (action === "add") {
    const used = rows.map((id) => Number(/^new-(\d{1,6})$/.exec(id)?.[1] ?? 0));
    const added = `new-${Math.max(0, ...used) + 1}`;
    return { ...form, [`${name}-rows`]: [...rows, added], _focus: `${name}:${added}` };
  }
  if (at < 0) return form;
  if (action === "remove") return { ...form, [`${name}-rows`]: rows.filter((id) => id !== row), _focus: name };
  const other = action === "up" ? at - 1 : at + 1;
  return {
    ...form,
    [`${name}-rows`]: rows.with(at, rows[other] ?? row).with(Math.min(Math.max(other, 0), rows.length - 1), row),
    _focus: `${name}:${row}`,
  };
}
