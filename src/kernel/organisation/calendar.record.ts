import { businessCalendar } from "../clocks/business-calendar.ts";
import type { BusinessCalendar } from "../clocks/business-calendar.ts";
import { holidayNames } from "../clocks/calendars.ts";
import type { Division } from "../clocks/holidays.ts";
import { parseOpeningHours } from "../clocks/opening-hours.ts";
import { refuse } from "../errors.ts";
import { defineRecord, field } from "../record.ts";
import type { ValuesOf } from "../record.ts";

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
    closures: field.lines({
      label: "Other days closed",
      one: "Day closed",
      max: 400,
      fields: {
        day: field.date({ label: "Day", required: true }),
        why: field.text({ label: "Why", required: true, max: 100 }),
      },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "hours", "holidays", "state"], sort: "name", openOnly: true },
    form: ["name", "hours", "holidays", "closures"],
  },
  check: (_tx, values) => {
    if (typeof values["hours"] !== "string") return;
    try {
      parseOpeningHours(values["hours"]);
    } catch (error) {
      refuse("hours", `Opening hours: ${error instanceof Error ? error.message : "not understood"}`);
    }
  },
  referenceData: true,
  empty: "A calendar says when work is counted. Service levels count working time by one.",
});

/** The calendar of the clock engine from a calendar record's values. */
export function businessCalendarOf(values: ValuesOf<typeof Calendar>): BusinessCalendar {
  const holidays = new Map<string, string>(
    values.holidays && values.holidays !== "none" ? holidayNames(values.holidays satisfies Division) : [],
  );
  for (const closure of values.closures ?? []) if (closure.day) holidays.set(closure.day, closure.why ?? "Closed");
  return businessCalendar({ weekly: parseOpeningHours(values.hours ?? "24x7"), holidays });
}
