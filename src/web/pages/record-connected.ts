import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import type { RecordSection } from "../view/models.ts";
import { mentionedIn } from "./field-value.ts";
import { stateTag } from "./places.ts";
import { relationsTo, shownMax } from "./relations-to.ts";
import { seenField } from "./seen-fields.ts";

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
  if (!whole && behind.length === 0)
    return { groups: [], count: String(ahead.reduce((sum, { ids }) => sum + ids.length, 0)) };
  const branches = [
    ...ahead.map(({ relation, ids }) => namedOnes(tx, relation, ids)),
    ...behind.map(({ query }) => query),
  ];
  if (branches.length === 0) return { groups: [], count: "0" };
  const { rows } = await sql<Joined>`${sql.join(
    branches.map((branch) => sql`(${branch})`),
    sql` union all `,
  )}`.execute(tx.db);
  const relations = [...new Set([...ahead.map(({ relation }) => relation), ...behind.map(({ relation }) => relation)])];
  const groups = relations.flatMap((relation) => {
    const records = rows.filter((row) => row.relation === relation);
    const moreHref = records.length > shownMax ? behind.find((one) => one.relation === relation)?.listHref : undefined;
    return records.length === 0
      ? []
      : [{ relation, records: records.slice(0, shownMax), ...(moreHref === undefined ? {} : { moreHref }) }];
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
        return {
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

function namedOnes(tx: Tx, relation: string, ids: readonly string[]): RawBuilder<unknown> {
  return sql`select ${relation}::text as relation, id, type, reference, title, state from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[]) order by title limit ${shownMax + 1}`;
}
