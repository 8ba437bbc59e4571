import { businessCalendar } from "./business-calendar.ts";
import { holidayNames } from "./calendars.ts";
import { parseOpeningHours } from "./opening-hours.ts";
import { parseLength } from "./length-of-time.ts";
import { ClockRefused } from "./refused.ts";
import { parseMoment } from "./rule.ts";
import type { DeadlineQuestion, DeadlineRule } from "./rule.ts";
import { sentence } from "./service-level-sentence.ts";
import { computeServiceLevel } from "./service-level.ts";
import type { ClockEvent, ServiceLevelTarget } from "./service-level.ts";

const ZONE = "Europe/London";
const HOURS = "Mon-Fri 08:00-18:00";

/** A service level by name: `deadline service-level`. It stands as at the last event given. */
export const serviceLevelRule: DeadlineRule = {
  name: "service-level",
  label: "Service level",
  citation: "Service-level policy",
  counts:
    "Working minutes of opening hours from the start; a pause stands still, a resumption goes on with what was left, and another target counts from the start.",
  events: {
    pause: { takes: "MOMENT/WHY", means: "it stands still from then; /WHY may be left out" },
    resume: { takes: "MOMENT", means: "it goes on with what was left" },
    stop: { takes: "MOMENT", means: "the work is resolved: met or missed is settled" },
    reopen: { takes: "MOMENT", means: "it goes on after a stop; see --grace and --count-resolved" },
    retarget: { takes: "MOMENT/LENGTH", means: "another target, counted from the start, the pauses kept" },
    extend: { takes: "MOMENT/LENGTH", means: "so much more time; a miss before then stands" },
    cancel: { takes: "MOMENT", means: "it ends without an outcome, unless it was missed already" },
  },
  options: {
    target: { takes: "LENGTH", means: "the working time allowed; always needed" },
    hours: { takes: "HOURS", means: `opening hours, as “${HOURS}; Sat 09:00-12:00” or “24x7”. Otherwise ${HOURS}` },
    grace: { takes: "LENGTH", means: "what a reopening leaves at least, unless it was missed before. Otherwise none" },
    "count-resolved": { takes: "", means: "the time between a stop and a reopening counts. Otherwise it does not" },
  },
  compute(question) {
    if (question.target === undefined)
      throw new ClockRefused("service-level needs --target, such as 4h or 240m", "misused");
    const events = eventsOf(question, parseLength(question.target));
    const now = events.at(-1)?.at ?? parseMoment(question.from, ZONE);
    const result = computeServiceLevel({ events, now, explain: true });
    const due = result.dueAt?.toString({ timeZone: ZONE, smallestUnit: "second" }) ?? null;
    return { due, workTo: due, alternative: null, ledger: result.ledger ?? [], sentence: sentence(result, now) };
  },
};

function eventsOf(question: DeadlineQuestion, targetMinutes: number): ClockEvent[] {
  const calendar = businessCalendar({
    zone: ZONE,
    weekly: parseOpeningHours(question.hours ?? HOURS),
    holidays: holidayNames(question.division, question.holidays),
  });
  const target: ServiceLevelTarget = {
    targetMinutes,
    calendar,
    policyVersion: "as asked",
    countsWhileResolved: question.countResolved ?? false,
    reopenGraceMinutes: question.grace === undefined ? 0 : parseLength(question.grace, { mayBeNone: true }),
  };
  const start: ClockEvent = { kind: "start", at: parseMoment(question.from, ZONE), ...target };
  const others = question.events.map((event) => parseEvent(event, target));
  const events = [start, ...others.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))];
  const early = others.find((event) => Temporal.Instant.compare(event.at, start.at) < 0);
  if (early) throw new ClockRefused(`The event “${early.kind}” is before the start`);
  return events;
}

/** `pause=MOMENT/why`, `retarget=MOMENT/8h`, `extend=MOMENT/30m`; the others take the moment alone. */
function parseEvent({ kind, value }: { kind: string; value: string }, target: ServiceLevelTarget): ClockEvent {
  const slash = value.indexOf("/");
  const at = parseMoment(slash < 0 ? value : value.slice(0, slash), ZONE);
  const more = slash < 0 ? "" : value.slice(slash + 1);
  if (kind === "pause") return { kind, at, reason: more };
  if (kind === "retarget" || kind === "extend") {
    if (more === "")
      throw new ClockRefused(`“${kind}=${value}” needs a length of time: ${kind}=2026-03-16T09:30/8h`, "misused");
    const minutes = parseLength(more);
    return kind === "extend" ? { kind, at, minutes } : { kind, at, ...target, targetMinutes: minutes };
  }
  if (more === "" && (kind === "resume" || kind === "stop" || kind === "reopen" || kind === "cancel"))
    return { kind, at };
  throw new ClockRefused(`“${kind}=${value}” takes a moment and nothing after it: ${kind}=2026-03-16T09:30`, "misused");
}
