import { businessCalendar } from "./business-calendar.ts";
import { holidayNames } from "./calendars.ts";
import { parseOpeningHours } from "./opening-hours.ts";
import { ClockRefused } from "./refused.ts";
import { parseMoment } from "./rule.ts";
import type { DeadlineQuestion, DeadlineRule } from "./rule.ts";
import { sentence } from "./service-level-sentence.ts";
import { computeServiceLevel } from "./service-level.ts";
import type { ClockEvent, ServiceLevelTarget } from "./service-level.ts";

const ZONE = "Europe/London";
const MINUTES_MAX = 60 * 24 * 366 * 10;

/** A service level by name: `deadline service-level`. It stands as at the last event given. */
export const serviceLevelRule: DeadlineRule = {
  name: "service-level",
  label: "Service level",
  citation: "Service-level policy",
  events: ["pause", "resume", "stop", "reopen", "retarget", "extend", "cancel"],
  options: ["target", "hours"],
  compute(question) {
    if (question.target === undefined)
      throw new ClockRefused("service-level needs --target, such as 4h or 240m", "misused");
    const events = eventsOf(question, parseMinutes(question.target));
    const now = events.at(-1)?.at ?? parseMoment(question.from, ZONE);
    const result = computeServiceLevel({ events, now, explain: true });
    const due = result.dueAt?.toString({ timeZone: ZONE, smallestUnit: "second" }) ?? null;
    return { due, workTo: due, alternative: null, ledger: result.ledger ?? [], sentence: sentence(result, now) };
  },
};

function eventsOf(question: DeadlineQuestion, targetMinutes: number): ClockEvent[] {
  const calendar = businessCalendar({
    zone: ZONE,
    weekly: parseOpeningHours(question.hours ?? "Mon-Fri 08:00-18:00"),
    holidays: holidayNames(question.division),
  });
  const target: ServiceLevelTarget = { targetMinutes, calendar, policyVersion: "as asked" };
  const start: ClockEvent = { kind: "start", at: parseMoment(question.from, ZONE), ...target };
  const others = question.events.map((event) => parseEvent(event, target));
  const events = [start, ...others.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))];
  const early = others.find((event) => Temporal.Instant.compare(event.at, start.at) < 0);
  if (early) throw new ClockRefused(`The event “${early.kind}” is before the start`);
  return events;
}

/** `pause=MOMENT/why`, `retarget=MOMENT/8h`, `extend=MOMENT/30m`; the others take the moment alone. */
function parseEvent(event: { kind: string; value: string }, target: ServiceLevelTarget): ClockEvent {
  const slash = event.value.indexOf("/");
  const at = parseMoment(slash < 0 ? event.value : event.value.slice(0, slash), ZONE);
  const more = slash < 0 ? "" : event.value.slice(slash + 1);
  const { kind } = event;
  if (kind === "pause") return { kind, at, reason: more };
  if (kind === "retarget") return { kind, at, ...target, targetMinutes: parseMinutes(more) };
  if (kind === "extend") return { kind, at, minutes: parseMinutes(more) };
  if (more === "" && (kind === "resume" || kind === "stop" || kind === "reopen" || kind === "cancel"))
    return { kind, at };
  throw new ClockRefused(`“${kind}=${event.value}” is not an event of service-level`, "misused");
}

/** `4h`, `240m`, `1h30m`. */
function parseMinutes(text: string): number {
  const match = /^(?:(\d{1,7})h)?(?:(\d{1,7})m)?$/.exec(text);
  const minutes = Number(match?.[1] ?? 0) * 60 + Number(match?.[2] ?? 0);
  if (!match || text === "" || minutes > MINUTES_MAX) {
    throw new ClockRefused(`“${text}” is not a length of time such as 4h or 240m`, "misused");
  }
  return minutes;
}
