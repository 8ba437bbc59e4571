import { sql } from "kysely";
import { mayAskAbout } from "../access.ts";
import { refuse } from "../errors.ts";
import { filterNames } from "../store/filters.ts";
import { columnOf } from "../store/row.ts";
import type { Actor, Tx } from "../transaction.ts";
import { ages } from "./ages.ts";
import type { Measure } from "./measure.ts";

/** By what a measure can be seen. */
export interface Grouping {
  readonly name: string;
  readonly label: string;
}

const units: readonly Grouping[] = [
  { name: "day", label: "Day" },
  { name: "week", label: "Week" },
  { name: "month", label: "Month" },
];

const groupedFilters: ReadonlySet<string> = new Set(["one-of", "record", "yes-no", "number-range"]);

/** Whether a grouping cuts time. */
export function isTime(by: string): by is "day" | "week" | "month" {
  return units.some(({ name }) => name === by);
}

/** By what this person can see a measure: time, age, state, and the fields by which lists of the type are narrowed. */
export function groupingsOf(actor: Actor, measure: Measure): Grouping[] {
  const { type, over } = measure;
  const fields = narrowableBy(actor, measure).filter((name) =>
    groupedFilters.has(type.fields[name]?.kind.filter ?? ""),
  );
  return [
    ...(over === "open-now" ? [{ name: "age", label: "Age" }] : units),
    { name: "state", label: "State" },
    ...fields.map((name) => ({ name, label: type.fields[name]!.options.label })),
  ];
}

/** The fields by which this person can narrow a measure: those that the type's list offers. */
export function narrowableBy(actor: Actor, { type, of }: Measure): string[] {
  const possible = new Set(filterNames(type).map(({ field }) => field));
  return type.views.list.filters.filter(
    (name) => possible.has(name) && mayAskAbout(actor, type, name) && of?.where?.[name] === undefined,
  );
}

/** The grouping of a name. Refuses (invalid) one by which the measure is not seen. */
export function groupingNamed(actor: Actor, measure: Measure, name: string): Grouping {
  const there = groupingsOf(actor, measure);
  return (
    there.find((one) => one.name === name) ??
    refuse(
      "by",
      `${measure.label} cannot be seen by “${name.slice(0, 60)}”. It can be seen by: ${there.map((one) => one.name).join(", ")}`,
    )
  );
}

/** What a value that records are grouped by is called. */
export async function labelsOf(
  tx: Tx,
  { type }: Measure,
  by: string,
  keys: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, string>> {
  const field = type.fields[by];
  const titles = field?.kind.filter === "record" ? await titlesOf(tx, keys) : new Map<string, string>();
  const label = (key: string | null): string => {
    if (key === null) return "None";
    if (by === "state") return type.states[key]?.label ?? key;
    if (by === "age") return ages[Number(key)]?.label ?? key;
    if (!field) return key;
    if (field.kind.filter === "record") return titles.get(key) ?? "Not yours to see";
    const shown = field.kind.show(field.options, valueOf(field.kind.filter, key));
    const text = "text" in shown ? shown.text : key;
    return field.kind.filter === "number-range" && text === key ? `${field.options.label} ${key}` : text;
  };
  return new Map(keys.map((key) => [key, label(key)]));
}

function valueOf(filter: string | null, key: string): unknown {
  if (filter === "number-range") return Number(key);
  return filter === "yes-no" ? key === "true" : key;
}

async function titlesOf(tx: Tx, keys: readonly (string | null)[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; title: string }>`select id, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${keys.filter((key) => key !== null)}::uuid[])`.execute(
    tx.db,
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** The column by which records of a type are grouped. */
export function groupColumn({ type }: Pick<Measure, "type">, by: string): string {
  return by === "state" ? "state" : (columnOf(type, by) ?? refuse("by", `There are no groups by ${by.slice(0, 60)}`));
}

/** The filter of a list that holds just the records with this value; null where a list cannot be narrowed so. */
export function filterFor({ type }: Measure, by: string, key: string | null): readonly [string, string] | null {
  if (by === "state") return key === null ? null : ["state", key];
  const filter = type.fields[by]?.kind.filter;
  if (key === null) return filter === "record" || filter === "one-of" ? [by, "none"] : null;
  return [by, filter === "yes-no" ? (key === "true" ? "yes" : "no") : key];
}
