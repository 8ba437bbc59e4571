import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Field } from "../../kernel/fields/kind.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { keptByType } from "../../kernel/kept-by-type.ts";
import { columnName } from "../../kernel/record.ts";
import type { RecordType } from "../../kernel/record.ts";
import { linkFields, linkTarget } from "../../kernel/registry.ts";
import { lineTables } from "../../kernel/schema/definition-sql.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { addedIs } from "../../kernel/store/added.ts";
import { partColumns } from "../../kernel/schema/visibility.ts";
import { expressionOf, viewOf } from "../../kernel/store/row.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** How many records of each relation are shown; the rest are behind a link to the list. One more is read, to know of them. */
export const shownMax = 10;

/** The ways in which records lead to one record, and what reads the first of them. */
export interface RelationsTo {
  /** The words of each, and the list of its records where there is one. */
  readonly relations: readonly Pick<Way, "relation" | "listHref">[];
  readonly queries: readonly RawBuilder<unknown>[];
}

/** A way in which records of one type lead to one record. */
interface Way {
  readonly relation: string;
  readonly listHref?: string;
  readonly from: RecordType;
  /** What makes a record of the type one of them; or the part of every record that leads there. */
  readonly by: RawBuilder<unknown> | SharedPart;
}

/** A part of every record that leads to another: kept in one table, so that one query reads it for all types. */
type SharedPart = (typeof sharedParts)[number];
const sharedParts = ["owner", "team", "requester", "within"] as const;

/** Every field of every type that leads to records of this type, and queries for those that lead to this one. */
export function relationsTo(tx: Tx, type: RecordType, record: Stored): RelationsTo {
  const ways = leadingTypes(tx, type).flatMap((from) => {
    const own = linkFields(from)
      .filter(([, target]) => target === type.name)
      .flatMap(([name]) => ownWays(tx, type, record, { from, name }));
    return [...own, ...lineWays(tx, type, record, from)];
  });
  const shared = Map.groupBy(ways, ({ by }) => (isShared(by) ? by : null));
  return {
    relations: ways,
    queries: [
      ...ways.flatMap((way) => (isShared(way.by) ? [] : [leading(tx, way, way.by)])),
      ...sharedParts.flatMap((part) => {
        const by = shared.get(part);
        return by ? [leadingByPart(tx, record, part, by)] : [];
      }),
    ],
  };
}

function isShared(by: Way["by"]): by is SharedPart {
  return typeof by === "string";
}

/** The other types whose fields or lines lead to records of this one. What it leads to among its own kind is left out: there may be a million. */
export function typesLeadingTo({ registry }: Pick<Tx, "registry">, type: RecordType): RecordType[] {
  return leadingTypes({ registry }, type).filter(({ name }) => name !== type.name);
}

/** The types whose fields or lines lead to records of this one, itself among them. */
function leadingTypes({ registry }: Pick<Tx, "registry">, { name }: RecordType): RecordType[] {
  return [...registry.types.values()].filter((other) => typesLedTo(other).has(name));
}

/** The names of the types that a type's fields and lines lead to. */
const typesLedTo = keptByType(
  (type): ReadonlySet<string | null> =>
    new Set([
      ...linkFields(type).map(([, target]) => target),
      ...lineTables(type).flatMap(({ fields }) => Object.values(fields).map(linkTarget)),
    ]),
);

function ownWays(tx: Tx, type: RecordType, record: Stored, { from, name }: { from: RecordType; name: string }): Way[] {
  const field = fieldOfAll(tx, from, name);
  if (!field) return [];
  const ref = expressionOf(from, name);
  const listed = filterNames(from).some((filter) => filter.name === name);
  const way = {
    relation: relationName(type, from, field),
    ...(listed ? { listHref: `/${from.path}?${name}=${record.id}` } : {}),
    from,
  };
  if (ref === null)
    return [
      {
        ...way,
        by: sql`id in (select from_id from links where organisation_id = ${tx.actor.organisationId}::uuid and to_id = ${record.id}::uuid and relation = ${name})`,
      },
    ];
  const part = sharedParts.find((one) => one === field.options.is);
  // A definition's own condition on its rows is one of its view.
  if (part && !from.access.read) return [{ ...way, by: part }];
  const by = field.options.added ? addedIs(name, [record.id]) : sql`${ref} = ${record.id}::uuid`;
  return [{ ...way, by: part ? sql`${by} ${openOnly(part)}` : by }];
}

/** Whole teams and queues are led to by ever more that is closed; what is open is what they have now. */
const openOnly = (part: SharedPart) => (part === "requester" ? sql`` : sql`and closed_at is null`);

function lineWays(tx: Tx, type: RecordType, record: Stored, from: RecordType): Way[] {
  return lineTables(from).flatMap(({ name, table, fields }) => {
    const field = fieldOfAll(tx, from, name);
    if (!field) return [];
    return Object.entries(fields).flatMap(([part, led]): Way[] => {
      if (linkTarget(led) !== type.name) return [];
      const by = sql`id in (select parent_id from ${sql.table(table)} where organisation_id = ${tx.actor.organisationId}::uuid
        and ${sql.ref(columnName(part))} = ${record.id}::uuid and removed_at is null)`;
      return [{ relation: relationName(type, from, field), from, by }];
    });
  });
}

/** The field, unless it is internal and this person may not read it on every record of the type. */
function fieldOfAll({ actor }: Tx, type: RecordType, name: string): Field | undefined {
  const field = type.fields[name];
  return !field?.options.internal ||
    actor.grants.some((grant) => grant.type === type.name && grant.permission === "internal" && grant.scope === "all")
    ? field
    : undefined;
}

/** The other end's own words, or "Tickets in this queue", or "Tickets (requester)". */
function relationName(type: RecordType, other: RecordType, { options }: Field): string {
  // Only links can be told what the other end says.
  const reverse = (options as { reverse?: string }).reverse;
  if (reverse !== undefined) return reverse;
  const one = inSentence(type.label.one);
  return inSentence(options.label) === one
    ? `${other.label.many} in this ${one}`
    : `${other.label.many} (${inSentence(options.label)})`;
}

function leading(tx: Tx, { from, relation }: Way, by: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${relation}::text as relation, true as back, id, ${from.name}::text as type, reference, title, state, null::text as join from ${viewOf(from)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ${by} ${filterOf(tx, from)} limit ${sql.lit(shownMax + 1)}`;
}

/** The first of each type that a part of every record leads from: planned once, where a query for each type is planned for each. */
function leadingByPart(tx: Tx, record: Stored, part: SharedPart, ways: readonly Way[]): RawBuilder<unknown> {
  return sql`select n.relation, true as back, r.id, r.type, r.reference, r.title, r.state, null::text as join
    from unnest(${ways.map(({ from }) => from.name)}::text[], ${ways.map(({ relation }) => relation)}::text[]) as n (type, relation)
    cross join lateral (select id, type, reference, title, state from records
      where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(partColumns[part])} = ${record.id}::uuid
        and type = n.type ${openOnly(part)} limit ${sql.lit(shownMax + 1)}) r`;
}
