import type { ClosureDay } from "./calendars.ts";
import type { DayLine } from "./working-days.ts";
import type { Division } from "./holidays.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { ClockRefused } from "./refused.ts";
import type { MinutesLine } from "./service-level-ledger.ts";

/** A question put to a rule in text: from the command line, a file or a form. */
export interface DeadlineQuestion {
  /** ISO date, or date and time where the rule counts minutes. */
  readonly from: string;
  /** In any order. */
  readonly events: readonly { readonly kind: string; readonly value: string }[];
  readonly division: Division;
  /** The bank holidays that are known; those shipped where none are given. */
  readonly holidays?: KnownHolidays | undefined;
  /** Only for rules that count minutes: for instance `4h`, and `Mon-Fri 08:00-18:00`. */
  readonly target?: string | undefined;
  readonly hours?: string | undefined;
  /** Rule 18 of the clocks page: the least time after a reopening (`2h`), and whether the time until then counts. */
  readonly grace?: string | undefined;
  readonly countResolved?: boolean | undefined;
  /** The days of a school's sessions as ISO dates, the days on which an organisation is closed, a number of its own of days. */
  readonly schoolDays?: ReadonlySet<string> | undefined;
  readonly closures?: readonly ClosureDay[] | undefined;
  readonly days?: number | undefined;
  /** Whether the ledger of a rule that counts days is wanted: it is, unless told. */
  readonly explain?: boolean | undefined;
}

/** An option of the command line that only some rules know. */
export type RuleOption = "target" | "hours" | "grace" | "count-resolved" | "school-days" | "closures" | "days";

/** What a word of the command line takes (`MOMENT/LENGTH`, nothing for a switch) and what it means, for the help. */
export interface Explained {
  readonly takes: string;
  readonly means: string;
}

/** The answer in text: ISO dates, or ISO date-times with their offset. `due` null: no deadline as things stand. */
export interface DeadlineAnswer {
  readonly due: string | null;
  readonly workTo: string | null;
  readonly alternative: { readonly due: string; readonly reading: string; readonly citation: string } | null;
  /** The day of the hardest case, where the rule knows one beside `due`. */
  readonly latest?: string | undefined;
  readonly ledger: readonly (DayLine | MinutesLine)[];
  readonly sentence: string;
  /** Names the content of the calendar that it was counted by, where it is one of days. */
  readonly calendarVersion?: string;
}

/** A rule that gives deadlines: one file each, listed in `rules.ts`. */
export interface DeadlineRule {
  readonly name: string;
  readonly label: string;
  readonly citation: string;
  /** How it counts and from what, in a sentence or two, for the guide. */
  readonly counts: string;
  /** What is disputed, or what the law leaves open, and how it is read here. */
  readonly disputed?: string;
  /** The kinds of event it understands. */
  readonly events: Readonly<Record<string, Explained>>;
  /** Options beyond the common ones that it understands. */
  readonly options: Readonly<Partial<Record<RuleOption, Explained>>>;
  /** Refuses (`ClockRefused`) what it cannot answer. */
  readonly compute: (question: DeadlineQuestion) => DeadlineAnswer;
}

/** A date, or a date and time: local where it has no offset; an hour that comes twice is the first. */
export function parseMoment(text: string, zone: string): Temporal.Instant {
  try {
    if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?)?$/.test(text)) {
      return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
    }
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) {
      return Temporal.Instant.from(text);
    }
  } catch {
    // As above: a time that does not exist.
  }
  throw new ClockRefused(`“${text}” is not a date and time such as 2026-01-31T09:30`, "misused");
}
