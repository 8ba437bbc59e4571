import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { todayAt } from "../../kernel/measures/periods.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import type { Unit } from "../../kernel/measures/measure.ts";
import { findReport, listReports, removeReport } from "../../kernel/reports/reports.ts";
import type { Report } from "../../kernel/reports/reports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { measureChart } from "../measures/chart.ts";
import { csvAnswerOf, excelAnswerOf } from "../measures/files.ts";
import { figureText, linkOf, unitWords } from "../measures/figures.ts";
import { evaluateReport, measuresSeen } from "../measures/report.ts";
import type { ReportAsked } from "../measures/report.ts";
import { periodSentence } from "../measures/words.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plural } from "../view/format.ts";
import type { ListedReport, ReportPage, Tile } from "../view/models.ts";
import { registerReportForm } from "./report-form.ts";
import { registerReportSending, sendingPart } from "./report-sending.ts";
import type { SendingForm } from "./report-sending.ts";

/** Where people keep their reports and find every measure. */
export const reportsPath = "/reports";

/** Reports: saved sets of measures with a period and filters, as pages and as files. */
export function registerReports(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get(reportsPath, pageRoute(parts, reportsPage));
  registerReportForm(app, parts);
  app.get(
    `${reportsPath}/:report`,
    pageRoute(parts, (page) => reportPage(page)),
  );
  app.get(
    `${reportsPath}/:report/csv`,
    pageRoute(parts, async (page) => csvAnswerOf(...(await readFile(page)))),
  );
  app.get(
    `${reportsPath}/:report/excel`,
    pageRoute(parts, async (page) => excelAnswerOf(...(await readFile(page)))),
  );
  app.post(`${reportsPath}/:report/remove`, form, pageRoute(parts, remove));
  registerReportSending(app, parts, reportPage);
}

function reportsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const [seen, reports] = [measuresSeen(tx), await listReports(tx)];
    if (seen.length === 0 && reports.length === 0) unseen("There is no such page");
    const shell = await page.shell(tx, { title: "Reports", current: reportsPath });
    const modules = tx.registry.modules.map(({ label, measures = [] }) => ({
      label,
      items: measures
        .filter((measure) => seen.includes(measure))
        .map(({ label: text, name, meaning }) => ({ text, href: `/measures/${name}`, meaning })),
    }));
    return {
      page: "reports",
      model: {
        shell,
        title: "Reports",
        create: { text: "New report", href: `${reportsPath}/new` },
        own: reports.filter(({ own }) => own).map(listedReport),
        others: reports.filter(({ own }) => !own).map(listedReport),
        measures: modules.filter(({ items }) => items.length > 0),
      },
    };
  });
}

function listedReport({ id, name, own, ownerName, teamName, sending, mailed }: Report): ListedReport {
  const notes = [
    own ? (teamName === null ? "" : `Shared with ${teamName}`) : `By ${ownerName ?? "somebody else"}`,
    own && sending ? `Mailed each ${sending.every}` : "",
    mailed ? "Mailed to you" : "",
  ];
  return { text: name, href: `${reportsPath}/${id}`, note: notes.filter((note) => note !== "").join(". ") };
}

/** A report's page; `typed` is what stands in its forms where one was refused. */
async function reportPage(page: PageRequest, typed: SendingForm | null = null): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const report = await findReport(tx, page.params["report"] ?? "");
    const { asked, counted } = await evaluateReport(tx, report.query);
    const shell = await page.shell(tx, {
      title: report.name,
      current: reportsPath,
      // What was refused stands at an address that cannot be read again.
      ...(typed ? {} : { followsAlso: counted.map(({ measure }) => measure.type) }),
      followsEvery: 15,
    });
    const mails = page.parts.mail !== undefined && shell.demo === undefined;
    const address = `${reportsPath}/${report.id}`;
    const model: ReportPage = {
      shell,
      breadcrumb: [{ text: "Reports", href: reportsPath }],
      title: report.name,
      sentence: sentenceOf(tx, report, asked, counted),
      tiles: counted.map(tileOf),
      charts: await Promise.all(counted.map((one, at) => chartOf(tx, asked, one, at))),
      files: [
        { text: "CSV", href: `${address}/csv` },
        { text: "Excel", href: `${address}/excel` },
      ],
      notes: notesOf(asked),
      ...(report.own ? { own: await sendingPart(tx, report, { mails, typed }) } : {}),
      ...(report.mailed && !report.own ? { leaveAction: `${address}/leave` } : {}),
    };
    return { page: "report", model, status: typed ? 422 : 200 };
  });
}

function sentenceOf(tx: Tx, { own, ownerName }: Report, { chosen }: ReportAsked, counted: readonly Counted[]): string {
  const readAt = counted.map((one) => one.readAt).toSorted(Temporal.Instant.compare)[0] ?? tx.now;
  const by = own ? "" : `A report of ${ownerName ?? "somebody else"}, counted as you may see it. `;
  return `${by}${periodSentence(chosen.period, { readAt }, tx.now)} Each figure leads to the records that it counts. Take it as a file:`;
}

function notesOf({ items, unseen: hidden }: ReportAsked): string[] {
  return [
    ...(items.length === 0 ? ["There is nothing in it that you may see."] : []),
    ...(hidden > 0 && items.length > 0
      ? [
          `${plural(hidden, "measure")} of it ${hidden === 1 ? "is" : "are"} not shown: you may not see ${hidden === 1 ? "it" : "them"}, or they are gone.`,
        ]
      : []),
  ];
}

function tileOf({ measure, total }: Counted): Tile {
  const unit = typeof measure.unit === "object" ? unitWords(measure.unit) : "";
  const label = measure.label.toLowerCase().startsWith(unit) ? measure.label : `${unit}: ${measure.label}`;
  return { figure: tileText(measure.unit, total.value), label, tone: "neutral", ...linkOf(total) };
}

/** A tile has room for whole hours where there is one at all. */
function tileText(unit: Unit, value: number | null): string {
  return figureText(unit, unit === "minutes" && value !== null && value >= 60 ? Math.round(value / 60) * 60 : value);
}

async function chartOf(tx: Tx, { chosen, where }: ReportAsked, counted: Counted, at: number) {
  const { measure, by } = counted;
  const query = new URLSearchParams({
    period: chosen.name,
    ...(chosen.name === "days" ? chosen.period : {}),
    by: by ?? "",
  });
  for (const [name, values] of Object.entries(where.get(measure.type.name) ?? {}))
    for (const value of values) query.append(name, value);
  return {
    ...(await measureChart(counted, `measure-${at + 1}`)),
    link: { text: "What it is", href: `/measures/${measure.name}?${query.toString()}` },
  };
}

async function readFile(page: PageRequest): Promise<[name: string, counted: Counted[]]> {
  return page.as(async (tx) => {
    const report = await findReport(tx, page.params["report"] ?? "");
    const { counted } = await evaluateReport(tx, report.query);
    return [fileName(report.name, todayAt(tx.now).toString()), counted];
  });
}

/** A report's name as a file can have it, with the day. */
export function fileName(name: string, day: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${plain || "report"}-${day}`;
}

async function remove(page: PageRequest): Promise<PageAnswer> {
  await page.as((tx) => removeReport(tx, page.params["report"] ?? ""));
  return { redirect: reportsPath, flash: "The report is removed." };
}
