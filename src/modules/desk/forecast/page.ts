import { may } from "../../../kernel/access.ts";
import { refuse, unseen } from "../../../kernel/errors.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { drawChart } from "../../../web/charts.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { formatCount, formatDue, formatWeekdayDate, plural } from "../../../web/view/format.ts";
import type { Cell, Chart, NumbersPage, Table, Tile } from "../../../web/view/models.ts";
import { queueFilter, readQueues } from "../numbers.ts";
import { Ticket } from "../ticket.record.ts";
import { deadlinesMax, readForecast } from "./read.ts";
import type { Deadline, Forecast, Hour } from "./read.ts";

export const forecastPath = "/desk/forecast";
const zone = "Europe/London";
const ticketsShownMax = 200;

interface Asked {
  readonly queue: string | null;
  /** A person’s id, or `none`. */
  readonly owner: string | null;
  /** `late`, or the hour as `2026-11-23T10`. */
  readonly hour: string | null;
  readonly clock: "respond" | "resolve" | null;
}

/** What breaches in the next hours if nothing is done, by queue and by owner, against who is planned to be there. */
export function deskForecast(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    // For those who work the tickets, as the desk's numbers are.
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const asked = readAsked(page);
    const queues = await readQueues(tx);
    if (asked.queue && !queues.some(({ id }) => id === asked.queue))
      refuse("queue", "Queue: select one of those in the list");
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
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Breach forecast",
      sentence: sentenceOf(forecast),
      query: { action: forecastPath, filters: [queueFilter(asked.queue, queues)] },
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

function readAsked({ query }: PageRequest): Asked {
  const [queue, owner, hour, clock] = ["queue", "owner", "hour", "clock"].map((name) => first(query, name));
  if (queue && !isId(queue)) refuse("queue", "Queue: select one of those in the list");
  if (owner && owner !== "none" && !isId(owner)) refuse("owner", "Owner: give the id of a person, or none");
  if (hour && hour !== "late" && !/^\d{4}-\d{2}-\d{2}T\d{2}$/.test(hour))
    refuse("hour", "Hour: follow one of the links");
  if (clock && clock !== "respond" && clock !== "resolve") refuse("clock", "Deadline: respond or resolve");
  return {
    queue: queue ? queue.toLowerCase() : null,
    owner: owner ? owner.toLowerCase() : null,
    hour: hour || null,
    // Checked above.
    clock: (clock || null) as Asked["clock"],
  };
}

function addressOf(asked: Asked, changed: Partial<Asked>): string {
  const all = Object.entries({ ...asked, ...changed }).filter(([, value]) => value !== null);
  const query = new URLSearchParams(all.map(([name, value]) => [name, String(value)])).toString();
  return `${forecastPath}${query === "" ? "" : `?${query}`}#tickets`;
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

const of = (breaches: readonly Deadline[], clock: Deadline["clock"]) => breaches.filter((one) => one.clock === clock);
const hourKey = ({ from }: Hour) => from.toPlainDateTime().toString().slice(0, 13);
const hourName = ({ from }: Hour) =>
  `${formatWeekdayDate(from.toPlainDate()).replace(/ \d{4}$/, "")}, ${clockTime(from)}`;
const clockTime = (from: Temporal.ZonedDateTime) => from.toPlainTime().toString({ smallestUnit: "minute" });

async function hoursChart(asked: Asked, { hours }: Forecast): Promise<Chart> {
  const planned = hours.some(({ cover }) => cover !== null);
  const worst = hours.toSorted((one, other) => other.breaches.length - one.breaches.length)[0];
  const finding =
    !worst || worst.breaches.length === 0
      ? "Nothing passes its deadline in these hours"
      : `Most pass their deadline on ${hourName(worst)}: ${plural(worst.breaches.length, "deadline")}${
          worst.cover === 0
            ? ", when nobody is on shift"
            : worst.cover
              ? `, with ${plural(worst.cover, "person", "people")} on shift`
              : ""
        }`;
  const hrefs = (clock: Deadline["clock"]) =>
    hours.map((hour) =>
      of(hour.breaches, clock).length > 0 ? addressOf(asked, { hour: hourKey(hour), clock }) : null,
    );
  const number = (count: number, href: string | null | undefined): Cell => ({
    kind: "number",
    text: formatCount(count),
    ...(href ? { href } : {}),
  });
  const [respond, resolve] = [hrefs("respond"), hrefs("resolve")];
  return {
    id: "hours",
    finding,
    description: `Deadlines that pass in each hour${planned ? ", and how many people are on shift" : ""}`,
    svg: await drawChart({
      categories: hours.map(
        (hour) =>
          `${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][hour.from.dayOfWeek - 1]} ${clockTime(hour.from)}`,
      ),
      unit: planned ? "deadlines, people" : "deadlines",
      stacked: true,
      series: [
        {
          name: "Respond",
          as: "bars",
          values: hours.map(({ breaches }) => of(breaches, "respond").length),
          hrefs: respond,
        },
        {
          name: "Resolve",
          as: "bars",
          values: hours.map(({ breaches }) => of(breaches, "resolve").length),
          hrefs: resolve,
        },
        ...(planned ? [{ name: "On shift", as: "line" as const, values: hours.map(({ cover }) => cover) }] : []),
      ],
    }),
    table: {
      caption: "Deadlines that pass, by hour",
      columns: [
        { label: "Hour from", wide: true },
        { label: "Respond", number: true },
        { label: "Resolve", number: true },
        ...(planned ? [{ label: "On shift", number: true }] : []),
      ],
      rows: hours.map((hour, at) => ({
        highlight: hour.cover === 0 && hour.breaches.length > 0,
        cells: [
          { kind: "text", text: hourName(hour) },
          number(of(hour.breaches, "respond").length, respond[at]),
          number(of(hour.breaches, "resolve").length, resolve[at]),
          ...(planned ? [number(hour.cover ?? 0, null)] : []),
        ],
      })),
    },
  };
}

/** How many bars there is room for. */
const barsMax = 8;

async function queuesChart(
  asked: Asked,
  coming: readonly Deadline[],
  names: ReadonlyMap<string, Named>,
): Promise<Chart> {
  const groups = groupsOf(coming, "queue").slice(0, barsMax);
  const nameOf = (id: string) => names.get(id)?.title ?? "Another queue";
  const [most] = groups;
  return {
    id: "queues",
    finding: most ? `${nameOf(most[0])} has the most: ${plural(most[1].length, "deadline")}` : "No queue has any",
    description: "Deadlines that pass in these hours, by queue",
    svg: await drawChart({
      categories: groups.map(([id]) => nameOf(id)),
      unit: "deadlines",
      across: true,
      series: [
        {
          name: "Deadlines",
          as: "bars",
          values: groups.map(([, breaches]) => breaches.length),
          hrefs: groups.map(([id]) => addressOf(asked, { queue: id, hour: null, clock: null })),
        },
      ],
    }),
    table: groupTable("Queue", "queue", coming, names, asked),
  };
}

/** The deadlines of each queue or owner (`none`: nobody’s), those with most first. */
function groupsOf(coming: readonly Deadline[], by: "queue" | "owner"): [string, Deadline[]][] {
  return [...Map.groupBy(coming, (one) => (by === "queue" ? one.queue : (one.ownerId ?? "none")))].toSorted(
    ([, one], [, other]) => other.length - one.length,
  );
}

function groupTable(
  label: string,
  by: "queue" | "owner",
  coming: readonly Deadline[],
  names: ReadonlyMap<string, Named>,
  asked: Asked,
): Table {
  const groups = groupsOf(coming, by);
  const figure = (key: string, breaches: readonly Deadline[], clock: Asked["clock"]): Cell => ({
    kind: "number",
    text: formatCount(breaches.length),
    ...(breaches.length > 0 ? { href: addressOf(asked, { [by]: key, hour: null, clock }) } : {}),
  });
  return {
    caption: `Deadlines that pass, by ${label.toLowerCase()}`,
    columns: [
      { label, wide: true },
      { label: "Respond", number: true },
      { label: "Resolve", number: true },
      { label: "In all", number: true },
    ],
    rows: groups.slice(0, 100).map(([key, breaches]) => ({
      cells: [
        { kind: "text", text: key === "none" ? "Nobody yet" : (names.get(key)?.title ?? "Somebody else") },
        figure(key, of(breaches, "respond"), "respond"),
        figure(key, of(breaches, "resolve"), "resolve"),
        figure(key, breaches, null),
      ],
    })),
    empty: { title: "Nothing", text: "Nothing passes its deadline in these hours." },
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
