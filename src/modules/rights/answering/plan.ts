import { workingDateAfter } from "../../../kernel/clocks/working-days.ts";
import { ukWorkingDays } from "../../../kernel/clocks/calendars.ts";
import type { WorkingCalendar } from "../../../kernel/clocks/calendars.ts";
import type { ClockReading } from "../../../kernel/clock.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { clocksOf } from "../../../kernel/store/clocks.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { kindOf } from "./case-kinds.ts";
import type { Counting, PlanDays } from "./case-kinds.ts";

/** Who is to sign, and as what: a person, or (null) the manager of the team that has the case. */
export interface PlannedSigner {
  readonly role: string;
  readonly person: string | null;
  readonly when: "always" | "withheld";
}

/** How answers to a kind of case are made. */
export type Plan = PlanDays & {
  readonly signers: readonly PlannedSigner[];
  readonly alwaysSigned: boolean;
  readonly templates: {
    readonly opening: string | null;
    readonly review: string | null;
    readonly closing: string | null;
  };
  readonly reviewAddress: string | null;
  readonly payment: string | null;
};

/** The plan in use for a type of case; the one that changed last where there are several. */
export async function planFor(tx: Tx, caseType: string): Promise<Plan> {
  const plans = (await readReferenceData(tx, ["answering_plan"])).get("answering_plan") ?? [];
  const [plan] = plans
    .filter(({ closedAt, values }) => closedAt === null && values["caseType"] === caseType)
    .toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  const values = plan?.values ?? {};
  const days = Object.entries(kindOf(caseType).plan).map(([name, usual]) => [name, Number(values[name] ?? usual)]);
  const text = (name: string) => (typeof values[name] === "string" && values[name] !== "" ? values[name] : null);
  return {
    // Each name of the usual plan with a number.
    ...(Object.fromEntries(days) as { [Name in keyof PlanDays]: number }),
    // A field of lines.
    signers: ((values["signers"] ?? []) as readonly Line[]).map((line) => ({
      role: String(line["role"] ?? ""),
      person: typeof line["person"] === "string" ? line["person"] : null,
      when: line["signsWhen"] === "withheld" ? "withheld" : "always",
    })),
    alwaysSigned: values["alwaysSigned"] === true,
    templates: { opening: text("opening"), review: text("review"), closing: text("closing") },
    reviewAddress: text("reviewAddress"),
    payment: text("payment"),
  };
}

/** The days inside the deadline of a case, each `yyyy-mm-dd`. */
export interface Milestones {
  readonly commissionBy: string;
  readonly answerBy: string;
  readonly draftBy: string;
  readonly agreeBy: string;
}

/**
 * The milestones of a case: the n-th working day that its clock counts since it last began anew, so that they move with
 * clarification, fees and extension as the deadline does. Null while the clock is held before them, and where it has none.
 */
export async function milestonesOf(tx: Tx, record: Stored): Promise<Milestones | null> {
  const kind = kindOf(record.type);
  const counting = kind.counting(record.values);
  const [plan, calendar, clocks] = await Promise.all([
    planFor(tx, record.type),
    workingCalendar(tx),
    clocksOf(tx, typeNamed(tx.registry, record.type), record, true),
  ]);
  const clock = clocks.find(({ name }) => name === counting.clock);
  if (!clock || clock.state === "paused") return null;
  const from = String(record.values[kind.from]);
  return milestonesIn(daysCounted(clock, counting, { calendar, from }), { days: counting.days, plan, calendar, from });
}

interface CountedFrom {
  readonly calendar: WorkingCalendar;
  /** `yyyy-mm-dd` */
  readonly from: string;
}

/** The working days on which a case can be worked on, each `yyyy-mm-dd`. */
function daysCounted(clock: ClockReading, { by }: Counting, { calendar, from }: CountedFrom): readonly string[] {
  if (by === "receipt") return clock.dueAt === null ? [] : workingDaysTo(calendar, from, dayOf(clock.dueAt));
  const counted = (clock.ledger ?? []).flatMap((line) => ("day" in line && line.counted ? [line] : []));
  const begins = Math.max(
    counted.findLastIndex(({ day }) => day === 1),
    0,
  );
  const dates = counted.slice(begins).map(({ date }) => date);
  // A ledger of council days holds working days alone, and holidays of its own; that of a month has every day in it.
  return by === "after" ? dates.slice(1).filter((date) => isWorking(calendar, date)) : dates;
}

/** The working days after one day and before another: an answer that is due on a day is due at its end, so that is the moment after. */
function workingDaysTo(calendar: WorkingCalendar, from: string, until: string): string[] {
  const days: string[] = [];
  for (let day = workingDateAfter(calendar, from, 1); day < until; day = workingDateAfter(calendar, day, 1))
    if (days.push(day) >= daysMax) break;
  return days;
}

/** Days that are looked at: no milestone lies further. */
const daysMax = 100;

/** The same from the days that a clock counts. */
export function milestonesIn(
  days: readonly string[],
  { days: usual, plan, calendar, from }: CountedFrom & { readonly plan: Plan; readonly days: number },
): Milestones {
  // What an extension adds is for the balance and the signatures, not for the teams.
  const more = Math.max(0, days.length - usual);
  const nth = (number: number) => days[Math.min(number, days.length) - 1] ?? workingDateAfter(calendar, from, number);
  return {
    commissionBy: nth(plan.commissionDays),
    answerBy: nth(plan.answerDays),
    draftBy: nth(plan.draftDays + more),
    agreeBy: nth(plan.agreeDays + more),
  };
}

/** UK working days by the bank holidays that are known here. */
export async function workingCalendar(tx: Tx): Promise<WorkingCalendar> {
  const { holidays } = await readReferenceData(tx, ["calendar"]);
  return holidays ? ukWorkingDays(holidays) : ukWorkingDays();
}

/** Whether it is neither a weekend nor a bank holiday. */
export function isWorking(calendar: WorkingCalendar, date: string): boolean {
  return Temporal.PlainDate.from(date).dayOfWeek < 6 && !calendar.holidays.has(date);
}

/** How many working days lie after one day up to another; negative where the other comes first. */
export function workingDaysBetween(calendar: WorkingCalendar, from: string, to: string): number {
  if (to < from) return -workingDaysBetween(calendar, to, from);
  let days = 0;
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from).add({ days: 1 });
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  )
    if (isWorking(calendar, day.toString())) days += 1;
  return days;
}
