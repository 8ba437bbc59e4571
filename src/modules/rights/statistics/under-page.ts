import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { Cell, TablesPage } from "../../../web/view/models.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import { mustReadStatistics, periodAsked, statisticsPath, under } from "./address.ts";
import { isFigure } from "./classes.ts";
import { requestsUnder } from "./count.ts";
import { areaLabel, choiceLabel, figureLabel } from "./words.ts";

const shownMax = 100;
/** Beyond this the file or the list is the way. */
const offsetMax = 100_000;

/** GET: the requests that a figure counts. */
export function underPage(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, showUnder);
}

function showUnder(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustReadStatistics(tx);
    const period = periodAsked(tx, page);
    const figure = first(page.query, "figure") || "received";
    if (!isFigure(figure)) refuse("figure", "Figure: follow one of the links of the statistics");
    const area = first(page.query, "area") || undefined;
    if (area !== undefined && !/^[a-z0-9_]{1,60}$/i.test(area))
      refuse("area", "Service area: follow one of the links of the statistics");
    const from = first(page.query, "from") || "0";
    if (!/^\d{1,6}$/.test(from) || Number(from) > offsetMax) refuse("from", "Follow one of the links of the page");
    const found = await requestsUnder(tx, { figure, period, area, offset: Number(from), limit: shownMax + 1 });
    const { states } = typeNamed(tx.registry, "information_request");
    const where = area === undefined ? "" : `, ${areaLabel(tx.registry, area === "none" ? null : area)}`;
    const title = `Requests ${figureLabel(figure)}`;
    const rows = found.slice(0, shownMax).map((one) => ({
      cells: [
        { kind: "link", text: one.reference, href: `/information-requests/${encodeURIComponent(one.reference)}` },
        { kind: "text", text: one.title },
        { kind: "text", text: choiceLabel(tx.registry, "regime", one.regime) },
        { kind: "text", text: areaLabel(tx.registry, one.area) },
        { kind: "date", text: formatDay(one.receivedOn), iso: one.receivedOn },
        one.answeredOn === null
          ? { kind: "empty" }
          : { kind: "date", text: formatDay(one.answeredOn), iso: one.answeredOn },
        { kind: "text", text: states[one.state]?.label ?? one.state },
      ] satisfies Cell[],
    }));
    const model: TablesPage = {
      shell: await page.shell(tx, { title, current: statisticsPath }),
      breadcrumb: [
        { text: "Information requests", href: "/information-requests" },
        { text: "Information statistics", href: `${statisticsPath}?period=${period.name}` },
      ],
      title,
      sentence: `Received in ${period.label}${where}, the earliest first.`,
      errors: wrong.errors,
      sections: [
        {
          id: "requests",
          title: from === "0" ? "Requests" : `Requests from the ${Number(from) + 1}th on`,
          table: {
            caption: title,
            columns: [
              { label: "Request" },
              { label: "Subject", wide: true },
              { label: "Under" },
              { label: "Service area" },
              { label: "Received" },
              { label: "Answered" },
              { label: "State" },
            ],
            rows,
            empty: { title: "None", text: "No request that you may see is counted here." },
          },
        },
      ],
      ...(found.length > shownMax
        ? {
            older: {
              text: "Later requests",
              href: `${under(period, figure, area === "none" ? null : area)}&from=${Number(from) + shownMax}`,
            },
          }
        : {}),
    };
    return { page: "tables", model };
  });
}
