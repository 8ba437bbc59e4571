import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { evaluate } from "../../kernel/measures/evaluate.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import { groupingsOf } from "../../kernel/measures/groupings.ts";
import { seesMeasure } from "../../kernel/measures/measure.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { byControl, narrowingControls, periodControls, readPeriod, readWhere, usualBy } from "../measures/asked.ts";
import { measureChart } from "../measures/chart.ts";
import { csvAnswerOf, excelAnswerOf } from "../measures/files.ts";
import { howCounted, periodSentence, unitLabel } from "../measures/words.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { MeasurePage } from "../view/models.ts";
import { reportsPath } from "./reports.ts";

/** Each measure's own page: its picture, the table behind it, and what it is. And the same as files. */
export function registerMeasures(app: FastifyInstance, parts: WebParts): void {
  app.get("/measures/:measure", pageRoute(parts, measurePage));
  app.get(
    "/measures/:measure/csv",
    pageRoute(parts, async (page) => csvAnswerOf(...(await readFile(page)))),
  );
  app.get(
    "/measures/:measure/excel",
    pageRoute(parts, async (page) => excelAnswerOf(...(await readFile(page)))),
  );
}

/** The measure of an address. Refuses (unseen) one that there is not, or not for this person. */
export function measureNamed(tx: Tx, name: string): Measure {
  const measure = tx.registry.measures.get(name);
  return measure && seesMeasure(tx.actor, measure)
    ? measure
    : unseen("There is no such measure, or you may not see it");
}

/** What an address asks of a measure. */
async function askedOf(tx: Tx, page: PageRequest) {
  const measure = measureNamed(tx, page.params["measure"] ?? "");
  const chosen = readPeriod(page.query, tx.now);
  const by = first(page.query, "by") || usualBy(measure, chosen.period);
  const where = await readWhere(tx, measure, page.query);
  return { measure, chosen, by, where };
}

async function readFile(page: PageRequest): Promise<[name: string, counted: Counted[]]> {
  return page.as(async (tx) => {
    const { measure, chosen, by, where } = await askedOf(tx, page);
    return [measure.name, [await evaluate(tx, { measure, period: chosen.period, by, where })]];
  });
}

function measurePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const { measure, chosen, by, where } = await askedOf(tx, page);
    const counted = await evaluate(tx, { measure, period: chosen.period, by, where });
    const controls = await narrowingControls(tx, measure, where);
    const shell = await page.shell(tx, {
      title: measure.label,
      current: reportsPath,
      follows: `/${measure.type.path}`,
      followsEvery: 15,
    });
    const address = `/measures/${measure.name}`;
    const query = new URL(page.request.url, "http://reeve").search;
    const model: MeasurePage = {
      shell,
      breadcrumb: [{ text: "Reports", href: reportsPath }],
      title: measure.label,
      meaning: measure.meaning,
      query: {
        action: address,
        filters: [...periodControls(chosen), byControl(groupingsOf(tx.actor, measure), by)],
        more: {
          label: `Only some ${measure.type.label.many.toLowerCase()}`,
          open: Object.keys(where).length > 0,
          filters: controls,
        },
      },
      sentence: `${periodSentence(chosen.period, counted, tx.now)} Each figure leads to the records that it counts. Take it as a file:`,
      chart: await measureChart(counted),
      files: [
        { text: "CSV", href: `${address}/csv${query}` },
        { text: "Excel", href: `${address}/excel${query}` },
      ],
      facts: [
        ...((await measure.beside?.(tx)) ?? []),
        { label: "How it is counted", text: howCounted(measure) },
        { label: "Unit", text: unitLabel(measure) },
        { label: "Who answers for it", text: measure.owner },
        { label: "Days and weeks", text: "London’s days. A week begins on Monday." },
        { label: "For programs", text: `/api/v1/measures/${measure.name}` },
      ],
    };
    return { page: "measure", model };
  });
}
