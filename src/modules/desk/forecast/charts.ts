import { drawChart } from "../../../web/charts.ts";
import type { Named } from "../../../web/names.ts";
import { formatCount, formatWeekdayDate, plural } from "../../../web/view/format.ts";
import type { Cell, Chart, Table } from "../../../web/view/models.ts";
import { addressOf } from "./asked.ts";
import type { Asked } from "./asked.ts";
import type { Deadline, Forecast, Hour } from "./read.ts";

const of = (breaches: readonly Deadline[], clock: Deadline["clock"]) => breaches.filter((one) => one.clock === clock);

/** How an address names an hour: `2026-11-23T10`. */
export const hourKey = ({ from }: Hour) => from.toPlainDateTime().toString().slice(0, 13);

/** "Monday 23 November, 10:00" */
export const hourName = ({ from }: Hour) =>
  `${formatWeekdayDate(from.toPlainDate()).replace(/ \d{4}$/, "")}, ${clockTime(from)}`;
const clockTime = (from: Temporal.ZonedDateTime) => from.toPlainTime().toString({ smallestUnit: "minute" });

/** What passes in each hour, against who is on shift. */
export async function hoursChart(asked: Asked, { hours }: Forecast): Promise<Chart> {
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

/** What passes in each queue. */
export async function queuesChart(
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

/** How much passes for each queue or owner. */
export function groupTable(
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
