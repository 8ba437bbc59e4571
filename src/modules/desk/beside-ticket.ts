import { sql } from "kysely";
import { mustBeAllowed } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find, isId } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { londonDay } from "./service-level.ts";

/** A step of the checklist of a ticket's category, and who ticked it. */
export interface Step {
  readonly id: string;
  readonly text: string;
  readonly by: string | null;
  readonly at: string | null;
}

export interface Spell {
  readonly id: string;
  readonly minutes: number;
  readonly on: string;
  readonly by: string | null;
  readonly mine: boolean;
}

export interface Question {
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly by: string | null;
  readonly answer: string | null;
}

export interface Other {
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly duplicate: boolean;
}

export interface Said {
  readonly reference: string;
  readonly sequence: number;
  readonly at: string;
  readonly author: string | null;
  readonly audience: "everyone" | "internal";
  readonly text: string | null;
}

/** What hangs on a ticket beside its values. */
export interface Beside {
  readonly steps: readonly Step[];
  readonly spells: readonly Spell[];
  readonly minutes: number;
  readonly questions: readonly Question[];
  readonly others: readonly Other[];
  readonly said: readonly Said[];
}

const listedMax = 20;
const saidMax = 40;
const spellsMax = 2000;

/**
 * Reads it in one go, as far as the person may see each. What hangs on the ticket is found by its index before anything else
 * is asked of it: PostgreSQL would otherwise read the newest of all tickets, or all that was ever said, to find a few.
 */
export async function readBeside(tx: Tx, ticket: Stored): Promise<Beside> {
  const org = sql`${tx.actor.organisationId}::uuid`;
  const id = sql`${ticket.id}::uuid`;
  const { rows } = await sql<{ beside: Beside }>`with
    kin as materialized (
      (select t.id, false as duplicate from ticket t where t.organisation_id = ${org} and t.parent = ${id} limit ${listedMax})
      union all (select t.id, true from ticket t where t.organisation_id = ${org} and t.duplicate_of = ${id} limit ${listedMax})),
    asked as materialized (select a.id, a.answer from advice a where a.organisation_id = ${org} and a.ticket = ${id} limit ${listedMax}),
    spent as materialized (select t.* from time_spent t where t.organisation_id = ${org} and t.record_id = ${id} limit ${spellsMax}),
    list as materialized (select s.id, s.step, s.position from category_checklist s
      where s.organisation_id = ${org} and s.parent_id = ${ticket.values["category"] ?? null}::uuid and s.removed_at is null)
    select jsonb_build_object(
      'steps', coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'text', s.step, 'at', k.ticked_at,
          'by', (select p.title from records p where p.organisation_id = ${org} and p.id = k.ticked_by)) order by s.position)
        from list s left join lateral (select k.ticked_by, k.ticked_at from ticks k
          where k.organisation_id = ${org} and k.record_id = ${id} and k.step_id = s.id limit 1) k on true), '[]'),
      'spells', coalesce((select jsonb_agg(to_jsonb(t)) from (select t.id, t.minutes, t.spent_on as on, t.person_id = ${tx.actor.personId}::uuid as mine,
          (select p.title from records p where p.organisation_id = ${org} and p.id = t.person_id) as by
        from spent t order by t.id desc limit ${listedMax}) t), '[]'),
      'minutes', (select coalesce(sum(t.minutes), 0) from spent t),
      'questions', coalesce((select jsonb_agg(to_jsonb(a)) from (select r.reference, r.title, r.state, a.answer,
          (select p.title from records p where p.organisation_id = ${org} and p.id = r.owner_id) as by
        from asked a join records r on r.organisation_id = ${org} and r.id = a.id order by r.opened_at desc) a), '[]'),
      'others', coalesce((select jsonb_agg(to_jsonb(o)) from (select r.reference, r.title, r.state, k.duplicate
        from kin k join records r on r.organisation_id = ${org} and r.id = k.id order by k.duplicate, r.opened_at) o), '[]'),
      'said', coalesce((select jsonb_agg(to_jsonb(s)) from (select r.reference, e.*,
          (select p.title from records p where p.organisation_id = ${org} and p.id = e.actor_id) as author
        from kin k join records r on r.organisation_id = ${org} and r.id = k.id
        cross join lateral (select e.sequence, e.at, e.audience, e.actor_id, b.body ->> 'text' as text from events e
          join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
          where e.organisation_id = ${org} and e.record_id = k.id and e.verb = 'commented' and e.actor_id is not null
          order by e.sequence desc limit ${saidMax}) e
        where k.duplicate order by e.at desc limit ${saidMax}) s), '[]')) as beside`.execute(tx.db);
  return rows[0]!.beside;
}

/** The ticket, for somebody who works it. Refuses (unseen, forbidden) anybody else. */
async function ticketToWork(tx: Tx, reference: string): Promise<Stored> {
  const type = typeNamed(tx.registry, "ticket");
  const ticket = await find(tx, type, reference);
  mustBeAllowed(tx.actor, type, "handle", "work on this", ticket);
  return ticket;
}

/** Ticks a step off, or takes the tick back. It needs no version: two who tick the same have both done it. */
export async function tick(tx: Tx, reference: string, stepId: string, done: boolean): Promise<Stored> {
  const ticket = await ticketToWork(tx, reference);
  const { organisationId, personId } = tx.actor;
  if (!isId(stepId)) unseen("There is no such step");
  const { rows } =
    await sql`select 1 from category_checklist where organisation_id = ${organisationId}::uuid and id = ${stepId}::uuid
    and parent_id = ${ticket.values["category"] ?? null}::uuid and removed_at is null`.execute(tx.db);
  if (rows.length === 0) unseen("There is no such step any more. Look at the ticket again");
  await (
    done
      ? sql`insert into ticks (organisation_id, record_id, step_id, ticked_by, ticked_at)
          values (${organisationId}::uuid, ${ticket.id}::uuid, ${stepId}::uuid, ${personId}::uuid, ${tx.now.toString()}::timestamptz) on conflict do nothing`
      : sql`delete from ticks where organisation_id = ${organisationId}::uuid and record_id = ${ticket.id}::uuid and step_id = ${stepId}::uuid`
  ).execute(tx.db);
  return ticket;
}

const dayMinutes = 1440;

/** Adds time that the person spent, in whole minutes of today. Refuses (invalid) more than a day at once. */
export async function spendTime(tx: Tx, reference: string, minutes: unknown): Promise<Stored> {
  const ticket = await ticketToWork(tx, reference);
  if (typeof minutes !== "number" || !Number.isInteger(minutes) || minutes < 1 || minutes > dayMinutes)
    return refuse("minutes", "Time spent: give it like 15m or 1h 30m, at most 24h");
  await sql`insert into time_spent (organisation_id, record_id, person_id, minutes, spent_on)
    values (${tx.actor.organisationId}::uuid, ${ticket.id}::uuid, ${tx.actor.personId}::uuid, ${minutes}, ${londonDay(tx.now)}::date)`.execute(
    tx.db,
  );
  return ticket;
}

/** Takes back time that the person gave. */
export async function takeBackTime(tx: Tx, reference: string, id: string): Promise<Stored> {
  const ticket = await ticketToWork(tx, reference);
  if (!isId(id)) unseen("There is no such line");
  const { numAffectedRows } = await sql`delete from time_spent where organisation_id = ${tx.actor.organisationId}::uuid
    and record_id = ${ticket.id}::uuid and id = ${id}::uuid and person_id = ${tx.actor.personId}::uuid`.execute(tx.db);
  if (numAffectedRows === 0n) unseen("There is no such line of yours");
  return ticket;
}
