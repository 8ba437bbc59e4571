import { sql } from "kysely";
import type pg from "pg";
import { spansOn } from "../../kernel/clocks/business-calendar.ts";
import { tryEach } from "../../kernel/jobs/try-each.ts";
import type { Registry } from "../../kernel/registry.ts";
import { comment } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatDate } from "../../web/view/format.ts";
import { calendarOfQueue, londonDay } from "./service-level.ts";
import { Ticket } from "./ticket.record.ts";

/** Pauses looked at in one go; what is left comes with the next. */
const oneRunMax = 500;
/** People are asked from this time of the day on, in London. */
const fromTime = "08:00";

interface Pause {
  readonly organisation: string;
  readonly id: string;
  readonly reviewOn: string;
  /** When whoever has it was told; null while they were not. */
  readonly toldAt: string | null;
}

interface Parts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
}

/**
 * Asks after pauses whose day has come: that day tells whoever has the ticket, and on the next working day of its queue, if it still
 * waits, whoever is waited for. Each is written down in the transaction of the comment that says it, so that it is said once.
 * Gives how many it asked after.
 */
export async function chasePauses(parts: Parts, now: Temporal.Instant = Temporal.Now.instant()): Promise<number> {
  const local = now.toZonedDateTimeISO("Europe/London");
  if (Temporal.PlainTime.compare(local.toPlainTime(), Temporal.PlainTime.from(fromTime)) < 0) return 0;
  const { rows } = await parts.ownerPool.query<Pause>(
    `select t.organisation_id as organisation, t.id, t.review_on as "reviewOn", c.made_at as "toldAt"
     from reeve.ticket t join reeve.records r using (organisation_id, id)
     left join reeve.pause_chases c on c.organisation_id = t.organisation_id and c.record_id = t.id and c.review_on = t.review_on and c.step = 1
     where t.review_on <= $1::date and r.closed_at is null and starts_with(r.state, 'waiting_')
       and (c.made_at is null or c.made_at < $2::timestamptz and not exists (select 1 from reeve.pause_chases d
         where d.organisation_id = t.organisation_id and d.record_id = t.id and d.review_on = t.review_on and d.step = 2))
     order by t.review_on limit ${oneRunMax}`,
    [local.toPlainDate().toString(), local.startOfDay().toInstant().toString()],
  );
  let asked = 0;
  const chase = async (pause: Pause) => {
    asked += await asSystem({ ...parts, organisationId: pause.organisation, now }, (tx) => chaseOne(tx, pause));
  };
  await tryEach(rows, chase, "pauses that could not be asked after");
  return asked;
}

async function chaseOne(tx: Tx, { id, reviewOn, toldAt }: Pause): Promise<number> {
  const ticket = await find(tx, Ticket, id);
  if (!ticket.state.startsWith("waiting_") || ticket.values["reviewOn"] !== reviewOn) return 0;
  const step = toldAt === null ? 1 : 2;
  // Nobody is asked on a day on which nobody works.
  const calendar = await calendarOfQueue(tx, ticket.values["queue"]);
  if (step === 2 && spansOn(calendar, Temporal.PlainDate.from(londonDay(tx.now))).length === 0) return 0;
  const { numAffectedRows } = await sql`insert into pause_chases (organisation_id, record_id, review_on, step, made_at)
    values (${tx.actor.organisationId}::uuid, ${id}::uuid, ${reviewOn}::date, ${step}, ${tx.now.toString()}::timestamptz)
    on conflict do nothing`.execute(tx.db);
  if (Number(numAffectedRows ?? 0n) === 0) return 0;
  await comment(tx, Ticket, id, step === 1 ? await toOwner(tx, ticket) : await toWhoeverIsWaitedFor(tx, ticket));
  return 1;
}

interface Said {
  readonly text: string;
  readonly audience: "everyone" | "internal";
}

/** The owner of a ticket hears of every comment on it; for one that nobody has, whoever leads the team is called. */
async function toOwner(tx: Tx, ticket: Stored): Promise<Said> {
  const called = ticket.ownerId === null ? await leadsCalled(tx, ticket) : "";
  const day = String(ticket.values["reviewOn"]);
  // Later than that where Reeve did not run then, or the ticket was given the day after it had passed.
  const when = day === londonDay(tx.now) ? "Today is" : `${formatDate(Temporal.PlainDate.from(day))} was`;
  return {
    audience: "internal",
    text: `${called}${when} the day to look at this pause again. ${ended(waitsFor(ticket))} Ask again and say until when, or carry on.`,
  };
}

async function toWhoeverIsWaitedFor(tx: Tx, ticket: Stored): Promise<Said> {
  const reason = String(ticket.values["waitingReason"] ?? "");
  if (ticket.state === "waiting_user" && ticket.requesterId !== null)
    return {
      audience: "everyone",
      text: `${ended(`We are still waiting to hear from you${reason === "" ? "" : `: ${reason}`}`)} Please answer here, so that we can carry on.`,
    };
  const day = formatDate(Temporal.PlainDate.from(String(ticket.values["reviewOn"])));
  return {
    audience: "internal",
    text: `${await leadsCalled(tx, ticket)}${ended(waitsFor(ticket))} It was to be looked at again on ${day}, and it still waits.`,
  };
}

const whom: Readonly<Record<string, string>> = {
  waiting_user: "the person who asked",
  waiting_supplier: "a supplier",
  waiting_evidence: "evidence",
  waiting_problem: "a problem to be solved",
};

function waitsFor({ state, values }: Stored): string {
  const reason = String(values["waitingReason"] ?? "").replace(/[.\s]+$/, "");
  return `It waits for ${whom[state] ?? "somebody"}${reason === "" ? "" : `: ${reason}`}`;
}

/** A sentence with its end, whatever somebody’s own words end with. */
function ended(words: string): string {
  return /[.?!…]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`;
}

/** `@Dee Osei ` for each who leads the ticket’s team. */
async function leadsCalled(tx: Tx, { teamId }: Stored): Promise<string> {
  const { rows } = await sql<{ name: string }>`select p.title as name from team_members m
    join records p on p.organisation_id = m.organisation_id and p.id = m.member
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.parent_id = ${teamId}::uuid and m.lead and m.removed_at is null
    order by m.position limit 3`.execute(tx.db);
  return rows.map(({ name }) => `@${name}: `).join("");
}
