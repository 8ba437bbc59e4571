import { may } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { Figure } from "../../kernel/measures/evaluate.ts";
import { figureText, linkOf } from "../../web/measures/figures.ts";
import { answerAsked } from "../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../web/wrongly-asked.ts";
import { formatCount, formatDate, formatMoment } from "../../web/view/format.ts";
import type { Filter, NumbersPage, Tile } from "../../web/view/models.ts";
import { deskCharts } from "./numbers-charts.ts";
import { queueAsked, queueFilter, queuesToChoose } from "./queue-choice.ts";
import type { QueueChoice } from "./queue-choice.ts";
import { weeksAsked, weeksFilter } from "./weeks.ts";
import { seesNumbers } from "./sees-numbers.ts";
import { readNumbers } from "./numbers-read.ts";
import type { DeskNumbers, NumbersAsked } from "./numbers-read.ts";

export const numbersPath = "/desk/numbers";

/** The desk's numbers: how much came, how much was done and how fast, what waits, and what was kept of what was promised. */
export function deskNumbers(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, numbersPage);
}

function numbersPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!seesNumbers(tx.actor)) unseen("There is no such page");
    const asked = readAsked(page);
    const queues = await queuesToChoose(tx, asked.queue);
    const numbers = await readNumbers(tx, asked);
    const shell = await page.shell(tx, {
      title: "Desk numbers",
      current: numbersPath,
      follows: "/tickets",
      followsEvery: 15,
    });
    const filters = wrong.beside(filtersOf(asked, queues));
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Desk numbers",
      sentence: sentenceOf(numbers, tx.now),
      errors: wrong.errors,
      query: { action: numbersPath, filters },
      links: may(tx.actor, "ticket", "internal")
        ? [
            { text: "What the desk should learn", href: "/desk/learning" },
            { text: "Service levels compared with those of a log that was brought in", href: "/desk/levels-compared" },
          ]
        : [],
      tiles: tilesOf(numbers),
      charts: await deskCharts(numbers),
    };
    return { page: "numbers", model };
  });
}

function readAsked(page: PageRequest): NumbersAsked {
  return { queue: queueAsked(page), weeks: weeksAsked(page) };
}

function filtersOf(asked: NumbersAsked, queues: readonly QueueChoice[]): Filter[] {
  return [queueFilter(asked.queue, queues), weeksFilter(asked.weeks)];
}

function sentenceOf({ opened: { rows, readAt } }: DeskNumbers, now: Temporal.Instant): string {
  const from = rows[0]?.step ? formatDate(Temporal.PlainDate.from(rows[0].step.from)) : "";
  const counted =
    readAt.epochMilliseconds === now.epochMilliseconds
      ? ""
      : ` Counted on ${formatMoment(readAt, "Europe/London")}; the lists show how it is now.`;
  return `From ${from} to now. Each figure leads to the tickets that it counts.${counted}`;
}

function tilesOf({ opened, resolved, open, half, metShare, metThroughPauses, reopenedShare }: DeskNumbers): Tile[] {
  const minutes = half.total.value;
  const only = metThroughPauses.total.value ?? 0;
  return [
    tile(formatCount(opened.total.value ?? 0), "opened", opened.total),
    tile(formatCount(resolved.total.value ?? 0), "resolved", resolved.total),
    tile(formatCount(open.total.value ?? 0), "open now", open.total),
    tile(
      figureText("minutes", minutes !== null && minutes >= 60 ? Math.round(minutes / 60) * 60 : minutes),
      "of working time resolved half",
      half.total,
    ),
    tile(
      figureText("percent", metShare.total.value),
      only > 0 ? `met the target, ${formatCount(only)} only through pauses` : "met the target",
      metShare.total,
    ),
    tile(figureText("percent", reopenedShare.total.value), "were reopened", reopenedShare.total),
  ];
}

function tile(figure: string, label: string, counted: Figure): Tile {
  return { figure, label, tone: "neutral", ...linkOf(counted) };
}
