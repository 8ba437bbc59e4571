import { may } from "../../kernel/access.ts";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { ListQuery } from "../../kernel/store/list.ts";
import type { Actor } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";
import { columnsOf, fieldsRead, isSortable } from "./list-columns.ts";
import type { Viewer } from "./list-columns.ts";
import { dateNamed, groupingNamed, periodNamed } from "./list-groups.ts";

/** What a list's address says: the whole view, so that a link shows others the same. */
export interface ListAddress {
  readonly search: string;
  readonly show: "open" | "closed" | "all";
  readonly states: readonly string[];
  /** Values by filter, named as the API names them. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly sort: string;
  readonly columns: readonly string[];
  readonly cursor: string;
  /** How it is seen. */
  readonly as: Layout;
  /** By what it is grouped, as `list-groups.ts` names it; "" for not at all. */
  readonly by: string;
  /** The date that a calendar goes by, or from which a timeline's bars run; "" for the usual one. */
  readonly on: string;
  /** The date to which a timeline's bars run; "" for the usual one. */
  readonly to: string;
  /** The month (2026-11) or week (2026-W48) of a calendar; "" for the present month. */
  readonly at: string;
}

/** The ways to see a list. */
export type Layout = "list" | "board" | "calendar" | "timeline";

export const layouts: readonly Layout[] = ["list", "board", "calendar", "timeline"];

const indexedSorts: ReadonlySet<string> = new Set(["reference", "opened", "updated"]);

/** Whether the database keeps the records of every type in the order of this column. */
export function isKeptInOrder(show: ListAddress["show"], column: string): boolean {
  return indexedSorts.has(column) || (show === "closed" && column === "closed");
}

const shows = ["open", "closed", "all"] as const;
const ownParameters = new Set(["q", "show", "state", "sort", "columns", "cursor", "as", "by", "on", "to", "at"]);
/** The most filters, values of one filter, and characters of one value. */
const most = { filters: 40, values: 50, characters: 300 };

/**
 * Reads an address. Refuses (invalid) what cannot be a list's; what a filter may hold is for the list to say. Refuses
 * (unseen) someone who may read nothing of the type.
 */
export function readAddress(tx: Viewer, type: RecordType, query: Form): ListAddress {
  const { actor } = tx;
  if (!may(actor, type.name, "read")) unseen("There is no such page");
  checkSizes(query);
  const show = first(query, "show") || (type.views.list.openOnly ? "open" : "all");
  const known = shows.find((one) => one === show) ?? refuse("show", "Show: select open, closed or all");
  return {
    search: first(query, "q").trim(),
    show: known,
    states: given(query, "state").map((state) =>
      Object.hasOwn(type.states, state)
        ? state
        : refuse("state", `There is no state “${state.slice(0, 60)}”. Select states under Filters`),
    ),
    where: Object.fromEntries(
      Object.keys(query)
        .filter((name) => !ownParameters.has(name) && !name.startsWith("position-"))
        .map((name) => [name, given(query, name)] as const)
        .filter(([, values]) => values.length > 0),
    ),
    sort: sortOf(actor, type, first(query, "sort") || usualSort(type, known)),
    columns: columnsOf(tx, type, query),
    cursor: first(query, "cursor"),
    as: layoutOf(first(query, "as")),
    by: groupingNamed(tx, type, first(query, "by")),
    on: dateNamed(tx, type, "on", first(query, "on")),
    to: dateNamed(tx, type, "to", first(query, "to")),
    at: periodNamed(first(query, "at")),
  };
}

/** The query of an address as a form gives it. */
export function formOf(query: string): Form {
  const pairs = new URLSearchParams(query.slice(0, 8000));
  return Object.fromEntries([...new Set(pairs.keys())].map((name) => [name, pairs.getAll(name)]));
}

/** Whether a form sent controls that were left empty, or an order of columns: the address is then written anew. */
export function isUntidy(query: Form): boolean {
  return (
    Object.keys(query).some(
      (name) => name.startsWith("position-") || all(query, name).some((value) => value.trim() === ""),
    ) || all(query, "columns").length > 1
  );
}

/** The address as its shortest: what is as the definition has it is left out. */
export function queryText(type: RecordType, address: ListAddress): string {
  const parameters = new URLSearchParams();
  const standard = type.views.list.openOnly ? "open" : "all";
  if (address.search) parameters.set("q", address.search);
  if (address.show !== standard) parameters.set("show", address.show);
  for (const state of address.states) parameters.append("state", state);
  for (const [name, values] of Object.entries(address.where))
    for (const value of values) parameters.append(name, value);
  if (address.sort !== usualSort(type, address.show)) parameters.set("sort", address.sort);
  if (address.columns.join() !== type.views.list.columns.join()) parameters.set("columns", address.columns.join());
  if (address.as !== "list") parameters.set("as", address.as);
  for (const name of ["by", "on", "to", "at", "cursor"] as const)
    if (address[name]) parameters.set(name, address[name]);
  return parameters.toString().replaceAll("%2C", ",");
}

/** How a list is sorted until the person says otherwise: what is closed is not due any more. */
export function usualSort(type: RecordType, show: ListAddress["show"]): string {
  if (show === "open" || !type.views.list.sort.endsWith("due")) return type.views.list.sort;
  return show === "closed" ? "-closed" : "-opened";
}

function layoutOf(given: string): Layout {
  return (
    layouts.find((layout) => layout === (given || "list")) ??
    refuse("as", `A list can be seen as: ${layouts.join(", ")}`)
  );
}

/** A link to the list as this address has it, with what `change` says otherwise; from its first page unless that is said. */
export function listHref(
  type: RecordType,
  address: ListAddress,
  change: Partial<ListAddress> = {},
  ending = "",
): string {
  const show = change.show ?? address.show;
  const sort = address.sort === usualSort(type, address.show) ? usualSort(type, show) : address.sort;
  const query = queryText(type, { ...address, sort, cursor: "", ...change });
  return `/${type.path}${ending}${query ? `?${query}` : ""}`;
}

/** The address as the kernel's list takes it. */
export function listQuery(
  { search, show, states, where, sort, cursor, columns }: ListAddress,
  limit: number,
): ListQuery {
  return { search, show, states, where, sort, limit, fields: fieldsRead(columns), ...(cursor ? { cursor } : {}) };
}

function sortOf(actor: Actor, type: RecordType, sort: string): string {
  const name = sort.replace(/^-/, "");
  return isSortable(actor, type, name)
    ? sort
    : refuse("sort", `This list cannot be sorted by “${name}”. Select the heading of a column to sort by it`);
}

function given(query: Form, name: string): readonly string[] {
  return [
    ...new Set(
      all(query, name)
        .map((value) => value.trim())
        .filter((value) => value !== ""),
    ),
  ];
}

function checkSizes(query: Form): void {
  const problems = Object.keys(query).flatMap((name): Problem[] => {
    const values = all(query, name);
    const limit = name === "cursor" ? 2000 : name === "columns" ? 2000 : most.characters;
    if (values.length > most.values)
      return [{ field: name, message: `${name.slice(0, 60)}: give at most ${most.values} values` }];
    if (name.length > 60 || values.some((value) => value.length > limit))
      return [{ field: name, message: `${name.slice(0, 60)}: at most ${limit} characters` }];
    if (values.some((value) => value.includes("\u0000") || !value.isWellFormed()))
      return [{ field: name, message: `${name}: that is no text` }];
    return [];
  });
  if (Object.keys(query).filter((name) => !name.startsWith("position-")).length > most.filters + 40)
    problems.push({ message: "This address holds too many filters" });
  if (problems.length > 0) throw new Refusal("invalid", problems);
}
