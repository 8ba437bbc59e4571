/**
 * How dates, money and sizes are written. GOV.UK style: 21 November 2026, £1,250, pence only when needed; the time of day
 * on the 24 hour clock, as officers' own logs have it. Everything is pure: what is "now" and the zone are passed in.
 */
import type { Tone } from "./models/shell.ts";

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** The moment a page is written for and the organisation's zone, such as "Europe/London". */
export type Clock = { readonly now: Temporal.Instant; readonly zone: string };

/** "21 November 2026" */
export function formatDate(date: Temporal.PlainDate): string {
  return `${dayMonth(date)} ${date.year}`;
}

/** The day of a moment where the organisation is: "21 November 2026". */
export function formatDay(moment: Temporal.Instant, zone: string): string {
  return formatDate(moment.toZonedDateTimeISO(zone).toPlainDate());
}

/** "Wednesday 25 November 2026" */
export function formatWeekdayDate(date: Temporal.PlainDate): string {
  return `${weekday(date)} ${formatDate(date)}`;
}

/** "21 November 2026 at 14:30" */
export function formatMoment(moment: Temporal.Instant, zone: string): string {
  const local = moment.toZonedDateTimeISO(zone);
  return `${formatDate(local.toPlainDate())} at ${time(local)}`;
}

/** For what happened: "Today 10:42", "Yesterday 09:10", "Friday 16:00" within 6 days, else "12 March 2026 at 09:10". */
export function formatRecent(moment: Temporal.Instant, clock: Clock): string {
  const local = moment.toZonedDateTimeISO(clock.zone);
  const daysAgo = -daysFromToday(local.toPlainDate(), clock);
  if (daysAgo === 0) return `Today ${time(local)}`;
  if (daysAgo === 1) return `Yesterday ${time(local)}`;
  if (daysAgo > 1 && daysAgo <= 6) return `${weekday(local)} ${time(local)}`;
  return formatMoment(moment, clock.zone);
}

/** The same within a sentence: "today 10:42". */
export function recentInSentence(moment: Temporal.Instant, clock: Clock): string {
  return formatRecent(moment, clock).replace(/^(Today|Yesterday)/, (word) => word.toLowerCase());
}

const midnight = Temporal.PlainTime.from("00:00");

/**
 * For a deadline, by day or by moment: "Today 17:00", "Tomorrow", a weekday within 6 days, then "27 November", with the
 * year when it is another. Late ones say by how much: "Friday, 1 day late", "Today 09:00, 2 hours late".
 * `daysLate` is given where lateness counts working days; otherwise calendar days are counted.
 */
export function formatDue(
  due: Temporal.PlainDate | Temporal.Instant,
  clock: Clock,
  daysLate?: number,
): { readonly text: string; readonly tone: Tone } {
  const local = due instanceof Temporal.Instant ? due.toZonedDateTimeISO(clock.zone) : undefined;
  // The midnight that ends a day is spoken of as that day.
  if (local && local.toPlainTime().equals(midnight))
    return formatDue(local.toPlainDate().subtract({ days: 1 }), clock, daysLate);
  const date = local ? local.toPlainDate() : (due as Temporal.PlainDate); // an Instant was dealt with above
  const days = daysFromToday(date, clock);
  const name = dayName(date, days, clock) + (local && days >= 0 && days <= 1 ? ` ${time(local)}` : "");
  if (days < 0) return { text: `${name}, ${plural(daysLate ?? -days, "day")} late`, tone: "bad" };
  if (due instanceof Temporal.Instant && Temporal.Instant.compare(due, clock.now) < 0) {
    return { text: `${name}, ${formatDuration(secondsBetween(due, clock.now), 1)} late`, tone: "bad" };
  }
  return { text: name, tone: days <= 1 ? "warn" : "neutral" };
}

/** "£1,250", "£1,250.50", "-£3". */
export function formatMoney(pence: bigint): string {
  const size = pence < 0n ? -pence : pence;
  const pounds = thousands((size / 100n).toString());
  const rest = size % 100n;
  const tail = rest === 0n ? "" : `.${rest.toString().padStart(2, "0")}`;
  return `${pence < 0n ? "-" : ""}£${pounds}${tail}`;
}

/** The largest units that are not nought, two by default: "2 hours 30 minutes", "3 days". Under a minute in seconds. */
export function formatDuration(seconds: number, unitsMax = 2): string {
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  const parts: string[] = [];
  let rest = Math.round(Math.abs(seconds));
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && !(unit === "second" && parts.length > 0)) parts.push(plural(count, unit));
  }
  return parts.slice(0, unitsMax).join(" ") || "0 minutes";
}

/** "512 bytes", "48 KB", "1.2 MB": thousands, as file managers and GOV.UK count. */
export function formatFileSize(bytes: number): string {
  if (bytes < 1000) return plural(bytes, "byte");
  const units = ["KB", "MB", "GB", "TB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1).replace(/\.0$/, "") : Math.round(size)} ${units[unit]}`;
}

/** "38", "1,204"; a count that stopped at its bound reads "1,000+". */
export function formatCount(count: number, bound = Number.POSITIVE_INFINITY): string {
  return count >= bound ? `${thousands(String(bound))}+` : thousands(String(count));
}

/** "1 record", "2 records". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${thousands(String(count))} ${count === 1 ? one : many}`;
}

/** "PN" for Priya Nair; one letter for one name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => Array.from(word ?? "")[0]?.toUpperCase() ?? "").join("");
}

function dayName(date: Temporal.PlainDate, days: number, clock: Clock): string {
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  if (Math.abs(days) <= 6) return weekday(date);
  return date.year === today(clock).year ? dayMonth(date) : formatDate(date);
}

const todays = new WeakMap<Clock, Temporal.PlainDate>();

function today(clock: Clock): Temporal.PlainDate {
  const known = todays.get(clock) ?? clock.now.toZonedDateTimeISO(clock.zone).toPlainDate();
  todays.set(clock, known);
  return known;
}

function daysFromToday(date: Temporal.PlainDate, clock: Clock): number {
  return today(clock).until(date, { largestUnit: "day" }).days;
}

function secondsBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return (to.epochMilliseconds - from.epochMilliseconds) / 1000;
}

function dayMonth(date: Temporal.PlainDate): string {
  return `${date.day} ${months[date.month - 1]}`;
}

function weekday(date: { readonly dayOfWeek: number }): string {
  return weekdays[date.dayOfWeek - 1] ?? "";
}

function time(local: Temporal.ZonedDateTime): string {
  return `${String(local.hour).padStart(2, "0")}:${String(local.minute).padStart(2, "0")}`;
}

function thousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
