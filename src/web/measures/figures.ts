import type { Counted, Figure } from "../../kernel/measures/evaluate.ts";
import { isTime } from "../../kernel/measures/groupings.ts";
import type { Unit } from "../../kernel/measures/measure.ts";
import { formatCount, formatDate, formatMoney, plural } from "../view/format.ts";

/** A figure as people read it: "1,204", "3 hours 20 minutes", "£1,250", "62.5%"; a dash where there is none. */
export function figureText(unit: Unit, value: number | null): string {
  if (value === null) return "–";
  if (unit === "minutes") return workingTime(value);
  if (unit === "percent") return percent(value);
  return unit === "pence" ? formatMoney(BigInt(Math.round(value))) : formatCount(value);
}

/** A figure with what it counts: "1,204 tickets". */
export function figureWords(unit: Unit, value: number | null): string {
  return typeof unit === "object" && value !== null ? plural(value, unit.one, unit.many) : figureText(unit, value);
}

/** What stands beside an axis and heads a column: "tickets", "working hours". */
export function unitWords(unit: Unit): string {
  if (typeof unit === "object") return unit.many;
  return { minutes: "working hours", pence: "pounds", percent: "%" }[unit];
}

/** A figure as it is drawn: time in hours, money in pounds. */
export function drawnValue(unit: Unit, value: number | null): number | null {
  if (value === null) return null;
  if (unit === "minutes") return Math.round(value / 6) / 10;
  if (unit === "pence") return Math.round(value) / 100;
  return unit === "percent" ? Math.round(value * 10) / 10 : value;
}

/** "62.5%"; never 100% or 0% where that is not so. */
function percent(value: number): string {
  const rounded = value === 100 ? 100 : Math.min(99.9, Math.round(value * 10) / 10);
  return `${value > 0 ? Math.max(0.1, rounded) : rounded}%`;
}

/** Working time in hours and minutes: a working day has as many hours as the calendar says. */
export function workingTime(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return plural(Math.round(minutes / 60), "hour");
  return [
    ...(hours > 0 ? [plural(hours, "hour")] : []),
    ...(minutes % 60 > 0 || hours === 0 ? [plural(minutes % 60, "minute")] : []),
  ].join(" ");
}

/** What a row of a measure is called: a day, the week from a day, a month, or its group. */
export function rowName({ by }: Pick<Counted, "by">, { label }: { readonly label: string }): string {
  if (by === null || !isTime(by)) return label;
  const day = Temporal.PlainDate.from(label);
  if (by === "month") return formatDate(day).replace(/^\d+ /, "");
  return formatDate(day);
}

/** The same where there is little room. */
export function shortName(counted: Pick<Counted, "by">, row: { readonly label: string }): string {
  const name = rowName(counted, row);
  if (counted.by === "month") return name.replace(/^([A-Z][a-z]{2})[a-z]*/, "$1");
  return counted.by !== null && isTime(counted.by) ? name.replace(/^(\d+ [A-Z][a-z]{2}).*$/, "$1") : name;
}

/** Where a figure leads, when it counts anything. */
export function linkOf({ href }: Figure): { readonly href: string } | Record<string, never> {
  return href === null ? {} : { href };
}
