import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { furtherFilters, holdsOn } from "../../kernel/store/further-filters.ts";
import { pageMax, sortable } from "../../kernel/store/list.ts";
import type { ListQuery } from "../../kernel/store/list.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { printable } from "./body.ts";
import { knowsField } from "./record-json.ts";
import type { Query } from "./route.ts";

/** Items of a page unless the caller says how many. */
export const limitDefault = 50;
/** The most values of one parameter, and characters of one value. */
const valuesMax = 50;
const valueMax = 2000;

/** The ranges of days that every type's list can be narrowed by. */
export const baseRanges = ["opened", "updated", "closed", "due"].flatMap((name) => [`${name}-from`, `${name}-to`]);
const listParameters = ["limit", "cursor", "sort", "q", "state", "show"];

/** Every value of a parameter. */
export function valuesOf(query: Query, name: string): readonly string[] {
  const value = query[name];
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** Refuses parameters that mean nothing here, each by its name, and values that are no text. */
export function onlyParameters(query: Query, allowed: readonly string[]): void {
  const there = allowed.length > 0 ? `There are: ${allowed.join(", ")}` : "None is taken";
  const problems = Object.keys(query).flatMap((name): Problem[] => {
    const shown = printable(name);
    if (!allowed.includes(name)) return [{ field: shown, message: `There is no parameter “${shown}” here. ${there}` }];
    const values = valuesOf(query, name);
    if (values.length > valuesMax)
      return [{ field: shown, message: `${shown} can be given at most ${valuesMax} times` }];
    if (values.some((value) => value.length > valueMax))
      return [{ field: shown, message: `${shown} must be ${valueMax} characters or fewer` }];
    return values.some((value) => value.includes("\u0000") || !value.isWellFormed())
      ? [{ field: shown, message: `${shown} must be ordinary text` }]
      : [];
  });
  if (problems.length > 0) throw new Refusal("invalid", problems.slice(0, 20));
}

/** The one value of a parameter; undefined when it is absent. Refuses several. */
export function oneOf(query: Query, name: string): string | undefined {
  const values = valuesOf(query, name);
  return values.length > 1 ? refuse(name, `${name} can be given once`) : values[0];
}

/** How many items a page has: 1 to 200. */
export function limitOf(query: Query): number {
  const text = oneOf(query, "limit");
  if (text === undefined) return limitDefault;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= pageMax ? limit : refuse("limit", `limit must be a whole number from 1 to ${pageMax}`);
}

/** What a list shows, from its address. */
export async function listQueryOf(tx: Tx, type: RecordType, query: Query): Promise<ListQuery> {
  const filters = filtersOf(tx.actor, type);
  const named = [...filters, ...furtherFilters(type)].map(({ name }) => name).concat(baseRanges);
  onlyParameters(query, [...listParameters, ...named, ...(type.dated ? ["on"] : [])]);
  const [search, sort, cursor, show] = ["q", "sort", "cursor", "show"].map((name) => oneOf(query, name));
  const where: Record<string, readonly string[]> = {};
  for (const name of named) {
    const values = valuesOf(query, name);
    if (values.length === 0) continue;
    const filter = filters.find((candidate) => candidate.name === name);
    where[name] = filter?.takes.startsWith("record") ? await idsOf(tx, type, filter.field, values) : values;
  }
  // The same word as for one record: the list as of a day.
  const on = oneOf(query, "on");
  if (on !== undefined) where[holdsOn] = [...(where[holdsOn] ?? []), on];
  return {
    where,
    limit: limitOf(query),
    states: valuesOf(query, "state"),
    show: showOf(show),
    ...(search === undefined ? {} : { search }),
    ...(sort === undefined ? {} : { sort: sortOf(tx.actor, type, sort) }),
    ...(cursor === undefined || cursor === "" ? {} : { cursor }),
  };
}

/** The filters that this person can use: none that would tell of fields kept from them. */
export function filtersOf(actor: Actor, type: RecordType): ReturnType<typeof filterNames> {
  return filterNames(type).filter(({ field }) => knowsField(actor, type, field));
}

function sortOf(actor: Actor, type: RecordType, given: string): string {
  const names = sortable(type).filter((name) => !Object.hasOwn(type.fields, name) || knowsField(actor, type, name));
  const known = names.includes(given.replace(/^-/, ""));
  return known
    ? given
    : refuse(
        "sort",
        `A list of ${type.label.many.toLowerCase()} cannot be sorted by “${printable(given)}”. It can be sorted by: ${names.join(", ")}`,
      );
}

function showOf(given: string | undefined): "open" | "closed" | "all" {
  if (given === undefined) return "all";
  return given === "open" || given === "closed" || given === "all"
    ? given
    : refuse("show", "show must be open, closed or all");
}

/** References and names become ids; `me` and `none` stay, for the list knows them. */
async function idsOf(tx: Tx, type: RecordType, field: string, values: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const value of values) {
    const resolved =
      value === "me" || value === "none" ? value : (await resolveLinks(tx, type, { [field]: value }))[field];
    ids.push(String(resolved));
  }
  return ids;
}
