import { z } from "zod";
import { dayFromForm, dayFromText, formatDay } from "./date.ts";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";

const zone = "Europe/London";
// As for days: from 1800 to 2999.
const earliest = Date.UTC(1800, 0, 1);
const latest = Date.UTC(3000, 0, 1);

/** An instant, as ISO 8601 in UTC (`2026-11-21T09:30:00.000Z`); typed and shown in London's time. */
export const momentKind: FieldKind<CommonOptions, string> = {
  name: "moment",
  column: () => ({ type: "timestamp with time zone" }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Enter", "must be a moment as text, like 2026-11-21T14:30:00Z") })
      .refine(
        (text) => instantFrom(text) !== null,
        `${options.label} must be a date and a time, like 21 11 2026 at 09:30`,
      )
      .transform((text) => instantFrom(text) ?? text),
  fromForm: (form, name) => {
    const typedDay = dayFromForm(form, name);
    const time = single(form, `${name}-time`);
    if (typedDay === undefined && time === undefined) return undefined;
    // The hour that comes twice is told apart by the name of the time: "01:30 GMT" is the second.
    return `${String(typedDay ?? "")}T${(time ?? "00:00").replace(/^(\d):/, "0$1:").replace(/ ?(BST|GMT)$/i, (_whole, name: string) => (name.toUpperCase() === "GMT" ? "+00:00" : "+01:00"))}`;
  },
  input: (_options, value) => {
    if (value === null) return { widget: "date-time", day: "", month: "", year: "", time: "" };
    const local = Temporal.Instant.from(value).toZonedDateTimeISO(zone);
    const first = local.toPlainDateTime().toZonedDateTime(zone, { disambiguation: "earlier" });
    const time = `${timeOf(local)}${first.equals(local) ? "" : " GMT"}`;
    return { widget: "date-time", day: String(local.day), month: String(local.month), year: String(local.year), time };
  },
  show: (_options, value) => ({ kind: "date", text: formatMoment(value), iso: value }),
  text: (_options, value) => {
    const local = Temporal.Instant.from(value).toZonedDateTimeISO(zone);
    // Before December 1847 London's own time was 1 minute and 15 seconds behind, which no offset of whole minutes can say.
    return local.offsetNanoseconds % 60_000_000_000 === 0 ? local.toString({ timeZoneName: "never" }) : value;
  },
  fromText: (_options, cell) => {
    // The day, however it is written, and after it a time: "21 November 2026 9:30 am", "2026-11-21T09:30Z".
    const [, datePart = "", time = ""] = /^(.*?)(?:[T,]| at |\s)\s*(\d{1,2}:\d.*)$/.exec(cell.trim()) ?? [];
    return time === "" ? dayFromText(cell) : `${dayFromText(datePart)}T${timeFromText(time)}`;
  },
  sheet: { format: "dd mmm yyyy hh:mm", value: (_options, value) => wallClock(value) },
  filter: "date-range",
  sortable: true,
};

/** "9:30 pm" as "21:30"; every other time with its hour in two figures, its zone let be. */
function timeFromText(text: string): string {
  const [, hour, rest = "", half] = /^(\d{1,2})((?::\d{2}){1,2})\s*([ap])\.?m\.?$/i.exec(text) ?? [];
  if (hour === undefined) return text.replaceAll(" ", "").replace(/^(\d):/, "0$1:");
  return `${String((Number(hour) % 12) + (half?.toLowerCase() === "p" ? 12 : 0)).padStart(2, "0")}${rest}`;
}

/** "09:30"; with seconds where there are some, so that a form gives back the moment it was shown. */
function timeOf(local: Temporal.ZonedDateTime): string {
  const time = local.toPlainTime();
  return time.second === 0 && time.millisecond === 0 ? time.toString({ smallestUnit: "minute" }) : time.toString();
}

/** "21 November 2026 at 09:30", in London's time. */
export function formatMoment(iso: string): string {
  const local = Temporal.Instant.from(iso).toZonedDateTimeISO(zone);
  return `${formatDay(local.toPlainDate().toString())} at ${local.toPlainTime().toString({ smallestUnit: "minute" })}`;
}

/** London's day and time of day at a moment, as spreadsheets hold them: a date whose UTC reading is what the clock on the wall said. */
export function wallClock(iso: string): Date {
  const local = Temporal.Instant.from(iso).toZonedDateTimeISO(zone).toPlainDateTime();
  return new Date(`${local.toString({ smallestUnit: "millisecond" })}Z`);
}

/** An instant in UTC from a text with an offset, or from London's own time: of an hour that comes twice, the first; null for what is no moment. */
export function instantFrom(text: string): string | null {
  try {
    const instant = /(Z|[+-]\d\d:?\d\d)$/i.test(text)
      ? Temporal.Instant.from(text)
      : inLondon(Temporal.PlainDateTime.from(text));
    if (instant === null) return null;
    const milliseconds = instant.epochMilliseconds;
    return milliseconds >= earliest && milliseconds < latest ? new Date(milliseconds).toISOString() : null;
  } catch {
    return null;
  }
}

/** null in the hour that the clocks leave out in spring: there was no such time. */
function inLondon(local: Temporal.PlainDateTime): Temporal.Instant | null {
  const moment = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  return moment.toPlainDateTime().equals(local) ? moment.toInstant() : null;
}

export const moment = fieldOf(momentKind);
