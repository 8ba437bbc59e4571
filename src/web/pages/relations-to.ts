import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Field } from "../../kernel/fields/kind.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { columnName } from "../../kernel/record.ts";
import type { RecordType } from "../../kernel/record.ts";
import { linkFields, linkTarget } from "../../kernel/registry.ts";
import { lineTables } from "../../kernel/schema/definition-sql.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { addedIs } from "../../kernel/store/added.ts";
import { expressionOf, viewOf } from "../../kernel/store/row.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** How many records of each relation are shown; the rest are behind a link to the list. One more is read, to know of them. */
export const shownMax = 10;

/** A way in which records of some type lead to one record: its words, a query for the first of them, and their list. */
export interface RelationTo {
  readonly relation: string;
  readonly query: RawBuilder<unknown>;
  readonly listHref?: string;
}

/** Every field of every type that leads to records of this type, as a query for those that lead to this one. */
export function relationsTo(tx: Tx, type: RecordType, record: Stored): RelationTo[] {
  return [...tx.registry.types.values()].flatMap((other) => {
    const own = linkFields(other)
      .filter(([, target]) => target === type.name)
      .flatMap(([name]) => ownRelation(tx, type, record, { other, name }));
    return [...own, ...lineRelations(tx, type, record, other)];
  });
}

/** The other types whose fields or lines lead to records of this one. What it leads to among its own kind is left out: there may be a million. */
export function typesLeadingTo({ registry }: Pick<Tx, "registry">, type: RecordType): RecordType[] {
  return [...registry.types.values()].filter(
    (other) =>
      other.name !== type.name &&
      (linkFields(other).some(([, target]) => target === type.name) ||
        lineTables(other).some(({ fields }) => Object.values(fields).some((field) => linkTarget(field) === type.name))),
  );
}

function ownRelation(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { other, name }: { other: RecordType; name: string },
): RelationTo[] {
  const field = fieldOfAll(tx, other, name);
  if (!field) return [];
  const ref = expressionOf(other, name);
  const relation = relationName(type, other, field);
  const listed = filterNames(other).some((filter) => filter.name === name);
  const listHref = listed ? { listHref: `/${other.path}?${name}=${record.id}` } : {};
  if (ref === null)
    return [
      {
        relation,
        ...listHref,
        query: leading(
          tx,
          other,
          relation,
          sql`id in (select from_id from links where organisation_id = ${tx.actor.organisationId}::uuid and to_id = ${record.id}::uuid and relation = ${name})`,
        ),
      },
    ];
  // Whole teams and queues are led to by ever more that is closed; what is open is what they have now.
  const openOnly = field.options.is === "owner" || field.options.is === "team" || field.options.is === "within";
  const query = leading(
    tx,
    other,
    relation,
    sql`${field.options.added ? addedIs(name, [record.id]) : sql`${ref} = ${record.id}::uuid`} ${openOnly ? sql`and closed_at is null` : sql``}`,
  );
  return [{ relation, query, ...listHref }];
}

function lineRelations(tx: Tx, type: RecordType, record: Stored, other: RecordType): RelationTo[] {
  return lineTables(other).flatMap(({ name, table, fields }) => {
    const field = fieldOfAll(tx, other, name);
    if (!field) return [];
    return Object.entries(fields).flatMap(([part, led]): RelationTo[] => {
      if (linkTarget(led) !== type.name) return [];
      const relation = relationName(type, other, field);
      const holding = sql`id in (select parent_id from ${sql.table(table)} where organisation_id = ${tx.actor.organisationId}::uuid
        and ${sql.ref(columnName(part))} = ${record.id}::uuid and removed_at is null)`;
      return [{ relation, query: leading(tx, other, relation, holding) }];
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

function leading(tx: Tx, other: RecordType, relation: string, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${relation}::text as relation, true as back, id, ${other.name}::text as type, reference, title, state, null::text as join from ${viewOf(other)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ${condition} ${filterOf(tx, other)} limit ${shownMax + 1}`;
}
