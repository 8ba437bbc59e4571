import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { first } from "../../../web/page.ts";
import type { PageRequest } from "../../../web/page.ts";
import type { Filter } from "../../../web/view/models.ts";
import type { FigureName } from "./classes.ts";
import { offeredPeriods, periodOf, usualPeriod } from "./periods.ts";
import type { StatisticsPeriod } from "./periods.ts";

export const statisticsPath = "/rights/statistics";
export const underPath = `${statisticsPath}/requests`;
export const filePath = `${statisticsPath}/file.csv`;
export const publishPath = `${statisticsPath}/publish`;
export const publishedPath = `${statisticsPath}/published`;

/** Statistics are for those who work the requests; nobody else has a way to them before they are published. */
export function mustReadStatistics(tx: Tx): void {
  if (!may(tx.actor, "information_request", "internal")) unseen("There is no such page");
}

/** The day in London of a transaction. */
export function todayOf(tx: Tx): string {
  return tx.now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}

/** The period that an address asks for. Refuses (invalid) what is none. */
export function periodAsked(tx: Tx, { query }: Pick<PageRequest, "query">): StatisticsPeriod {
  const today = todayOf(tx);
  return periodOf(first(query, "period") || usualPeriod(today), today);
}

/** The control that chooses it. */
export function periodFilter(tx: Tx, asked: StatisticsPeriod): Filter {
  const offered = offeredPeriods(todayOf(tx));
  const all = offered.some(({ name }) => name === asked.name) ? offered : [asked, ...offered];
  return {
    kind: "select",
    name: "period",
    label: "Received in",
    options: all.map(({ name, label }) => ({ value: name, label, selected: name === asked.name })),
  };
}

/** The address of the requests under a figure. */
export function under(period: StatisticsPeriod | string, figure: FigureName, area?: string | null): string {
  const name = typeof period === "string" ? period : period.name;
  const query = new URLSearchParams({ period: name, figure, ...(area === undefined ? {} : { area: area ?? "none" }) });
  return `${underPath}?${query.toString()}`;
}
