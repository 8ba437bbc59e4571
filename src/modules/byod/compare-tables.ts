import { formatDay } from "../../kernel/fields/date.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { formatPence } from "../../kernel/fields/money.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { drawChart } from "../../web/charts.ts";
import { addressOf } from "../../web/pages/places.ts";
import { plural } from "../../web/view/format.ts";
import type { Cell, Chart, NumbersPage, Table } from "../../web/view/models.ts";
import { assumed, differences, leastOf, yearsCompared } from "./compare.ts";
import type { Assumption, Compared, Horizon } from "./compare.ts";

/** A plan among those that are compared, with what it comes to. */
export interface Beside extends Compared {
  readonly record: Stored;
  readonly horizons: readonly Horizon[];
}

const names: Readonly<Record<Assumption, string>> = {
  startsOn: "Begins on",
  years: "Years that it is meant to run",
  people: "People in all",
  council: "People with a council device",
  sim: "People with a council SIM in their own device",
  allowance: "People with an allowance through payroll",
  device: "A council device",
  deviceYears: "Years that it is used",
  simMonth: "A SIM, each month",
  allowanceMonth: "The allowance, each month",
  insuranceShare: "Employer’s National Insurance on it",
  supportCouncil: "Support of a council device, each year",
  supportOwn: "Support of somebody’s own device, each year",
  licenceOwn: "Keeping data apart on it, each year",
  riskCouncil: "Loss and theft of a council device, each year",
  riskOwn: "Loss and theft of somebody’s own device, each year",
};
const plainNumbers: readonly Assumption[] = ["years", "people", "council", "sim", "allowance", "deviceYears"];
const met: Readonly<Record<string, string>> = { met: "Met", partly: "In part", missed: "Not met" };

/** What the comparison says in tables, the same on the page and in the file. */
export function compareTables(tx: Tx, all: readonly Beside[]): NonNullable<NumbersPage["sections"]> {
  return [
    { id: "total", title: "In all, over one to five years", table: horizonTable(tx, all, "total") },
    {
      id: "per-head",
      title: "For one person in a year, over one to five years",
      table: horizonTable(tx, all, "perHead"),
    },
    { id: "assumptions", title: "What they differ in", table: assumptionTable(tx, all) },
    { id: "criteria", title: "How we know that it worked", table: criteriaTable(tx, all) },
  ];
}

const planCell = (tx: Tx, { record }: Beside): Cell => ({
  kind: "link",
  text: record.title,
  href: addressOf(tx, record),
});

/** A row for each plan, a column for each number of years; the least of a column is said in words. */
function horizonTable(tx: Tx, all: readonly Beside[], what: keyof Horizon): Table {
  const least = Array.from({ length: yearsCompared }, (_none, nth) =>
    leastOf(all.map(({ horizons }) => horizons[nth]![what])),
  );
  return {
    caption: what === "total" ? "In all" : "For one person in a year",
    columns: [
      { label: "Plan", wide: true },
      ...least.map((_column, nth) => ({ label: plural(nth + 1, "year"), number: true })),
    ],
    rows: all.map((one, at) => ({
      cells: [
        planCell(tx, one),
        ...one.horizons.map((horizon, nth): Cell => {
          const sum = horizon[what];
          if (sum === null) return { kind: "number", text: "No rates" };
          return { kind: "number", text: `${formatPence(Number(sum))}${least[nth]?.[at] ? " (least)" : ""}` };
        }),
      ],
    })),
  };
}

/** What the plans take for granted and do not share, a row for each; what is the same in all is left out. */
function assumptionTable(tx: Tx, all: readonly Beside[]): Table {
  const { differ } = differences(all);
  return {
    caption: "What they differ in; all else is the same",
    columns: [{ label: "Assumption", wide: true }, ...all.map(({ record }) => ({ label: record.title, number: true }))],
    rows: differ.map((name) => ({
      cells: [
        { kind: "text", text: names[name] },
        ...all.map((one): Cell => ({ kind: "number", text: assumedText(name, assumed(one, name)) })),
      ],
    })),
    empty: { title: "Nothing", text: "They take the same for granted." },
  };
}

function assumedText(name: Assumption, value: string | number | bigint | null): string {
  if (value === null) return "No rates";
  if (name === "startsOn") return formatDay(String(value));
  if (plainNumbers.includes(name)) return Number(value).toLocaleString("en-GB");
  return name === "insuranceShare" ? `${Number(value) / 100} %` : formatPence(Number(value));
}

/** The criteria of each plan with what was found, so that what was saved stands beside whether it worked. */
function criteriaTable(tx: Tx, all: readonly Beside[]): Table {
  return {
    caption: "Criteria of the plans, and what was found",
    columns: [
      { label: "Plan" },
      { label: "What is measured", wide: true },
      { label: "What we want" },
      { label: "What it is" },
      { label: "Measured on" },
      { label: "Met" },
    ],
    rows: all.flatMap((one) =>
      // The field is one of lines.
      ((one.record.values["criteria"] ?? []) as readonly Line[]).map((line) => ({
        cells: [
          planCell(tx, one),
          ...[line["measure"], line["wanted"], line["found"] ?? "Not measured yet"].map((text): Cell => ({
            kind: "text",
            text: String(text),
          })),
          typeof line["measuredOn"] === "string"
            ? { kind: "date", text: formatDay(line["measuredOn"]), iso: line["measuredOn"] }
            : { kind: "empty" },
          { kind: "text", text: met[String(line["outcome"])] ?? "Not said yet" },
        ] satisfies Cell[],
      })),
    ),
    empty: { title: "None", text: "None of these plans says how we will know that it worked." },
  };
}

/** Pounds over the years that all of them have rates for, by plan, what costs least first. */
export async function compareChart(all: readonly Beside[], what: keyof Horizon): Promise<Chart> {
  const years = Math.max(
    0,
    ...Array.from({ length: yearsCompared }, (_none, nth) => nth + 1).filter((many) =>
      all.every(({ horizons }) => horizons[many - 1]!.total !== null),
    ),
  );
  const sumOf = ({ horizons }: Beside) => horizons[Math.max(years, 1) - 1]![what];
  const inOrder = all.toSorted((one, other) => Number((sumOf(one) ?? 0n) - (sumOf(other) ?? 0n)));
  const cheapest = inOrder[0]!.record.title;
  const over = years === 0 ? "" : ` over ${plural(years, "year")}`;
  return {
    id: what === "total" ? "chart-total" : "chart-per-head",
    finding:
      years === 0
        ? "No rates hold when they begin"
        : `“${cheapest}” costs least${what === "perHead" ? " for one person" : ""}${over}`,
    description: `Pounds${what === "perHead" ? " for one person in a year" : " in all"}${over}, by plan`,
    svg: await drawChart({
      categories: inOrder.map(({ record }) => record.title),
      series: [
        { name: "Pounds", values: inOrder.map((one) => Math.round(Number(sumOf(one) ?? 0n) / 100)), as: "bars" },
      ],
      unit: "pounds",
      figures: true,
      across: true,
    }),
    table: {
      caption: `Pounds${over}`,
      columns: [
        { label: "Plan", wide: true },
        { label: "Pounds", number: true },
      ],
      rows: inOrder.map((one) => ({
        cells: [
          { kind: "text", text: one.record.title },
          { kind: "number", text: sumOf(one) === null ? "No rates" : formatPence(Number(sumOf(one))) },
        ],
      })),
    },
  };
}
