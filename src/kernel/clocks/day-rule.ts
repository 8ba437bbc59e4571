import { councilWorkingDays, divisionWorkingDays } from "./calendars.ts";
import type { WorkingCalendar } from "./calendars.ts";
import type { DayResult } from "./readings.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineAnswer, DeadlineQuestion, DeadlineRule, Explained } from "./rule.ts";

/** The words of an event on the command line, and the kind that the engine knows it by. */
export type EventWords<Kind extends string> = Readonly<Record<string, Explained & { readonly kind: Kind }>>;

/** A question with its events in the words of the engine. */
export type DayQuestion<Kind extends string> = Omit<DeadlineQuestion, "events"> & {
  readonly events: readonly { readonly kind: Kind; readonly on: string }[];
};

/** A rule that counts days: its definition, and the engine that answers it. */
export function dayRule<Kind extends string>(
  definition: Omit<DeadlineRule, "compute" | "events" | "options"> & {
    readonly events: EventWords<Kind>;
    readonly options?: DeadlineRule["options"];
  },
  run: (question: DayQuestion<Kind>) => DayResult,
): DeadlineRule {
  const { events: words } = definition;
  return {
    ...definition,
    options: definition.options ?? {},
    compute(question) {
      const events = question.events.map(({ kind, value }) => {
        const known = Object.hasOwn(words, kind) ? words[kind] : undefined;
        if (!known) throw new ClockRefused(`“${kind}” is not an event of ${definition.name}`, "misused");
        return { kind: known.kind, on: value };
      });
      const { due, workTo, alternative, latest, ledger, ...rest } = run({ ...question, events });
      const sentence = sentenceOf({ due, workTo, latest, ...rest });
      return { due, workTo, alternative, latest, ledger, sentence, calendarVersion: rest.calendarVersion };
    },
  };
}

/** An organisation's own working days, for local rules. */
export function ownWorkingDays({ division, closures, holidays }: DayQuestion<string>): WorkingCalendar {
  return closures ? councilWorkingDays(division, closures, holidays) : divisionWorkingDays(division, holidays);
}

type Said = Pick<DeadlineAnswer, "due" | "workTo" | "latest"> & Pick<DayResult, "lapses" | "notes">;

function sentenceOf({ due, workTo, latest, lapses, notes }: Said): string {
  return [mainSentence(due, workTo, lapses), ...(latest ? [`At the latest ${latest}`] : []), ...notes].join(". ");
}

function mainSentence(due: string | null, workTo: string | null, lapses: DayResult["lapses"]): string {
  if (due && due !== workTo) return `Due by the end of ${due}; work to ${workTo}`;
  if (due) return `Due by the end of ${due}`;
  return lapses
    ? `No deadline while it is held; it lapses on ${lapses.on}: ${lapses.why}`
    : "No deadline as things stand";
}
