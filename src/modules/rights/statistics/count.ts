import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { figureClasses, isExemption } from "./classes.ts";
import type { Class, FigureName } from "./classes.ts";
import { countedExemptions } from "./figures.ts";
import type { StatisticsPeriod } from "./periods.ts";
import { slowRequests } from "./slow.ts";
import type { SlowRequests } from "./slow.ts";

/** So many requests of one class, quarter and service area. */
export interface Counting extends Class {
  /** `2026-q3`. */
  readonly quarter: string;
  readonly area: string | null;
  readonly many: number;
}

/** So many requests of one quarter and service area in which an exemption was claimed. */
export interface Claimed {
  readonly quarter: string;
  readonly area: string | null;
  readonly exemption: string;
  readonly many: number;
}

/** Requests of a period as the person sees them, counted by class. */
export interface CountedPeriod {
  readonly classes: readonly Counting[];
  readonly claimed: readonly Claimed[];
  readonly slow: SlowRequests;
}

/** Counts the requests and reviews that were received in a period, as the person may see them. */
export async function countPeriod(tx: Tx, period: StatisticsPeriod): Promise<CountedPeriod> {
  const slow = await slowRequests(tx, period);
  const classed = classedRequests(tx, period, slow.early);
  // Each combination of exemptions is a group of its own, so that all is counted in one go; they are few.
  const { rows } = await sql<Counting & { readonly named: readonly string[] | null }>`
    select quarter, area, review, environmental, stage, time, outcome, refused, exempted, s21, case when exempted then exemptions end as named, count(*)::integer as many
    from (${classed}) c group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`.execute(tx.db);
  const claimed = rows.flatMap(({ quarter, area, many, named }) =>
    (named ?? []).map((exemption) => ({ quarter, area, exemption, many })),
  );
  return { classes: rows, claimed, slow };
}

/** A request under a figure. */
export interface CountedRequest {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly regime: string;
  readonly receivedOn: string;
  readonly answeredOn: string | null;
  readonly dueAt: string | null;
  readonly area: string | null;
}

/** The requests under a figure, by the same classes that it was counted by: the earliest first, from a place in that order on. */
export async function requestsUnder(
  tx: Tx,
  asked: {
    readonly figure: FigureName;
    readonly period: StatisticsPeriod;
    readonly area: string | undefined;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<readonly CountedRequest[]> {
  const { figure, period, area, offset, limit } = asked;
  const { classes, slow } = await countPeriod(tx, period);
  const classed = classedRequests(tx, period, slow.early);
  const { rows } =
    await sql<CountedRequest>`select id, reference, title, state, regime, received_on::text as "receivedOn",
      answered_on::text as "answeredOn", due_at as "dueAt", area
    from (${classed}) c where ${isUnder(figure, classes)}
      ${area === undefined ? sql`` : area === "none" ? sql`and area is null` : sql`and area = ${area}`}
    order by received_on, id limit ${limit} offset ${offset}`.execute(tx.db);
  return rows;
}

/** That a row is of a class that counts under a figure, as SQL. */
function isUnder(figure: FigureName, classes: readonly Counting[]): RawBuilder<unknown> {
  if (isExemption(figure)) return sql`not review and exempted and ${figure} = any (exemptions)`;
  const keys = new Set(classes.filter((one) => figureClasses[figure](one)).map(keyOf));
  return sql`concat_ws(' ', review::integer, environmental::integer, stage, coalesce(time, '-'), coalesce(outcome, '-'), coalesce(refused, '-'), exempted::integer, s21::integer)
    = any (${[...keys]}::text[])`;
}

function keyOf({ review, environmental, stage, time, outcome, refused, exempted, s21 }: Class): string {
  const flag = (is: boolean) => (is ? 1 : 0);
  return [
    flag(review),
    flag(environmental),
    stage,
    time ?? "-",
    outcome ?? "-",
    refused ?? "-",
    flag(exempted),
    flag(s21),
  ].join(" ");
}

/** Every request of a period with its class. `early` are those whose time was extended and that were answered without need of it. */
function classedRequests(tx: Tx, { from, to }: StatisticsPeriod, early: readonly string[]): RawBuilder<unknown> {
  const { states } = typeNamed(tx.registry, "information_request");
  const waiting = Object.keys(states).filter(
    (name) => states[name]?.waitsFor === "requester" || (states[name]?.final === true && name !== "answered"),
  );
  const withheld = sql`decision in ('part', 'refused', 'neither')`;
  return sql`select t.*,
      case when stage = 'onHold' or review then null when stage = 'processed' then
          case outcome_met when 'met' then case when extended_on is null or id = any (${early}::uuid[]) then 'inTime' else 'extended' end when 'missed' then 'late' else 'untimed' end
        when due_at is null then 'untimed' when due_at <= ${tx.now.toString()}::timestamptz then 'late' else 'notYetDue' end as time,
      case when stage = 'onHold' then null when stage = 'processing' then case when review then null else 'pending' end
        when review then case decision when 'upheld' then 'upheld' when 'upheld_part' then 'upheldPart' when 'changed' then 'overturned' else 'unfitting' end
        else case decision when 'granted' then 'granted' when 'part' then 'part' when 'refused' then 'withheld' when 'neither' then 'withheld'
          when 'not_held' then 'notHeld' when 'advice' then 'advice' else 'unfitting' end end as outcome,
      case when review or stage <> 'processed' or decision is null or decision not in ('refused', 'neither') then null
        when 's14' = any (exemptions) then 'vexatious' when 's14_2' = any (exemptions) then 'repeated' when 's12' = any (exemptions) then 'cost' else 'exemption' end as refused,
      coalesce(stage = 'processed' and not review and ${withheld} and exemptions && ${[...countedExemptions]}::text[], false) as exempted,
      coalesce(stage = 'processed' and not review and ${withheld} and 's21' = any (exemptions), false) as s21
    from (select id, reference, title, state, regime, area, received_on, answered_on, due_at, extended_on, decision, exemptions, outcome as outcome_met,
        regime in ('foi_review', 'eir_review') as review, regime in ('eir', 'eir_review') as environmental,
        case when state = 'answered' then 'processed' when state = any (${waiting}::text[]) then 'onHold' else 'processing' end as stage,
        to_char(received_on, 'YYYY-"q"Q') as quarter
      from counted_requests where organisation_id = ${tx.actor.organisationId}::uuid and received_on between ${from}::date and ${to}::date
        and regime in ('foi', 'eir', 'foi_review', 'eir_review') and state <> 'ordinary') t`;
}
