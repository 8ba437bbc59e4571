import { Refusal } from "../../kernel/errors.ts";
import type { Said } from "../../kernel/mail/compose.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import { todayAt } from "../../kernel/measures/periods.ts";
import { findReport } from "../../kernel/reports/reports.ts";
import type { Report } from "../../kernel/reports/reports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { fileName } from "../pages/reports.ts";
import { formatDate } from "../view/format.ts";
import { findingOf, measurePicture } from "./chart.ts";
import { csvOf } from "./files.ts";
import { pngOf } from "./picture.ts";
import { evaluateReport } from "./report.ts";

/** Says a report to whoever gets it by mail, counted as they may see it: each finding with its picture, and the figures as a CSV file. */
export async function sayReport(tx: Tx, reportId: string, baseUrl: string): Promise<Said | null> {
  try {
    const report = await findReport(tx, reportId);
    // A mail that waited while they were taken off the list is not sent any more.
    if (!report.mailed) return null;
    return await said(tx, report, `${baseUrl}/reports/${report.id}`);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  }
}

async function said(tx: Tx, report: Report, href: string): Promise<Said | null> {
  const why = {
    text: `You get this because ${report.own ? "you have" : `${report.ownerName ?? "somebody"} has`} this report mailed to you.`,
    href,
  };
  const counted = await countOrWhyNot(tx, report);
  if (typeof counted === "string")
    return {
      subject: report.name,
      lead: `The report “${report.name}” could not be counted: ${counted}.`,
      items: [{ name: report.name, sentence: "Look at it in Reeve.", href }],
      more: null,
      why,
    };
  const [first] = counted;
  if (!first) return null;
  const [from, to] = [first.period.from, first.period.to].map((day) => formatDate(Temporal.PlainDate.from(day)));
  const pictures = await Promise.all(counted.map(async (one) => pngOf(await measurePicture(one))));
  const contentId = (at: number) => `picture-${at + 1}@${report.id}`;
  return {
    subject: `${report.name}: ${from} to ${to}`,
    lead: `What “${report.name}” says from ${from} to ${to}, counted as you may see it. The figures are in the file that comes with this.`,
    items: counted.map((one, at) => ({
      name: one.measure.label,
      sentence: `${findingOf(one)}.`,
      href,
      picture: { contentId: contentId(at), width: 460 },
    })),
    more: null,
    attachments: [
      ...pictures.map((content, at) => ({
        name: `${counted[at]!.measure.name}.png`,
        mediaType: "image/png",
        content,
        contentId: contentId(at),
      })),
      {
        name: `${fileName(report.name, todayAt(tx.now).toString())}.csv`,
        mediaType: "text/csv; charset=utf-8",
        content: Buffer.from(csvOf(counted)),
      },
    ],
    why,
  };
}

/** What it counts; or why it cannot, where a sentence says so (it would take too long, a filter is gone). */
async function countOrWhyNot(tx: Tx, { query }: Report): Promise<Counted[] | string> {
  try {
    return (await evaluateReport(tx, query)).counted;
  } catch (error) {
    if (error instanceof Refusal && error.kind !== "unseen") return error.message;
    throw error;
  }
}
