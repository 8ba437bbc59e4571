import { may } from "../../../kernel/access.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { drawChart } from "../../../web/charts.ts";
import { figureText } from "../../../web/measures/figures.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { formatCount, plural } from "../../../web/view/format.ts";
import type { Chart, NumbersPage, Tile } from "../../../web/view/models.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import {
  filePath,
  mustReadStatistics,
  periodAsked,
  periodFilter,
  publishPath,
  publishedPath,
  statisticsPath,
  under,
} from "./address.ts";
import { bandOf, derive } from "./figures.ts";
import { statisticsOf } from "./statistics.ts";
import type { Statistics } from "./statistics.ts";
import { areaTable, checkTable, codeTable, exemptionTable, quarterTable } from "./tables.ts";
import { areaLabel, bandLabels } from "./words.ts";

/** GET: statistics of requests for information, each figure with the requests under it. */
export function statisticsPage(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, showStatistics);
}

function showStatistics(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustReadStatistics(tx);
    const period = periodAsked(tx, page);
    const statistics = await statisticsOf(tx, period);
    const query = `?period=${period.name}`;
    const filters = wrong.beside([periodFilter(tx, period)]);
    const shell = await page.shell(tx, {
      title: "Information statistics",
      current: statisticsPath,
      follows: "/information-requests",
      followsEvery: 15,
    });
    const publishes = may(tx.actor, "information_request", "change") && may(tx.actor, "information_request", "approve");
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Information requests", href: "/information-requests" }],
      title: "Information statistics",
      sentence: sentenceOf(statistics),
      errors: wrong.errors,
      query: { action: statisticsPath, filters },
      links: [
        { text: "The Cabinet Office’s columns as CSV", href: `${filePath}${query}` },
        ...(publishes ? [{ text: "Publish these figures", href: `${publishPath}${query}` }] : []),
        { text: "What was published", href: publishedPath },
      ],
      tiles: tilesOf(statistics),
      charts: await chartsOf(page.parts.registry, statistics),
      sections: [
        { id: "code", title: "Figures of the Code of Practice", table: codeTable(statistics) },
        { id: "exemptions", title: "Exemptions and exceptions", table: exemptionTable(statistics) },
        { id: "checks", title: checksTitle(statistics), table: checkTable(statistics) },
      ],
    };
    return { page: "numbers", model };
  });
}

function sentenceOf({ period, of }: Statistics): string {
  return `${plural(of("received"), "request")} under the Freedom of Information Act and the Environmental Information Regulations received in ${period.label}, and ${plural(of("reviews"), "internal review")}. Each figure leads to its requests.`;
}

function checksTitle({ checks }: Statistics): string {
  const wrong = checks.filter(({ holds }) => !holds).length;
  return wrong === 0 ? "Checks: all hold" : `Checks: ${plural(wrong, "does", "do")} not hold yet`;
}

const bandTones = { good: "good", adequate: "warn", unsatisfactory: "bad" } as const;

function tilesOf({ period, of, tally }: Statistics): Tile[] {
  const { withExtensionShare } = derive(tally);
  // While some may still be answered in time, the share says little of how the council does.
  const band = of("notYetDue") > 0 ? null : bandOf(withExtensionShare);
  const tile = (figure: Parameters<Statistics["of"]>[0], label: string, tone: Tile["tone"] = "neutral"): Tile => ({
    figure: formatCount(of(figure)),
    label,
    tone: of(figure) > 0 ? tone : "neutral",
    ...(of(figure) > 0 ? { href: under(period, figure) } : {}),
  });
  const answeredInTime = of("inTime") + of("extended");
  const answered = answeredInTime + of("lateDone");
  return [
    tile("received", "received"),
    {
      figure: figureText("percent", withExtensionShare),
      label: "in time, of received less on hold",
      tone: band === null ? "neutral" : bandTones[band],
    },
    band === null
      ? { figure: "–", label: "the regulator’s band, once all were due", tone: "neutral" }
      : { figure: bandLabels[band].share, label: `the regulator’s band: ${bandLabels[band].label}`, tone: "neutral" },
    {
      figure: figureText("percent", answered > 0 ? (answeredInTime * 100) / answered : null),
      label: "in time, of those answered",
      tone: "neutral",
    },
    tile("lateOpen", "late and open", "bad"),
    tile("notYetDue", "not yet due"),
  ];
}

async function chartsOf(registry: Registry, statistics: Statistics): Promise<Chart[]> {
  const { quarters, areas, period, tally, of } = statistics;
  const { withExtensionShare, grantedShare } = derive(tally);
  const worst = areas.toSorted((one, other) => other.of("late") - one.of("late"))[0];
  const bands = [
    ["In 20 working days", "inTime"],
    ["In an extension", "extended"],
    ["Late", "late"],
  ] as const;
  const shown = areas.slice(0, 8);
  const outcomes = ["granted", "part", "withheld", "notHeld", "advice", "pending"] as const;
  const outcomeNames = [
    "Granted in full",
    "Withheld in part",
    "Withheld in full",
    "Not held",
    "Advice alone",
    "Not answered yet",
  ];
  return [
    {
      id: "time",
      finding:
        withExtensionShare === null
          ? "Nothing was due"
          : `${figureText("percent", withExtensionShare)} were answered in time${of("notYetDue") > 0 ? `; ${formatCount(of("notYetDue"))} are not yet due` : ""}`,
      description: "Requests by the quarter in which they were received, and how they kept their time",
      svg: await drawChart({
        categories: quarters.map(({ name }) => `${name.slice(5).toUpperCase()} ${name.slice(0, 4)}`),
        unit: "requests",
        stacked: true,
        series: bands.map(([name, figure]) => ({
          name,
          as: "bars" as const,
          values: quarters.map((one) => one.of(figure)),
          hrefs: quarters.map((one) => (one.of(figure) > 0 ? under(one.name, figure) : null)),
        })),
      }),
      table: quarterTable(statistics),
    },
    {
      id: "areas",
      finding:
        !worst || worst.of("late") === 0
          ? "No service area was late"
          : `${areaLabel(registry, worst.area)} was late most often: ${plural(worst.of("late"), "request")} of ${formatCount(worst.of("receivedLess"))}`,
      description: "Requests received, by service area",
      svg: await drawChart({
        categories: shown.map(({ area }) => areaLabel(registry, area)),
        unit: "requests",
        across: true,
        series: [
          {
            name: "Requests",
            as: "bars",
            values: shown.map((one) => one.of("received")),
            hrefs: shown.map((one) => under(period, "received", one.area)),
          },
        ],
      }),
      table: areaTable(registry, statistics),
    },
    {
      id: "outcomes",
      finding:
        grantedShare === null
          ? "Nothing could be resolved"
          : `${figureText("percent", grantedShare)} of what could be resolved was granted in full`,
      description: "Requests by what became of them, those on hold or lapsed left out",
      svg: await drawChart({
        categories: outcomeNames,
        unit: "requests",
        across: true,
        series: [
          {
            name: "Requests",
            as: "bars",
            values: outcomes.map((name) => of(name)),
            hrefs: outcomes.map((name) => (of(name) > 0 ? under(period, name) : null)),
          },
        ],
      }),
      table: {
        caption: "Requests by outcome",
        columns: [
          { label: "Outcome", wide: true },
          { label: "Requests", number: true },
        ],
        rows: outcomes.map((name, at) => ({
          cells: [
            { kind: "text", text: outcomeNames[at] ?? name },
            { kind: "number", text: formatCount(of(name)), ...(of(name) > 0 ? { href: under(period, name) } : {}) },
          ],
        })),
      },
    },
  ];
}
