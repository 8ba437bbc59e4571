import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import { formatCount, formatDue, formatWeekdayDate, plural } from "../../../web/view/format.ts";
import type { NumbersPage, Table, Tile } from "../../../web/view/models.ts";
import { queueFilter, queuesToChoose } from "../queue-choice.ts";
import { Ticket } from "../ticket.record.ts";
import { addressOf, forecastPath, readAsked } from "./asked.ts";
import type { Asked } from "./asked.ts";
import { groupTable, hourKey, hourName, hoursChart, queuesChart } from "./charts.ts";
import { deadlinesMax, readForecast } from "./read.ts";
import type { Deadline, Forecast } from "./read.ts";

const zone = "Europe/London";
const ticketsShownMax = 200;

/** What breaches in the next hours if nothing is done, by queue and by owner, against who is planned to be there. */
export function deskForecast(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, forecastPage);
}

function forecastPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    // For those who work the tickets, as the desk's numbers are.
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const asked = readAsked(page);
    const queues = await queuesToChoose(tx, asked.queue);
    const forecast = await readForecast(tx, asked);
    const coming = forecast.hours.flatMap(({ breaches }) => breaches);
    const names = await namesOf(
      tx,
      [...coming, ...forecast.late].flatMap(({ ownerId, queue }) => [ownerId, queue]),
    );
    const shell = await page.shell(tx, {
      title: "Breach forecast",
      current: forecastPath,
      follows: "/tickets",
      followsEvery: 15,
    });
    const filters = wrong.beside([queueFilter(asked.queue, queues)]);
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Breach forecast",
      sentence: sentenceOf(forecast),
      errors: wrong.errors,
      query: { action: forecastPath, filters },
      tiles: tilesOf(asked, forecast, coming, tx.now),
      charts: [await hoursChart(asked, forecast), await queuesChart(asked, coming, names)],
      sections: [
        { id: "owners", title: "By owner", table: groupTable("Owner", "owner", coming, names, asked) },
        { id: "tickets", ...ticketsOf(tx, asked, forecast, coming, names) },
      ],
    };
    return { page: "numbers", model };
  });
}

function sentenceOf({ until, more, hours }: Forecast): string {
  const end = until.subtract({ hours: 1 });
  const planned = hours.some(({ cover }) => cover !== null);
  return [
    `What passes its deadline until ${formatWeekdayDate(end.toPlainDate())} at ${end.toPlainTime().toString({ smallestUnit: "minute" })}, if nothing is done.`,
    "What waits for somebody else stands still and is not in it. Each figure leads to its tickets.",
    planned ? "" : "No shifts are planned for these hours, so who is there is not shown.",
    more ? `Only the first ${formatCount(deadlinesMax)} deadlines are counted.` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function tilesOf(asked: Asked, { late, hours }: Forecast, coming: readonly Deadline[], now: Temporal.Instant): Tile[] {
  const whole = { ...asked, hour: null, clock: null };
  const soon = coming.filter(({ dueAt }) => Date.parse(dueAt) < now.epochMilliseconds + 3_600_000);
  const nobodys = coming.filter(({ ownerId }) => ownerId === null);
  const bare = hours.filter(({ cover, breaches }) => cover === 0 && breaches.length > 0);
  const bareBreaches = bare.reduce((sum, { breaches }) => sum + breaches.length, 0);
  return [
    tile(
      late.length,
      late.length === 1 ? "is late already" : "are late already",
      "bad",
      addressOf(whole, { hour: "late" }),
    ),
    tile(soon.length, "within the next hour", soon.length > 0 ? "warn" : "neutral", addressOf(whole, {})),
    tile(coming.length, "in these hours", "neutral", addressOf(whole, {})),
    tile(
      nobodys.length,
      "of them nobody has",
      nobodys.length > 0 ? "warn" : "neutral",
      addressOf(whole, { owner: "none" }),
    ),
    ...(hours.some(({ cover }) => cover !== null)
      ? [tile(bareBreaches, "when nobody is on shift", bareBreaches > 0 ? ("bad" as const) : ("neutral" as const))]
      : []),
  ];
}

function tile(count: number, label: string, tone: Tile["tone"], href?: string): Tile {
  return {
    figure: formatCount(count),
    label,
    tone: count === 0 ? "neutral" : tone,
    ...(href === undefined || count === 0 ? {} : { href }),
  };
}

/** The tickets that were asked for, the soonest first. */
function ticketsOf(
  tx: Tx,
  asked: Asked,
  { late, hours }: Forecast,
  coming: readonly Deadline[],
  names: ReadonlyMap<string, Named>,
): { title: string; table: Table } {
  const hour = hours.find((one) => hourKey(one) === asked.hour);
  const from = asked.hour === "late" ? late : asked.hour === null ? coming : (hour?.breaches ?? []);
  const chosen = from.filter(({ clock }) => asked.clock === null || clock === asked.clock);
  const when = asked.hour === "late" ? "late already" : hour ? `in the hour from ${hourName(hour)}` : "in these hours";
  const count =
    chosen.length > ticketsShownMax
      ? `the first ${ticketsShownMax} of ${plural(chosen.length, "deadline")}`
      : plural(chosen.length, "deadline");
  return {
    title: `Tickets: ${count} ${when}${asked.owner === "none" ? " that nobody has" : ""}`,
    table: {
      caption: "Tickets that pass a deadline",
      columns: [
        { label: "Ticket" },
        { label: "Summary", wide: true },
        { label: "Deadline" },
        { label: "Due" },
        { label: "Owner" },
        { label: "Queue" },
      ],
      rows: chosen.slice(0, ticketsShownMax).map((one) => ({
        cells: [
          { kind: "link", text: one.reference, href: `/tickets/${encodeURIComponent(one.reference)}` },
          { kind: "text", text: one.title },
          { kind: "text", text: Ticket.clocks[one.clock]?.label ?? one.clock },
          { kind: "due", ...formatDue(Temporal.Instant.from(one.dueAt), { now: tx.now, zone }), iso: one.dueAt },
          {
            kind: "text",
            text: one.ownerId === null ? "Nobody yet" : (names.get(one.ownerId)?.title ?? "Somebody else"),
          },
          { kind: "text", text: names.get(one.queue)?.title ?? "" },
        ],
      })),
      empty: { title: "Nothing here", text: "No ticket passes such a deadline in these hours." },
    },
  };
}
