import { sql } from "kysely";
import { Refusal, refuse } from "../errors.ts";
import { isDay } from "../fields/date.ts";
import { dayOf } from "../store/as-of.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";

/** The kinds of work that can be handed on while somebody is away. */
export const absenceKinds = {
  decisions: {
    label: "Decisions that wait for me",
    hint: "What I may approve or publish, and reading what it takes",
  },
  work: { label: "My other work", hint: "What I may do with work of all, and of my teams" },
} as const;

type AbsenceKind = keyof typeof absenceKinds;

/** Somebody away from a day to a day (`yyyy-mm-dd`, both included), and who stands in. Names are null where they are not the actor's to see. */
export interface Absence {
  readonly id: string;
  readonly personId: string;
  readonly personName: string | null;
  readonly delegateId: string;
  readonly delegateName: string | null;
  readonly fromDay: string;
  readonly untilDay: string;
  readonly kinds: readonly AbsenceKind[];
  readonly ended: boolean;
}

const shownMax = 100;

/** The absences that the actor may see: their own, those in which they stand in, and everybody's for administrators. The latest first, 100 at the most. */
export async function listAbsences(tx: Tx): Promise<Absence[]> {
  return select(tx, sql`true`);
}

/** Those for whom the actor stands in today. */
export async function standIns(tx: Tx): Promise<Absence[]> {
  return select(
    tx,
    sql`a.delegate_id = ${tx.actor.personId}::uuid and a.ended_at is null and ${dayOf(tx.now)}::date between a.from_day and a.until_day`,
  );
}

async function select(tx: Tx, which: ReturnType<typeof sql>): Promise<Absence[]> {
  const { rows } =
    await sql<Absence>`select a.id, a.person_id as "personId", p.title as "personName", a.delegate_id as "delegateId",
      d.title as "delegateName", a.from_day as "fromDay", a.until_day as "untilDay", a.kinds,
      a.ended_at is not null or a.until_day < ${dayOf(tx.now)}::date as ended
    from absences a left join records p on p.organisation_id = a.organisation_id and p.id = a.person_id
    left join records d on d.organisation_id = a.organisation_id and d.id = a.delegate_id
    where a.organisation_id = ${tx.actor.organisationId}::uuid and ${which}
    order by a.until_day desc, a.id desc limit ${shownMax}`.execute(tx.db);
  return rows;
}

/**
 * Says that the actor is away and who stands in; both are told. Refuses (invalid) what is no period of at most a year from
 * today on, somebody who cannot stand in, and days for which somebody stands in already.
 */
export async function makeAbsence(
  tx: Tx,
  given: { delegate: string; from: string; until: string; kinds: readonly string[] },
): Promise<string> {
  const { delegate, from, until, kinds } = given;
  if (tx.actor.standsInFor)
    throw new Refusal("forbidden", [{ message: "Stop standing in first: you hand on your own work, not another's" }]);
  if (!isId(delegate)) refuse("delegate", "Select the person who stands in");
  if (delegate === tx.actor.personId) refuse("delegate", "Select somebody else: you are the one who is away");
  if (!isDay(from) || from < dayOf(tx.now)) refuse("from", "First day away: give today or a day to come");
  if (!isDay(until) || until < from) refuse("until", "Last day away: give a day that is not before the first");
  if (Temporal.PlainDate.from(from).until(until).days > 366)
    refuse("until", "Last day away: at most a year after the first");
  const handed = [...new Set(kinds)];
  if (handed.length === 0 || !handed.every((kind) => Object.hasOwn(absenceKinds, kind)))
    refuse("kinds", "Select what they do for you");
  try {
    const { rows } = await sql<{
      id: string;
    }>`select make_absence(${delegate}::uuid, ${from}::date, ${until}::date, ${handed}::text[]) as id`.execute(tx.db);
    return rows[0]!.id;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "23P01")
      refuse("from", "Somebody stands in for you on some of these days already. End that first, or give other days");
    if (code === "23514") refuse("delegate", "Select somebody who works here now and can sign in");
    throw error;
  }
}

/** Ends an absence at once; both are told. False where it had ended. Refuses (unseen) one that is not the actor's to end. */
export async function endAbsence(tx: Tx, id: string): Promise<boolean> {
  const none = () => new Refusal("unseen", [{ message: "There is no such absence, or you may not see it" }]);
  if (!isId(id)) throw none();
  try {
    const { rows } = await sql<{ done: boolean }>`select end_absence(${id}::uuid) as done`.execute(tx.db);
    return rows[0]?.done === true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "42501") throw none();
    throw error;
  }
}
