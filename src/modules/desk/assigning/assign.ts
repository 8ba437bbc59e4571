import { sql } from "kysely";
import { refuse } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { isInHours, readCandidates } from "./candidates.ts";
import { choose } from "./choose.ts";
import type { AssignmentRule, Choice } from "./choose.ts";

type Values = Readonly<Record<string, unknown>>;

/** What was last known of each queue’s rule in this process: for leaving a button off a page, never for who gets what. */
const lastKnown = new Map<string, string>();
const knownMax = 5000;

/** Whether a ticket’s queue is known to give its tickets by hand, or somebody has it already. */
export function isByHand(_tx: Tx, ticket: Stored): boolean {
  return ticket.ownerId !== null || lastKnown.get(String(ticket.values["queue"])) === "hand";
}

/** Gives the ticket to whom the queue’s rule says. Refuses with the reason where nobody can take it. */
export async function assignByRule(tx: Tx, ticket: Stored): Promise<Values> {
  const choice = await assigneeOf(tx, ticket);
  if (choice === null)
    return refuse(
      "owner",
      "The tickets of this queue are given by hand. Assign it to somebody, or give the queue a rule",
    );
  if (choice.personId === null) return refuse("owner", choice.because);
  await noteTurn(tx, ticket, choice.personId);
  return { owner: choice.personId, assignmentNote: choice.because };
}

/**
 * Whom a ticket goes to by its queue’s rule, and why; null where there is none. Until the transaction ends nobody else
 * is given a ticket of the queue, so that two at once follow one another.
 */
export async function assigneeOf(tx: Tx, ticket: Stored): Promise<Choice | null> {
  const queue = await queueOf(tx, String(ticket.values["queue"]));
  if (!queue || queue.rule === null) return null;
  if (ticket.sensitivity !== "normal")
    return { personId: null, because: "It is restricted: somebody who may see it gives it to whom it concerns" };
  if (queue.team === null) return { personId: null, because: "The queue has no team" };
  await sql`select hold_turns(${queue.id}::uuid)`.execute(tx.db);
  const skills = queue.rule === "skill" ? await skillsFor(tx, ticket.values["category"]) : [];
  const candidates = await readCandidates(tx, {
    queue: queue.id,
    team: queue.team,
    skills,
    except: ticket.requesterId,
  });
  return choose(candidates, {
    rule: queue.rule,
    inHours: await isInHours(tx, queue.id),
    needs: skills.map(({ name }) => name),
  });
}

/** Whoever was given one comes last. */
async function noteTurn(tx: Tx, ticket: Stored, person: string): Promise<void> {
  await sql`select note_turn(${String(ticket.values["queue"])}::uuid, ${person}::uuid)`.execute(tx.db);
}

interface QueueRule {
  readonly id: string;
  readonly team: string | null;
  readonly rule: AssignmentRule | null;
}

async function queueOf(tx: Tx, id: string): Promise<QueueRule | null> {
  return (await queuesWithRules(tx)).find((queue) => queue.id === id) ?? null;
}

/** Every open queue, with the rule by which it gives out its tickets; null for by hand. */
export async function queuesWithRules(tx: Tx): Promise<QueueRule[]> {
  const queues = (await readReferenceData(tx, ["queue"])).get("queue") ?? [];
  if (lastKnown.size > knownMax) lastKnown.clear();
  return queues.flatMap(({ id, teamId, closedAt, values }) => {
    const given = values["assignment"];
    const rule = given === "turn" || given === "load" || given === "skill" ? given : null;
    lastKnown.set(id, rule ?? "hand");
    return closedAt === null ? [{ id, team: teamId, rule }] : [];
  });
}

/** The skills that a category needs, or the one that it is part of, each with whoever has it. */
async function skillsFor(tx: Tx, category: unknown): Promise<{ name: string; people: string[] }[]> {
  if (typeof category !== "string") return [];
  const { rows } = await sql<{ own: boolean; skill: string }>`
    select s.parent_id = ${category}::uuid as own, s.skill from category_skills s
    where s.organisation_id = ${tx.actor.organisationId}::uuid and s.removed_at is null and s.parent_id in (${category}::uuid,
      (select c.parent from category c where c.organisation_id = ${tx.actor.organisationId}::uuid and c.id = ${category}::uuid))`.execute(
    tx.db,
  );
  const needed = rows.some(({ own }) => own) ? rows.filter(({ own }) => own) : rows;
  const all = (await readReferenceData(tx, ["skill"])).get("skill") ?? [];
  return all
    .filter(({ id, closedAt }) => closedAt === null && needed.some(({ skill }) => skill === id))
    .map(({ title, values }) => ({
      name: title,
      // A field of lines.
      people: ((values["people"] ?? []) as readonly Line[]).map((line) => String(line["person"])),
    }));
}
