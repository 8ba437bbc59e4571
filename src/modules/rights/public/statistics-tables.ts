import { figureText } from "../../../web/measures/figures.ts";
import { formatCount } from "../../../web/view/format.ts";
import type { Row, Table } from "../../../web/view/models.ts";
import { exemptions as exemptionLabels } from "../exemptions.ts";
import type { Counted, Tally } from "../statistics/figures.ts";
import { derive } from "../statistics/figures.ts";
import { quarterLabel } from "../statistics/periods.ts";
import type { PublicStatistics } from "./statistics-read.ts";

type Whole = "received" | "receivedLess" | "resolvable" | "reviews" | "reviewsKnown";

const wholes: Readonly<Record<Whole, string>> = {
  received: "received",
  receivedLess: "received, less on hold or lapsed",
  resolvable: "resolvable",
  reviews: "reviews asked for",
  reviewsKnown: "reviews with an outcome",
};

/** What section 8.5 of the Code of Practice under section 45 asks public authorities to publish, each share with what it is a share of. */
const lines: readonly (readonly [label: string, figure: Counted | Whole, whole: Whole | null])[] = [
  ["Received", "received", null],
  ["Answered", "processed", "received"],
  ["On hold, lapsed, withdrawn or passed on", "onHold", "received"],
  ["Still being dealt with", "processing", "received"],
  ["About the environment", "environmental", "received"],
  ["Received, less on hold or lapsed", "receivedLess", null],
  ["Answered within 20 working days", "inTime", "receivedLess"],
  ["Answered within a permitted extension", "extended", "receivedLess"],
  ["Late", "late", "receivedLess"],
  ["Advice and assistance alone", "advice", "receivedLess"],
  ["Not held", "notHeld", "receivedLess"],
  ["Resolvable: less advice and not held", "resolvable", null],
  ["Granted in full", "granted", "resolvable"],
  ["Withheld in part", "part", "resolvable"],
  ["Withheld in full", "withheld", "resolvable"],
  ["Not answered yet", "pending", "resolvable"],
  ["Internal reviews asked for", "reviews", null],
  ["Reviews with an outcome", "reviewsKnown", "reviews"],
  ["Our answer upheld", "reviewsUpheld", "reviewsKnown"],
  ["Our answer upheld in part", "reviewsPart", "reviewsKnown"],
  ["Our answer overturned", "reviewsOverturned", "reviewsKnown"],
];

/** The figures of the Code of Practice. */
export function publicCodeTable({ counts }: Pick<PublicStatistics, "counts">): Table {
  const derived: Tally & Readonly<Record<string, number | null>> = derive(counts);
  const of = (name: Counted | Whole) => (counts as Readonly<Record<string, number>>)[name] ?? derived[name] ?? 0;
  return {
    caption: "Figures of the Code of Practice",
    columns: [
      { label: "Requests", wide: true },
      { label: "Number", number: true },
      { label: "Share", number: true },
      { label: "Share of" },
    ],
    rows: lines.map(([label, figure, whole]): Row => ({
      highlight: whole === null,
      cells: [
        { kind: "text", text: label },
        { kind: "number", text: formatCount(of(figure)) },
        { kind: "number", text: whole === null ? "–" : shareText(of(figure), of(whole)) },
        whole === null ? { kind: "empty" } : { kind: "text", text: wholes[whole] },
      ],
    })),
  };
}

function shareText(part: number, whole: number): string {
  return figureText("percent", whole > 0 ? (part * 100) / whole : null);
}

/** How requests kept their time, a row for each period. */
export function publicTimeTable(
  caption: string,
  rows: readonly { readonly label: string; readonly counts: Tally; readonly href?: string }[],
): Table {
  const across = [
    ["Received", "received"],
    ["In 20 working days", "inTime"],
    ["In an extension", "extended"],
    ["Late", "late"],
    ["On hold or lapsed", "onHold"],
  ] as const;
  return {
    caption,
    columns: [
      { label: "Received in", wide: true },
      ...across.map(([label]) => ({ label, number: true })),
      { label: "In time, of received less on hold", number: true },
    ],
    rows: rows.map(({ label, counts, href }) => ({
      cells: [
        href === undefined ? { kind: "text", text: label } : { kind: "link", text: label, href },
        ...across.map(([, name]) => ({ kind: "number" as const, text: formatCount(counts[name] ?? 0) })),
        { kind: "number", text: figureText("percent", derive(counts).withExtensionShare) },
      ],
    })),
  };
}

/** The quarters of a longer period. */
export function publicQuarterTable({ quarters }: PublicStatistics): Table {
  return publicTimeTable(
    "By quarter received",
    quarters.map(({ name, counts }) => ({ label: quarterLabel(name), counts })),
  );
}

/** Requests by outcome, as they are drawn. */
export const outcomes = [
  ["Granted in full", "granted"],
  ["Withheld in part", "part"],
  ["Withheld in full", "withheld"],
  ["Not held", "notHeld"],
  ["Advice alone", "advice"],
  ["Not answered yet", "pending"],
] as const;

/** What became of requests. */
export function publicOutcomeTable({ counts }: PublicStatistics): Table {
  return {
    caption: "Requests by outcome",
    columns: [
      { label: "Outcome", wide: true },
      { label: "Requests", number: true },
    ],
    rows: outcomes.map(([label, name]) => ({
      cells: [
        { kind: "text", text: label },
        { kind: "number", text: formatCount(counts[name] ?? 0) },
      ],
    })),
  };
}

/** Service areas, with no number so small that it comes near to single requests. */
export function publicAreaTable({ told }: Pick<PublicStatistics, "told">): Table {
  return {
    caption: "By service area",
    columns: [
      { label: "Service area", wide: true },
      { label: "Received", number: true },
      { label: "In time", number: true },
      { label: "Late", number: true },
    ],
    rows: told.areas.map(({ area, received, inTime, late }) => ({
      cells: [
        { kind: "text", text: area },
        ...[received, inTime, late].map((text) => ({ kind: "number" as const, text })),
      ],
    })),
    empty: { title: "No requests", text: "Nothing was received in this period." },
  };
}

/** How often each exemption and exception was used: a request can name several. */
export function publicExemptionTable({ told, counts }: Pick<PublicStatistics, "told" | "counts">): Table {
  const claimed = counts.exempted ?? 0;
  const labels: Readonly<Record<string, string>> = exemptionLabels;
  const shares = told.exemptions.some(({ many }) => many !== null);
  return {
    caption: "Exemptions and exceptions",
    columns: [
      { label: "Section of the Act, or regulation", wide: true },
      { label: "Requests", number: true },
      ...(shares ? [{ label: `Share of the ${formatCount(claimed)} in which one was used`, number: true }] : []),
    ],
    rows: told.exemptions.map(({ name, text, many }) => ({
      cells: [
        { kind: "text", text: labels[name] ?? name },
        { kind: "number", text },
        ...(shares ? [{ kind: "number" as const, text: many === null ? "not told" : shareText(many, claimed) }] : []),
      ],
    })),
    empty: toldBefore(told) ?? { title: "None", text: "No exemption or exception was used in this period." },
  };
}

/** Said where an overlapping period was published first. */
export function toldBefore({ from }: PublicStatistics["told"]): { title: string; text: string } | null {
  if (from !== "none") return null;
  return {
    title: "Not told apart",
    text: "We published a period before that shares days with this one. With figures of both, small numbers could be worked out by subtracting.",
  };
}
