import { sql } from "kysely";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { drawChart } from "../../../web/charts.ts";
import { formatCount, formatDate, formatWeekdayDate, plural } from "../../../web/view/format.ts";
import type { Chart } from "../../../web/view/models.ts";
import { affectedIds } from "../affected.ts";
import { londonDay } from "../service-level.ts";

/** How many days before the window it is compared with. */
const daysBefore = 14;

/** A day’s tickets on what a hypercare watches, as the actor sees them. */
interface Day {
  /** yyyy-mm-dd, in London. */
  readonly day: string;
  readonly opened: number;
  /** Of priority 1 and 2. */
  readonly urgent: number;
  /** That missed a deadline, or have one behind them that still runs. */
  readonly late: number;
}

/** The days of a hypercare so far and those before it. */
export interface Trend {
  readonly before: readonly Day[];
  readonly within: readonly Day[];
}

/** Reads the tickets opened each day on the services and systems of a hypercare, from two weeks before it until today or its end. */
export async function readTrend(tx: Tx, { values }: Stored): Promise<Trend> {
  const ids = affectedIds(values);
  const starts = Temporal.PlainDate.from(String(values["startsOn"]));
  const today = londonDay(tx.now);
  const ends = String(values["handedOverOn"] ?? values["endsOn"]);
  const last = ends < today ? ends : today;
  const first = starts.subtract({ days: daysBefore });
  const until = Temporal.PlainDate.from(last).add({ days: 1 });
  const moment = (day: Temporal.PlainDate) => day.toZonedDateTime("Europe/London").toInstant().toString();
  const { rows } = await sql<Day>`
    select to_char(day, 'YYYY-MM-DD') as day, count(*)::integer as opened, count(*) filter (where priority <= 2)::integer as urgent,
      count(*) filter (where late)::integer as late
    from (
      select (t.opened_at at time zone 'Europe/London')::date as day, t.priority, exists (
          select 1 from clocks c where c.organisation_id = t.organisation_id and c.record_id = t.id and c.name in ('respond', 'resolve')
            and (c.outcome = 'missed' or (c.state = 'running' and c.due_at < ${tx.now.toString()}::timestamptz))) as late
      from visible_ticket t
      where t.organisation_id = ${tx.actor.organisationId}::uuid and t.opened_at >= ${moment(first)}::timestamptz and t.opened_at < ${moment(until)}::timestamptz
        and ${aboutAny(tx, ids)}
    ) opened group by day`.execute(tx.db);
  const known = new Map(rows.map((row) => [row.day, row]));
  const days = (from: Temporal.PlainDate, to: Temporal.PlainDate): Day[] => {
    const found: Day[] = [];
    for (let day = from; Temporal.PlainDate.compare(day, to) < 0; day = day.add({ days: 1 }))
      found.push(known.get(day.toString()) ?? { day: day.toString(), opened: 0, urgent: 0, late: 0 });
    return found;
  };
  return { before: days(first, starts), within: days(starts, until) };
}

/** Of tickets `t`: on one of these services or systems, or on a system that carries one of them. */
export function aboutAny(tx: Tx, ids: readonly string[]) {
  return sql`(t.service = any (${ids}::uuid[]) or t.system = any (${ids}::uuid[]) or t.system in (
    select s.id from visible_system s where s.organisation_id = ${tx.actor.organisationId}::uuid and s.service = any (${ids}::uuid[])))`;
}

/** How many tickets came each day, beside the days before, with the table behind it. */
export async function trendChart({ before, within }: Trend): Promise<Chart> {
  const days = [...before, ...within];
  const usual = averageOf(before);
  const now = averageOf(within);
  const came = within.reduce((sum, { opened }) => sum + opened, 0);
  const aDay = (figure: number) => formatCount(Math.round(figure * 10) / 10);
  const finding =
    within.length === 0
      ? `${aDay(usual)} tickets a day in the two weeks before`
      : `${plural(came, "ticket")} in ${plural(within.length, "day")}: ${aDay(now)} a day, beside ${aDay(usual)} in the two weeks before`;
  const short = (day: string) => formatDate(Temporal.PlainDate.from(day)).replace(/ \d{4}$/, "");
  return {
    id: "trend",
    finding,
    description: "Tickets opened each day on what is watched, and how many were usual before",
    svg: await drawChart({
      categories: days.map(({ day }) => short(day)),
      unit: "tickets a day",
      series: [
        { name: "Before", as: "bars", values: days.map(({ opened }, at) => (at < before.length ? opened : null)) },
        {
          name: "In hypercare",
          as: "bars",
          values: days.map(({ opened }, at) => (at < before.length ? null : opened)),
        },
        { name: "Usual", as: "line", values: days.map(() => Math.round(usual * 10) / 10) },
      ],
    }),
    table: {
      caption: "Tickets opened each day",
      columns: [
        { label: "Day", wide: true },
        { label: "Opened", number: true },
        { label: "Of priority 1 or 2", number: true },
        { label: "Late", number: true },
        { label: "When" },
      ],
      rows: days.toReversed().map(({ day, opened, urgent, late }, at) => ({
        cells: [
          { kind: "text", text: formatWeekdayDate(Temporal.PlainDate.from(day)) },
          { kind: "number", text: formatCount(opened) },
          { kind: "number", text: formatCount(urgent) },
          { kind: "number", text: formatCount(late) },
          { kind: "text", text: at < within.length ? "In hypercare" : "Before" },
        ],
      })),
    },
  };
}

function averageOf(days: readonly Day[]): number {
  return days.length === 0 ? 0 : days.reduce((sum, { opened }) => sum + opened, 0) / days.length;
}
