import type { Counted } from "../../kernel/measures/evaluate.ts";
import { groupsMax } from "../../kernel/measures/read.ts";
import { isTime } from "../../kernel/measures/groupings.ts";
import { drawChart } from "../charts.ts";
import type { Drawing } from "../charts.ts";
import { formatDate } from "../view/format.ts";
import type { Chart, Row } from "../view/models.ts";
import { drawnValue, figureText, figureWords, rowName, shortName, unitWords } from "./figures.ts";
import { figureCell, figureTable } from "./table.ts";

/** A picture shows no more groups than these, the largest. */
const drawnMax = 12;

/** A measure as a picture with its finding, and the table behind it. */
export async function measureChart(counted: Counted, id = counted.measure.name): Promise<Chart> {
  return {
    id,
    finding: findingOf(counted),
    description: describe(counted),
    svg: counted.rows.length === 0 ? "" : await measurePicture(counted),
    table: tableOf(counted),
  };
}

/** The picture alone. */
export function measurePicture(counted: Counted): Promise<string> {
  return drawChart(drawingOf(counted));
}

/** What the figures say, as a sentence without a full stop. */
export function findingOf(counted: Counted): string {
  const { measure, total, by, rows } = counted;
  const all = `${measure.label}: ${figureWords(measure.unit, total.value)}`;
  if (by === null || rows.length < 2 || total.value === null) return all;
  if (measure.over === "open-at-end" && isTime(by)) {
    const [first, last] = [rows[0]?.value ?? 0, total.value];
    const day = rows[0]?.step ? formatDate(Temporal.PlainDate.from(rows[0].step.to)) : "";
    if (first === last) return `${all}, as many as on ${day}`;
    return `${all}, ${figureText(measure.unit, Math.abs(last - first))} ${last > first ? "more" : "fewer"} than on ${day}`;
  }
  const [top] = rows.toSorted((one, other) => (other.value ?? -1) - (one.value ?? -1));
  if (!top?.value || measure.unit === "percent" || measure.unit === "minutes") return all;
  return `${all}, most ${isTime(by) ? inStep(by) : ""}${isTime(by) ? rowName(counted, top) : `in ${rowName(counted, top)}`} (${figureText(measure.unit, top.value)})`;
}

function inStep(by: string): string {
  return by === "day" ? "on " : by === "week" ? "in the week from " : "in ";
}

function describe(counted: Counted): string {
  const { by, measure } = counted;
  const seen = by === null ? "" : `, by ${isTime(by) ? by : byLabel(counted).toLowerCase()}`;
  const left =
    counted.rows.length > drawnMax && by !== null && !isTime(by) ? `. The ${drawnMax} largest are drawn` : "";
  return `${unitWords(measure.unit) === "%" ? "Share in 100" : sentence(unitWords(measure.unit))}${seen}${left}`;
}

/** What the rows of a measure are called: “Week from”, “Queue”. */
export function byLabel({ by, measure }: Counted): string {
  if (by === "week") return "Week from";
  if (by === "state") return "State";
  return measure.type.fields[by ?? ""]?.options.label ?? sentence(by ?? "All");
}

function drawingOf(counted: Counted): Drawing {
  const { by, measure } = counted;
  const time = by !== null && isTime(by);
  const rows = time || by === "age" ? counted.rows : counted.rows.slice(0, drawnMax);
  const names = rows.map((row) => shortName(counted, row));
  return {
    categories: names,
    unit: unitWords(measure.unit),
    across: !time && names.some((name) => name.length > 10),
    figures: !time && rows.length <= 8,
    series: [
      {
        name: measure.label,
        as: time && measure.works !== "count" ? "line" : measure.over === "open-at-end" && time ? "line" : "bars",
        values: rows.map(({ value }) => drawnValue(measure.unit, value)),
        hrefs: rows.map(({ href }) => href),
      },
    ],
  };
}

function tableOf(counted: Counted) {
  const { measure, leftOut, total } = counted;
  const table = figureTable(measure.label, byLabel(counted), [[measure.label, counted]]);
  const columns = [...table.columns, ...(measure.works === "count" ? [] : [{ label: "Worked out of", number: true }])];
  const records = (many: number) =>
    measure.works === "count" ? [] : [{ kind: "number" as const, text: String(many) }];
  const rows = table.rows.map((row, at): Row => ({
    cells: [...row.cells, ...records(counted.rows[at]?.records ?? 0)],
  }));
  const ends = [
    ...(leftOut > 0
      ? [
          {
            cells: [
              { kind: "text", text: `${leftOut} more, beyond the ${groupsMax} largest` },
              { kind: "empty" },
              ...records(0),
            ],
          } as Row,
        ]
      : []),
    {
      cells: [
        { kind: "text", text: measure.over === "open-at-end" ? "At the end" : "In all" },
        figureCell(counted, total),
        ...records(total.records),
      ],
    } as Row,
  ];
  return { ...table, columns, rows: [...rows, ...ends] };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
