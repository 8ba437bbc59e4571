import { refuse } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import { can, field } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { isFromCatalogue } from "./request-steps.ts";
import { calledOutside, pageOutside } from "./restricted.ts";
import { londonDay } from "./service-level.ts";

type Values = Readonly<Record<string, unknown>>;

/** The job by which another module makes a case of a ticket that was passed to it. */
export const passToRightsJob = "pass-to-rights";

/** What is asked when a ticket turns out to be something that a law gives a day for. */
export const passingFields = {
  passedAs: field.choice({
    label: "Goes on as",
    options: {
      information_request: "A request for information that the council holds",
      data_protection_request: "A request by somebody about their own data",
      members_question: "A question of a councillor or a Member of Parliament",
      information_complaint: "A complaint about how information was handled",
    },
    askedByMoveOnly: true,
    sparse: true,
  }),
  passedSubject: field.text({
    label: "What it is about",
    hint: "In a few words, without naming anybody. Those who answer it read it",
    askedByMoveOnly: true,
    internal: true,
    max: 120,
  }),
  reachedOn: field.date({
    label: "Reached the council on",
    hint: "The law counts from the day it came to anybody here. Leave it empty for the day of this ticket",
    askedByMoveOnly: true,
    internal: true,
  }),
} as const;

/** Closes a ticket that is no matter for the desk: it goes on as a case of information law, with all that was said. */
export const passToRights = {
  label: "Pass to information rights",
  to: "closed",
  asks: ["passedAs", "passedSubject", "reachedOn"],
  requires: ["passedAs", "passedSubject"],
  who: can("handle"),
  guard: guardReached,
  sets: (_tx: Tx, ticket: Stored, values: Values) => ({ reachedOn: values["reachedOn"] ?? dayOpened(ticket) }),
  // What was asked for from the catalogue is done step by step.
  pointless: (_tx: Tx, ticket: Stored) => isFromCatalogue(ticket),
  follows: () =>
    Promise.resolve([
      "This ticket is closed. What was asked and said goes on as a case, with its files, and whoever asked is told by when they will be answered.",
      "A request about somebody’s own data, or a complaint, is seen by few: then this ticket is restricted as well.",
    ]),
  effects: async (tx: Tx, ticket: Stored) => {
    await addJob(tx, {
      kind: passToRightsJob,
      title: `What ${calledOutside(ticket) ?? "a restricted ticket"} goes on as`,
      subject: ticket.id,
      page: pageOutside(ticket),
    });
  },
  warning: true,
} as const;

/** It cannot have reached the council after the ticket was written, nor before the calendars know the bank holidays. */
function guardReached(_tx: Tx, ticket: Stored, { reachedOn }: Values): void {
  if (isFromCatalogue(ticket)) refuse("passedAs", "This was asked for from the catalogue, so its steps are done here");
  if (typeof reachedOn !== "string") return;
  const opened = dayOpened(ticket);
  if (reachedOn > opened)
    refuse(
      "reachedOn",
      `Reached the council on: the ticket is of ${formatDay(opened)}. Give that day or an earlier one`,
    );
  if (reachedOn < reachedMin)
    refuse("reachedOn", `Reached the council on: give a day from ${formatDay(reachedMin)} on`);
}

const reachedMin = "2010-01-01";

function dayOpened({ openedAt }: Stored): string {
  return londonDay(Temporal.Instant.from(openedAt));
}
