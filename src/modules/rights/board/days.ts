import { councilWorkingDays, ukWorkingDays } from "../../../kernel/clocks/calendars.ts";
import type { WorkingCalendar } from "../../../kernel/clocks/calendars.ts";
import { dayFrom, isoOf } from "../../../kernel/clocks/days.ts";
import type { Day } from "../../../kernel/clocks/days.ts";
import { workingDayAfter, workingDaysBetween } from "../../../kernel/clocks/working-days.ts";
import { countingOf } from "../../../kernel/store/clocks.ts";
import type { Tx } from "../../../kernel/transaction.ts";

/** The days on which a kind of case gets nearer its end. Days in text are ISO dates. */
export interface CaseDays {
  readonly name: "uk" | "council" | "every";
  /** What one of them is called. */
  readonly unit: "working day" | "day";
  /** How many there are until a day; where that has been, fewer than none, also when no such day has passed since. */
  left(today: string, due: string): number;
  /** How many there are after a day, up to and with another; none where that is not later. */
  between(from: string, to: string): number;
  /** The day that is so many of them after a day; the day itself for none. */
  after(day: string, days: number): string;
}

/**
 * Which days count for a kind of case: the working days of the Act for requests for information (FOIA 2000 s10(6)); every day for a breach, whose 72
 * hours run on; for all else, also where the law gives months, the council’s own, for on others nobody works on it.
 */
export async function daysOf(tx: Tx): Promise<(type: string) => CaseDays> {
  const { holidays, council } = await countingOf(tx);
  const known = holidays ?? undefined;
  const uk = working("uk", ukWorkingDays(known));
  const own = working(
    "council",
    councilWorkingDays(council?.division ?? "england-and-wales", council?.closures, known),
  );
  return (type) => (type === "information_request" ? uk : type === "data_breach" ? every : own);
}

const every = daysBy("every", "day", {
  between: (from, to) => Math.max(0, to - from),
  after: (day, days) => day + days,
});

const kept = new WeakMap<WorkingCalendar, CaseDays>();

function working(name: "uk" | "council", calendar: WorkingCalendar): CaseDays {
  const known = kept.get(calendar);
  if (known) return known;
  const [first, last] = [dayFrom(calendar.from), dayFrom(calendar.to)];
  const within = (day: Day) => Math.min(Math.max(day, first), last);
  const days = daysBy(name, "working day", {
    between: (from, to) => workingDaysBetween(calendar, within(from), Math.max(within(from), within(to))),
    after: (day, count) => (count === 0 ? day : workingDayAfter(calendar, within(day), count)),
  });
  kept.set(calendar, days);
  return days;
}

function daysBy(
  name: CaseDays["name"],
  unit: CaseDays["unit"],
  { between, after }: { between: (from: Day, to: Day) => number; after: (day: Day, days: number) => Day },
): CaseDays {
  const numbers = new Map<string, Day>();
  const number = (iso: string) => {
    const known = numbers.get(iso) ?? dayFrom(iso);
    if (numbers.size > 2000) numbers.clear();
    numbers.set(iso, known);
    return known;
  };
  return {
    name,
    unit,
    between: (from, to) => between(number(from), number(to)),
    after: (day, days) => isoOf(after(number(day), days)),
    left: (today, due) =>
      due < today ? Math.min(-1, -between(number(due), number(today))) : between(number(today), number(due)),
  };
}
