import { mayAskAbout } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import type { Field } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { GroupBy } from "../../kernel/store/groups.ts";
import { isInRow } from "../../kernel/store/row.ts";
import { formatDate } from "../view/format.ts";
import type { Names } from "./field-value.ts";
import { notYours, shownOf, textOf } from "./field-value.ts";
import type { ListAddress } from "./list-address.ts";
import { baseColumns, isListed } from "./list-columns.ts";
import type { Viewer } from "./list-columns.ts";

/** A way to group a list: `state`, `queue`, `opened.month`. */
export interface Grouping {
  readonly name: string;
  readonly label: string;
  readonly by: GroupBy;
}

/** A date by which a calendar goes or between which a timeline's bars run. */
export interface DateChoice {
  readonly name: string;
  readonly label: string;
}

/** The most values of a number that are groups by themselves. */
const fewMax = 20;

/** The ways in which this person can group a list of a type. */
export function groupings(tx: Viewer, type: RecordType): Grouping[] {
  const whole = Object.entries(type.fields)
    .filter(([name, field]) => isAsked(tx, type, name) && isShared(field))
    .map(([name, { options }]): Grouping => ({ name, label: options.label, by: { name } }));
  const dated = dateChoices(tx, type).flatMap(({ name, label }): Grouping[] => [
    { name: `${name}.week`, label: `${label}, by week`, by: { name, unit: "week" } },
    { name: `${name}.month`, label: `${label}, by month`, by: { name, unit: "month" } },
  ]);
  return [{ name: "state", label: "State", by: { name: "state" } }, ...whole, ...dated];
}

/** The dates and moments of a type that this person may ask about, those of every record among them. */
export function dateChoices(tx: Viewer, type: RecordType): DateChoice[] {
  const fields = Object.entries(type.fields)
    .filter(([name, { kind }]) => kind.filter === "date-range" && isAsked(tx, type, name))
    .map(([name, { options }]): DateChoice => ({ name, label: options.label }));
  const base = ["due", "opened", "updated", "closed"].filter((name) => name !== "due" || hasClocks(type));
  return [...fields, ...base.map((name) => ({ name, label: baseColumns[name] ?? name }))];
}

/** Whether a deadline can run on records of a type. */
export function hasClocks(type: RecordType): boolean {
  return Object.keys(type.clocks).length > 0;
}

function isAsked({ actor }: Viewer, type: RecordType, name: string): boolean {
  return isListed(actor, type, name) && isInRow(type, name) && mayAskAbout(actor, type, name);
}

/** Whether several records share a value of this field, so that it makes groups. */
function isShared({ kind, options }: Field): boolean {
  if (kind.filter === "number-range") return fewNumbers(options).length > 0;
  return kind.filter === "one-of" || kind.filter === "record" || kind.filter === "yes-no";
}

/** The values of a number that can only be one of a few. */
function fewNumbers(options: object): number[] {
  const [min, max] = ["min" in options ? options.min : undefined, "max" in options ? options.max : undefined];
  if (typeof min !== "number" || typeof max !== "number" || max - min >= fewMax) return [];
  return Array.from({ length: max - min + 1 }, (_value, at) => min + at);
}

/** The grouping of that name. Refuses (invalid) one that there is not; "" is none. */
export function groupingNamed(tx: Viewer, type: RecordType, name: string): string {
  if (name === "" || groupings(tx, type).some((one) => one.name === name)) return name;
  return refuse("by", `${type.label.many} cannot be grouped by “${name.slice(0, 60)}”. Choose under Group by`);
}

/** The date of that name. Refuses (invalid) one that there is not; "" is the usual one. */
export function dateNamed(tx: Viewer, type: RecordType, parameter: "on" | "to", name: string): string {
  if (name === "" || dateChoices(tx, type).some((one) => one.name === name)) return name;
  return refuse(parameter, `${type.label.many} have no date called “${name.slice(0, 60)}”`);
}

/** A month or week of a calendar as the address has it. Refuses (invalid) anything else. */
export function periodNamed(text: string): string {
  if (
    text === "" ||
    /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(text) ||
    /^(19|20|21)\d\d-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text)
  )
    return text;
  return refuse("at", "Give a month like 2026-11 or a week like 2026-W48");
}

/** Every value that groups can have where the definition says which, in its order; null where it does not. */
export function knownKeys(type: RecordType, { name }: GroupBy, { show, states }: ListAddress): string[] | null {
  if (name === "state")
    return Object.entries(type.states)
      .filter(([, { final }]) => show === "all" || (show === "open") !== (final ?? false))
      .map(([key]) => key)
      .filter((key) => states.length === 0 || states.includes(key));
  const field = type.fields[name];
  if (!field) return null;
  if (field.kind.filter === "yes-no") return ["true", "false"];
  if (field.kind.filter === "number-range") return fewNumbers(field.options).map(String);
  const widget = field.kind.filter === "one-of" ? field.kind.input(field.options, null) : null;
  return widget && "options" in widget ? widget.options.map(({ value }) => value) : null;
}

/** What a group is called. */
export function groupLabel(type: RecordType, { name, unit }: GroupBy, key: string | null, names: Names): string {
  if (key === null) return name === "due" ? "Nothing due" : name === "closed" ? "Not closed" : "None";
  if (name === "state") return type.states[key]?.label ?? key;
  if (unit === "month") return monthName(Temporal.PlainDate.from(key));
  if (unit === "week") return `Week of ${formatDate(Temporal.PlainDate.from(key))}`;
  const field = type.fields[name]!;
  if (field.kind.filter === "record") return names.get(key)?.title ?? notYours;
  const value =
    field.kind.filter === "yes-no" ? key === "true" : field.kind.filter === "number-range" ? Number(key) : key;
  return textOf(shownOf(field, value), names);
}

/** "November 2026" */
export function monthName(day: Temporal.PlainDate): string {
  return formatDate(day).replace(/^\d+ /, "");
}

/** The address of the list of one group; null where no filter asks for just that. */
export function groupAddress(
  type: RecordType,
  address: ListAddress,
  { name, unit }: GroupBy,
  key: string | null,
): ListAddress | null {
  const plain: ListAddress = { ...address, as: "list", by: "", on: "", to: "", at: "", cursor: "" };
  if (name === "state") return key === null ? null : { ...plain, states: [key] };
  const where = (changes: Readonly<Record<string, readonly string[]>>) => ({
    ...plain,
    where: { ...address.where, ...changes },
  });
  if (unit !== undefined) {
    if (key === null) return null;
    const first = Temporal.PlainDate.from(key);
    const last = first.add(unit === "month" ? { months: 1 } : { days: unit === "week" ? 7 : 1 }).subtract({ days: 1 });
    return where({
      [`${name}-from`]: [later(key, address, name)],
      [`${name}-to`]: [earlier(last.toString(), address, name)],
    });
  }
  const filter = type.fields[name]?.kind.filter;
  if (filter === "yes-no") return key === null ? null : where({ [name]: [key === "true" ? "yes" : "no"] });
  if (key === null) return filter === "number-range" ? null : where({ [name]: ["none"] });
  return where({ [name]: [key] });
}

function later(day: string, { where }: ListAddress, name: string): string {
  const asked = where[`${name}-from`]?.[0] ?? "";
  return asked > day ? asked : day;
}

function earlier(day: string, { where }: ListAddress, name: string): string {
  const asked = where[`${name}-to`]?.[0] ?? "";
  return asked !== "" && asked < day ? asked : day;
}
