import type { OpeningSpan, WeeklyHours } from "./business-calendar.ts";
import { ClockRefused } from "./refused.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const SHAPE =
  "Write opening hours as “Mon-Fri 08:00-18:00”, several as “Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00”, or “24x7”";

/** Opening hours in words, for instance `Mon-Fri 08:00-18:00; Sat 09:00-12:00` or `24x7`. Refuses anything else. */
export function parseOpeningHours(text: string): WeeklyHours {
  const weekly: Partial<Record<(typeof WEEKDAYS)[number], OpeningSpan[]>> = {};
  const allDay = /^\s*24x7\s*$/i.test(text) ? "Mon-Sun 00:00-24:00" : text;
  for (const part of allDay.split(";")) {
    const match = /^\s*([a-z]{3})(?:-([a-z]{3}))?\s+([\d:,\s-]+)$/i.exec(part);
    if (!match) throw new ClockRefused(SHAPE, "misused");
    const first = DAYS.indexOf((match[1] ?? "").toLowerCase());
    const last = match[2] ? DAYS.indexOf(match[2].toLowerCase()) : first;
    if (first < 0 || last < first) throw new ClockRefused(SHAPE, "misused");
    const spans = (match[3] ?? "").split(",").map(parseSpan);
    for (const day of WEEKDAYS.slice(first, last + 1)) (weekly[day] ??= []).push(...spans);
  }
  return weekly;
}

function parseSpan(text: string): OpeningSpan {
  const match = /^\s*(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s*$/.exec(text);
  if (!match?.[1] || !match[2]) throw new ClockRefused(SHAPE, "misused");
  return { from: match[1], to: match[2] };
}
