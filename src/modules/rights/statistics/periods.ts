import { refuse } from "../../../kernel/errors.ts";
import { formatDate } from "../../../web/view/format.ts";

/** A quarter, a year or a financial year. Days are `yyyy-mm-dd`, both included. */
export interface StatisticsPeriod {
  /** `2026`, `2026-q3` or `2026-27`, as addresses and published figures name it. */
  readonly name: string;
  readonly label: string;
  /** As the Cabinet Office's file names it: `2026`, `Q3 2026`. */
  readonly column: string;
  readonly from: string;
  readonly to: string;
}

const firstYear = 2010;
const yearsOffered = 4;

/** The period of a name. Refuses (invalid) what is none, and what has not begun on the day given. */
export function periodOf(name: string, today: string): StatisticsPeriod {
  const period = quarterOf(name) ?? yearOf(name) ?? financialYearOf(name);
  if (period === null || Number(name.slice(0, 4)) < firstYear)
    return refuse(
      "period",
      `Period: give a year from ${firstYear} on, a quarter or a financial year: 2026, 2026-q3 or 2026-27`,
    );
  if (period.from > today) refuse("period", `Period: ${period.label} has not begun`);
  return period;
}

/** The period that is shown unless told: the year that runs. */
export function usualPeriod(today: string): string {
  return today.slice(0, 4);
}

/** The periods that are offered on a day: the last years, quarters and financial years that have begun, the newest first. */
export function offeredPeriods(today: string): readonly StatisticsPeriod[] {
  const thisYear = Number(today.slice(0, 4));
  const years = Array.from({ length: yearsOffered }, (_none, back) => thisYear - back);
  const names = [
    ...years.map(String),
    ...years.flatMap((year) => [4, 3, 2, 1].map((quarter) => `${year}-q${quarter}`)),
    ...years.map((year) => `${year}-${String((year + 1) % 100).padStart(2, "0")}`),
  ];
  return names
    .flatMap((name) => quarterOf(name) ?? yearOf(name) ?? financialYearOf(name) ?? [])
    .filter(({ from, name }) => from <= today && Number(name.slice(0, 4)) >= firstYear);
}

/** The quarter in which a day lies, by its name. */
export function quarterNameOf(day: string): string {
  return `${day.slice(0, 4)}-q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** The quarters of a period, by name, the first first. */
export function quartersIn({ from, to }: StatisticsPeriod): readonly string[] {
  const names: string[] = [];
  for (let day = Temporal.PlainDate.from(from); day.toString() <= to; day = day.add({ months: 3 }))
    names.push(quarterNameOf(day.toString()));
  return names;
}

/** A quarter in words: "January to March 2026". */
export function quarterLabel(name: string): string {
  return quarterOf(name)?.label ?? name;
}

function quarterOf(name: string): StatisticsPeriod | null {
  const [, year = "", quarter = ""] = /^(20\d\d)-q([1-4])$/.exec(name) ?? [];
  if (year === "") return null;
  const first = Temporal.PlainDate.from({ year: Number(year), month: Number(quarter) * 3 - 2, day: 1 });
  const last = first.add({ months: 3 }).subtract({ days: 1 });
  const month = (day: Temporal.PlainDate) => formatDate(day).split(" ")[1] ?? "";
  return {
    name,
    label: `${month(first)} to ${month(last)} ${year}`,
    column: `Q${quarter} ${year}`,
    from: first.toString(),
    to: last.toString(),
  };
}

function yearOf(name: string): StatisticsPeriod | null {
  return /^20\d\d$/.test(name) ? { name, label: name, column: name, from: `${name}-01-01`, to: `${name}-12-31` } : null;
}

function financialYearOf(name: string): StatisticsPeriod | null {
  const [, year = "", next = ""] = /^(20\d\d)-(\d\d)$/.exec(name) ?? [];
  if (year === "" || Number(next) !== (Number(year) + 1) % 100) return null;
  const to = `${Number(year) + 1}-03-31`;
  return {
    name,
    label: `April ${year} to March ${Number(year) + 1}`,
    column: `${year}/${next}`,
    from: `${year}-04-01`,
    to,
  };
}
