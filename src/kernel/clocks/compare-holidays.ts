import { DIVISION_LABELS } from "./calendars.ts";
import { bankHolidays, DIVISIONS, followsPattern } from "./holidays.ts";
import type { Division, Holiday } from "./holidays.ts";
import type { PublishedHolidays } from "./holidays-file.ts";
import { lastPublished } from "./known-holidays.ts";
import type { HolidayRead, KnownHolidays } from "./known-holidays.ts";
import { ClockRefused } from "./refused.ts";

/** A bank holiday of a division. `date` is an ISO date. */
export interface DayOf {
  readonly division: Division;
  readonly date: string;
  readonly name: string;
}

/** What a published file makes different. */
export interface HolidayChanges {
  readonly added: readonly DayOf[];
  /** Of a year that was published here before, not known, and has passed: not counted, unless `addPassed`. */
  readonly notCounted: readonly DayOf[];
  /** Called otherwise than an earlier file called it; `from` is that. */
  readonly changed: readonly (DayOf & { readonly from: string })[];
  /** Foreseen by the pattern, and now published. */
  readonly published: readonly DayOf[];
  /** `shipped`: Reeve shipped the day as published, which the file contradicts. */
  readonly takenAway: readonly (DayOf & { readonly shipped: boolean })[];
  /** Has passed and is not in the file: left as it was counted. */
  readonly left: readonly DayOf[];
  /** The same, as it is kept. */
  readonly read: readonly HolidayRead[];
}

/** How a file is compared. */
export interface Comparing {
  /** The ISO date on which it is read. */
  readonly today: string;
  /** Leave days that have passed and are not in the file, rather than refuse it. */
  readonly leavePassed?: boolean;
  /** Add days that have passed and are not known here. */
  readonly addPassed?: boolean;
}

/**
 * What a file changes of the holidays known, on an ISO date. Years that the file does not cover stay as they are. Refuses
 * (`ClockRefused`) a gap before the file's first year, and to take away a day that has passed unless `leavePassed`.
 */
export function compareHolidays(known: KnownHolidays, file: PublishedHolidays, when: Comparing): HolidayChanges {
  const parts = DIVISIONS.map((division) => compareDivision(division, known.of(division), file[division], when));
  const left = parts.flatMap((part) => part.left);
  const [first] = left;
  if (first && !when.leavePassed)
    throw new ClockRefused(
      `The file would take away ${first.name} of ${first.date} in ${DIVISION_LABELS[first.division]}, which has passed${left.length > 1 ? `, and ${left.length - 1} more such days` : ""}. Work has been counted by it. Check the file; with --leave-passed such days stay and the rest is read`,
    );
  return {
    added: parts.flatMap((part) => part.added),
    notCounted: parts.flatMap((part) => part.notCounted),
    changed: parts.flatMap((part) => part.changed),
    published: parts.flatMap((part) => part.published),
    takenAway: parts.flatMap((part) => part.takenAway),
    left,
    read: parts.flatMap((part) => part.read),
  };
}

function compareDivision(
  division: Division,
  holidays: readonly Holiday[],
  file: PublishedHolidays[Division],
  { today, addPassed = false }: Comparing,
) {
  const last = lastPublished(holidays);
  if (file.from > last + 1)
    throw new ClockRefused(
      `${DIVISION_LABELS[division]}: the file begins with ${file.from}, and ${last + 1} has not been published here yet`,
    );
  const shipped = new Map(bankHolidays(division).map((holiday) => [holiday.date, holiday]));
  const before = new Map(holidays.map((holiday) => [holiday.date, holiday]));
  const added: DayOf[] = [];
  const notCounted: DayOf[] = [];
  const changed: (DayOf & { from: string })[] = [];
  const published: DayOf[] = [];
  const takenAway: (DayOf & { shipped: boolean })[] = [];
  const left: DayOf[] = [];
  const read: HolidayRead[] = [];
  for (const [date, name] of file.days) {
    const was = before.get(date);
    // What is shipped as published keeps its name, and so does a day by which work has been counted.
    if (was && !was.projected && (was.name === name || date < today || was.name === shipped.get(date)?.name)) continue;
    if (!was && date < today && !addPassed && Number(date.slice(0, 4)) <= last) {
      notCounted.push({ division, date, name });
      continue;
    }
    if (!was) added.push({ division, date, name });
    else if (was.projected) published.push({ division, date, name });
    else changed.push({ division, date, name, from: was.name });
    const announced = was?.announced ?? shipped.get(date)?.announced;
    const oneOff = !was && !followsPattern(division, date);
    read.push({ division, day: date, name, announced: announced ?? (oneOff ? today : null) });
  }
  for (const { date, name, projected } of holidays) {
    const year = Number(date.slice(0, 4));
    if (year < file.from || year > file.to || file.days.has(date)) continue;
    if (date < today) {
      left.push({ division, date, name });
      continue;
    }
    const isShipped = shipped.has(date) && !shipped.get(date)?.projected && !projected;
    takenAway.push({ division, date, name, shipped: isShipped });
    read.push({ division, day: date, name: null, announced: null });
  }
  return { added, notCounted, changed, published, takenAway, left, read };
}
