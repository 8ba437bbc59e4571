import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import type { Refusal } from "../../../kernel/errors.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import { formatMoment } from "../../../web/view/format.ts";
import type { Cell, TablesPage } from "../../../web/view/models.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import { mustReadStatistics, periodAsked, publishPath, publishedPath, statisticsPath } from "./address.ts";
import { cabinetOfficeCsv } from "./csv.ts";
import type { StatisticsPeriod } from "./periods.ts";
import { bodyName, publishStatistics, publishedOf } from "./publish.ts";
import { statisticsOf } from "./statistics.ts";

const breadcrumb = [
  { text: "Information requests", href: "/information-requests" },
  { text: "Information statistics", href: statisticsPath },
];

/** GET: the figures of a period as a row of the Cabinet Office’s file. */
export function statisticsFile(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustReadStatistics(tx);
    const period = periodAsked(tx, page);
    const [{ tally, quarters }, body] = [await statisticsOf(tx, period), await bodyName(tx)];
    const rows = [
      { period: period.column, body, tally },
      ...(quarters.length > 1
        ? quarters.map((one) => ({ period: `Q${one.name.slice(-1)} ${one.name.slice(0, 4)}`, body, tally: one.tally }))
        : []),
    ];
    return csvAnswer(`information-statistics-${period.name}`, cabinetOfficeCsv(rows));
  });
}

/** GET: what is asked before figures are published. */
export function publishForm(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, () => page.as((tx) => showForm(page, tx, periodAsked(tx, page), null)));
}

async function showForm(
  page: PageRequest,
  tx: Tx,
  period: StatisticsPeriod,
  refusal: Refusal | null,
): Promise<PageAnswer> {
  mustPublish(tx);
  const { checks } = await statisticsOf(tx, period);
  const wrong = checks.filter(({ holds }) => !holds);
  const problems =
    refusal?.problems.map(({ message }) => message) ?? wrong.map(({ says, wrong: why }) => `${says}: ${why}`);
  const title = `Publish the statistics of ${period.label}`;
  const back = `${statisticsPath}?period=${period.name}`;
  return {
    page: "form",
    status: refusal ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title, current: statisticsPath }),
      breadcrumb,
      title,
      intro:
        problems.length === 0
          ? [
              `All ${checks.length} checks hold. What is published is kept as it is now, with a mark by which anybody can tell that it was not changed.`,
              "Everybody can read it on the public pages. It says nobody’s name, and no number from 1 to 4 by service area or exemption.",
            ]
          : ["These figures cannot be published yet. Put right what is said above, and come back."],
      errors: problems.map((text) => ({ text })),
      form: {
        action: `${publishPath}?period=${period.name}`,
        hidden: [submissionField()],
        fields: [],
        submit: { label: problems.length === 0 ? "Publish" : "Look again" },
        cancel: { text: "Cancel", href: back },
      },
    },
  };
}

/** POST: publishes the figures of a period, if they reconcile. */
export function postPublish(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      mustPublish(tx);
      const statistics = await statisticsOf(tx, periodAsked(tx, page));
      await publishStatistics(tx, statistics);
      return { location: publishedPath, recordId: tx.actor.personId ?? tx.actor.organisationId };
    },
    flash: () => "The statistics are published",
    again: (tx, refusal) => showForm(page, tx, periodAsked(tx, page), refusal),
  });
}

/** GET: what was published, the newest first. */
export function publishedPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustReadStatistics(tx);
    const published = await publishedOf(tx);
    const model: TablesPage = {
      shell: await page.shell(tx, { title: "Published statistics", current: statisticsPath }),
      breadcrumb,
      title: "Published statistics",
      sentence:
        "What was published stays as it was. The mark is the SHA-256 of the content: whoever has both can tell that they belong together.",
      sections: [
        {
          id: "published",
          title: "Published",
          table: {
            caption: "Published statistics",
            columns: [
              { label: "Received in" },
              { label: "Published" },
              { label: "File" },
              { label: "Mark", wide: true },
            ],
            rows: published.map(({ label, publishedAt, sha256 }) => ({
              cells: [
                { kind: "text", text: label },
                {
                  kind: "date",
                  text: formatMoment(Temporal.Instant.from(publishedAt), "Europe/London"),
                  iso: publishedAt,
                },
                { kind: "link", text: "Content as JSON", href: `${publishedPath}/${sha256}` },
                { kind: "text", text: sha256 },
              ] satisfies Cell[],
            })),
            empty: {
              title: "Nothing was published yet",
              text: "When all checks of a period hold, its figures can be published.",
              actions: [{ text: "Information statistics", href: statisticsPath }],
            },
          },
        },
      ],
    };
    return { page: "tables", model };
  });
}

/** GET: the content of published statistics, to the letter. */
export function publishedContent(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustReadStatistics(tx);
    const found =
      (await publishedOf(tx)).find(({ sha256 }) => sha256 === page.params["sha256"]) ?? unseen("There is no such page");
    return {
      body: found.content,
      type: "application/json; charset=utf-8",
      headers: { "content-disposition": `attachment; filename="information-statistics-${found.period}.json"` },
    };
  });
}

function mustPublish(tx: Tx): void {
  if (!["change", "approve"].every((permission) => may(tx.actor, "information_request", permission)))
    unseen("There is no such page");
}

function csvAnswer(name: string, body: string): PageAnswer {
  return {
    body,
    type: "text/csv; charset=utf-8",
    headers: { "content-disposition": `attachment; filename="${name}.csv"` },
  };
}
