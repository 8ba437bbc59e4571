import { sql } from "kysely";
import { plannedOnce } from "../../../kernel/database/in-transaction.ts";
import { may } from "../../../kernel/access.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { OwnWork } from "../../../web/parts.ts";
import { pageClock, stateTag } from "../../../web/pages/places.ts";
import { formatDue, plural } from "../../../web/view/format.ts";

const shownMax = 20;
/** Counted to this; what is more is said to be more. */
const countedMax = 100;
/** How far into each team’s open records an owner is looked for, as on My work. */
const lookedAtMax = 1000;

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  /** `infinity` while no clock runs. */
  readonly due: string;
}

/** The questions of cases that wait for this person, or for somebody of their teams, soonest first; null where there are none. */
export async function ownQuestions(tx: Tx): Promise<OwnWork | null> {
  if (!may(tx.actor, "case_question", "answer")) return null;
  const rows = await waiting(tx);
  if (rows.length === 0) return null;
  const type = typeNamed(tx.registry, "case_question");
  return {
    id: "questions",
    title: "Questions for you to answer",
    count: rows.length > countedMax ? `More than ${countedMax} questions` : plural(rows.length, "question"),
    figure: rows.length > countedMax ? `${countedMax}+` : String(rows.length),
    ...(rows.length > shownMax ? { more: { text: "All of them as a list", href: `/${type.path}?owner=me` } } : {}),
    items: rows.slice(0, shownMax).map(({ id, reference, title, due }) => ({
      id,
      reference,
      text: title,
      href: `/${type.path}/${reference}`,
      kind: type.label.one,
      state: stateTag(type, "asked"),
      due: due === "infinity" ? null : formatDue(Temporal.Instant.from(due), pageClock(tx)),
    })),
  };
}

/** From the records alone, by the indexes of owner and team: it stands on a page that everybody opens. */
async function waiting(tx: Tx): Promise<readonly Row[]> {
  const person = sql`${tx.actor.standsInFor?.personId ?? tx.actor.personId}::uuid`;
  const organisation = sql`organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null`;
  const asked = sql`type = 'case_question' and state = 'asked'`;
  const columns = sql`id, reference, title, next_due_at`;
  const { rows } = await sql<Row>`${plannedOnce} select id, reference, title, next_due_at as due from (
      (select ${columns} from records where ${organisation} and owner_id = ${person} and ${asked}
        order by next_due_at, id limit ${sql.lit(countedMax + 1)})
      union all
      (select ${columns} from (select w.* from unnest(${[...tx.actor.teams]}::uuid[]) as mine (team), lateral (
          select ${columns}, owner_id, type, state from records where ${organisation} and team_id = mine.team
          order by next_due_at, id limit ${sql.lit(lookedAtMax)}) w) w
        where owner_id is null and ${asked} order by next_due_at, id limit ${sql.lit(countedMax + 1)})) both_kinds
    order by next_due_at, id limit ${sql.lit(countedMax + 1)}`.execute(tx.db);
  return rows;
}
