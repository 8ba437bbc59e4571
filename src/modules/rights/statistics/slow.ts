import { sql } from "kysely";
import { ukWorkingDays } from "../../../kernel/clocks/calendars.ts";
import { dayFrom } from "../../../kernel/clocks/days.ts";
import type { KnownHolidays } from "../../../kernel/clocks/known-holidays.ts";
import { ClockRefused } from "../../../kernel/clocks/refused.ts";
import { ruleNamed } from "../../../kernel/clocks/rules.ts";
import { workingDaysBetween } from "../../../kernel/clocks/working-days.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { lawOf } from "../handling.ts";
import { extensionSteps, reviewSteps } from "./figures.ts";
import type { Counted, Tally } from "./figures.ts";
import type { StatisticsPeriod } from "./periods.ts";

/** Requests that took extra time, and reviews: how long each took, in working days. */
export interface SlowRequests {
  /** Of requests whose time was extended, those that were answered before it would have ended without. */
  readonly early: readonly string[];
  /** The counts of the steps of how long extensions and reviews took. */
  readonly tally: Tally;
}

/** So many are looked at of a period. */
const slowMax = 50_000;

interface Slow {
  readonly id: string;
  readonly regime: string;
  readonly receivedOn: string;
  readonly askedOn: string | null;
  readonly clarifiedOn: string | null;
  readonly feesNoticeOn: string | null;
  readonly feesPaidOn: string | null;
  readonly extendedOn: string | null;
  readonly answeredOn: string | null;
}

/** Reads what was extended or reviewed of a period, as the person sees it, and counts its days by the rules of the clocks. */
export async function slowRequests(tx: Tx, { from, to }: StatisticsPeriod): Promise<SlowRequests> {
  const { rows } =
    await sql<Slow>`select id, regime, received_on::text as "receivedOn", asked_on::text as "askedOn", clarified_on::text as "clarifiedOn",
      fees_notice_on::text as "feesNoticeOn", fees_paid_on::text as "feesPaidOn", extended_on::text as "extendedOn",
      case when state = 'answered' then answered_on::text end as "answeredOn"
    from counted_requests where organisation_id = ${tx.actor.organisationId}::uuid and received_on between ${from}::date and ${to}::date and state <> 'ordinary'
      and (extended_on is not null and regime in ('foi', 'eir') or regime = any (array['foi_review', 'eir_review']) and state = 'answered')
    limit ${slowMax}`.execute(tx.db);
  if (rows.length === 0) return { early: [], tally: emptyTally() };
  const { holidays } = await readReferenceData(tx, ["calendar"]);
  return measureSlow(rows, holidays ?? undefined);
}

function measureSlow(rows: readonly Slow[], holidays: KnownHolidays | undefined): SlowRequests {
  const calendar = ukWorkingDays(holidays);
  const between = (from: string, to: string) => workingDaysBetween(calendar, dayFrom(from), dayFrom(to));
  const early: string[] = [];
  const tally = emptyTally();
  const add = (name: Counted) => (tally[name] = (tally[name] ?? 0) + 1);
  for (const one of rows) {
    if (one.regime.endsWith("_review")) {
      if (one.answeredOn !== null) add(stepOf("reviews", reviewSteps, between(one.receivedOn, one.answeredOn)));
      continue;
    }
    add("extensions");
    if (one.answeredOn === null) continue;
    add("extensionsDone");
    const first = firstDeadline(one, holidays);
    if (first === null) continue;
    if (one.answeredOn <= first) early.push(one.id);
    add(stepOf("extensions", extensionSteps, one.answeredOn <= first ? 0 : between(first, one.answeredOn)));
  }
  return { early, tally };
}

/** The day by which it was due before its time was extended; null where none can be counted. */
function firstDeadline(one: Slow, holidays: KnownHolidays | undefined): string | null {
  const law = lawOf({ regime: one.regime });
  if (law === null) return null;
  const days = {
    asked: one.askedOn,
    clarified: one.clarifiedOn,
    "fees-notice": one.feesNoticeOn,
    "fees-paid": one.feesPaidOn,
  };
  const events = Object.entries(days).flatMap(([kind, value]) => (value === null ? [] : [{ kind, value }]));
  try {
    return ruleNamed(law.rule).compute({
      from: one.receivedOn,
      events,
      division: "england-and-wales",
      holidays,
      explain: false,
    }).due;
  } catch (error) {
    if (error instanceof ClockRefused) return null;
    throw error;
  }
}

function stepOf(name: "extensions" | "reviews", steps: readonly number[], days: number): Counted {
  // The names of steps are made of the same lists.
  return `${name}${steps.find((step) => days <= step) ?? "More"}` as Counted;
}

function emptyTally(): Partial<Record<Counted, number>> {
  const none: Partial<Record<Counted, number>> = { extensions: 0, extensionsDone: 0 };
  for (const step of [...extensionSteps, "More"]) none[`extensions${step}` as Counted] = 0;
  for (const step of [...reviewSteps, "More"]) none[`reviews${step}` as Counted] = 0;
  return none;
}
