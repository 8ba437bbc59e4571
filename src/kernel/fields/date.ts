import { z } from "zod";
import { fieldOf, missingOr, single } from "./kind.ts";
import type { CommonOptions, FieldKind, Form } from "./kind.ts";

/** A day of the calendar, `yyyy-mm-dd`. */
export const dateKind: FieldKind<CommonOptions, string> = {
  name: "date",
  column: () => ({ type: "date" }),
  schema: (options) =>
    z
      .string({ error: missingOr(options, "Enter", "must be a date as text, like 2026-11-21") })
      .refine(isDay, `${options.label} must be a real date from 1800 to 2999, like 21 11 2026 (2026-11-21)`),
  fromForm: dayFromForm,
  input: (_options, value) => {
    const [year = "", month = "", day = ""] = value?.split("-") ?? [];
    return { widget: "date", day: day.replace(/^0/, ""), month: month.replace(/^0/, ""), year };
  },
  show: (_options, value) => ({ kind: "date", text: formatDay(value), iso: value }),
  text: (_options, value) => value,
  fromText: (_options, cell) => dayFromText(cell.trim().replace(timeAfter, "")),
  sheet: { format: "dd mmm yyyy", value: (_options, value) => new Date(`${value}T00:00:00Z`) },
  filter: "date-range",
  sortable: true,
};

/** A time of the day after a date, as spreadsheets give one: the field keeps the day. One with a zone could be another day. */
const timeAfter = /(?<=\d)(?:T|,?\s+)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[ap]m)?$/i;

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** `2026-11-21` as "21 November 2026". */
export function formatDay(isoDay: string): string {
  return day.format(new Date(`${isoDay}T12:00:00Z`));
}

/** Whether a text is a real day, `yyyy-mm-dd`, between 1800 and 2999. */
export function isDay(text: string): boolean {
  if (!/^(1[89]|2\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.valueOf()) && moment.toISOString().startsWith(text);
}

/** The three boxes of a date; what is not a date is returned as typed, for the schema to refuse. */
export function dayFromForm(form: Form, name: string): unknown {
  const whole = single(form, name);
  if (whole !== undefined) return dayFromText(whole);
  const parts = ["year", "month", "day"].map((part) => single(form, `${name}-${part}`));
  if (parts.every((part) => part === undefined)) return undefined;
  const [year = "?", month = "?", dayOfMonth = "?"] = parts;
  return `${year}-${month.padStart(2, "0")}-${dayOfMonth.padStart(2, "0")}`;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Reads `2026-11-21`, `21/11/2026`, `21.11.26`, `21 November 2026` and `Sat 21-Nov-26` (day first, as written here), a
 * time of midnight after it let be; anything else as it was.
 */
export function dayFromText(text: string): string {
  const bare = text
    .trim()
    .replace(/^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[,.]?\s+/i, "")
    .replace(/[T ]+00:00(:00(\.0+)?)?Z?$/, "");
  const [, dayOfMonth = "", month = "", year = ""] =
    /^(\d{1,2})(?:st|nd|rd|th)?(?:[/.-]|\s+)(\d{1,2}|\p{L}{3,9})\.?,?(?:[/.-]|\s+)(\d{4}|\d{2})$/iu.exec(bare) ?? [];
  const number = /^\d/.test(month) ? month : monthNumber(month);
  if (dayOfMonth === "" || number === null) {
    // A year first with single figures, as some systems write it.
    const [, first, second, third] = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(bare) ?? [];
    return first === undefined ? bare : `${first}-${second?.padStart(2, "0")}-${third?.padStart(2, "0")}`;
  }
  return `${year.length === 2 ? `20${year}` : year}-${number.padStart(2, "0")}-${dayOfMonth.padStart(2, "0")}`;
}

/** "Nov", "Sept" and "november" as "11"; null for no month. */
function monthNumber(name: string): string | null {
  const at = monthNames.indexOf(name.slice(0, 3).toLowerCase());
  const whole =
    at < 0 ? "" : new Date(Date.UTC(2000, at, 1)).toLocaleString("en-GB", { month: "long", timeZone: "UTC" });
  return whole.toLowerCase().startsWith(name.toLowerCase()) && at >= 0 ? String(at + 1) : null;
}

export const date = fieldOf(dateKind);
