import type { MinutesLine } from "./service-level-ledger.ts";

export interface BreachResult {
  readonly due: Temporal.Instant;
  /** Real minutes, by the days of the zone; empty where it was not asked for. */
  readonly ledger: readonly MinutesLine[];
}

const HOURS = 72;
const citation = "UK GDPR art 33(1)";

/** When the regulator must be told of a personal data breach: 72 real hours after the council became aware of it (rule 13). */
export function breach(aware: Temporal.Instant, zone: string, explain = true): BreachResult {
  const due = aware.add({ hours: HOURS });
  const ledger: MinutesLine[] = [];
  for (let from = aware; explain && Temporal.Instant.compare(from, due) < 0;) {
    const date = from.toZonedDateTimeISO(zone).toPlainDate();
    const midnight = date.add({ days: 1 }).toZonedDateTime(zone).toInstant();
    const to = Temporal.Instant.compare(midnight, due) < 0 ? midnight : due;
    // Cut off on the running total, so that the days add up to the 72 hours.
    const countedMinutes = minutesSince(aware, to) - minutesSince(aware, from);
    const why = "Real hours count, also at night, at weekends and on holidays";
    ledger.push({ date: date.toString(), countedMinutes, notCountedMinutes: 0, why, citation });
    from = to;
  }
  return { due, ledger };
}

function minutesSince(start: Temporal.Instant, at: Temporal.Instant): number {
  return Math.floor((at.epochMilliseconds - start.epochMilliseconds) / 60_000);
}
