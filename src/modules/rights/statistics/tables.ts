import { figureText } from "../../../web/measures/figures.ts";
import { formatCount } from "../../../web/view/format.ts";
import type { Cell, Row, Table } from "../../../web/view/models.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { exemptions as exemptionLabels } from "../exemptions.ts";
import { under } from "./address.ts";
import type { FigureName } from "./classes.ts";
import { derive } from "./figures.ts";
import { quarterLabel } from "./periods.ts";
import type { Figures, Statistics } from "./statistics.ts";
import { areaLabel } from "./words.ts";

type Named = Parameters<Figures["of"]>[0];

/** A count that leads to its requests. */
export function countCell(many: number, href: string): Cell {
  return { kind: "number", text: formatCount(many), ...(many > 0 ? { href } : {}) };
}

function shareCell(part: number, whole: number): Cell {
  return { kind: "number", text: figureText("percent", whole > 0 ? (part * 100) / whole : null) };
}

/** What section 8.5 of the Code of Practice asks public authorities to publish, each share with what it is a share of. */
export function codeTable({ period, of }: Statistics): Table {
  const lines: readonly (readonly [label: string, figure: Named, whole: Named | null])[] = [
    ["Received", "received", null],
    ["of these answered", "processed", "received"],
    ["of these on hold, lapsed, withdrawn or transferred", "onHold", "received"],
    ["of these still being dealt with", "processing", "received"],
    ["of these environmental", "environmental", "received"],
    ["Received, less on hold or lapsed", "receivedLess", null],
    ["Answered within 20 working days", "inTime", "receivedLess"],
    ["Answered within a permitted extension", "extended", "receivedLess"],
    ["Late, answered since", "lateDone", "receivedLess"],
    ["Late, not answered yet", "lateOpen", "receivedLess"],
    ["Not yet due", "notYetDue", "receivedLess"],
    ["Advice and assistance alone", "advice", "receivedLess"],
    ["Not held", "notHeld", "receivedLess"],
    ["Resolvable: less advice and not held", "resolvable", null],
    ["Granted in full", "granted", "resolvable"],
    ["Withheld in part", "part", "resolvable"],
    ["Withheld in full", "withheld", "resolvable"],
    ["Not answered yet", "pending", "resolvable"],
    ["Internal reviews asked for", "reviews", null],
    ["with an outcome", "reviewsKnown", "reviews"],
    ["upheld", "reviewsUpheld", "reviewsKnown"],
    ["upheld in part", "reviewsPart", "reviewsKnown"],
    ["overturned", "reviewsOverturned", "reviewsKnown"],
  ];
  const wholes: Readonly<Partial<Record<Named, string>>> = {
    received: "received",
    receivedLess: "received, less on hold or lapsed",
    resolvable: "resolvable",
    reviews: "reviews asked for",
    reviewsKnown: "reviews with an outcome",
  };
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
        countCell(of(figure), under(period, figure)),
        whole === null ? { kind: "number", text: "" } : shareCell(of(figure), of(whole)),
        whole === null ? { kind: "empty" } : { kind: "text", text: wholes[whole] ?? "" },
      ],
    })),
  };
}

const across = [
  ["Received", "received"],
  ["In 20 days", "inTime"],
  ["Extended", "extended"],
  ["Late", "late"],
  ["Not yet due", "notYetDue"],
  ["On hold or lapsed", "onHold"],
] as const;

function acrossTable(
  caption: string,
  label: string,
  rows: readonly { readonly name: string; readonly figures: Figures; readonly href: (figure: FigureName) => string }[],
): Table {
  return {
    caption,
    columns: [
      { label, wide: true },
      ...across.map(([name]) => ({ label: name, number: true })),
      { label: "In time, of received less on hold", number: true },
    ],
    rows: rows.map(({ name, figures: { of, tally }, href }) => ({
      cells: [
        { kind: "text", text: name },
        ...across.map(([, figure]) => countCell(of(figure), href(figure))),
        { kind: "number", text: figureText("percent", derive(tally).withExtensionShare) },
      ],
    })),
  };
}

/** The figures by quarter. */
export function quarterTable({ quarters }: Statistics): Table {
  return acrossTable(
    "By quarter received",
    "Quarter",
    quarters.map(({ name, ...figures }) => ({
      name: quarterLabel(name),
      figures,
      href: (figure) => under(name, figure),
    })),
  );
}

/** The figures by service area. */
export function areaTable(registry: Registry, { areas, period }: Statistics): Table {
  return {
    ...acrossTable(
      "By service area",
      "Service area",
      areas.map(({ area, ...figures }) => ({
        name: areaLabel(registry, area),
        figures,
        href: (figure) => under(period, figure, area),
      })),
    ),
    empty: { title: "No requests", text: "Nothing was received in this period." },
  };
}

/** How often each exemption and exception was claimed: a request can name several. */
export function exemptionTable({ exemptions, period, of }: Statistics): Table {
  const claimed = of("exempted");
  return {
    caption: "Exemptions and exceptions claimed",
    columns: [
      { label: "Section or regulation", wide: true },
      { label: "Requests", number: true },
      { label: "Share of requests in which one was claimed", number: true },
    ],
    rows: exemptions.map(({ name, many }) => ({
      cells: [
        { kind: "text", text: exemptionLabels[name] },
        countCell(many, under(period, name)),
        shareCell(many, claimed),
      ],
    })),
    empty: { title: "None", text: "No exemption or exception was claimed in this period." },
  };
}

/** What must hold before figures can be published, what does not first. */
export function checkTable({ checks, period }: Statistics): Table {
  return {
    caption: "What must hold before these figures can be published",
    columns: [{ label: "Holds" }, { label: "Check", wide: true }, { label: "What to do" }],
    rows: checks
      .toSorted((one, other) => Number(one.holds) - Number(other.holds))
      .map(({ says, holds, wrong, figure }): Row => ({
        highlight: !holds,
        cells: [
          { kind: "tag", text: holds ? "Yes" : "No", tone: holds ? "good" : "bad" },
          { kind: "text", text: says },
          wrong === ""
            ? { kind: "empty" }
            : figure === undefined
              ? { kind: "text", text: wrong }
              : { kind: "link", text: wrong, href: under(period, figure) },
        ],
      })),
  };
}
