import { businessCalendar } from "../clocks/business-calendar.ts";
import type { BusinessCalendar } from "../clocks/business-calendar.ts";
import { holidayNames } from "../clocks/calendars.ts";
import type { Division } from "../clocks/holidays.ts";
import type { KnownHolidays } from "../clocks/known-holidays.ts";
import { parseOpeningHours } from "../clocks/opening-hours.ts";
import { refuse } from "../errors.ts";
import { defineRecord, field } from "../record.ts";
import type { ValuesOf } from "../record.ts";
import type { Line } from "../fields/lines.ts";
import { dayOf } from "../store/as-of.ts";
import { sameValue } from "../store/values.ts";
import type { Stored } from "../transaction.ts";

/** When a team is open: weekly hours, less the bank holidays of a division and closures of its own. */
export const Calendar = defineRecord({
  name: "calendar",
  label: { one: "Calendar", many: "Calendars" },
  reference: "CAL-{000}",
  path: "calendars",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    hours: field.text({
      label: "Opening hours",
      required: true,
      max: 300,
      hint: "Like “Mon-Fri 08:00-18:00; Sat 09:00-12:00”, or 24x7",
    }),
    holidays: field.choice({
      label: "Bank holidays",
      required: true,
      default: "england-and-wales",
      options: {
        "england-and-wales": "England and Wales",
        scotland: "Scotland",
        "northern-ireland": "Northern Ireland",
        none: "None: open on bank holidays",
      },
    }),
    laterHours: field.lines({
      label: "Other opening hours from a day on",
      one: "Hours",
      max: 100,
      fields: {
        day: field.date({ label: "From", required: true }),
        hours: field.text({ label: "Opening hours", required: true, max: 300 }),
      },
    }),
    closures: field.lines({
      label: "Other days closed",
      one: "Day closed",
      max: 400,
      fields: {
        day: field.date({ label: "Day", required: true }),
        why: field.text({ label: "Why", required: true, max: 100 }),
      },
    }),
    council: field.yesNo({
      label: "The council’s own working days go by it",
      hint: "For members’ questions, and for what data protection law puts off over bank holidays. Where several say so, the first of them counts",
    }),
    acknowledgeDays: field.wholeNumber({
      label: "Working days to acknowledge a member’s enquiry",
      hint: "1 where nothing is given",
      min: 1,
      max: 60,
    }),
    answerDays: field.wholeNumber({
      label: "Working days to answer a member’s enquiry",
      hint: "10 where nothing is given",
      min: 1,
      max: 120,
    }),
    questionDays: field.wholeNumber({
      label: "Working days before a meeting by which written questions are answered",
      hint: "As the constitution has it. Without it written questions have no deadline",
      min: 1,
      max: 60,
    }),
  },
  askedWhen: {
    acknowledgeDays: { field: "council", is: [true] },
    answerDays: { field: "council", is: [true] },
    questionDays: { field: "council", is: [true] },
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "hours", "holidays", "state"], sort: "name", openOnly: true },
    form: [
      "name",
      "hours",
      "laterHours",
      "holidays",
      "closures",
      "council",
      "acknowledgeDays",
      "answerDays",
      "questionDays",
    ],
  },
  check: (tx, values, before) => {
    mustBeHours("hours", "Opening hours", values["hours"]);
    const later = linesOf(values["laterHours"]);
    for (const line of later) mustBeHours("laterHours", `From ${String(line["day"])}`, line["hours"]);
    const twice = later.find((line, at) => later.findIndex(({ day }) => day === line["day"]) !== at);
    if (twice) refuse("laterHours", `There are two kinds of hours from ${String(twice["day"])}. Leave one`);
    if (before) guardPast(dayOf(tx.now), values, before);
  },
  deadlinesBy: [
    "hours",
    "laterHours",
    "holidays",
    "closures",
    "council",
    "acknowledgeDays",
    "answerDays",
    "questionDays",
  ],
  referenceData: true,
  empty: "A calendar says when work is counted. Service levels count working time by one.",
});

type Values = Readonly<Record<string, unknown>>;

function linesOf(value: unknown): readonly Line[] {
  // The lines kind gives lines.
  return (value ?? []) as readonly Line[];
}

function mustBeHours(fieldName: string, what: string, hours: unknown): void {
  if (typeof hours !== "string") return;
  try {
    parseOpeningHours(hours);
  } catch (error) {
    refuse(fieldName, `${what}: ${error instanceof Error ? error.message : "not understood"}`);
  }
}

/** What has been counted stays counted: days before today are as they were, however the calendar goes on. */
function guardPast(today: string, values: Values, before: Stored): void {
  if (dayOf(Temporal.Instant.from(before.openedAt)) >= today) return;
  for (const name of ["hours", "holidays"])
    if (!sameValue(before.values[name], values[name]))
      refuse(
        name,
        name === "hours"
          ? "Work has been counted by these hours. Leave them, and add the new ones under “Other opening hours from a day on”"
          : "Work has been counted by these bank holidays. Leave them, and add or make up for single days under “Other days closed”, or make another calendar",
      );
  const past = (value: unknown) =>
    linesOf(value)
      .filter(({ day }) => String(day) < today)
      .map(({ id: _id, ...line }) => JSON.stringify(Object.entries(line).toSorted()))
      .toSorted();
  for (const name of ["laterHours", "closures"])
    if (!sameValue(past(before.values[name]), past(values[name])))
      refuse(
        name,
        "Work has been counted by the days before today, so they stay as they are. Give today or a day to come",
      );
}

/** The calendar of the clock engine from a calendar record's values and the bank holidays that are known. */
export function businessCalendarOf(values: ValuesOf<typeof Calendar>, known: KnownHolidays): BusinessCalendar {
  const holidays = new Map<string, string>(
    values.holidays && values.holidays !== "none" ? holidayNames(values.holidays satisfies Division, known) : [],
  );
  for (const closure of values.closures ?? []) if (closure.day) holidays.set(closure.day, closure.why ?? "Closed");
  const later = (values.laterHours ?? []).flatMap(({ day, hours }) =>
    day && hours ? [{ from: day, weekly: parseOpeningHours(hours) }] : [],
  );
  return businessCalendar({ weekly: parseOpeningHours(values.hours ?? "24x7"), later, holidays });
}
