import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { Figure } from "../../kernel/measures/evaluate.ts";
import { figureText, linkOf } from "../../web/measures/figures.ts";
import { formatCount, formatDate, formatMoment } from "../../web/view/format.ts";
import type { Filter, NumbersPage, Tile } from "../../web/view/models.ts";
import { deskCharts } from "./numbers-charts.ts";
import { weeksAsked, weeksFilter } from "./weeks.ts";
import { readNumbers } from "./numbers-read.ts";
import type { DeskNumbers, NumbersAsked } from "./numbers-read.ts";

export const numbersPath = "/desk/numbers";

const queuesMax = 100;

/** The desk's numbers: how much came, how much was done and how fast, what waits, and what was kept of what was promised. */
export function deskNumbers(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    // The numbers are for those who work the tickets; nobody else has a way to them.
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const asked = readAsked(page);
    const queues = await readQueues(tx);
    if (asked.queue && !queues.some(({ id }) => id === asked.queue))
      refuse("queue", "Queue: select one of those in the list");
    const numbers = await readNumbers(tx, asked);
    const shell = await page.shell(tx, {
      title: "Desk numbers",
      current: numbersPath,
      follows: "/tickets",
      followsEvery: 15,
    });
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Desk numbers",
      sentence: sentenceOf(numbers, tx.now),
      query: { action: numbersPath, filters: filtersOf(asked, queues) },
      links: [
        { text: "What the desk should learn", href: "/desk/learning" },
        { text: "Service levels compared with those of a log that was brought in", href: "/desk/levels-compared" },
      ],
      tiles: tilesOf(numbers),
      charts: await deskCharts(numbers),
    };
    return { page: "numbers", model };
  });
}

function readAsked(page: PageRequest): NumbersAsked {
  const queue = first(page.query, "queue");
  if (queue !== "" && !isId(queue)) refuse("queue", "Queue: select one of those in the list");
  return { queue: queue === "" ? null : queue.toLowerCase(), weeks: weeksAsked(page) };
}

/** The queues that the person sees, by name. */
export async function readQueues(tx: Tx): Promise<{ id: string; title: string }[]> {
  const { rows } = await sql<{ id: string; title: string }>`select id, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = 'queue' order by lower(title), id limit ${queuesMax}`.execute(
    tx.db,
  );
  return rows;
}

/** By which queue a page of the desk’s is narrowed. */
export function queueFilter(asked: string | null, queues: readonly { id: string; title: string }[]): Filter {
  return {
    kind: "select",
    name: "queue",
    label: "Queue",
    options: [
      { value: "", label: "All queues" },
      ...queues.map(({ id, title }) => ({ value: id, label: title, selected: id === asked })),
    ],
  };
}

function filtersOf(asked: NumbersAsked, queues: readonly { id: string; title: string }[]): Filter[] {
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
