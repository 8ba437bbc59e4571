import * as z from "zod";
import { DIVISION_LABELS } from "./calendars.ts";
import { ClockRefused } from "./refused.ts";
import { DIVISIONS, FIRST_YEAR } from "./holidays.ts";
import type { Division } from "./holidays.ts";

/** What GOV.UK published: for each division its days by ISO date, and the first and the last year, which are whole. */
export type PublishedHolidays = Readonly<Record<Division, PublishedDivision>>;

export interface PublishedDivision {
  readonly from: number;
  readonly to: number;
  readonly days: ReadonlyMap<string, string>;
}

/** The last year that a file may speak of: a later one is a slip. */
export const YEAR_MAX = 2060;
/** No division has had fewer in a year since 1978, so a year with fewer is not whole. */
const DAYS_OF_A_YEAR_MIN = 8;
const DAYS_MAX = 1000;

const event = z.object({ title: z.string(), date: z.string(), notes: z.string().optional() });
const division = z.object({ division: z.string().optional(), events: z.array(event) });
const file = z.record(z.string(), division);

/**
 * Reads https://www.gov.uk/bank-holidays.json: `{ "scotland": { "division", "events": [{ "title", "date", "notes" }] }, … }`.
 * Refuses (`ClockRefused`) in a sentence whatever is not whole: another shape, a division that is missing, a year with a gap.
 */
export function readHolidaysFile(text: string): PublishedHolidays {
  const result = file.safeParse(parsed(text));
  if (!result.success) throw new ClockRefused(notTheShape(result.error));
  const stranger = Object.keys(result.data).find((name) => !DIVISIONS.some((known) => known === name));
  if (stranger !== undefined)
    throw new ClockRefused(`“${stranger.slice(0, 60)}” is no division. The divisions are ${DIVISIONS.join(", ")}`);
  const of = (name: Division): PublishedDivision => {
    const given = result.data[name];
    if (!given) throw new ClockRefused(`The file has nothing of ${DIVISION_LABELS[name]} (“${name}”)`);
    if (given.division !== undefined && given.division !== name)
      throw new ClockRefused(`Under “${name}” the file has the division “${given.division.slice(0, 60)}”`);
    return whole(name, daysOf(name, given.events));
  };
  return {
    "england-and-wales": of("england-and-wales"),
    scotland: of("scotland"),
    "northern-ireland": of("northern-ireland"),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new ClockRefused("The file is not JSON. Take it from https://www.gov.uk/bank-holidays.json");
  }
}

function notTheShape(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue?.path.map(String).join(" → ").slice(0, 200);
  return `The file is not GOV.UK’s list of bank holidays${where ? `: look at ${where}` : ""}`;
}

function daysOf(name: Division, events: readonly z.infer<typeof event>[]): Map<string, string> {
  const where = DIVISION_LABELS[name];
  if (events.length === 0) throw new ClockRefused(`The file has no days of ${where}`);
  if (events.length > DAYS_MAX) throw new ClockRefused(`The file has more than ${DAYS_MAX} days of ${where}`);
  const days = new Map<string, string>();
  for (const { title, date, notes } of events) {
    if (!isDate(date)) throw new ClockRefused(`${where}: “${date.slice(0, 40)}” is not a date such as 2027-05-03`);
    const year = Number(date.slice(0, 4));
    if (year < FIRST_YEAR || year > YEAR_MAX)
      throw new ClockRefused(`${where}: ${date} is not in the years ${FIRST_YEAR} to ${YEAR_MAX}`);
    if (days.has(date)) throw new ClockRefused(`${where}: ${date} is there twice`);
    days.set(date, nameOf(where, date, title, notes));
  }
  return days;
}

function isDate(text: string): boolean {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** As what is shipped is called: `New Year’s Day (substitute day)`. */
function nameOf(where: string, date: string, title: string, notes = ""): string {
  const name = title.trim();
  if (name === "" || name.length > 150 || /\p{Cc}/u.test(name) || !name.isWellFormed())
    throw new ClockRefused(`${where}: the day ${date} needs a title of at most 150 characters`);
  return notes.trim().toLowerCase() === "substitute day" ? `${name} (substitute day)` : name;
}

/** GOV.UK publishes whole years: a year that lacks days would take away holidays that there are. */
function whole(name: Division, days: ReadonlyMap<string, string>): PublishedDivision {
  const years = [...days.keys()].map((date) => Number(date.slice(0, 4)));
  const [from, to] = [Math.min(...years), Math.max(...years)];
  for (let year = from; year <= to; year++) {
    const many = years.filter((one) => one === year).length;
    if (many < DAYS_OF_A_YEAR_MIN)
      throw new ClockRefused(
        `${DIVISION_LABELS[name]}: ${year} has ${many} ${many === 1 ? "day" : "days"}, and a whole year has at least ${DAYS_OF_A_YEAR_MIN}`,
      );
  }
  return { from, to, days };
}
