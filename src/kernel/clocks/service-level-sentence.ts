import type { ServiceLevelResult } from "./service-level.ts";

/** One plain sentence (no full stop) that says where a service-level clock stands. */
export function sentence(result: ServiceLevelResult, now: Temporal.Instant, zone = "Europe/London"): string {
  const stands = standing(result, now, zone);
  return result.says === null || result.state === "cancelled" ? stands : `${stands} (${result.says})`;
}

function standing(result: ServiceLevelResult, now: Temporal.Instant, zone: string): string {
  const { state, dueAt, outcome, remainingMinutes } = result;
  if (state === "notStarted") return "Not started";
  if (state === "cancelled") return outcome === "missed" ? "Cancelled after it was missed" : "Cancelled";
  if (remainingMinutes === null) return "No target";
  if (state === "paused") return pausedSentence(result, remainingMinutes, zone);
  if (state === "stopped") return stoppedSentence(result, remainingMinutes, zone);
  if (dueAt === null) return "Never due: there are no opening hours";
  const due = moment(dueAt, zone);
  if (outcome !== "missed" && Temporal.Instant.compare(dueAt, now) >= 0) {
    return `Due ${due}: ${duration(remainingMinutes)} of working time left`;
  }
  return remainingMinutes < 0
    ? `Missed: was due ${due}, ${duration(-remainingMinutes)} of working time ago`
    : `Missed: was due ${due}`;
}

/** Whole minutes in words: `2 hours 10 minutes`. */
export function duration(minutes: number): string {
  if (minutes < 1) return "less than a minute";
  const hours = Math.floor(minutes / 60);
  const parts = [hours > 0 ? plural(hours, "hour") : "", minutes % 60 > 0 ? plural(minutes % 60, "minute") : ""];
  return parts.filter(Boolean).join(" ");
}

function pausedSentence(result: ServiceLevelResult, left: number, zone: string): string {
  const since = result.pausedSince ? ` since ${moment(result.pausedSince, zone)}` : "";
  const reason = result.pauseReason ? ` (${result.pauseReason})` : "";
  const rest = result.outcome === "missed" ? "missed before" : `${duration(left)} left when it resumes`;
  return `Paused${since}${reason}, ${rest}`;
}

function stoppedSentence(
  { outcome, metOnlyByPause, missedAt }: ServiceLevelResult,
  left: number,
  zone: string,
): string {
  if (outcome !== "met") {
    // A late extension or another target may cover the work done, and the miss stands all the same.
    if (left < 0) return `Missed by ${duration(-left)} of working time`;
    return missedAt ? `Missed: was due ${moment(missedAt, zone)}` : "Missed";
  }
  const because = metOnlyByPause ? ", only because of the pauses" : "";
  return left > 0 ? `Met with ${duration(left)} to spare${because}` : `Met just in time${because}`;
}

const DAYS = ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = ",January,February,March,April,May,June,July,August,September,October,November,December".split(",");

function moment(at: Temporal.Instant, zone: string): string {
  const local = at.toZonedDateTimeISO(zone);
  const time = local.toPlainTime().toString({ smallestUnit: "minute" });
  return `${DAYS[local.dayOfWeek]} ${local.day} ${MONTHS[local.month]} ${local.year} at ${time}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
