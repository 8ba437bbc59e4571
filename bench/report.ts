import type { Figures } from "./measure.ts";

/** What was measured on one size. */
export interface SizeReport {
  readonly tickets: number;
  readonly figures: readonly Figures[];
  readonly memory: { readonly now: number; readonly most: number } | null;
  /** The most megabytes held while 500 pages were open beside that. */
  readonly watched: number | null;
}

interface Budget {
  readonly name: RegExp;
  readonly p50?: number;
  readonly p95?: number;
}

// What the product promises with one person asking, in milliseconds.
const budgets: readonly Budget[] = [
  { name: /^(Queue list|Ticket with|My work)/, p50: 12, p95: 30 },
  { name: /^Search/, p95: 60 },
  { name: /^What depends/, p95: 200 },
  { name: /^As you type/, p95: 80 },
];
/** With 500 pages open, of the slowest of them. */
const lastShownMs = 1000;
const createsPerSecond = 300;
const ratioMost = 1.5;
const memoryMost = 300;
const openPagesMost = 100;

/** The figures as a table, the larger size beside the smaller, with what is missed and by how much. */
export function tableOf(sizes: readonly SizeReport[]): string {
  const [small, large] = sizes;
  const header = [
    "",
    "at once",
    ...sizes.flatMap(({ tickets }) => [`${tickets.toLocaleString("en-GB")}: p50`, "p95", "a second"]),
    ...(large ? ["p50 ratio"] : []),
  ];
  const rows = (small?.figures ?? []).map((figures, at) => {
    const all = sizes.map((size) => size.figures[at] ?? figures);
    return [
      nameOf(all),
      String(figures.concurrency),
      ...all.flatMap(({ p50, p95, perSecond }) => [
        p50.toFixed(1),
        p95.toFixed(1),
        Number.isNaN(perSecond) ? "" : perSecond.toFixed(0),
      ]),
      ...(large ? [ratio(all).toFixed(2)] : []),
    ];
  });
  const widths = header.map((_name, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? "").length)));
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  const memory = sizes.map(
    ({ tickets, memory: held, watched }) =>
      `Web process at ${tickets.toLocaleString("en-GB")}: ${held ? `${held.now} MB now, ${held.most} MB at most, ${watched ?? "?"} MB with 500 pages open` : "memory not known on this system"}`,
  );
  return [
    ...lines,
    "",
    "Milliseconds, by this machine's own load as well as the product's.",
    ...memory,
    "",
    ...missed(sizes),
  ].join("\n");
}

/** A sentence for each budget that is missed, or one that none is. */
export function missed(sizes: readonly SizeReport[]): string[] {
  const sentences = sizes.flatMap(({ tickets, figures, memory, watched }) => [
    ...figures.flatMap((one) =>
      overBudget(one).map((sentence) => `Missed at ${tickets.toLocaleString("en-GB")}: ${sentence}`),
    ),
    ...(memory && memory.most >= memoryMost
      ? [`Missed at ${tickets.toLocaleString("en-GB")}: the web process held ${memory.most} MB of ${memoryMost}`]
      : []),
    ...(memory && watched !== null && watched - memory.most >= openPagesMost
      ? [
          `Missed at ${tickets.toLocaleString("en-GB")}: 500 open pages took ${watched - memory.most} MB of ${openPagesMost}`,
        ]
      : []),
  ]);
  const [small, large] = sizes;
  const grown = (large && small ? small.figures : []).flatMap((figures, at) => {
    const both = [figures, large!.figures[at]!];
    // Of ten times as many tickets ten times as many are counted.
    return figures.concurrency === 1 && !figures.name.endsWith("counted") && ratio(both) > ratioMost
      ? [`Missed: ${nameOf(both)} takes ${ratio(both).toFixed(2)} times as long, of ${ratioMost}`]
      : [];
  });
  return [...sentences, ...grown].length === 0 ? ["Every budget is kept."] : [...sentences, ...grown];
}

function overBudget({ name, concurrency, p50, p95, perSecond }: Figures): string[] {
  if (name.startsWith("Create") && concurrency === 8 && perSecond < createsPerSecond)
    return [`${name}: ${perSecond.toFixed(0)} a second of ${createsPerSecond}`];
  if (name.endsWith("the last shows it") && p95 > lastShownMs)
    return [`${name} after ${p95.toFixed(0)} ms of ${lastShownMs}`];
  const budget = concurrency === 1 ? budgets.find((one) => one.name.test(name)) : undefined;
  const over = (label: string, value: number, most = Number.POSITIVE_INFINITY) =>
    value > most ? [`${name}: ${label} ${value.toFixed(1)} ms of ${most}`] : [];
  return budget ? [...over("p50", p50, budget.p50), ...over("p95", p95, budget.p95)] : [];
}

/** The name, with the share of each size where they differ. */
function nameOf(all: readonly Figures[]): string {
  const [first, ...others] = all;
  const shares = others.map(({ name }) => /\(in ([\d.]+ %)\)/.exec(name)?.[1]).filter((share) => share !== undefined);
  return (first?.name ?? "").replace(/%\)$/, `%${shares.map((share) => ` and ${share}`).join("")})`);
}

function ratio([small, large]: readonly Figures[]): number {
  return (large?.p50 ?? Number.NaN) / (small?.p50 ?? Number.NaN);
}
