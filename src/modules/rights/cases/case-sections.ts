import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { hrefOf } from "../../../web/names.ts";
import { stateTag } from "../../../web/pages/places.ts";
import type { RecordSection } from "../../../web/view/models.ts";

/** The kinds of case in which somebody asks or complains. */
const kinds = ["information_request", "data_protection_request", "members_question", "information_complaint"] as const;
const othersMax = 10;

interface Other {
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
}

/** On every kind of case, for those who handle it: what else the same person asked, and on an open request what the law wants from its first day. */
export async function caseSections(tx: Tx, record: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, record.type, "handle", record)) return [];
  return [...firstDay(tx, record), ...(await othersOf(tx, record))];
}

/** By the person where that is known, and by the name and address that they gave. */
async function othersOf(tx: Tx, { id, requesterId }: Stored): Promise<readonly RecordSection[]> {
  const { rows } = await sql<Other>`select type, reference, title, state from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id <> ${id}::uuid
      and (requester_id = ${requesterId}::uuid or id = any (array(select same_askers(${id}::uuid))))
      and type = any (${[...kinds]}::text[]) order by closed_at nulls first, opened_at desc, id limit ${othersMax}`.execute(
    tx.db,
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: "steps",
      title: "Of the same person",
      items: rows.map(({ type, reference, title, state }) => ({
        text: `${reference} ${title}`,
        href: hrefOf(tx, type, reference),
        tag: stateTag(typeNamed(tx.registry, type), state),
      })),
    },
  ];
}

/** What is missing for a request to be valid (FOIA 2000 s8), and that nothing may be deleted from then on (s77). */
function firstDay(tx: Tx, { type, reference, closedAt, requesterId, values }: Stored): readonly RecordSection[] {
  if (type !== "information_request" || closedAt !== null) return [];
  const { applicant, replyTo, regime } = values;
  const missing = [
    ...(regime !== "eir" && requesterId === null && !applicant ? ["the name of whoever asks"] : []),
    ...(requesterId === null && !replyTo ? ["an address for the answer"] : []),
  ];
  const held = new URLSearchParams({ name: `What is asked for in ${reference}`, reason: `Asked for in ${reference}` });
  return [
    {
      kind: "steps",
      title: "From the first day",
      items: [
        {
          text: missing.length === 0 ? "It is a valid request" : `It lacks ${missing.join(" and ")}`,
          note:
            missing.length === 0
              ? "Name and address are known"
              : "Section 8. Ask for it, as section 16 wants, and edit it in",
          done: missing.length === 0,
        },
        {
          text: "Nothing that is asked for may be deleted",
          note: "Section 77: to do so to keep it from whoever asks is an offence",
        },
      ],
      links: may(tx.actor, "legal_hold", "create")
        ? [{ text: "Hold records in Reeve from deletion", href: `/legal-holds/new?${held.toString()}` }]
        : [],
    },
  ];
}
