import { may, readsInternal } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import { keptByType } from "../../kernel/kept-by-type.ts";
import type { Field, Form } from "../../kernel/fields/kind.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { sortable } from "../../kernel/store/list.ts";
import { isInRow } from "../../kernel/store/row.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";

/** Who looks, and what types there are: by these the columns follow. */
export type Viewer = Pick<Tx, "actor" | "registry">;

/** The columns of every record beside the fields of its type. */
export const baseColumns: Readonly<Record<string, string>> = {
  reference: "Reference",
  state: "State",
  due: "Due",
  opened: "Opened",
  updated: "Updated",
  closed: "Closed",
};

/** The most columns of one list. */
const columnsMax = 30;

/** A column of the record that a field leads to: `queue.team`. */
export interface LinkedColumn {
  readonly name: string;
  /** "Queue: team". */
  readonly label: string;
  /** What the target calls it: "Team". */
  readonly own: string;
  /** The field of the listed type that leads there. */
  readonly through: string;
  readonly target: RecordType;
  /** The field or base column of the target. */
  readonly column: string;
}

type ColumnChoice = readonly [name: string, label: string];

/** The columns of its own that this person can choose, by name and label, in the definition's order. */
export function columnChoices(actor: Actor, type: RecordType): readonly ColumnChoice[] {
  return readsInternal(actor, type.name) ? choicesWithin(type) : choicesOfAll(type);
}

const choicesWithin = keptByType((type) => choicesOf(type, true));
const choicesOfAll = keptByType((type) => choicesOf(type, false));

function choicesOf(type: RecordType, internal: boolean): readonly ColumnChoice[] {
  const fields = Object.entries(type.fields)
    .filter(
      ([name, field]) =>
        canBeListed(type, name, internal) &&
        (field.kind.name !== "long text" || type.views.list.columns.includes(name)),
    )
    .map(([name, field]) => [name, field.options.label] as [string, string]);
  const every = new Map([...Object.entries(baseColumns), ...fields]);
  const usual = type.views.list.columns.filter((name) => every.has(name));
  return [...usual, ...[...every.keys()].filter((name) => !usual.includes(name))].map((name) => [
    name,
    every.get(name) ?? name,
  ]);
}

/** The columns of the records that this type's fields lead to, as far as this person may read those. */
export function linkedColumns({ actor, registry }: Viewer, type: RecordType): LinkedColumn[] {
  return Object.entries(type.fields).flatMap(([through, field]) => {
    const target = registry.types.get(targetOf(field) ?? "");
    if (!target || !isListed(actor, type, through) || !may(actor, target.name, "read")) return [];
    const columns = [
      ...Object.entries(baseColumns),
      ...Object.entries(target.fields).map(([name, { options }]) => [name, options.label] as const),
    ].filter(([name]) => name !== target.titleField && canBeLinked(actor, target, name));
    return columns.map(([column, label]) => ({
      name: `${through}.${column}`,
      label: `${field.options.label}: ${inSentence(label)}`,
      own: label,
      through,
      target,
      column,
    }));
  });
}

/** The linked columns among these, in their order. */
export function linkedAmong(tx: Viewer, type: RecordType, columns: readonly string[]): LinkedColumn[] {
  if (!columns.some(isLinked)) return [];
  const known = new Map(linkedColumns(tx, type).map((column) => [column.name, column]));
  return columns.flatMap((name) => known.get(name) ?? []);
}

/** Whether a column is one of a linked record. */
export function isLinked(name: string): boolean {
  return name.includes(".");
}

/** The labels of a list's columns, by name. */
export function columnLabels(tx: Viewer, type: RecordType, columns: readonly string[]): Map<string, string> {
  return new Map([
    ...columnChoices(tx.actor, type),
    ...linkedAmong(tx, type, columns).map(({ name, label }) => [name, label] as const),
  ]);
}

/** The fields whose values a list of these columns reads. */
export function fieldsRead(columns: readonly string[]): string[] {
  return [...new Set(columns.map((name) => name.split(".")[0] ?? name))];
}

function canBeLinked(actor: Actor, target: RecordType, name: string): boolean {
  if (Object.hasOwn(baseColumns, name)) return name !== "due" || Object.keys(target.clocks).length > 0;
  const kind = target.fields[name]?.kind.name;
  return isListed(actor, target, name) && !["long text", "computed", "file", "links"].includes(kind ?? "");
}

/** The type of the one record that a field leads to, by name; null for a field of another kind. */
export function targetOf({ kind, options }: Field): string | null {
  const widget = kind.filter === "record" ? kind.input(options, null) : null;
  return widget?.widget === "record" ? widget.type : null;
}

/** Whether a field can stand in a list that this person sees: it has a value in the row, and is not kept from them. */
export function isListed(actor: Actor, type: RecordType, name: string): boolean {
  return canBeListed(type, name, readsInternal(actor, type.name));
}

function canBeListed(type: RecordType, name: string, internal: boolean): boolean {
  const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  if (!field || ((field.options.internal || field.options.working) && !internal)) return false;
  return field.kind.name === "computed" || field.kind.name === "links" || isInRow(type, name);
}

/** Whether a list that this person sees can be sorted by a column. */
export function isSortable(actor: Actor, type: RecordType, name: string): boolean {
  return sortable(type).includes(name) && (Object.hasOwn(baseColumns, name) || isListed(actor, type, name));
}

/** The columns that an address asks for, in its order; the definition's own when it names none. Refuses (invalid) others. */
export function columnsOf(tx: Viewer, type: RecordType, query: Form): readonly string[] {
  const asked = [
    ...new Set(
      all(query, "columns")
        .flatMap((value) => value.split(","))
        .filter((name) => name !== ""),
    ),
  ];
  const choices = columnChoices(tx.actor, type).map(([name]) => name);
  if (asked.length === 0) return type.views.list.columns.filter((name) => choices.includes(name));
  if (asked.length > columnsMax) refuse("columns", `A list has at most ${columnsMax} columns. Choose fewer`);
  const linked = new Set(linkedAmong(tx, type, asked).map(({ name }) => name));
  for (const name of asked)
    if (!choices.includes(name) && !linked.has(name))
      refuse("columns", `There is no column “${name}” here. There are: ${choices.join(", ")}`);
  // Those without a place come after the others, as they were asked for.
  const position = (name: string) => Number(first(query, `position-${name}`)) || 1000 + asked.indexOf(name);
  return Object.keys(query).some((name) => name.startsWith("position-"))
    ? asked.toSorted((one, other) => position(one) - position(other))
    : asked;
}
