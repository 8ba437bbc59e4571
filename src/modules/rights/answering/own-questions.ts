import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { OwnWork } from "../../../web/parts.ts";
import { pageClock } from "../../../web/pages/places.ts";
import { formatDue, plural } from "../../../web/view/format.ts";

const shownMax = 20;
/** Counted to this; what is more is said to be more. */
const countedMax = 100;

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly answerBy: string | null;
}

/** The questions of cases that wait for this person, or for somebody of their teams, soonest first; null where there are none. */
export async function ownQuestions(tx: Tx): Promise<OwnWork | null> {
  if (!may(tx.actor, "case_question", "answer")) return null;
  const person = tx.actor.standsInFor?.personId ?? tx.actor.personId;
  const { rows } = await sql<Row>`select id, reference, title, answer_by::text as "answerBy" from visible_case_question
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'asked'
      and (owner_id = ${person}::uuid or owner_id is null and team_id = any (${[...tx.actor.teams]}::uuid[]))
    order by answer_by nulls last, id limit ${countedMax + 1}`.execute(tx.db);
  if (rows.length === 0) return null;
  const { path } = typeNamed(tx.registry, "case_question");
  return {
    id: "questions",
    title: "Questions for you to answer",
    count: rows.length > countedMax ? `More than ${countedMax} questions` : plural(rows.length, "question"),
    figure: rows.length > countedMax ? `${countedMax}+` : String(rows.length),
    ...(rows.length > shownMax ? { more: { text: "All of them as a list", href: `/${path}?owner=me` } } : {}),
    items: rows.slice(0, shownMax).map(({ id, reference, title, answerBy }) => ({
      id,
      reference,
      text: title,
      href: `/${path}/${reference}`,
      due: answerBy === null ? null : formatDue(Temporal.PlainDate.from(answerBy), pageClock(tx)),
    })),
  };
}
