import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { formatCount, formatDate, formatMoment } from "../../web/view/format.ts";
import type { Filter, NumbersPage, Tile } from "../../web/view/models.ts";
import { deskCharts, metShare, share, workingTime } from "./numbers-charts.ts";
import { deskLists } from "./numbers-links.ts";
import type { DeskLists } from "./numbers-links.ts";
import { readNumbers } from "./numbers-read.ts";
import type { DeskNumbers, NumbersAsked } from "./numbers-read.ts";

export const numbersPath = "/desk/numbers";

const periods = [4, 12, 26] as const;
const periodUsual = 12;
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
    const lists = deskLists(asked, numbers);
    const shell = await page.shell(tx, { title: "Desk numbers", current: numbersPath });
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Desk numbers",
      sentence: sentenceOf(numbers, tx.now),
      query: { action: numbersPath, filters: filtersOf(asked, queues) },
      tiles: tilesOf(numbers, lists),
      charts: await deskCharts(numbers, lists),
    };
    return { page: "numbers", model };
  });
}

function readAsked({ query }: PageRequest): NumbersAsked {
  const queue = first(query, "queue");
  const weeks = first(query, "weeks") || String(periodUsual);
  if (queue !== "" && !isId(queue)) refuse("queue", "Queue: select one of those in the list");
  const known =
    periods.find((period) => String(period) === weeks) ?? refuse("weeks", `Period: select ${periods.join(", ")} weeks`);
  return { queue: queue === "" ? null : queue.toLowerCase(), weeks: known };
}

async function readQueues(tx: Tx): Promise<{ id: string; title: string }[]> {
  const { rows } = await sql<{ id: string; title: string }>`select id, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = 'queue' order by lower(title), id limit ${queuesMax}`.execute(
    tx.db,
  );
  return rows;
}

function filtersOf(asked: NumbersAsked, queues: readonly { id: string; title: string }[]): Filter[] {
  return [
    {
      kind: "select",
      name: "queue",
      label: "Queue",
      options: [
        { value: "", label: "All queues" },
        ...queues.map(({ id, title }) => ({ value: id, label: title, selected: id === asked.queue })),
      ],
    },
    {
      kind: "select",
      name: "weeks",
      label: "Period",
      options: periods.map((weeks) => ({
        value: String(weeks),
        label: `The last ${weeks} weeks`,
        selected: weeks === asked.weeks,
      })),
    },
  ];
}

function sentenceOf({ weeks, readAt }: DeskNumbers, now: Temporal.Instant): string {
  const from = weeks[0] ? formatDate(Temporal.PlainDate.from(weeks[0].week)) : "";
  const counted =
    readAt.epochMilliseconds === now.epochMilliseconds
      ? ""
      : ` Counted on ${formatMoment(readAt, "Europe/London")}; the lists show how it is now.`;
  return `From ${from} to now. Each figure leads to the tickets that it counts.${counted}`;
}

function tilesOf({ weeks, all }: DeskNumbers, lists: DeskLists): Tile[] {
  const opened = weeks.reduce((sum, week) => sum + week.opened, 0);
  const open = weeks.at(-1)?.openAtEnd ?? 0;
  const half = all.halfMinutes >= 60 ? Math.round(all.halfMinutes / 60) * 60 : all.halfMinutes;
  const met =
    all.metOnlyByPause > 0
      ? `met the target, ${formatCount(all.metOnlyByPause)} only through pauses`
      : "met the target";
  return [
    tile(formatCount(opened), "opened", opened > 0 && lists.opened()),
    tile(formatCount(all.resolved), "resolved", all.resolved > 0 && lists.resolved()),
    tile(formatCount(open), "open now", lists.openNow()),
    tile(
      all.resolved === 0 ? "–" : workingTime(half),
      "of working time resolved half",
      all.resolved > 0 && lists.resolved(),
    ),
    tile(metShare(all), met, all.met > 0 && lists.resolved({ outcome: "met" })),
    tile(
      all.resolved === 0 ? "–" : share(all.reopened, all.resolved),
      "were reopened",
      all.reopened > 0 && lists.resolved({ reopened: true }),
    ),
  ];
}

function tile(figure: string, label: string, href: string | false): Tile {
  return { figure, label, tone: "neutral", ...(href === false ? {} : { href }) };
}
