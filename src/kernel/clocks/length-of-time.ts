import { ClockRefused } from "./refused.ts";

const MINUTES_MAX = 60 * 24 * 366 * 10;

/**
 * Whole minutes from `4h`, `240m` or `1h30m`. Refuses anything else, more than ten years and, unless it may be none,
 * no time at all.
 */
export function parseLength(text: string, { mayBeNone = false } = {}): number {
  const match = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?$/.exec(text);
  if (!match || text === "")
    throw new ClockRefused(`“${text}” is not a length of time such as 4h, 240m or 1h30m`, "misused");
  const minutes = Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
  if (minutes === 0 && !mayBeNone)
    throw new ClockRefused(`“${text}” is no time at all: give at least one minute, such as 1m`, "misused");
  if (minutes > MINUTES_MAX) throw new ClockRefused(`“${text}” is longer than ten years`, "misused");
  return minutes;
}
