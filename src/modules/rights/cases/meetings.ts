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
 * it came. Whoever handles questions may take one, and says why.
 */
export async function checkMeeting(tx: Tx, values: Values, before: Stored | null): Promise<void> {
  if (tx.actor.personId === null || typeof values["meetingOn"] !== "string") return;
  if (before && deciding.every((name) => (values[name] ?? null) === (before.values[name] ?? null))) return;
  const due = await answeredBefore(tx, values);
  const received = typeof values["receivedOn"] === "string" ? values["receivedOn"] : today(tx);
  if (due === null || due >= received) return;
  const past = `A question for the meeting on ${formatDay(values["meetingOn"])} is answered by ${formatDay(due)}, which is past.`;
  if (!may(tx.actor, "members_question", "handle"))
    refuse("meetingOn", `${past} Give the day of a later meeting, or go back and ask it as a member’s enquiry`);
  if (!values["takenBecause"])
    refuse("takenBecause", `${past} Say why it is taken, or give the day of a later meeting`);
}

/** The day by which a question with these values is answered before its meeting, `yyyy-mm-dd`; null where the constitution's days are not known. */
async function answeredBefore(tx: Tx, values: Values): Promise<string | null> {
  const type = typeNamed(tx.registry, "members_question");
  const made = { ...doneBy(tx), verb: "created", audience: "everyone", state: type.starts, values };
  const clocks = await readClocks(tx, type, { facts: [made], requesterId: null, now: tx.now });
  const due = clocks.find(({ name }) => name === "meeting")?.dueAt;
  return due ? dayOf(due.subtract({ minutes: 1 })) : null;
}
