import { sql } from "kysely";
import type { Line } from "../../../kernel/fields/lines.ts";
import type { Proposal, Proposals } from "../../../kernel/lifecycle.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { formatWeekdayDate } from "../../../web/view/format.ts";
import { londonDay } from "../service-level.ts";
import { peopleAway, teamShifts } from "./candidates.ts";

const zone = "Europe/London";
/** Proposed are no more than this; whoever is on call comes first. */
const proposedMax = 8;

/**
 * Whom an escalation is offered to first: who is on call for the team of the ticket's queue, then the queue's seniors, then who
 * leads the team and who else is in it; each once, with why. Those who could not work on the ticket, have it already, asked for it or escalate it
 * are left out; who is away says so, there and among all the others.
 */
export async function proposeEscalation(tx: Tx, ticket: Stored): Promise<Proposals> {
  const queue = (await readReferenceData(tx, ["queue"])).get("queue")?.find(({ id }) => id === ticket.values["queue"]);
  const why = new Map<string, string[]>();
  const add = (id: string, reason: string) => why.set(id, [...(why.get(id) ?? []), reason]);
  for (const { id, until } of await onCall(tx, queue?.teamId ?? null)) add(id, `on call until ${until}`);
  // A field of lines.
  for (const line of (queue?.values["seniors"] ?? []) as readonly Line[])
    add(String(line["person"]), "senior engineer of this queue");
  const people = await whoCould(tx, ticket, queue?.teamId ?? null, [...why.keys()]);
  for (const { id, leads } of people) if (leads) add(id, "leads the team");
  for (const { id } of people) if (!why.has(id)) add(id, "in the team");
  const away = await awayOf(
    tx,
    people.map(({ id }) => id),
  );
  const found = people.map(({ id, name }): Proposal => {
    const reasons = [...(why.get(id) ?? []), ...(away.has(id) ? [away.get(id)!] : [])].join("; ");
    return { id, name, why: reasons.replace(/^./, (letter) => letter.toUpperCase()) };
  });
  const place = new Map([...why.keys()].map((id, at) => [id, at + (away.has(id) ? why.size : 0)]));
  return {
    first: found.toSorted((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0)).slice(0, proposedMax),
    remarks: (ids) => awayOf(tx, ids),
  };
}

/** Who is on call for a team now, and until when, in words. */
async function onCall(tx: Tx, team: string | null): Promise<{ readonly id: string; readonly until: string }[]> {
  if (team === null) return [];
  const shifts = await teamShifts(tx, team, tx.now, tx.now.add({ seconds: 1 }));
  return shifts
    .filter(({ kind }) => kind === "call")
    .map(({ personId, endsAt }) => ({ id: personId, until: untilWords(Temporal.Instant.from(endsAt), tx.now) }));
}

/** A time today, a day otherwise: “22:00”, “08:00 on Monday 30 November”. */
function untilWords(moment: Temporal.Instant, now: Temporal.Instant): string {
  const at = moment.toZonedDateTimeISO(zone);
  const time = at.toPlainTime().toString({ smallestUnit: "minute" });
  return at.toPlainDate().equals(now.toZonedDateTimeISO(zone).toPlainDate())
    ? time
    : `${time} on ${formatWeekdayDate(at.toPlainDate())}`;
}

/** Of these and of the team, those who work on tickets of the queue and have not to do with it yet. */
async function whoCould(tx: Tx, ticket: Stored, team: string | null, ids: readonly string[]) {
  const { rows } = await sql<{ id: string; name: string; leads: boolean }>`
    with team as (select m.member as id, m.lead from team_members m where m.organisation_id = ${tx.actor.organisationId}::uuid
      and m.parent_id = ${team}::uuid and m.removed_at is null order by m.lead desc nulls last, m.position limit 20)
    select p.id, p.title as name, exists (select 1 from team where team.id = p.id and team.lead) as leads from visible_person p
    where p.organisation_id = ${tx.actor.organisationId}::uuid and p.closed_at is null
      and (p.id = any (${[...ids]}::uuid[]) or p.id in (select id from team))
      and p.id <> all (${[ticket.ownerId, ticket.requesterId, tx.actor.personId].filter((id) => id !== null)}::uuid[])
      and person_may(p.id, 'ticket', 'handle', ${team}::uuid) limit 50`.execute(tx.db);
  return rows;
}

async function awayOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const away = await peopleAway(tx, ids, Temporal.PlainDate.from(londonDay(tx.now)));
  return new Map([...away].map(([id, until]) => [id, `away until ${until}`]));
}
