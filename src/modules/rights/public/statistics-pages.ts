import { drawChart } from "../../../web/charts.ts";
import { figureText } from "../../../web/measures/figures.ts";
import { formatDate, plural } from "../../../web/view/format.ts";
import type { Chart, PortalBlock, PortalPage, Tag } from "../../../web/view/models.ts";
import { cabinetOfficeCsv } from "../statistics/csv.ts";
import { derive } from "../statistics/figures.ts";
import { periodOf } from "../statistics/periods.ts";
import { notTold, smallBelow } from "../statistics/small-numbers.ts";
import { contactLines, publicShell, statisticsHref } from "./front.ts";
import type { PublicPlace } from "./front.ts";
import type { PublicStatistics } from "./statistics-read.ts";
import {
  outcomes,
  publicAreaTable,
  publicCodeTable,
  publicExemptionTable,
  publicOutcomeTable,
  publicQuarterTable,
  publicTimeTable,
  toldBefore,
} from "./statistics-tables.ts";

/** So many periods are drawn beside each other. */
const drawnMax = 8;
const title = "How we answer requests";

/** The quarters that were published, drawn beside each other; null where there is none. */
export async function statisticsChart(base: string, published: readonly PublicStatistics[]): Promise<Chart | null> {
  const quarters = published
    .filter(({ period }) => period.includes("-q"))
    .slice(0, drawnMax)
    .toReversed();
  if (quarters.length === 0) return null;
  return {
    id: "time",
    finding: "How requests kept their time, quarter by quarter",
    description: "Requests by the quarter in which they were received, those on hold or lapsed left out",
    svg: await drawTimes(
      quarters.map(({ period, counts }) => ({
        name: `${period.slice(5).toUpperCase()} ${period.slice(0, 4)}`,
        counts,
      })),
    ),
    table: publicTimeTable(
      "By quarter received",
      quarters.toReversed().map(({ label, counts, period }) => ({ label, counts, href: statisticsHref(base, period) })),
    ),
  };
}

function drawTimes(parts: readonly Pick<PublicStatistics["quarters"][number], "name" | "counts">[]): Promise<string> {
  const times = [
    ["In 20 working days", "inTime"],
    ["In an extension", "extended"],
    ["Late", "late"],
  ] as const;
  return drawChart({
    categories: parts.map(({ name }) => name),
    unit: "requests",
    stacked: true,
    series: times.map(([name, figure]) => ({
      name,
      as: "bars" as const,
      values: parts.map(({ counts }) => counts[figure] ?? 0),
    })),
  });
}

/** What became of requests, drawn. */
export async function outcomeChart(statistics: PublicStatistics): Promise<Chart> {
  const { grantedShare } = derive(statistics.counts);
  return {
    id: "outcomes",
    finding:
      grantedShare === null
        ? "Nothing could be resolved"
        : `${figureText("percent", grantedShare)} of what could be resolved was granted in full`,
    description: "Requests by what became of them, those on hold or lapsed left out",
    svg: await drawChart({
      categories: outcomes.map(([label]) => label),
      unit: "requests",
      across: true,
      series: [{ name: "Requests", as: "bars", values: outcomes.map(([, name]) => statistics.counts[name] ?? 0) }],
    }),
    table: publicOutcomeTable(statistics),
  };
}

/** The first page of statistics: the latest figures, and all that were published. */
export function statisticsPage(
  place: PublicPlace,
  published: readonly PublicStatistics[],
  chart: Chart | null,
  stale: readonly PortalBlock[],
): PortalPage {
  const { base, front } = place;
  const [latest] = published;
  return {
    shell: publicShell(place, title, { indexed: true }),
    back: { text: "Information from the council", href: base },
    title,
    lead: "How many requests for information we get, and how well we keep the time that the law gives us.",
    blocks: [
      ...stale,
      ...(latest ? [bandBlock(latest)] : [nothingYet(place)]),
      ...(chart ? [chartBlock(chart)] : []),
      ...(latest
        ? [
            {
              kind: "rows" as const,
              id: "published",
              title: "Figures we published",
              rows: published.map((one) => ({
                text: one.label,
                href: statisticsHref(base, one.period),
                note: `${plural(one.counts.received ?? 0, "request")}, ${figureText("percent", derive(one.counts).withExtensionShare)} in time. Published on ${dayOf(one)}`,
              })),
            },
          ]
        : []),
      {
        kind: "inset",
        lines: [
          `${front.name} publishes these under section 8.5 of the Code of Practice of the Freedom of Information Act 2000.`,
          "They count requests under the Act and the Environmental Information Regulations 2004, and not those of people for their own data.",
        ],
      },
      askAgain(base),
    ],
  };
}

/** Said plainly, so that an empty page is not taken for a broken one. */
function nothingYet({ front }: PublicPlace): PortalBlock {
  return {
    kind: "inset",
    lines: [
      "No figures are published here yet.",
      "We publish those of a quarter when it has ended, when each of its requests was answered or is late, and when all figures add up.",
      ...contactLines(front),
    ],
  };
}

/** The figures of one period. */
export function periodPage(
  place: PublicPlace,
  statistics: PublicStatistics,
  chart: Chart,
  stale: readonly PortalBlock[],
): PortalPage {
  const { base } = place;
  const { label, period, quarters } = statistics;
  return {
    shell: publicShell(place, `Requests received in ${label}`, { indexed: true }),
    back: { text: title, href: statisticsHref(base) },
    title: `Requests received in ${label}`,
    blocks: [
      ...stale,
      bandBlock(statistics),
      chartBlock(chart),
      tableBlock("Figures of the Code of Practice", publicCodeTable(statistics)),
      ...(quarters.length > 1 ? [tableBlock("By quarter", publicQuarterTable(statistics))] : []),
      areaBlock(statistics),
      tableBlock("Exemptions and exceptions", publicExemptionTable(statistics)),
      {
        kind: "rows",
        id: "file",
        title: "Download",
        rows: [
          {
            text: "These figures as a CSV file",
            href: `${statisticsHref(base, period)}/file.csv`,
            note: `In the columns of the Cabinet Office’s statistics. “-” is not counted here, and ${notTold} is not told: it is small, or would tell a small one`,
          },
        ],
      },
      { kind: "html", title: "How the figures are made", titleShown: true, html: howMade(statistics) },
      askAgain(base),
    ],
  };
}

function howMade(statistics: PublicStatistics): string {
  const said = [
    `Last reconciled on ${dayOf(statistics)}, when they were published: each figure was checked to be the sum of its parts. They stay as they were then.`,
    "“In time” is a share of the requests received, less those on hold, lapsed, withdrawn or passed on to somebody else. Some councils take a share of the answers that they sent, which gives a higher figure.",
    "“Resolvable” are those requests less those that were answered by advice alone, and those for what we do not hold.",
    "A permitted extension is one that the law allows: to weigh the public interest, or for a large or difficult request about the environment.",
    `By service area and by exemption we tell no number from 1 to ${smallBelow - 1}: who asked might be guessed. Where one of them is so small, how many were in time and late is told by fives for all. A request can name several exemptions.`,
    "Where a quarter and its year are both published, the year tells by area and exemption just what its quarters tell, added up, so that nothing can be worked out by subtracting.",
  ];
  // Every word of it is ours.
  return `<ul>${said.map((one) => `<li>${one}</li>`).join("")}</ul>`;
}

/** The figures of one period in the shape of the Cabinet Office’s file. */
export function statisticsFile({ body, period, counts, publishedAt, told }: PublicStatistics): string {
  const { column } = periodOf(period, publishedAt.toString().slice(0, 10));
  return cabinetOfficeCsv([{ period: column, body, tally: counts }], { untold: told.untold });
}

const bands: Readonly<Record<NonNullable<PublicStatistics["band"]>, Tag>> = {
  good: { text: "The regulator’s band: good", tone: "good" },
  adequate: { text: "The regulator’s band: adequate", tone: "warn" },
  unsatisfactory: { text: "The regulator’s band: unsatisfactory", tone: "bad" },
};

function bandBlock({ counts, band, label }: PublicStatistics): PortalBlock {
  const { receivedLess: whole, withExtensionShare } = derive(counts);
  const inTime = (counts.inTime ?? 0) + (counts.extended ?? 0);
  return {
    kind: "inset",
    ...(band === null ? {} : { tag: bands[band] }),
    lines:
      band === null
        ? [`No request that was received in ${label} had to be answered.`]
        : [
            `Of the requests received in ${label}, ${figureText("percent", withExtensionShare)} were answered in time: ${inTime} of ${whole ?? 0}, permitted extensions included.`,
            "The Information Commissioner looks at councils by this figure: 95% and more is good, 90 to 95% adequate, and less than 90% unsatisfactory.",
          ],
  };
}

function chartBlock(chart: Chart): PortalBlock {
  return { kind: "section", section: { kind: "chart", chart } };
}

function tableBlock(heading: string, table: Chart["table"] & object): PortalBlock {
  return { kind: "section", section: { kind: "table", title: heading, table } };
}

/** Where every service area had few requests there is nothing to tell apart. */
function areaBlock(statistics: PublicStatistics): PortalBlock {
  const table = publicAreaTable(statistics);
  const before = toldBefore(statistics.told);
  if (before !== null) return tableBlock("By service area", { ...table, rows: [], empty: before });
  if (table.rows.length > 1) return tableBlock("By service area", table);
  const empty = {
    title: "Not told apart",
    text: "So few requests were about the work of any one service area that who asked might be guessed.",
  };
  return tableBlock("By service area", { ...table, rows: [], empty });
}

function dayOf({ publishedAt }: PublicStatistics): string {
  return formatDate(publishedAt.toZonedDateTimeISO("Europe/London").toPlainDate());
}

function askAgain(base: string): PortalBlock {
  return { kind: "moves", moves: [{ label: "Ask for information", href: `${base}/ask`, method: "get" }] };
}
