import { workingDateAfter } from "../../../kernel/clocks/working-days.ts";
import { ukWorkingDays } from "../../../kernel/clocks/calendars.ts";
import type { WorkingCalendar } from "../../../kernel/clocks/calendars.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { clocksOf } from "../../../kernel/store/clocks.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { kindOf } from "./case-kinds.ts";
import type { CaseKind } from "./case-kinds.ts";

/** The days where an organisation has said nothing else: working days, as the deadline of the case is counted. */
export const usualPlan = {
  commissionDays: 3,
  answerDays: 8,
  draftDays: 10,
  agreeDays: 17,
  chaseBefore: 1,
  chaseEvery: 2,
  escalateAfter: 2,
} as const;

/** Who is to sign, and as what. */
export interface Signer {
  readonly role: string;
  readonly person: string;
}

/** How answers to a kind of case are made. */
export type Plan = { readonly [Name in keyof typeof usualPlan]: number } & {
  readonly signers: readonly (Signer & { readonly when: "always" | "withheld" })[];
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
  const days = Object.entries(usualPlan).map(([name, usual]) => [name, Number(values[name] ?? usual)]);
  const text = (name: string) => (typeof values[name] === "string" && values[name] !== "" ? values[name] : null);
  return {
    // Each name of the usual plan with a number.
    ...(Object.fromEntries(days) as { [Name in keyof typeof usualPlan]: number }),
    // A field of lines.
    signers: ((values["signers"] ?? []) as readonly Line[]).map((line) => ({
      role: String(line["role"] ?? ""),
      person: String(line["person"]),
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
 * The milestones of a case: the n-th day that its clock counts since it last began anew, so that they move with clarification,
 * fees and extension as the deadline does. Null while the clock is held before them.
 */
export async function milestonesOf(tx: Tx, record: Stored): Promise<Milestones | null> {
  const kind = kindOf(record.type);
  const [plan, calendar, clocks] = await Promise.all([
    planFor(tx, record.type),
    workingCalendar(tx),
    clocksOf(tx, typeNamed(tx.registry, record.type), record, true),
  ]);
  const clock = clocks.find(({ name }) => name === kind.clock);
  if (!clock || clock.state === "paused") return null;
  const counted = (clock.ledger ?? []).flatMap((line) => ("day" in line && line.counted ? [line] : []));
  const begins = counted.findLastIndex(({ day }) => day === 1);
  return milestonesIn(
    counted.slice(Math.max(begins, 0)).map(({ date }) => date),
    { kind, plan, calendar, from: String(record.values[kind.from]) },
  );
}

/** The same from the days that a clock counts. */
export function milestonesIn(
  dates: readonly string[],
  { kind, plan, calendar, from }: { kind: CaseKind; plan: Plan; calendar: WorkingCalendar; from: string },
): Milestones {
  const days = dates.filter((date) => isWorking(calendar, date));
  // What an extension adds is for the balance and the signatures, not for the teams.
  const more = Math.max(0, days.length - kind.days);
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

function isWorking(calendar: WorkingCalendar, date: string): boolean {
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
