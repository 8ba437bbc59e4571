import { Refusal } from "../../kernel/errors.ts";
import { defineRecord, field } from "../../kernel/record.ts";
import { holdsOpen } from "../../kernel/store/within.ts";
import { readReferenceData } from "../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** Where tickets wait for a team: it decides who sees them, which hours count and what is promised. */
export const Queue = defineRecord({
  name: "queue",
  label: { one: "Queue", many: "Queues" },
  reference: "QUE-{000}",
  path: "queues",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What belongs in it", rows: 2 }),
    calendar: field.link({ label: "Hours", to: "calendar", hint: "Without one, every hour counts" }),
    qualitySample: field.wholeNumber({
      label: "Tickets to review",
      min: 0,
      max: 20,
      hint: "How many closed tickets are drawn at random for each officer and week, for somebody else to score. None where it is empty",
    }),
    assignment: field.choice({
      label: "Who gets a new ticket",
      hint: "Nobody who is away or off shift. Where nobody can take it, it stays unassigned and says why",
      options: {
        hand: "Whoever takes it or is given it",
        turn: "Each of the team in turn",
        load: "Whoever has the least open",
        skill: "Whoever has the skills it needs, and of those the least open",
      },
      default: "hand",
    }),
    seniors: field.lines({
      label: "Senior engineers",
      one: "Senior engineer",
      hint: "An escalation proposes them, after whoever is on call",
      max: 20,
      fields: { person: field.person({ label: "Person", required: true }) },
    }),
    isDefault: field.yesNo({ label: "Tickets go here unless told otherwise" }),
  },
  states: { open: { label: "Open", tone: "good" }, closed: { label: "Closed", final: true } },
  starts: "open",
  moves: {
    close: { label: "Close the queue", from: ["open"], to: "closed", guard: guardClosing, warning: true },
    reopen: { label: "Open it again", from: ["closed"], to: "open" },
  },
  views: {
    list: { columns: ["reference", "name", "team", "calendar", "assignment", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "team", "calendar", "assignment", "qualitySample", "seniors", "isDefault"],
  },
  deadlinesBy: ["calendar"],
  referenceData: true,
  empty: "A queue holds the tickets of one team. Make one for each team that takes calls.",
});

/** A queue in which tickets wait is not closed, nor the last one, for then no ticket could be made. */
async function guardClosing(tx: Tx, queue: Stored): Promise<void> {
  if (await holdsOpen(tx, queue))
    throw new Refusal("impossible", [
      {
        message:
          "Tickets in this queue are still open, perhaps some that you may not see. Pass them to another queue or close them first",
      },
    ]);
  const queues = (await readReferenceData(tx, ["queue"])).get("queue") ?? [];
  if (!queues.some(({ id, closedAt }) => closedAt === null && id !== queue.id))
    throw new Refusal("impossible", [
      { message: "This is the only queue that is open, and new tickets need one. Make or open another first" },
    ]);
}
