import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { peopleAway } from "./assigning/candidates.ts";
import { londonDay } from "./service-level.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whether the person who looks at the ticket has it already. */
export function isOwn(tx: Tx, record: Stored): boolean {
  return record.ownerId !== null && record.ownerId === tx.actor.personId;
}

/** Taking a ticket makes it one's own. */
export function takeForSelf(tx: Tx, record: Stored): Values {
  if (isOwn(tx, record)) refuse("owner", "You already have this ticket");
  return { owner: tx.actor.personId, assignmentNote: null };
}

/** Assigning without saying to whom or where would change nothing; nobody is given what they cannot work on, or while they are away. */
export async function guardOwner(tx: Tx, record: Stored, values: Values): Promise<void> {
  const [owner, queue] = [values["owner"], values["queue"] ?? record.values["queue"]];
  if (!owner && queue === record.values["queue"]) refuse("owner", "Select a person or another queue");
  if (typeof owner !== "string" || owner === record.ownerId || owner === tx.actor.personId) return;
  const { rows } = await sql<{ name: string; can: boolean }>`select p.title as name,
      person_may(p.id, 'ticket', 'handle', (select q.team_id from visible_queue q where q.organisation_id = p.organisation_id and q.id = ${queue}::uuid)) as can
    from visible_person p where p.organisation_id = ${tx.actor.organisationId}::uuid and p.id = ${owner}::uuid`.execute(
    tx.db,
  );
  const [person] = rows;
  if (!person) return;
  if (!person.can)
    refuse("owner", `Owner: ${person.name} does not work on tickets of this queue. Select somebody else`);
  const until = (await peopleAway(tx, [owner], Temporal.PlainDate.from(londonDay(tx.now)))).get(owner);
  if (until !== undefined) refuse("owner", `Owner: ${person.name} is away until ${until}. Select somebody else`);
}

/** What was waited for is over once the work goes on. */
export function endWaiting(): Values {
  return { waitingFor: null, waitingReason: null, reviewOn: null };
}

/** Whoever assigns by hand ends the waiting, and what the queue’s rule said. */
export function assignByHand(): Values {
  return { ...endWaiting(), assignmentNote: null };
}

/** Escalated to another queue and to nobody in it, a ticket stays with who has it until somebody there takes it. */
export function escalated(_tx: Tx, record: Stored, values: Values): Values {
  return { ...endWaiting(), ...(values["owner"] === null ? { owner: record.ownerId } : {}) };
}

/** Whoever carries on or resolves what nobody has, has it from then on: an assigned ticket is somebody’s. */
export function carryOn(tx: Tx, record: Stored): Values {
  return { ...endWaiting(), ...ownIfNobodys(tx, record) };
}

/** Whoever lets wait what nobody has, has it too: else nobody would be asked after it, nor told when it goes on. */
export function ownIfNobodys(tx: Tx, { ownerId }: Stored): Values {
  return ownerId === null && tx.actor.personId !== null ? { owner: tx.actor.personId, assignmentNote: null } : {};
}
