import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Field } from "../../kernel/fields/kind.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { linkFields, typeNamed } from "../../kernel/registry.ts";
import { lineTables } from "../../kernel/schema/definition-sql.ts";
import { columnName } from "../../kernel/record.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { columnOf, viewOf } from "../../kernel/store/row.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import type { RecordSection } from "../view/models.ts";
import { mentionedIn } from "./field-value.ts";
import { stateTag } from "./places.ts";
import { linesOf, seenField } from "./seen-fields.ts";

/** How many records of each relation are shown; the rest are behind a link to the list. */
const shownMax = 10;

interface Joined {
  readonly relation: string;
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
}

/** What a record is joined to, by relation: what its fields lead to, and what leads to it. */
export interface Connections {
  readonly groups: readonly { readonly relation: string; readonly records: readonly Joined[]; readonly moreHref?: string }[];
  /** How many are shown, with a plus where there are more. */
  readonly count: string;
}

/** Reads both ends with one query. A relation's open records only, where it is one that thousands share. */
export async function connectionsOf(tx: Tx, type: RecordType, record: Stored): Promise<Connections> {
  const ahead = Object.keys(type.fields).flatMap((name) => {
    const field = seenField(tx, type, name, record);
    const ids = field ? [...new Set(mentionedIn(field, record.values[name]))] : [];
    return field && ids.length > 0 ? [{ relation: field.options.label, ids }] : [];
  });
  const behind = relationsTo(tx, type, record);
  const branches = [...ahead.map(({ relation, ids }) => namedOnes(tx, relation, ids)), ...behind.map(({ query }) => query)];
  if (branches.length === 0) return { groups: [], count: "0" };
  const { rows } = await sql<Joined>`${sql.join(branches.map((branch) => sql`(${branch})`), sql` union all `)}`.execute(tx.db);
  const relations = [...new Set([...ahead.map(({ relation }) => relation), ...behind.map(({ relation }) => relation)])];
  const groups = relations.flatMap((relation) => {
    const records = rows.filter((row) => row.relation === relation);
    const moreHref = records.length > shownMax ? behind.find((one) => one.relation === relation)?.listHref : undefined;
    return records.length === 0 ? [] : [{ relation, records: records.slice(0, shownMax), ...(moreHref === undefined ? {} : { moreHref }) }];
  });
  const shown = groups.reduce((sum, { records }) => sum + records.length, 0);
  return { groups, count: `${shown}${rows.length > shown ? "+" : ""}` };
}

/** The tab that shows them. */
export function connectedSection(tx: Tx, type: RecordType, { groups }: Connections): RecordSection {
  return {
    kind: "connected",
    groups: groups.map(({ relation, records, moreHref }) => ({
      relation,
      records: records.map(({ type: name, reference, title, state }) => {
        const other = typeNamed(tx.registry, name);
        return { reference, title, type: other.label.one, href: hrefOf(tx, name, reference), state: stateTag(other, state) };
      }),
      ...(moreHref === undefined ? {} : { more: { text: "See all of them in a list", href: moreHref } }),
    })),
    empty: { title: "Nothing is connected yet", text: `What this ${inSentence(type.label.one)} leads to, and what leads to it, is shown here.` },
  };
}

function namedOnes(tx: Tx, relation: string, ids: readonly string[]): RawBuilder<unknown> {
  return sql`select ${relation}::text as relation, id, type, reference, title, state from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[]) order by title limit ${shownMax + 1}`;
}

interface RelationTo {
  readonly relation: string;
  readonly query: RawBuilder<unknown>;
  readonly listHref?: string;
}

/** Every field of every type that leads to records of this type, as a query for those that lead to this one. */
function relationsTo(tx: Tx, type: RecordType, record: Stored): RelationTo[] {
  return [...tx.registry.types.values()].flatMap((other) => {
    const own = linkFields(other).filter(([, target]) => target === type.name).flatMap(([name]) => ownRelation(tx, type, record, { other, name }));
    return [...own, ...lineRelations(tx, type, record, other)];
  });
}

function ownRelation(tx: Tx, type: RecordType, record: Stored, { other, name }: { other: RecordType; name: string }): RelationTo[] {
  const field = fieldOfAll(tx, other, name);
  if (!field) return [];
  const column = columnOf(other, name);
  const relation = relationName(type, other, field);
  if (column === null) return [{ relation, query: leading(tx, other, relation, sql`id in (select from_id from links where organisation_id = ${tx.actor.organisationId}::uuid and to_id = ${record.id}::uuid and relation = ${name})`) }];
  // Whole teams and queues are led to by ever more that is closed; what is open is what they have now.
  const openOnly = field.options.is === "owner" || field.options.is === "team" || field.options.is === "within";
  const query = leading(tx, other, relation, sql`${sql.ref(column)} = ${record.id}::uuid ${openOnly ? sql`and closed_at is null` : sql``}`);
  const listed = filterNames(other).some((filter) => filter.name === name);
  return [{ relation, query, ...(listed ? { listHref: `/${other.path}?${name}=${record.id}` } : {}) }];
}

function lineRelations(tx: Tx, type: RecordType, record: Stored, other: RecordType): RelationTo[] {
  return lineTables(other).flatMap(({ name, table, fields }) => {
    const field = fieldOfAll(tx, other, name);
    if (!field || !linesOf(field)) return [];
    return Object.entries(fields).flatMap(([part, { kind, options }]): RelationTo[] => {
      const widget = kind.input(options, null);
      if (widget.widget !== "record" || widget.type !== type.name) return [];
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
  return !field?.options.internal || actor.grants.some((grant) => grant.type === type.name && grant.permission === "internal" && grant.scope === "all") ? field : undefined;
}

/** The other end's own words, or "Tickets in this queue", or "Tickets (requester)". */
function relationName(type: RecordType, other: RecordType, { options }: Field): string {
  // Only links can be told what the other end says.
  const reverse = (options as { reverse?: string }).reverse;
  if (reverse !== undefined) return reverse;
  const one = inSentence(type.label.one);
  return inSentence(options.label) === one ? `${other.label.many} in this ${one}` : `${other.label.many} (${inSentence(options.label)})`;
}

function leading(tx: Tx, other: RecordType, relation: string, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${relation}::text as relation, id, ${other.name}::text as type, reference, title, state from ${viewOf(other)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ${condition} ${filterOf(tx, other)} limit ${shownMax + 1}`;
}
