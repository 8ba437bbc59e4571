import { dayAfter } from "./periods.ts";

/** The steps of age: a label, the same in weeks for an axis, and the age in days that is no longer in it. */
export const ages = [
  { label: "Under 1 week", short: "under 1", days: 7 },
  { label: "1 to 2 weeks", short: "1 to 2", days: 14 },
  { label: "2 to 4 weeks", short: "2 to 4", days: 28 },
  { label: "4 to 12 weeks", short: "4 to 12", days: 84 },
  { label: "Over 12 weeks", short: "over 12", days: Number.POSITIVE_INFINITY },
] as const;

/** The days on which what is of this age was opened, as filters of a list. */
export function openedAt(step: number, today: string): Record<string, readonly string[]> {
  const [from, to] = [ages[step]?.days ?? Number.POSITIVE_INFINITY, ages[step - 1]?.days ?? 0];
  return {
    ...(Number.isFinite(from) ? { "opened-from": [dayAfter(today, 1 - from)] } : {}),
    ...(to > 0 ? { "opened-to": [dayAfter(today, -to)] } : {}),
  };
}
