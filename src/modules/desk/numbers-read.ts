import { evaluateAll } from "../../kernel/measures/evaluate.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import { periodNamed, todayAt } from "../../kernel/measures/periods.ts";
import type { PeriodName } from "../../kernel/measures/periods.ts";
import type { Tx } from "../../kernel/transaction.ts";
import * as flow from "./ticket-flow.measure.ts";
import * as satisfaction from "./ticket-satisfaction.measure.ts";
import * as response from "./ticket-response.measure.ts";
import type { Weeks } from "./weeks.ts";
import * as promises from "./ticket-promises.measure.ts";

/** Whose numbers, and over how long. */
export interface NumbersAsked {
  /** The id of a queue; null for all that the person sees. */
  readonly queue: string | null;
  readonly weeks: Weeks;
}

/** What the desk's page shows, by the name that it goes by there, and by what it is seen. */
const shown = {
  opened: [flow.TicketsOpened, "week"],
  resolved: [flow.TicketsResolved, "week"],
  reopened: [flow.TicketsReopened, "week"],
  reopenedShare: [flow.ShareReopened, "week"],
  open: [flow.TicketsOpen, "week"],
  unresolved: [flow.TicketsUnresolved, "age"],
  resolvedBy: [flow.TicketsResolved, "priority"],
  half: [promises.HalfResolvedWithin, "priority"],
  most: [promises.MostResolvedWithin, "priority"],
  met: [promises.TargetsMet, "priority"],
  metWithoutPauses: [promises.TargetsMetWithoutPauses, "priority"],
  metThroughPauses: [promises.TargetsMetThroughPauses, "priority"],
  missed: [promises.TargetsMissed, "priority"],
  metShare: [promises.ShareMet, "priority"],
  satisfied: [satisfaction.ShareSatisfied, "week"],
  rated: [satisfaction.TicketsRated, "week"],
  answered: [response.TicketsAnswered, "priority"],
  answeredHalf: [response.HalfAnsweredWithin, "priority"],
  answeredMost: [response.MostAnsweredWithin, "priority"],
  answeredShare: [response.ShareAnswered, "priority"],
  answeredLate: [response.AnswersMissed, "priority"],
} as const satisfies Readonly<Record<string, readonly [Measure, string]>>;

/** The desk's numbers: each a measure, as the person may see it. */
export type DeskNumbers = Readonly<Record<keyof typeof shown, Counted>>;

/** Reads the numbers. */
export async function readNumbers(tx: Tx, { queue, weeks }: NumbersAsked): Promise<DeskNumbers> {
  const period = `last-${weeks}-weeks` satisfies PeriodName;
  // Each name that there is stands for days.
  const days = periodNamed(period, todayAt(tx.now))!;
  const counted = await evaluateAll(
    tx,
    Object.values(shown).map(([measure, by]) => ({
      measure,
      by,
      period: days,
      ...(queue === null ? {} : { where: { queue: [queue] } }),
    })),
  );
  // One for each of `shown`, in its order.
  return Object.fromEntries(Object.keys(shown).map((name, at) => [name, counted[at]])) as unknown as DeskNumbers;
}
