import { drawChart } from "../../web/charts.ts";
import type { Drawing, Series } from "../../web/charts.ts";
import { formatCount, formatDate, plural } from "../../web/view/format.ts";
import type { Cell, Chart, Table } from "../../web/view/models.ts";
import type { DeskLists } from "./numbers-links.ts";
import { ages } from "./numbers-read.ts";
import type { DeskNumbers, ResolvedFigures, WeekFigures } from "./numbers-read.ts";

/** The desk's charts, each with its finding and the table behind it; every count leads to the tickets that it counts. */
export function deskCharts(numbers: DeskNumbers, lists: DeskLists): Promise<Chart[]> {
  const parts = [volume, backlog, age, ...(numbers.byPriority.size > 0 ? [speed, promises, again] : [])];
  return Promise.all(
    parts.map(async (part) => {
      const { drawing, ...chart } = part(numbers, lists);
      return { ...chart, svg: await drawChart(drawing) };
    }),
  );
}

type Part = Omit<Chart, "svg"> & { readonly drawing: Drawing };

/** A number of records, and where they are listed. */
interface Count {
  readonly many: number;
  readonly href: string;
}

function volume({ weeks }: DeskNumbers, lists: DeskLists): Part {
  const [opened, resolved] = [sum(weeks.map((week) => week.opened)), sum(weeks.map((week) => week.resolved))];
  const finding =
    opened > resolved * 1.02
      ? `${plural(opened - resolved, "ticket")} more came in than were resolved`
      : resolved > opened * 1.02
        ? `${plural(resolved - opened, "ticket")} more were resolved than came in`
        : "About as many tickets were resolved as came in";
  const [came, done] = [
    weeks.map((week) => ({ many: week.opened, href: lists.opened(week.week) })),
    weeks.map((week) => ({ many: week.resolved, href: lists.resolved({}, week.week) })),
  ];
  return {
    id: "volume",
    finding,
    description: "Tickets opened and resolved each week",
    drawing: {
      categories: weeks.map(({ week }) => shortDay(week)),
      unit: "tickets",
      series: [counted("Opened", "bars", came), counted("Resolved", "line", done)],
    },
    table: table(
      "Tickets by week",
      ["Week from", "Opened", "Resolved", "Of these reopened before", "Open at its end"],
      weeks.map((week, at) => [
        longDay(week.week),
        came[at]!,
        done[at]!,
        reopenedIn(week, lists),
        { many: week.openAtEnd, href: lists.openAtEndOf(week.week) },
      ]),
    ),
  };
}

function backlog({ weeks }: DeskNumbers, lists: DeskLists): Part {
  const [before, now] = [weeks[0]?.openAtEnd ?? 0, weeks.at(-1)?.openAtEnd ?? 0];
  const day = weeks[0] ? longDay(Temporal.PlainDate.from(weeks[0].week).add({ days: 6 }).toString()) : "";
  const finding =
    now === before
      ? `The backlog is as it was on ${day}`
      : now > before
        ? `The backlog grew by ${formatCount(now - before)} since ${day}`
        : `The backlog shrank by ${formatCount(before - now)} since ${day}`;
  const open = weeks.map((week) => ({ many: week.openAtEnd, href: lists.openAtEndOf(week.week) }));
  return {
    id: "backlog",
    finding,
    description: "Tickets that were not closed at the end of each week",
    drawing: {
      categories: weeks.map(({ week }) => shortDay(week)),
      unit: "tickets",
      series: [counted("Open", "line", open)],
    },
    table: table(
      "Open at the end of each week",
      ["Week from", "Open at its end"],
      weeks.map((week, at) => [longDay(week.week), open[at]!]),
    ),
  };
}

function age({ unresolvedByAge }: DeskNumbers, lists: DeskLists): Part {
  const [every, old] = [sum(unresolvedByAge), sum(unresolvedByAge.slice(3))];
  const byAge = ages.map((_age, at) => ({ many: unresolvedByAge[at] ?? 0, href: lists.unresolved(at) }));
  return {
    id: "age",
    finding:
      every === 0
        ? "Nothing waits to be resolved"
        : old === 0
          ? "Nothing unresolved is older than 4 weeks"
          : `${formatCount(old)} of ${plural(every, "unresolved ticket")} ${old === 1 ? "is" : "are"} older than 4 weeks`,
    description: "Tickets that are not resolved, by how long ago they were opened",
    drawing: {
      categories: ages.map(({ short }) => short),
      unit: "tickets, by age in weeks",
      series: [counted("Unresolved", "bars", byAge)],
      figures: true,
    },
    table: table(
      "Unresolved tickets by age",
      ["Age", "Tickets"],
      ages.map(({ label }, at) => [label, byAge[at]!]),
    ),
  };
}

function speed({ byPriority, all }: DeskNumbers, lists: DeskLists): Part {
  const rows = [...byPriority];
  const hours = (name: string, minutes: (figures: ResolvedFigures) => number): Series => ({
    name,
    as: "bars",
    values: rows.map(([, figures]) => Math.round(minutes(figures) / 6) / 10),
    hrefs: rows.map(([priority]) => lists.resolved({ priority })),
  });
  return {
    id: "speed",
    finding: `Half were resolved within ${workingTime(all.halfMinutes)}, 9 in 10 within ${workingTime(all.mostMinutes)}`,
    description: "Working time to resolve, by priority",
    drawing: {
      categories: rows.map(([priority]) => `Priority ${priority}`),
      unit: "working hours",
      series: [
        hours("Half within", ({ halfMinutes }) => halfMinutes),
        hours("9 in 10 within", ({ mostMinutes }) => mostMinutes),
      ],
    },
    table: table(
      "Working time to resolve by priority",
      ["Priority", "Resolved", "Half within", "9 in 10 within"],
      rows.map(([priority, figures]) => [
        String(priority),
        { many: figures.resolved, href: lists.resolved({ priority }) },
        workingTime(figures.halfMinutes),
        workingTime(figures.mostMinutes),
      ]),
    ),
  };
}

function promises({ byPriority, all }: DeskNumbers, lists: DeskLists): Part {
  const rows = [...byPriority];
  const only = all.metOnlyByPause;
  const by = (outcome: "met" | "met-without-pauses" | "met-through-pauses" | "missed") =>
    rows.map(([priority, figures]): Count => {
      const many = {
        met: figures.met,
        "met-without-pauses": figures.met - figures.metOnlyByPause,
        "met-through-pauses": figures.metOnlyByPause,
        missed: figures.missed,
      }[outcome];
      return { many, href: lists.resolved({ priority, outcome }) };
    });
  const [met, paused, missed] = [by("met"), by("met-through-pauses"), by("missed")];
  return {
    id: "promises",
    finding:
      all.met + all.missed === 0
        ? "No ticket had a target to meet"
        : `${share(all.met, all.met + all.missed)} met the target${only > 0 ? `; ${formatCount(only)} of them only because the clock was paused` : ""}`,
    description: "Resolved within the target or not, by priority",
    drawing: {
      categories: rows.map(([priority]) => `Priority ${priority}`),
      unit: "tickets",
      stacked: true,
      series: [
        counted("Met", "bars", by("met-without-pauses")),
        counted("Met through pauses", "bars", paused),
        counted("Missed", "bars", missed),
      ],
    },
    table: table(
      "Targets by priority",
      ["Priority", "Met", "Of these only through pauses", "Missed", "Share met"],
      rows.map(([priority, figures], at) => [String(priority), met[at]!, paused[at]!, missed[at]!, metShare(figures)]),
    ),
  };
}

function again({ weeks, all }: DeskNumbers, lists: DeskLists): Part {
  const week = [...weeks]
    .filter(({ resolved }) => resolved > 0)
    .toSorted((one, other) => other.reopened - one.reopened)[0];
  return {
    id: "reopened",
    finding:
      all.reopened === 0 || !week
        ? "No ticket was reopened"
        : `${share(all.reopened, all.resolved)} had been reopened, most in the week from ${longDay(week.week)}`,
    description: "Resolved tickets that had been resolved and reopened before, by week",
    drawing: {
      categories: weeks.map(({ week: monday }) => shortDay(monday)),
      unit: "tickets",
      series: [
        counted(
          "Reopened before",
          "bars",
          weeks.map((one) => reopenedIn(one, lists)),
        ),
      ],
    },
    table: table(
      "Reopened tickets by week",
      ["Week from", "Resolved", "Of these reopened before", "Share"],
      weeks.map((one) => [
        longDay(one.week),
        { many: one.resolved, href: lists.resolved({}, one.week) },
        reopenedIn(one, lists),
        one.resolved === 0 ? "–" : share(one.reopened, one.resolved),
      ]),
    ),
  };
}

function reopenedIn({ week, reopened }: WeekFigures, lists: DeskLists): Count {
  return { many: reopened, href: lists.resolved({ reopened: true }, week) };
}

/** The share of tickets with a target that met it. */
export function metShare({ met, missed }: ResolvedFigures): string {
  return met + missed === 0 ? "–" : share(met, met + missed);
}

/** "62.5%"; never 100% or 0% where that is not so. */
export function share(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  const rounded = part === whole ? 100 : Math.min(99.9, Math.round(percent * 10) / 10);
  return `${part > 0 ? Math.max(0.1, rounded) : rounded}%`;
}

/** Working time in hours and minutes: a working day has as many hours as the queue keeps. */
export function workingTime(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return plural(Math.round(minutes / 60), "hour");
  return [
    ...(hours > 0 ? [plural(hours, "hour")] : []),
    ...(minutes % 60 > 0 || hours === 0 ? [plural(minutes % 60, "minute")] : []),
  ].join(" ");
}

function counted(name: string, as: Series["as"], counts: readonly Count[]): Series {
  return {
    name,
    as,
    values: counts.map(({ many }) => many),
    hrefs: counts.map(({ many, href }) => (many > 0 ? href : null)),
  };
}

function table(caption: string, labels: readonly string[], rows: readonly (readonly (string | Count)[])[]): Table {
  return {
    caption,
    columns: labels.map((label, at) => ({ label, ...(at > 0 ? { number: true } : {}) })),
    rows: rows.map((row) => ({ cells: row.map(cell) })),
  };
}

function cell(value: string | Count, at: number): Cell {
  if (typeof value !== "string")
    return { kind: "number", text: formatCount(value.many), ...(value.many > 0 ? { href: value.href } : {}) };
  return at === 0 ? { kind: "text", text: value } : { kind: "number", text: value };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function shortDay(day: string): string {
  return longDay(day).replace(/^(\d+ [A-Z][a-z]{2}).*$/, "$1");
}

function longDay(day: string): string {
  return formatDate(Temporal.PlainDate.from(day));
}
