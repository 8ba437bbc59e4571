import { sql } from "kysely";
import { idOf } from "../../kernel/store/check-links.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import type { KnownPart } from "../../web/view/models.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { formatDate } from "../../web/view/format.ts";

const openMax = 5;
const lastMax = 5;
const devicesMax = 5;
/** The words of a call are compared with those of this many of the newest tickets. */
const comparedMax = 500;
const suggestedMax = 3;

/** A category in which tickets with such words are kept, and how many of those compared. */
export interface SuggestedCategory {
  readonly id: string;
  readonly title: string;
  readonly many: number;
}

export interface CallerDevice {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

/** What the desk knows of a caller and of the words they use, as far as whoever takes the call may see it. */
export interface Known {
  readonly callerId: string | null;
  readonly devices: readonly CallerDevice[];
  readonly categories: readonly SuggestedCategory[];
  readonly parts: readonly KnownPart[];
}

/** Reads it: of nobody and of no words, nothing. */
export async function readKnown(tx: Tx, caller: string, summary: string): Promise<Known> {
  const callerId = caller.trim() === "" ? null : await idOf(tx, "person", caller);
  const [person, tickets, devices, categories] = await Promise.all([
    callerId === null ? null : personOf(tx, callerId),
    callerId === null ? [] : ticketsOf(tx, callerId),
    callerId === null ? [] : devicesOf(tx, callerId),
    categoriesLike(tx, summary),
  ]);
  if (person === null)
    return {
      callerId: null,
      devices: [],
      categories,
      parts:
        caller.trim() === ""
          ? [
              {
                title: "Caller",
                lines: [],
                otherwise: "Enter who is calling: their telephone, what they have open and their devices show here",
              },
            ]
          : [
              {
                title: "Caller",
                lines: [],
                otherwise: `Nobody is called “${caller.trim().slice(0, 60)}”. Choose a name from those that are offered`,
              },
            ],
    };
  const line = (one: TicketRow) => ({
    text: `${one.reference} ${one.title}`,
    href: hrefOf(tx, "ticket", one.reference),
    tag: {
      text: typeNamed(tx.registry, "ticket").states[one.state]?.label ?? one.state,
      tone: typeNamed(tx.registry, "ticket").states[one.state]?.tone ?? ("neutral" as const),
    },
    note: formatDate(Temporal.Instant.from(one.openedAt).toZonedDateTimeISO("Europe/London").toPlainDate()),
  });
  const open = tickets.filter(({ open: isOpen }) => isOpen).slice(0, openMax);
  return {
    callerId,
    devices,
    categories,
    parts: [
      {
        title: person.title,
        lines: [person.jobTitle, person.phone].flatMap((text) => (text === null ? [] : [{ text }])),
        otherwise: "Nothing more is known of them",
      },
      { title: "What they have open", lines: open.map(line), otherwise: "Nothing is open" },
      {
        title: "Their last tickets",
        lines: tickets
          .filter(({ open: isOpen }) => !isOpen)
          .slice(0, lastMax)
          .map(line),
        otherwise: "None before",
      },
    ],
  };
}

async function personOf(
  tx: Tx,
  id: string,
): Promise<{ title: string; jobTitle: string | null; phone: string | null } | null> {
  const { rows } = await sql<{ title: string; jobTitle: string | null; phone: string | null }>`
    select title, job_title as "jobTitle", phone from visible_person
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
  return rows[0] ?? null;
}

interface TicketRow {
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly openedAt: string;
  readonly open: boolean;
}

async function ticketsOf(tx: Tx, callerId: string): Promise<TicketRow[]> {
  const { rows } = await sql<TicketRow>`
    select reference, title, state, opened_at as "openedAt", (closed_at is null and state <> 'resolved') as open from visible_ticket
    where organisation_id = ${tx.actor.organisationId}::uuid and requester_id = ${callerId}::uuid
    order by opened_at desc, id desc limit 30`.execute(tx.db);
  return rows;
}

async function devicesOf(tx: Tx, callerId: string): Promise<CallerDevice[]> {
  const { rows } = await sql<CallerDevice>`
    with held as materialized (select d.id, d.model from device d
      where d.organisation_id = ${tx.actor.organisationId}::uuid and d.holder = ${callerId}::uuid limit 50)
    select r.id, r.title, coalesce(d.model, '') as about from held d
    join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = d.id and r.closed_at is null
    order by r.title limit ${devicesMax}`.execute(tx.db);
  return rows;
}

/** The categories of the newest tickets that share words with this one, the most frequent first. */
async function categoriesLike(tx: Tx, summary: string): Promise<SuggestedCategory[]> {
  const words = summary.trim().slice(0, 200).replaceAll("\u0000", "").toWellFormed();
  if (words.length < 3) return [];
  const { rows } = await sql<SuggestedCategory>`
    select c.id, c.title, count(*)::int as many
    from (select category, title from visible_ticket where organisation_id = ${tx.actor.organisationId}::uuid
            and category is not null and sensitivity = 'normal' order by opened_at desc limit ${comparedMax}) t
    join visible_category c on c.organisation_id = ${tx.actor.organisationId}::uuid and c.id = t.category and c.closed_at is null
    where to_tsvector('english', t.title) @@ replace(plainto_tsquery('english', ${words})::text, '&', '|')::tsquery
    group by c.id, c.title order by many desc, c.title limit ${suggestedMax}`.execute(tx.db);
  return rows;
}
