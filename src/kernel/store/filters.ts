import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { mayAskAbout } from "../access.ts";
import { refuse } from "../errors.ts";
import { isDay } from "../fields/date.ts";
import type { Field } from "../fields/kind.ts";
import { keptByType } from "../kept-by-type.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { filterOf, isId } from "./find.ts";
import { furtherConditions } from "./further-filters.ts";
import type { ListQuery } from "./list.ts";
import { addedIs } from "./added.ts";
import { expressionOf, isInRow } from "./row.ts";
import { matchingIds } from "./search.ts";

type Condition = RawBuilder<unknown>;

/** The condition of a list as SQL; null when nothing can match. Refuses (invalid) a filter that it does not understand. */
export async function listCondition(tx: Tx, type: RecordType, query: ListQuery): Promise<Condition | null> {
  const conditions: Condition[] = [sql`organisation_id = ${tx.actor.organisationId}::uuid`];
  if (query.show === "open") conditions.push(sql`closed_at is null`);
  if (query.show === "closed") conditions.push(sql`closed_at is not null`);
  if (query.states && query.states.length > 0)
    conditions.push(sql`state = any (${checkStates(type, query.states)}::text[])`);
  const { conditions: further, rest } = furtherConditions(type, query.where ?? {}, tx.now);
  conditions.push(...further);
  for (const [name, values] of Object.entries(rest)) {
    if (values.some((value) => value.includes("\u0000") || !value.isWellFormed()))
      refuse(name, `${name.slice(0, 60)}: give ordinary text`);
    if (values.length > 0) conditions.push(fieldCondition(tx, type, name, values));
  }
  if (query.search !== undefined && query.search.trim() !== "") {
    const ids = await matchingIds(tx, type.name, query.search);
    if (ids.length === 0) return null;
    conditions.push(sql`id = any (${ids}::uuid[])`);
  }
  const reach = reachOf(tx, type);
  if (reach !== null) conditions.push(reach);
  return sql`${sql.join(conditions, sql` and `)} ${filterOf(tx, type)}`;
}

/**
 * Whose records the person reads, when not all: the view says it too, but by settings, from which PostgreSQL cannot tell
 * that few rows are meant and which index finds them.
 */
function reachOf(tx: Tx, type: RecordType): Condition | null {
  const { personId, teams, grants } = tx.actor;
  const scopes = new Set(
    grants.filter((grant) => grant.type === type.name && grant.permission === "read").map(({ scope }) => scope),
  );
  if (scopes.has("all") || scopes.size === 0) return null;
  // Their ids first: from "this or that column is theirs" alone it would rather read everything in the list's order.
  const own = scopes.has("own") && personId !== null ? ownIds(tx, personId) : null;
  const ofTeam = scopes.has("team") ? sql`team_id = any (${teams}::uuid[])` : null;
  if (own && ofTeam) return sql`(${ofTeam} or ${own})`;
  return own ?? ofTeam ?? sql`false`;
}

function ownIds(tx: Tx, personId: string): Condition {
  const theirs = ["owner_id", "requester_id", "created_by"].map(
    (column) =>
      sql`select id from records where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(column)} = ${personId}::uuid`,
  );
  return sql`id = any (array(${sql.join(theirs, sql` union `)} union select ${personId}::uuid))`;
}

function checkStates(type: RecordType, states: readonly string[]): readonly string[] {
  for (const state of states) {
    if (!Object.hasOwn(type.states, state))
      refuse(
        "state",
        `There is no state “${state.slice(0, 60)}”. The states are: ${Object.keys(type.states).join(", ")}`,
      );
  }
  return states;
}

interface FilterName {
  readonly name: string;
  readonly field: string;
  readonly takes: string;
}

/** The names of query parameters by which a type's lists can be narrowed, with what each takes. */
export const filterNames: (type: RecordType) => readonly FilterName[] = keptByType((type) =>
  Object.entries(type.fields).flatMap(([field, { kind, options }]) => {
    if (kind.filter === null || options.added?.retired) return [];
    if (kind.filter !== "records" && !isInRow(type, field)) return [];
    if (kind.filter === "date-range")
      return [
        { name: `${field}-from`, field, takes: "date" },
        { name: `${field}-to`, field, takes: "date" },
      ];
    if (kind.filter === "number-range")
      return [
        { name: field, field, takes: "number" },
        { name: `${field}-from`, field, takes: "number" },
        { name: `${field}-to`, field, takes: "number" },
      ];
    return [{ name: field, field, takes: kind.filter }];
  }),
);

function fieldCondition(tx: Tx, type: RecordType, name: string, values: readonly string[]): Condition {
  const base = baseRange(name, values);
  if (base) return base;
  const filter = filterNames(type).find((candidate) => candidate.name === name);
  const field = filter && type.fields[filter.field];
  const among = filter?.takes === "records";
  const ref = filter && (among ? sql.ref("id") : expressionOf(type, filter.field));
  if (!filter || !field || !ref || !mayAskAbout(tx.actor, type, filter.field))
    return refuse(name, `A list of ${type.label.many.toLowerCase()} cannot be narrowed by “${name.slice(0, 60)}”`);
  if (among) return linkedCondition(tx, name, values);
  if (filter.takes === "one-of") checkChoices(name, field, values);
  if (field.options.added && addedEquals.has(filter.takes) && !values.includes("none"))
    return addedIs(name, addedComparable(tx, name, filter.takes, values));
  if (filter.takes === "date") return dayRange(name, ref, field.kind.column(field.options)?.type === "date", values);
  if (filter.takes === "number") return numberCondition(name, ref, values);
  if (filter.takes === "yes-no") return sql`${ref} is not distinct from ${yesNo(name, values[0])}::boolean`;
  if (filter.takes === "record") return recordCondition(tx, name, ref, values);
  // The text as it is, letters of either case: by its beginning when it ends with a star.
  if (filter.takes === "text") return sql`lower(${ref}) like any (${values.map(likePattern)}::text[])`;
  return values.includes("none")
    ? sql`(${ref} = any (${values}::text[]) or ${ref} is null)`
    : sql`${ref} = any (${values}::text[])`;
}

/** Refuses what is no choice of the field, also one that is not offered any more: a mistake would read as “there are none”. */
function checkChoices(name: string, { options }: Field, values: readonly string[]): void {
  // Only kinds that keep one of some choices are narrowed so, and their options name them.
  const choices = (options as unknown as { options: Readonly<Record<string, string>> }).options;
  const wrong = values.find((value) => value !== "none" && !Object.hasOwn(choices, value));
  if (wrong !== undefined)
    refuse(
      name,
      `${options.label}: there is no “${wrong.slice(0, 60)}”. The choices are: ${Object.keys(choices).join(", ")}`,
    );
}

const addedEquals = new Set(["one-of", "record"]);

function addedComparable(tx: Tx, name: string, takes: string, values: readonly string[]): readonly unknown[] {
  return takes === "record" ? idsAmong(tx, name, values) : values;
}

function baseRange(name: string, values: readonly string[]): Condition | null {
  const match = /^(opened|updated|closed|due)-(from|to)$/.exec(name);
  if (!match) return null;
  const column = match[1] === "due" ? "next_due_at" : `${match[1]}_at`;
  return dayRange(name, sql.ref(column), false, values);
}

function dayRange(name: string, ref: Condition, isDate: boolean, [day = ""]: readonly string[]): Condition {
  if (!isDay(day)) return refuse(name, `${name}: give a day as yyyy-mm-dd, like 2026-11-21`);
  const from = name.endsWith("-from");
  if (isDate) return from ? sql`${ref} >= ${day}::date` : sql`${ref} <= ${day}::date`;
  const start = Temporal.PlainDate.from(day)
    .add({ days: from ? 0 : 1 })
    .toZonedDateTime("Europe/London")
    .toInstant()
    .toString();
  return from ? sql`${ref} >= ${start}::timestamptz` : sql`${ref} < ${start}::timestamptz`;
}

function numberCondition(name: string, ref: Condition, values: readonly string[]): Condition {
  const numbers = values.map(Number);
  if (
    values.some((value) => value.trim() === "") ||
    numbers.some((number) => !Number.isFinite(number) || Math.abs(number) > 1e15)
  )
    return refuse(name, `${name}: give a number`);
  if (name.endsWith("-from")) return sql`${ref} >= ${numbers[0]}::double precision`;
  if (name.endsWith("-to")) return sql`${ref} <= ${numbers[0]}::double precision`;
  if (numbers.some((number) => !Number.isInteger(number) || Math.abs(number) > 2_000_000_000))
    return sql`${ref}::double precision = any (${numbers}::double precision[])`;
  return sql`${ref} = any (${numbers}::integer[])`;
}

function recordCondition(tx: Tx, name: string, ref: Condition, values: readonly string[]): Condition {
  const ids = idsAmong(tx, name, values);
  // Alone, it is what an index of those without one holds.
  if (values.includes("none") && ids.length === 0) return sql`${ref} is null`;
  if (values.includes("none")) return sql`(${ref} = any (${ids}::uuid[]) or ${ref} is null)`;
  // With one alone, PostgreSQL reads the rows in the order of an index that begins with it.
  return ids.length === 1 ? sql`${ref} = ${ids[0]}::uuid` : sql`${ref} = any (${ids}::uuid[])`;
}

/** What leads to one of these, or with “none” to nothing that the person may see. */
function linkedCondition(tx: Tx, name: string, values: readonly string[]): Condition {
  const own = sql`organisation_id = ${tx.actor.organisationId}::uuid and relation = ${name}`;
  const leads = sql`id in (select from_id from links where ${own} and to_id = any (${idsAmong(tx, name, values)}::uuid[]))`;
  return values.includes("none") ? sql`(${leads} or id not in (select from_id from links where ${own}))` : leads;
}

function idsAmong(tx: Tx, name: string, values: readonly string[]): string[] {
  const ids = values
    .map((value) => (value === "me" ? tx.actor.personId : value))
    .filter((value): value is string => value !== "none" && value !== null);
  if (ids.some((id) => !isId(id))) return refuse(name, `${name}: give the id of a record, “me” or “none”`);
  return ids.map((id) => id.toLowerCase());
}

function yesNo(name: string, value = ""): boolean {
  if (["yes", "true"].includes(value)) return true;
  return ["no", "false"].includes(value) ? false : refuse(name, `${name}: give yes or no`);
}

function likePattern(value: string): string {
  const escaped = value
    .toLowerCase()
    .replaceAll(/[\\%_]/g, String.raw`\$&`)
    .replaceAll("\u0000", "");
  return escaped.endsWith("*") ? `${escaped.slice(0, -1)}%` : escaped;
}
