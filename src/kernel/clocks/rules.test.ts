import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { bankHolidays, DIVISIONS } from "./holidays.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineAnswer, DeadlineQuestion } from "./rule.ts";
import { deadlineRules, ruleNamed } from "./rules.ts";

type Asked = Partial<DeadlineQuestion> & { on?: Record<string, string> };

function ask(rule: string, from: string, { on = {}, ...more }: Asked = {}): DeadlineAnswer {
  const events = Object.entries(on).map(([kind, value]) => ({ kind, value }));
  return ruleNamed(rule).compute({ from, events, division: "england-and-wales", ...more });
}
const due = (rule: string, from: string, asked: Asked = {}) => ask(rule, from, asked).due;
const days = ({ due, workTo, alternative }: DeadlineAnswer) => [due, workTo, alternative?.due ?? null];

test("an internal review is due in 20 working days and at the latest in 40", () => {
  const review = ask("foi-review", "2026-03-16");
  assert.deepEqual([review.due, review.latest], ["2026-04-16", "2026-05-15"]);
  assert.match(review.sentence, /Due by the end of 2026-04-16\. At the latest 2026-05-15/);
  assert.equal(due("foi-review", "2026-03-16", { on: { extended: "2026-04-16" } }), "2026-05-15");
  assert.equal(due("foi-review", "2026-03-16", { on: { extended: "2026-04-17" } }), "2026-04-16");
  assert.equal(due("foi-review-ask", "2026-03-16"), "2026-05-15");
});

test("an environmental request may have 40 days in all, told by day 20", () => {
  assert.equal(due("eir", "2026-03-16"), "2026-04-16");
  assert.equal(due("eir", "2026-03-16", { on: { extended: "2026-04-16" } }), "2026-05-15");
  assert.equal(due("eir", "2026-03-16", { on: { extended: "2026-04-17" } }), "2026-04-16");
  assert.equal(due("eir-extended", "2026-03-16"), "2026-05-15");
  assert.equal(due("eir-extended", "2026-03-16", { on: { extended: "2026-04-17" } }), "2026-04-16");
  assert.equal(due("eir-review", "2026-03-16"), "2026-05-15");
  assert.equal(due("foi-extended", "2026-03-16"), "2026-05-15");
  assert.equal(ask("eir", "2014-12-06").alternative, null, "the s45 Code is no reading of the Regulations");
});

test("only particulars that were asked for by day 20 start an environmental request afresh", () => {
  const asked = (on: string, clarified: string) => ask("eir", "2026-03-16", { on: { asked: on, clarified } });
  assert.equal(asked("2026-04-16", "2026-04-20").due, "2026-05-19");
  assert.equal(asked("2026-04-17", "2026-04-20").due, "2026-04-16");
  assert.match(asked("2026-04-17", "2026-04-20").sentence, /too late/);
  assert.equal(due("eir", "2026-03-16", { on: { asked: "2026-03-20" } }), null);
  const late = { extended: "2026-04-01", asked: "2026-04-20", clarified: "2026-04-24" };
  assert.equal(due("eir", "2026-03-16", { on: late }), "2026-05-15", "asked within the extension, after day 20");
});

test("an advance payment leaves out the days from the notice to it, where it was asked for by day 20 and came in 60", () => {
  const paid = (notice: string, on: string) =>
    due("eir", "2026-01-05", { on: { "fees-notice": notice, "fees-paid": on } });
  assert.equal(paid("2026-01-09", "2026-01-23"), "2026-02-17");
  assert.equal(paid("2026-02-03", "2026-02-05"), "2026-02-02", "too late a notice");
  assert.equal(due("eir", "2026-01-05", { on: { "fees-notice": "2026-01-09" } }), null);
  // The 60th working day after 9 January 2026 is 8 April: St Patrick's, Good Friday and Easter Monday lie between.
  assert.equal(paid("2026-01-09", "2026-04-09"), null);
  assert.notEqual(paid("2026-01-09", "2026-04-08"), null);
  assert.match(ask("eir", "2026-01-05", { on: { "fees-notice": "2026-01-09" } }).sentence, /lapses on 2026-04-09/);
});

test("re-use is answered in 20 days, or by the day that was told within them, and the ledger cites why", () => {
  const extended = (on: string, expected?: string) =>
    ask("reuse", "2026-03-16", { on: { extended: on, ...(expected ? { expected } : {}) } });
  const longer = extended("2026-04-16", "2026-05-06");
  assert.equal(longer.due, "2026-05-06");
  const cited = longer.ledger.filter((line) => "counted" in line && line.counted).map(({ citation }) => citation);
  assert.deepEqual(
    [cited[19], cited[20], cited.at(-1)],
    ["SI 2015/1415 reg 8(1)", "SI 2015/1415 reg 8(2), (3)", "SI 2015/1415 reg 8(2), (3)"],
  );
  // Told a day too late, without a day, or of a day before the first deadline it gives no more time.
  assert.equal(extended("2026-04-17", "2026-05-06").due, "2026-04-16");
  assert.match(extended("2026-04-17", "2026-05-06").sentence, /came after the first deadline/);
  assert.match(extended("2026-04-16").sentence, /tells no day.*no more time/);
  assert.equal(extended("2026-04-16").due, "2026-04-16");
  assert.equal(extended("2026-03-20", "2026-03-23").due, "2026-04-16");
  // The months after the notice of the Act cite what gives them.
  const weighed = ask("foi", "2026-03-16", { on: { extended: "2026-04-16" } });
  assert.equal(weighed.ledger.at(-1)?.citation, "FOIA 2000 s10(3)");
});

test("subject access is due on the corresponding date, off weekends and the division's holidays", () => {
  assert.equal(due("sar", "2026-09-03"), "2026-10-05");
  assert.equal(due("sar", "2019-09-27"), "2019-10-28");
  assert.equal(due("sar", "2025-01-31"), "2025-02-28");
  assert.equal(due("sar", "2024-01-31"), "2024-02-29");
  assert.equal(due("sar", "2023-01-31"), "2023-02-28");
  assert.equal(due("sar", "2026-02-17"), "2026-03-17", "St Patrick’s Day is no holiday here");
  assert.equal(due("sar", "2026-02-17", { division: "northern-ireland" }), "2026-03-18");
  assert.equal(due("sar", "2026-03-06"), "2026-04-07", "Easter Monday");
  assert.equal(due("sar", "2026-03-06", { division: "scotland" }), "2026-04-06");
});

test("an extension of subject access is three months from the original start, told within the first", () => {
  assert.equal(due("sar-extended", "2019-09-26"), "2019-12-27");
  assert.equal(
    due("sar", "2019-09-26", { on: { extended: "2019-10-28" } }),
    "2019-12-27",
    "the first month was put off",
  );
  assert.equal(due("sar", "2019-09-26", { on: { extended: "2019-10-29" } }), "2019-10-28");
});

test("the days of a question do not count, both included; read half-open is the alternative", () => {
  const paused = ask("sar-paused", "2026-03-02", { on: { asked: "2026-03-10", answered: "2026-03-18" } });
  assert.deepEqual(days(paused), ["2026-04-13", "2026-04-10", "2026-04-10"]);
  assert.equal(due("sar", "2026-03-02", { on: { asked: "2026-03-10", answered: "2026-03-18" } }), "2026-04-13");
  assert.equal(due("sar", "2026-03-02", { on: { asked: "2026-03-10" } }), null);
  const both = { asked: "2026-03-10", answered: "2026-03-18", extended: "2026-04-13" };
  assert.equal(due("sar", "2026-03-02", { on: both }), "2026-06-11", "2 June and 9 days");
  assert.equal(due("sar", "2026-03-02", { on: { ...both, extended: "2026-04-14" } }), "2026-04-13");
  const late = { asked: "2026-04-03", answered: "2026-04-10" };
  assert.equal(due("sar", "2026-03-02", { on: late }), "2026-04-02", "asked after the deadline");
});

test("a question on a day to which the end was put off leaves that day to come", () => {
  const asked = ask("sar", "2026-09-03", { on: { asked: "2026-10-05", answered: "2026-10-07" } });
  assert.equal(asked.due, "2026-10-08");
  const counted = asked.ledger.filter((line) => "counted" in line && line.counted);
  assert.equal(counted.length, 31);
});

test("a question before article 12A stops nothing; the guidance of that time is the alternative", () => {
  const before = ask("sar", "2026-01-12", { on: { asked: "2026-01-20", answered: "2026-01-29" } });
  assert.deepEqual(days(before), ["2026-02-12", "2026-02-12", "2026-02-23"]);
  assert.match(before.sentence, /in force from 2026-02-05/);
  assert.equal(due("sar", "2026-01-12", { on: { asked: "2026-02-05", answered: "2026-02-06" } }), "2026-02-16");
});

test("the month begins when it is known who asks, or when a fee is paid, where that is later", () => {
  assert.equal(due("sar", "2026-03-02", { on: { "identity-asked": "2026-03-04" } }), null);
  const known = { "identity-asked": "2026-03-04", identified: "2026-03-12" };
  assert.equal(due("sar", "2026-03-02", { on: known }), "2026-04-13", "12 April is a Sunday");
  assert.equal(due("sar", "2026-03-02", { on: { "fees-paid": "2026-03-05" } }), "2026-04-07", "Easter");
  assert.equal(due("sar", "2026-03-02", { on: { "identity-asked": "2026-04-10" } }), "2026-04-02", "too late");
});

test("a complaint is acknowledged in 30 days counted from the day after; counting the day itself is the alternative", () => {
  assert.deepEqual(days(ask("complaint", "2026-06-22")), ["2026-07-22", "2026-07-21", "2026-07-21"]);
  // The 30th day is Sunday 26 July; the 29th, read as the 30th, a Saturday: the same Monday.
  assert.deepEqual(days(ask("complaint", "2026-06-26")), ["2026-07-27", "2026-07-27", null]);
  const before = ask("complaint", "2026-06-18");
  assert.deepEqual(days(before), [null, null, null]);
  assert.match(before.sentence, /began on 2026-06-19/);
});

test("a breach has 72 real hours, through weekends and clock changes", () => {
  assert.equal(due("breach", "2026-03-16T09:30"), "2026-03-19T09:30:00+00:00");
  assert.equal(due("breach", "2026-03-27T09:30"), "2026-03-30T10:30:00+01:00");
  assert.equal(due("breach", "2026-03-16"), "2026-03-19T00:00:00+00:00");
  const minutes = ask("breach", "2026-10-24T12:00").ledger.map(
    (line) => "countedMinutes" in line && line.countedMinutes,
  );
  assert.deepEqual(minutes, [720, 1500, 1440, 660]);
  const odd = ask("breach", "2026-03-16T09:30:30").ledger.map((line) =>
    "countedMinutes" in line ? line.countedMinutes : 0,
  );
  assert.equal(
    odd.reduce((total, many) => total + many, 0),
    72 * 60,
  );
});

test("a member is answered by the council's own days", () => {
  assert.equal(due("member-ack", "2026-04-02"), "2026-04-07");
  assert.equal(due("member-answer", "2026-03-16"), "2026-03-30");
  assert.equal(due("member-answer", "2026-03-16", { division: "northern-ireland" }), "2026-03-31");
  const closures = [{ date: "2026-12-29", name: "Closed" }];
  assert.equal(due("member-ack", "2026-12-24"), "2026-12-29");
  assert.equal(due("member-ack", "2026-12-24", { closures }), "2026-12-30");
  assert.equal(due("member-answer", "2026-03-16", { days: 5 }), "2026-03-23");
  assert.deepEqual(days(ask("member-answer", "2022-09-08")), ["2022-09-23", "2022-09-22", "2022-09-22"]);
  const question = ask("written-question", "2026-04-14", { days: 5 });
  assert.deepEqual([question.due, question.ledger.length], ["2026-04-07", 8]);
});

test("a school has 20 school days or 60 working days, whichever is first", () => {
  assert.equal(due("school-foi", "2026-03-16"), "2026-06-16");
  const term = weekdays("2026-03-01", "2026-07-22", (date) => date < "2026-03-28" || date > "2026-04-12");
  const asked = ask("school-foi", "2026-03-16", { schoolDays: new Set(term) });
  // 17 March is a school day here, and a bank holiday in Northern Ireland.
  assert.deepEqual(days(asked), ["2026-04-28", "2026-04-27", "2026-04-27"]);
  const summer = ask("school-foi", "2026-07-20", { schoolDays: new Set(term) });
  assert.match(summer.sentence, /ends before 20/);
  assert.equal(summer.due, due("school-foi", "2026-07-20"));
  const few = weekdays("2026-03-01", "2026-07-22", (date) => date.endsWith("1"));
  assert.equal(due("school-foi", "2026-03-16", { schoolDays: new Set(few) }), "2026-06-16");
});

test("re-use has 20 working days, and similar requests of 60 consecutive working days are one", () => {
  assert.equal(due("reuse", "2026-03-16"), "2026-04-16");
  const period = ask("cost-period", "2026-03-16");
  assert.equal(period.due, "2026-06-12");
  assert.equal(period.ledger.filter((line) => "counted" in line && line.counted).length, 60);
  assert.equal(due("cost-period", "2026-03-14"), "2026-06-11", "begun on the Friday before");
});

test("a deadline put off over a holiday that was proclaimed meanwhile has both readings", () => {
  assert.deepEqual(days(ask("sar", "2022-08-19")), ["2022-09-20", "2022-09-19", "2022-09-19"]);
  assert.deepEqual(days(ask("sar", "2022-08-17")), ["2022-09-20", "2022-09-19", "2022-09-19"]);
  assert.equal(ask("sar", "2022-08-20").alternative, null);
});

const uk = new Set(DIVISIONS.flatMap((division) => bankHolidays(division).map(({ date }) => date)));
const own = new Set(bankHolidays("scotland").map(({ date }) => date));
const isWorking = (date: string, holidays: ReadonlySet<string>) =>
  Temporal.PlainDate.from(date).dayOfWeek < 6 && !holidays.has(date);
const someDay = fc
  .integer({ min: 0, max: 19 * 365 })
  .map((n) => Temporal.PlainDate.from("2010-01-04").add({ days: n }).toString());
const dayRules = [...deadlineRules.values()].filter(({ name }) => !["service-level", "breach"].includes(name));
const someRule = fc.constantFrom(...dayRules);
const someEvents = fc.array(fc.tuple(fc.nat(30), fc.nat(90)), { maxLength: 5 });

test("no rule falls due on a day off, its numbered days add up, and nobody is told to work past the due day", () => {
  fc.assert(
    fc.property(someRule, someDay, someEvents, (rule, from, drawn) => {
      const answer = answered(rule.name, from, drawn);
      if (!answer) return;
      const counted = answer.ledger.filter((line) => "counted" in line && line.counted);
      const numbers = counted.map((line) => ("day" in line ? line.day : null));
      const upwards = numbers.map((_, at) => at + 1);
      assert.deepEqual(numbers, rule.name === "written-question" ? upwards.toReversed() : upwards);
      const dates = answer.ledger.map(({ date }) => date);
      assert.deepEqual(dates, [...new Set(dates)].toSorted());
      assert.ok(answer.ledger.every(({ why, citation }) => why !== "" && citation !== ""));
      if (answer.due === null || answer.workTo === null) return;
      const holidays = /^(foi|eir|reuse|school|cost)/.test(rule.name) ? uk : own;
      assert.ok(isWorking(answer.due, holidays), `${answer.due} of ${rule.name}`);
      assert.ok(answer.workTo <= answer.due);
      const ends = rule.name === "written-question" ? from : answer.due;
      assert.equal(dates.at(-1), ends);
      const wanted = wantedDays(rule.name, answer);
      if (wanted) assert.ok(wanted.includes(counted.length), `${counted.length} days of ${rule.name}`);
      const quick = answered(rule.name, from, drawn, false);
      assert.deepEqual([quick?.due, quick?.workTo, quick?.ledger.length], [answer.due, answer.workTo, 0]);
    }),
    { numRuns: 2000 },
  );
});

test("adding a stop never brings a date nearer", () => {
  const stop = fc.tuple(fc.constantFrom("asked", "fees-notice", "identity-asked"), fc.nat(60), fc.nat(60));
  const rules = dayRules.filter(({ events }) => "fees-paid" in events);
  fc.assert(
    fc.property(fc.constantFrom(...rules), someDay, stop, fc.nat(80), (rule, from, [kind, after, length], notice) => {
      const ends = { asked: "answered", "fees-notice": "fees-paid", "identity-asked": "identified" }[kind];
      if (!(kind in rule.events) || !ends) return;
      const extended: Record<string, string> = "extended" in rule.events ? { extended: plus(from, notice) } : {};
      const stopped = { ...extended, [kind]: plus(from, after), [ends]: plus(from, after + length) };
      const [without, withStop] = [attempt(rule.name, from, extended), attempt(rule.name, from, stopped)];
      if (without?.due && withStop?.due) assert.ok(withStop.due >= without.due, `${without.due} to ${withStop.due}`);
    }),
    { numRuns: 2000 },
  );
});

function wantedDays(rule: string, answer: DeadlineAnswer): number[] | null {
  if (rule === "complaint") return [30];
  if (/^(foi|eir)(-extended)?$/.test(rule) || rule === "foi-review") return [20, 40];
  // The day that is told can be any after the 20th.
  if (rule === "reuse") return Array.from({ length: 80 }, (_, more) => 20 + more);
  if (rule === "eir-review" || rule.endsWith("-ask")) return [40];
  if (rule === "school-foi" || rule === "cost-period") return [60];
  if (!rule.startsWith("sar")) return rule === "member-answer" ? [10] : null;
  // A month from one to the corresponding day, both counted; three months have 90 to 93.
  return [...(answer.ledger.length < 29 ? [] : [29, 30, 31, 32]), 90, 91, 92, 93];
}

/** Events drawn by number, in an order that makes sense of them; null where the rule refuses them. */
function answered(name: string, from: string, drawn: readonly [number, number][], explain = true) {
  const kinds = Object.keys(ruleNamed(name).events);
  const events = drawn.flatMap(([which, after]) => {
    const kind = kinds[which % Math.max(kinds.length, 1)];
    return kind === undefined ? [] : [{ kind, value: plus(from, after) }];
  });
  return attempt(name, from, {}, { events, explain });
}

function attempt(name: string, from: string, on: Record<string, string>, more: Partial<DeadlineQuestion> = {}) {
  try {
    const given = name === "written-question" ? { days: 7 } : {};
    return ask(name, from, { on, division: "scotland", ...given, ...more });
  } catch (error) {
    if (error instanceof ClockRefused) return null;
    throw error;
  }
}

function plus(from: string, days: number): string {
  return Temporal.PlainDate.from(from).add({ days }).toString();
}

function weekdays(from: string, to: string, isOpen: (date: string) => boolean): string[] {
  const list: string[] = [];
  for (let date = from; date <= to; date = plus(date, 1))
    if (Temporal.PlainDate.from(date).dayOfWeek < 6 && isOpen(date)) list.push(date);
  return list;
}
