import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { may } from "../../kernel/access.ts";
import { plannedOnce } from "../../kernel/database/in-transaction.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { hiddenByDefinition } from "../../kernel/store/hidden.ts";
import { choiceOf, relationChoices, relationWords, relations } from "../../kernel/store/relations.ts";
import type { RelationChoice } from "../../kernel/store/relations.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import type { RecordSection } from "../view/models.ts";
import { mentionedIn } from "./field-value.ts";
import { joinForm } from "./joins.ts";
import { addressOf, stateTag } from "./places.ts";
import { submissionField } from "./submitting.ts";
import { relationsTo, shownMax } from "./relations-to.ts";
import { seenField } from "./seen-fields.ts";

interface Joined {
  readonly relation: string;
  /** Whether it leads to this record, rather than this one to it. */
  readonly back: boolean;
  /** What a join is taken away by; null for what a field leads to. */
  readonly join: RelationChoice | null;
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
}

/** What a record is joined to, by relation: what its fields lead to, and what leads to it. */
export interface Connections {
  readonly groups: readonly {
    readonly relation: string;
    readonly records: readonly Joined[];
    readonly moreHref?: string;
  }[];
  /** How many are shown, with a plus where there are more. */
  readonly count: string;
}

/** Reads both ends with one query. A relation's open records only, where it is one that thousands share. Without `whole` the count alone is sure. */
export async function connectionsOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { whole }: { whole: boolean },
): Promise<Connections> {
  const ahead = Object.keys(type.fields).flatMap((name) => {
    const field = seenField(tx, type, name, record);
    const ids = field && field.kind.name !== "file" ? [...new Set(mentionedIn(field, record.values[name]))] : [];
    return field && ids.length > 0 ? [{ relation: field.options.label, ids }] : [];
  });
  const behind = relationsTo(tx, type, record);
  if (!whole && behind.relations.length === 0) {
    const joins = await countJoins(tx, record);
    const known = ahead.reduce((sum, { ids }) => sum + ids.length, 0) + Math.min(joins, joinsShown);
    return { groups: [], count: `${known}${joins > joinsShown ? "+" : ""}` };
  }
  const branches = [namedOnes(tx, ahead), ...behind.queries, joinsOf(tx, record, false), joinsOf(tx, record, true)];
  // There may be a hundred branches.
  const found = await sql<Joined>`${plannedOnce} ${sql.join(
    branches.map((branch) => sql`(${branch})`),
    sql` union all `,
  )}`.execute(tx.db);
  const hidden = await hiddenByDefinition(tx, found.rows);
  const rows = found.rows.filter(({ id }) => !hidden.has(id));
  // Always in this order: which end of a join is kept, and so which query finds it, nobody can tell from the page.
  const groupNames = [
    ...new Set([
      ...relationChoices.map(({ label }) => label),
      ...ahead.map(({ relation }) => relation),
      ...behind.relations.map(({ relation }) => relation),
    ]),
  ];
  const groups = groupNames.flatMap((relation) => {
    const records = rows.filter((row) => row.relation === relation);
    const most = records.some(({ join }) => join !== null) ? joinsShown : shownMax;
    const listHref = behind.relations.find((one) => one.relation === relation)?.listHref;
    const moreHref = records.length > most ? (listHref ?? `${addressOf(tx, record)}/connections`) : undefined;
    return records.length === 0
      ? []
      : [{ relation, records: records.slice(0, most), ...(moreHref === undefined ? {} : { moreHref }) }];
  });
  const shown = groups.reduce((sum, { records }) => sum + records.length, 0);
  return { groups, count: `${shown}${rows.length > shown ? "+" : ""}` };
}

/** The tab that shows them. */
export function connectedSection(tx: Tx, type: RecordType, record: Stored, { groups }: Connections): RecordSection {
  const mayJoin = may(tx.actor, type.name, type.access.change.permission, record);
  return {
    kind: "connected",
    picture: { text: "See it as a picture", href: `${addressOf(tx, record)}/connections` },
    ...(mayJoin ? { form: joinForm(tx, record, {}) } : {}),
    groups: groups.map(({ relation, records, moreHref }) => ({
      relation,
      records: records.map(({ type: name, id, reference, title, state, join }) => {
        const other = typeNamed(tx.registry, name);
        return {
          ...(join !== null && mayJoin
            ? {
                remove: {
                  action: `${addressOf(tx, record)}/joins/remove`,
                  hidden: [{ name: "relation", value: join }, { name: "to", value: id }, submissionField()],
                },
              }
            : {}),
          reference,
          title,
          type: other.label.one,
          href: hrefOf(tx, name, reference),
          state: stateTag(other, state),
        };
      }),
      ...(moreHref === undefined ? {} : { more: { text: "See all of them in a list", href: moreHref } }),
    })),
    empty: {
      title: "Nothing is connected yet",
      text: `What this ${inSentence(type.label.one)} leads to, and what leads to it, is shown here.`,
    },
  };
}

/** How many joins are shown in either direction. */
const joinsShown = 50;

/** The records that this one was joined to, read from one end. Their words come with them. */
function joinsOf(tx: Tx, record: Stored, back: boolean): RawBuilder<unknown> {
  const [here, there] = back ? [sql`l.to_id`, sql`l.from_id`] : [sql`l.from_id`, sql`l.to_id`];
  const names = Object.keys(relations);
  const words = names.map((name) => relationWords(name, back));
  const choices = names.map((name) => choiceOf(name, back));
  return sql`select n.words as relation, ${back}::boolean as back, r.id, r.type, r.reference, r.title, r.state, n.choice as join
    from unnest(${names}::text[], ${words}::text[], ${choices}::text[]) as n (name, words, choice)
    join links l on l.organisation_id = ${tx.actor.organisationId}::uuid and ${here} = ${record.id}::uuid and l.relation = n.name
    join records r on r.organisation_id = l.organisation_id and r.id = ${there}
    order by n.words, r.title limit ${sql.lit(joinsShown + 1)}`;
}

/** How many joins a record has, counted no further than is shown. */
async function countJoins(tx: Tx, record: Stored): Promise<number> {
  const { rows } = await sql<{ joins: number }>`select count(*)::integer as joins from (
    select 1 from links where organisation_id = ${tx.actor.organisationId}::uuid and from_id = ${record.id}::uuid and relation = any (${Object.keys(relations)}::text[])
    union all select 1 from links where organisation_id = ${tx.actor.organisationId}::uuid and to_id = ${record.id}::uuid and relation = any (${Object.keys(relations)}::text[])
    limit ${joinsShown + 1}) l`.execute(tx.db);
  return rows[0]?.joins ?? 0;
}

/** What the record's own fields lead to. */
function namedOnes(
  tx: Tx,
  ahead: readonly { readonly relation: string; readonly ids: readonly string[] }[],
): RawBuilder<unknown> {
  const named = ahead.flatMap(({ relation, ids }) => ids.map((id) => ({ relation, id })));
  return sql`select relation, false as back, id, type, reference, title, state, null::text as join from (
      select n.relation, r.id, r.type, r.reference, r.title, r.state, row_number() over (partition by n.relation order by r.title) as place
      from unnest(${named.map(({ relation }) => relation)}::text[], ${named.map(({ id }) => id)}::uuid[]) as n (relation, id)
      join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = n.id) named
    where place <= ${shownMax + 1} order by place`;
}
