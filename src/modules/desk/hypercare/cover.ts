import type { Stretch } from "../rota/gaps.ts";
import { londonDay } from "../service-level.ts";

const zone = "Europe/London";
/** Planned so far ahead, today included. */
const daysAhead = 28;

/** Somebody of a hypercare’s extra cover, and the team in whose rota they stand for it. */
export interface CoverPerson {
  readonly person: string;
  readonly team: string;
  readonly onCall: boolean;
  readonly part: string | null;
}

/** A shift of extra cover. Moments are ISO 8601 in UTC. */
export interface WantedShift {
  readonly person: string;
  readonly team: string;
  readonly kind: "desk" | "call";
  readonly startsAt: string;
  readonly endsAt: string;
  readonly part: string | null;
}

interface Window {
  /** Days in London, both included. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly people: readonly CoverPerson[];
  readonly now: Temporal.Instant;
  /** When some queue of a team is open on a day. */
  readonly opensOn: (team: string, day: Temporal.PlainDate) => readonly Stretch[];
}

/**
 * The shifts of extra cover from today on, four weeks ahead: on call the whole of each day, at the desk from the first opening
 * of the team’s queues to the last closing. A day on which they are closed wants nobody at the desk.
 */
export function wantedShifts({ startsOn, endsOn, people, now, opensOn }: Window): WantedShift[] {
  const today = Temporal.PlainDate.from(londonDay(now));
  const first = laterOf(Temporal.PlainDate.from(startsOn), today);
  const last = earlierOf(Temporal.PlainDate.from(endsOn), today.add({ days: daysAhead - 1 }));
  const shifts: WantedShift[] = [];
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
    for (const { onCall, ...who } of people) {
      const stretch = onCall ? wholeOf(day) : openOf(opensOn(who.team, day));
      if (stretch === null || stretch.until <= now.epochMilliseconds) continue;
      const [startsAt, endsAt] = [stretch.from, stretch.until].map((at) =>
        Temporal.Instant.fromEpochMilliseconds(at).toString(),
      );
      shifts.push({ ...who, kind: onCall ? "call" : "desk", startsAt: startsAt!, endsAt: endsAt! });
    }
  return shifts;
}

function wholeOf(day: Temporal.PlainDate): Stretch {
  const startOf = (one: Temporal.PlainDate) => one.toZonedDateTime(zone).epochMilliseconds;
  return { from: startOf(day), until: startOf(day.add({ days: 1 })) };
}

function openOf(open: readonly Stretch[]): Stretch | null {
  if (open.length === 0) return null;
  return { from: Math.min(...open.map(({ from }) => from)), until: Math.max(...open.map(({ until }) => until)) };
}

const laterOf = (one: Temporal.PlainDate, other: Temporal.PlainDate) =>
  Temporal.PlainDate.compare(one, other) > 0 ? one : other;
const earlierOf = (one: Temporal.PlainDate, other: Temporal.PlainDate) =>
  Temporal.PlainDate.compare(one, other) < 0 ? one : other;
