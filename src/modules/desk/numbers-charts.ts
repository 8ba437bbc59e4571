import type { Counted, Figure } from "../../kernel/measures/evaluate.ts";
import { ages } from "../../kernel/measures/ages.ts";
import { drawChart } from "../../web/charts.ts";
import type { Drawing, Series } from "../../web/charts.ts";
import { drawnValue, figureText, rowName, shortName, workingTime } from "../../web/measures/figures.ts";
import { figureTable } from "../../web/measures/table.ts";
import { formatCount, formatDate, plural } from "../../web/view/format.ts";
import type { Chart } from "../../web/view/models.ts";
import type { DeskNumbers } from "./numbers-read.ts";

/** The desk's charts, each with its finding and the table behind it; every count leads to the tickets that it counts. */
export function deskCharts(numbers: DeskNumbers): Promise<Chart[]> {
  const parts = [
    volume,
    backlog,
    age,
    ...(numbers.resolvedBy.rows.length > 0
      ? [answers, speed, promises, again, ...(numbers.rated.total.value ? [ratings] : [])]
      : []),
  ];
  return Promise.all(
    parts.map(async (part) => {
      const { drawing, ...chart } = part(numbers);
      return { ...chart, svg: await drawChart(drawing) };
    }),
  );
}

type Part = Omit<Chart, "svg"> & { readonly drawing: Drawing };

/** The chart under which one table holds all that is counted by week. */
const weekly = "volume";

function volume({ opened, resolved, reopened, reopenedShare, open, rated, satisfied }: DeskNumbers): Part {
  const [came, done] = [opened.total.value ?? 0, resolved.total.value ?? 0];
  const finding =
    came > done * 1.02
      ? `${plural(came - done, "ticket")} more came in than were resolved`
      : done > came * 1.02
        ? `${plural(done - came, "ticket")} more were resolved than came in`
        : "About as many tickets were resolved as came in";
  return {
    id: weekly,
    finding,
    description: "Tickets opened and resolved each week",
    drawing: {
      categories: weeksOf(opened),
      unit: "tickets",
      series: [series("Opened", "bars", opened), series("Resolved", "line", resolved)],
    },
    table: figureTable("Tickets by week", "Week from", [
      ["Opened", opened],
      ["Resolved", resolved],
      ["Of these reopened before", reopened],
      ["Share reopened", reopenedShare],
      ["Open at its end", open],
      ...(rated.total.value
        ? [["Rated", rated] as const, ["Share of the ratings that was good", satisfied] as const]
        : []),
    ]),
  };
}

function backlog({ open }: DeskNumbers): Part {
  const [first] = open.rows;
  const [before, now] = [first?.value ?? 0, open.total.value ?? 0];
  const day = first?.step ? formatDate(Temporal.PlainDate.from(first.step.to)) : "";
  const finding =
    now === before
      ? `The backlog is as it was on ${day}`
      : now > before
        ? `The backlog grew by ${formatCount(now - before)} since ${day}`
        : `The backlog shrank by ${formatCount(before - now)} since ${day}`;
  return {
    id: "backlog",
    finding,
    description: "Tickets that were not closed at the end of each week",
    drawing: { categories: weeksOf(open), unit: "tickets", series: [series("Open", "line", open)] },
    table: weekly,
  };
}

function age({ unresolved }: DeskNumbers): Part {
  const every = unresolved.total.value ?? 0;
  const old = unresolved.rows.slice(3).reduce((sum, { value }) => sum + (value ?? 0), 0);
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
      series: [series("Unresolved", "bars", unresolved)],
      figures: true,
    },
    table: figureTable("Unresolved tickets by age", "Age", [["Tickets", unresolved]]),
  };
}

function answers({ answered, answeredHalf, answeredMost, answeredShare, answeredLate }: DeskNumbers): Part {
  const share = answeredShare.total.value;
  const kept = share === null ? "" : `; ${figureText("percent", share)} within the target`;
  const half = answeredHalf.total.value ?? 0;
  return {
    id: "answers",
    // Whoever rings is answered there and then.
    finding: `${half < 1 ? "Half were answered as they asked" : `Half had a first response within ${workingTime(half)}`}${kept}`,
    description: "Working time to the first response, by priority",
    drawing: {
      categories: answeredHalf.rows.map(({ label }) => label),
      unit: "working hours",
      series: [series("Half within", "bars", answeredHalf), series("9 in 10 within", "bars", answeredMost)],
    },
    table: figureTable("First responses by priority", "Priority", [
      ["Responses", answered],
      ["Half within", answeredHalf],
      ["9 in 10 within", answeredMost],
      ["Late", answeredLate],
      ["Share within the target", answeredShare],
    ]),
  };
}

function speed({ resolvedBy, half, most }: DeskNumbers): Part {
  const [halfMinutes, mostMinutes] = [half.total.value ?? 0, most.total.value ?? 0];
  return {
    id: "speed",
    finding: `Half were resolved within ${workingTime(halfMinutes)}, 9 in 10 within ${workingTime(mostMinutes)}`,
    description: "Working time to resolve, by priority",
    drawing: {
      categories: half.rows.map(({ label }) => label),
      unit: "working hours",
      series: [series("Half within", "bars", half), series("9 in 10 within", "bars", most)],
    },
    table: figureTable("Working time to resolve by priority", "Priority", [
      ["Resolved", resolvedBy],
      ["Half within", half],
      ["9 in 10 within", most],
    ]),
  };
}

function promises({ resolvedBy, met, metWithoutPauses, metThroughPauses, missed, metShare }: DeskNumbers): Part {
  const only = metThroughPauses.total.value ?? 0;
  const like = resolvedBy;
  return {
    id: "promises",
    finding:
      metShare.total.value === null
        ? "No ticket had a target to meet"
        : `${figureText("percent", metShare.total.value)} met the target${only > 0 ? `; ${formatCount(only)} of them only because the clock was paused` : ""}`,
    description: "Resolved within the target or not, by priority",
    drawing: {
      categories: like.rows.map(({ label }) => label),
      unit: "tickets",
      stacked: true,
      series: [
        series("Met", "bars", asIn(like, metWithoutPauses)),
        series("Met through pauses", "bars", asIn(like, metThroughPauses)),
        series("Missed", "bars", asIn(like, missed)),
      ],
    },
    table: figureTable(
      "Targets by priority",
      "Priority",
      [
        ["Met", met],
        ["Of these only through pauses", metThroughPauses],
        ["Missed", missed],
        ["Share met", metShare],
      ],
      like,
    ),
  };
}

function again({ reopened, reopenedShare }: DeskNumbers): Part {
  const week = reopened.rows.toSorted((one, other) => (other.value ?? 0) - (one.value ?? 0))[0];
  return {
    id: "reopened",
    finding:
      !week || !week.value
        ? "No ticket was reopened"
        : `${figureText("percent", reopenedShare.total.value)} had been reopened, most in the week from ${rowName(reopened, week)}`,
    description: "Resolved tickets that had been resolved and reopened before, by week",
    drawing: { categories: weeksOf(reopened), unit: "tickets", series: [series("Reopened before", "bars", reopened)] },
    table: weekly,
  };
}

function ratings({ rated, satisfied }: DeskNumbers): Part {
  return {
    id: "ratings",
    finding: `${figureText("percent", satisfied.total.value)} of ${plural(rated.total.value ?? 0, "rating")} said well or very well`,
    description: "Tickets resolved each week that were rated, and how many of the ratings were good",
    drawing: { categories: weeksOf(rated), unit: "tickets", series: [series("Rated", "bars", rated)] },
    table: weekly,
  };
}

function series(name: string, as: Series["as"], { measure, rows }: Counted): Series {
  return {
    name,
    as,
    values: rows.map(({ value }) => drawnValue(measure.unit, value)),
    hrefs: rows.map(({ href }) => href),
  };
}

function weeksOf(counted: Counted): string[] {
  return counted.rows.map((row) => shortName(counted, row));
}

/** The rows that another measure has, in its order. */
function asIn(like: Counted, counted: Counted): Counted {
  const none: Figure = { value: 0, records: 0, href: null };
  return {
    ...counted,
    rows: like.rows.map(({ key, label }) => ({ ...(counted.rows.find((row) => row.key === key) ?? none), key, label })),
  };
}
