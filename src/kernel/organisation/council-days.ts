import type { Division } from "../clocks/holidays.ts";
import type { ClosureDay } from "../clocks/calendars.ts";
import type { Line } from "../fields/lines.ts";
import type { Stored } from "../transaction.ts";

/** How an organisation counts days of its own: by its division, the days on which it is closed, and its own numbers of days by rule. */
export interface CouncilDays {
  readonly division: Division;
  readonly closures: readonly ClosureDay[];
  /** By the name of a rule of the clock engine, where the organisation says another number than the rule's. */
  readonly days: Readonly<Record<string, number>>;
}

/** Which field of a calendar says the number of days of which rule. */
const daysBy = {
  "member-ack": "acknowledgeDays",
  "member-answer": "answerDays",
  "written-question": "questionDays",
} as const;

const kept = new WeakMap<readonly Stored[], CouncilDays | null>();

/** By the calendar that says that council working days go by it: of several the first. null where none says so. */
export function councilDaysOf(calendars: readonly Stored[]): CouncilDays | null {
  const known = kept.get(calendars);
  if (known !== undefined) return known;
  const [calendar] = calendars
    .filter(({ values, closedAt }) => values["council"] === true && closedAt === null)
    .toSorted((one, other) => one.reference.localeCompare(other.reference, "en"));
  const days = calendar ? daysIn(calendar) : null;
  // By the list itself, which stays the same until a calendar changes: the engine keeps its calendars by the closures.
  kept.set(calendars, days);
  return days;
}

function daysIn({ values }: Stored): CouncilDays {
  const { holidays, closures } = values;
  // The lines kind gave lines.
  const lines = (Array.isArray(closures) ? closures : []) as readonly Line[];
  return {
    division: holidays === "scotland" || holidays === "northern-ireland" ? holidays : "england-and-wales",
    closures: lines.flatMap(({ day, why }) =>
      typeof day === "string" ? [{ date: day, name: typeof why === "string" ? why : "Closed" }] : [],
    ),
    days: Object.fromEntries(
      Object.entries(daysBy).flatMap(([rule, field]) => {
        const number = values[field];
        return typeof number === "number" ? [[rule, number]] : [];
      }),
    ),
  };
}
