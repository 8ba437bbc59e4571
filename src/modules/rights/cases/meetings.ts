import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { readClocks } from "../../../kernel/store/clocks.ts";
import { doneBy } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";

type Values = Readonly<Record<string, unknown>>;

const deciding = ["kind", "meetingOn", "receivedOn"];

/**
 * Refuses a written question for a meeting before which, by the council’s constitution, it should already have been answered when
 * it came, and names the next one that still takes questions. Whoever handles questions may take one, and says why.
 */
export async function checkMeeting(tx: Tx, values: Values, before: Stored | null): Promise<void> {
  if (tx.actor.personId === null || typeof values["meetingOn"] !== "string") return;
  if (before && deciding.every((name) => (values[name] ?? null) === (before.values[name] ?? null))) return;
  const due = await answeredBefore(tx, values);
  const received = typeof values["receivedOn"] === "string" ? values["receivedOn"] : today(tx);
  if (due === null || due >= received) return;
  const past = `A question for the meeting on ${formatDay(values["meetingOn"])} is answered by ${formatDay(due)}, which is past.${await nextMeeting(tx, values, received)}`;
  if (!may(tx.actor, "members_question", "handle"))
    refuse("meetingOn", `${past} Give the day of a later meeting, or go back and ask it as a member’s enquiry`);
  if (!values["takenBecause"])
    refuse("takenBecause", `${past} Say why it is taken, or give the day of a later meeting`);
}

/** The next meeting for which a question that came on a day is in time, as others ask at it, in a sentence; empty where none is known. */
async function nextMeeting(tx: Tx, values: Values, received: string): Promise<string> {
  const { kind, meeting, meetingOn } = values;
  const after = String(meetingOn) > received ? meetingOn : received;
  const { rows } = await sql<{ day: string }>`
    select day from later_meetings(${kind}::text, ${meeting}::text, ${after}::date)`.execute(tx.db);
  for (const { day } of rows) {
    const due = await answeredBefore(tx, { ...values, meetingOn: day });
    if (due === null || due < received) continue;
    const called = kind === "council" ? "meeting of the council" : `meeting “${String(meeting).trim()}”`;
    return ` The next ${called} that we know of and that still takes questions is on ${formatDay(day)}: it takes them until ${formatDay(due)}.`;
  }
  return "";
}

/** The day by which a question with these values is answered before its meeting, `yyyy-mm-dd`; null where the constitution's days are not known. */
async function answeredBefore(tx: Tx, values: Values): Promise<string | null> {
  const type = typeNamed(tx.registry, "members_question");
  const made = { ...doneBy(tx), verb: "created", audience: "everyone", state: type.starts, values };
  const clocks = await readClocks(tx, type, { facts: [made], requesterId: null, now: tx.now });
  const due = clocks.find(({ name }) => name === "meeting")?.dueAt;
  return due ? dayOf(due.subtract({ minutes: 1 })) : null;
}
