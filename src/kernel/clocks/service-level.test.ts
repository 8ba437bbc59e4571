import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { businessCalendar } from "./business-calendar.ts";
import { workingMinutesBetween } from "./business-hours.ts";
import { parseOpeningHours } from "./opening-hours.ts";
import { sentence } from "./service-level-sentence.ts";
import { computeServiceLevel } from "./service-level.ts";
import type { ClockEvent, ServiceLevelTarget } from "./service-level.ts";

const london = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime("Europe/London").toInstant();
const office = businessCalendar({ weekly: parseOpeningHours("Mon-Fri 08:00-18:00") });
const always = businessCalendar({ weekly: parseOpeningHours("24x7") });
const fourHours: ServiceLevelTarget = { targetMinutes: 240, calendar: office, policyVersion: "1" };

const start = (at: string, more: Partial<ServiceLevelTarget> = {}): ClockEvent => ({
  kind: "start",
  at: london(at),
  ...fourHours,
  ...more,
});
const retarget = (at: string, more: Partial<ServiceLevelTarget>): ClockEvent => ({
  kind: "retarget",
  at: london(at),
  ...fourHours,
  ...more,
});
const pause = (at: string, reason = "waiting for user"): ClockEvent => ({ kind: "pause", at: london(at), reason });
const extend = (when: string): ClockEvent => ({ kind: "extend", at: london(when), minutes: 120 });
const plain = (kind: "resume" | "stop" | "reopen" | "cancel", at: string): ClockEvent => ({ kind, at: london(at) });
const at = (now: string, ...events: ClockEvent[]) => computeServiceLevel({ events, now: london(now), explain: true });
const civil = (moment: Temporal.Instant | null) =>
  moment?.toZonedDateTimeISO("Europe/London").toPlainDateTime().toString({ smallestUnit: "minute" }) ?? null;

test("a running clock is due after its target in working time", () => {
  const result = at("2026-11-25T14:50", start("2026-11-25T13:00"));
  assert.equal(civil(result.dueAt), "2026-11-25T17:00");
  assert.equal(
    sentence(result, london("2026-11-25T14:50")),
    "Due Wednesday 25 November 2026 at 17:00: 2 hours 10 minutes of working time left",
  );
  assert.deepEqual(
    result.warnings.map(({ fraction, at: when }) => [fraction, civil(when)]),
    [
      [0.5, "2026-11-25T15:00"],
      [0.75, "2026-11-25T16:00"],
      [0.9, "2026-11-25T16:36"],
      [1, "2026-11-25T17:00"],
    ],
  );
  assert.equal(
    result.ledger?.reduce((sum, line) => sum + line.countedMinutes, 0),
    240,
  );
});

test("a pause holds the due moment, and the unused remainder goes on afterwards", () => {
  const paused = at("2026-11-26T09:00", start("2026-11-25T13:00"), pause("2026-11-25T14:00"));
  assert.equal(paused.dueAt, null);
  assert.equal(paused.remainingMinutes, 180);
  assert.equal(paused.pausedMinutes, 240 + 60);
  assert.equal(
    sentence(paused, london("2026-11-26T09:00")),
    "Paused since Wednesday 25 November 2026 at 14:00 (waiting for user), 3 hours left when it resumes",
  );
  const resumed = at(
    "2026-11-26T10:30",
    start("2026-11-25T13:00"),
    pause("2026-11-25T14:00"),
    plain("resume", "2026-11-26T10:00"),
  );
  assert.equal(civil(resumed.dueAt), "2026-11-26T13:00");
});

test("met only by a pause says so, and met without it does not", () => {
  const events = [start("2026-11-25T08:00"), pause("2026-11-25T09:00"), plain("resume", "2026-11-25T12:00")];
  const saved = at("2026-11-30T00:00", ...events, plain("stop", "2026-11-25T14:20"));
  assert.equal(saved.outcome, "met");
  assert.equal(saved.metOnlyByPause, true);
  assert.equal(saved.elapsedMinutes, 200);
  assert.equal(saved.pausedMinutes, 180);
  assert.equal(sentence(saved, london("2026-11-30T00:00")), "Met with 40 minutes to spare, only because of the pauses");
  assert.equal(at("2026-11-30T00:00", ...events, plain("stop", "2026-11-25T12:00")).metOnlyByPause, false);
});

test("exactly on time is met, a moment later is missed by the moment it fell due", () => {
  assert.equal(at("2026-11-26T00:00", start("2026-11-25T08:00"), plain("stop", "2026-11-25T12:00")).outcome, "met");
  const missed = at("2026-11-26T00:00", start("2026-11-25T08:00"), plain("stop", "2026-11-25T14:05"));
  assert.equal(missed.outcome, "missed");
  assert.equal(civil(missed.missedAt), "2026-11-25T12:00");
  assert.equal(sentence(missed, london("2026-11-26T00:00")), "Missed by 2 hours 5 minutes of working time");
  const weekend = at("2026-11-28T10:00", start("2026-11-27T14:00"), plain("stop", "2026-11-28T09:00"));
  assert.equal(weekend.outcome, "missed", "due on Friday at 18:00, stopped on Saturday");
});

test("a clock paused in the very moment it fell due is not missed until it goes on", () => {
  const events = [start("2026-11-25T08:00"), pause("2026-11-25T12:00")];
  const paused = at("2026-11-25T15:00", ...events);
  assert.deepEqual([paused.outcome, paused.remainingMinutes], [null, 0]);
  const resumed = at("2026-11-25T16:00", ...events, plain("resume", "2026-11-25T15:30"));
  assert.deepEqual([resumed.outcome, civil(resumed.missedAt)], ["missed", "2026-11-25T15:30"]);
});

test("a new target is counted from the original start, the pauses kept", () => {
  const events = [start("2026-11-25T08:00"), pause("2026-11-25T09:00"), plain("resume", "2026-11-25T11:00")];
  const longer = at(
    "2026-11-25T12:00",
    ...events,
    retarget("2026-11-25T12:00", { targetMinutes: 480, policyVersion: "2" }),
  );
  assert.equal(civil(longer.dueAt), "2026-11-25T18:00");
  assert.equal(longer.policyVersion, "2");
  const shorter = at("2026-11-25T12:00", ...events, retarget("2026-11-25T12:00", { targetMinutes: 90 }));
  assert.equal(shorter.outcome, "missed");
  assert.equal(civil(shorter.missedAt), "2026-11-25T11:30");
  const night = at(
    "2026-11-25T20:00",
    ...events,
    retarget("2026-11-25T12:00", { targetMinutes: 900, calendar: always }),
  );
  assert.equal(civil(night.dueAt), "2026-11-26T01:00");
  const none = at("2026-11-25T20:00", ...events, retarget("2026-11-25T12:00", { targetMinutes: null }));
  assert.deepEqual([none.dueAt, none.outcome, none.remainingMinutes], [null, null, null]);
});

test("time between resolved and reopened does not count, and the reopened clock is given its grace", () => {
  const events = [
    start("2026-11-25T08:00", { reopenGraceMinutes: 60 }),
    plain("stop", "2026-11-25T11:50"),
    plain("reopen", "2026-11-26T09:00"),
  ];
  const reopened = at("2026-11-26T09:00", ...events);
  assert.equal(reopened.state, "running");
  assert.equal(reopened.outcome, null);
  assert.equal(reopened.elapsedMinutes, 230);
  assert.equal(civil(reopened.dueAt), "2026-11-26T10:00");
  const early = at(
    "2026-11-26T09:00",
    start("2026-11-25T08:00"),
    plain("stop", "2026-11-25T09:00"),
    ...events.slice(2),
  );
  assert.equal(civil(early.dueAt), "2026-11-26T12:00");
});

const countedWhileResolved = (grace: number) => [
  start("2026-11-25T08:00", { reopenGraceMinutes: grace, countsWhileResolved: true }),
  plain("stop", "2026-11-25T11:00"),
  plain("reopen", "2026-11-27T07:00"),
];

test("where the policy counts the time while resolved, a reopened clock still does not breach as it reopens", () => {
  assert.equal(civil(at("2026-11-27T07:00", ...countedWhileResolved(30)).dueAt), "2026-11-27T08:30");
  const bare = at("2026-11-27T07:00", ...countedWhileResolved(0));
  assert.equal(bare.outcome, null);
  assert.equal(civil(bare.dueAt), "2026-11-27T07:00");
});

test("what was missed stays missed after reopening, a late extension or a cancel", () => {
  const missed = [start("2026-11-25T08:00", { reopenGraceMinutes: 60 }), plain("stop", "2026-11-25T13:00")];
  const reopened = at("2026-11-26T09:00", ...missed, plain("reopen", "2026-11-26T09:00"));
  assert.deepEqual([reopened.targetMinutes, civil(reopened.dueAt)], [240, "2026-11-25T12:00"], "no grace for a miss");
  const again = [...missed, plain("reopen", "2026-11-26T09:00"), retarget("2026-11-26T09:30", { targetMinutes: 6000 })];
  assert.equal(at("2026-11-26T10:00", ...again).outcome, "missed");
  assert.equal(civil(at("2026-11-26T10:00", ...again, plain("stop", "2026-11-26T09:40")).missedAt), "2026-11-25T12:00");
  assert.equal(at("2026-11-25T13:00", start("2026-11-25T08:00"), extend("2026-11-25T12:30")).outcome, "missed");
  assert.equal(
    civil(at("2026-11-25T13:00", start("2026-11-25T08:00"), extend("2026-11-25T12:00")).dueAt),
    "2026-11-25T14:00",
  );
  assert.equal(
    at("2026-11-26T13:00", start("2026-11-25T08:00"), plain("cancel", "2026-11-25T13:00")).outcome,
    "missed",
  );
  assert.equal(at("2026-11-26T13:00", start("2026-11-25T08:00"), plain("cancel", "2026-11-25T09:00")).outcome, null);
});

test("a change of level while stopped leaves what was settled, and holds once reopened", () => {
  const events = [
    start("2026-11-25T08:00"),
    plain("stop", "2026-11-25T11:00"),
    retarget("2026-11-25T12:00", { targetMinutes: 60 }),
  ];
  const stopped = at("2026-11-26T08:00", ...events);
  assert.deepEqual([stopped.outcome, stopped.remainingMinutes], ["met", 60]);
  assert.equal(at("2026-11-26T08:00", ...events, plain("reopen", "2026-11-26T08:00")).targetMinutes, 180);
});

test("a calendar without opening hours is never due, and before its start a clock is not started", () => {
  const closed = at("2026-11-26T00:00", start("2026-11-25T08:00", { calendar: businessCalendar({ weekly: {} }) }));
  assert.equal(closed.dueAt, null);
  assert.equal(sentence(closed, london("2026-11-26T00:00")), "Never due: there are no opening hours");
  assert.equal(at("2026-11-24T00:00", start("2026-11-25T08:00")).state, "notStarted");
  assert.throws(() => at("2026-11-26T00:00", start("2026-11-25T08:00"), pause("2026-11-24T08:00")), /in order/);
});

const KINDS = ["pause", "resume", "stop", "reopen", "extend", "retarget", "cancel"] as const;
const story = fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.integer({ min: 1, max: 3000 })), { maxLength: 10 });
const starts = fc.constantFrom("2026-03-27T09:13", "2026-10-23T16:40", "2026-11-25T08:00");
const policies = fc.record({
  targetMinutes: fc.integer({ min: 1, max: 3000 }),
  calendar: fc.constantFrom(office, always),
  countsWhileResolved: fc.boolean(),
  reopenGraceMinutes: fc.nat(300),
});

test("for any story: figures agree with the ledger and the outcome with the due moment", () => {
  fc.assert(
    fc.property(starts, policies, story, (from, policy, drawn) => {
      const { events, end } = tell(from, policy, drawn);
      const result = computeServiceLevel({ events, now: end, explain: true });
      const ledger = result.ledger ?? [];
      const counted = ledger.reduce((sum, line) => sum + line.countedMinutes, 0);
      if (result.state !== "running") assert.equal(counted, result.elapsedMinutes);
      if (result.state === "running" && result.outcome === null) assert.equal(counted, result.targetMinutes);
      if (result.outcome === "met") assert.ok((result.remainingMinutes ?? -1) >= 0);
      if (result.metOnlyByPause) assert.ok(result.elapsedMinutes + result.pausedMinutes > (result.targetMinutes ?? 0));
      assert.equal(result.outcome === "missed", result.missedAt !== null);
      if (result.state === "paused") assert.equal(result.dueAt, null);
      if (result.state === "running" && result.outcome !== "missed") {
        assert.ok(result.dueAt && Temporal.Instant.compare(result.dueAt, end) >= 0);
      }
      const { ledger: _, ...cheap } = result;
      assert.deepEqual(computeServiceLevel({ events, now: end }), cheap);
      assert.ok(sentence(result, end).length > 0);
    }),
    { numRuns: 200 },
  );
});

test("without reopening, elapsed and paused are all the working time, and pauses bring nothing nearer", () => {
  fc.assert(
    fc.property(starts, policies, story, (from, policy, drawn) => {
      const kept = drawn.filter(([kind]) => kind === "pause" || kind === "resume");
      const { events, end } = tell(from, policy, kept);
      const result = computeServiceLevel({ events, now: end });
      const all = workingMinutesBetween(policy.calendar, london(from), end);
      assert.equal(result.elapsedMinutes + result.pausedMinutes, all);
      const unpaused = computeServiceLevel({ events: events.slice(0, 1), now: london(from) });
      assert.ok(unpaused.dueAt);
      if (result.dueAt) assert.ok(Temporal.Instant.compare(result.dueAt, unpaused.dueAt) >= 0);
    }),
  );
});

function tell(from: string, policy: Partial<ServiceLevelTarget>, drawn: [(typeof KINDS)[number], number][]) {
  let now = london(from);
  const events: ClockEvent[] = [start(from, policy)];
  for (const [kind, minutes] of drawn) {
    now = now.add({ minutes });
    if (kind === "pause") events.push({ kind, at: now, reason: "any" });
    else if (kind === "extend") events.push({ kind, at: now, minutes });
    else if (kind === "retarget") events.push({ ...fourHours, ...policy, kind, at: now, targetMinutes: minutes });
    else events.push({ kind, at: now });
  }
  return { events, end: now };
}
