import { conditionOf } from "../../kernel/asked.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatDate } from "../view/format.ts";
import type { Timeline, TimelineBar } from "../view/models.ts";
import { listHref } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { momentOf } from "./list-cells.ts";
import { baseColumns, fieldsRead } from "./list-columns.ts";
import { dateChoices, hasClocks, monthName } from "./list-groups.ts";
import { countOf, listed } from "./list-read.ts";
import type { Seen } from "./list-seen.ts";
import { addressOf, pageClock, stateTag } from "./places.ts";

const rowsOfPage = 50;
/** Bars are placed by hundredths of the room there is. */
const width = 100;

/** The dates between which bars run until the person says otherwise. */
export function usualDates(tx: Tx, type: RecordType): { from: string; to: string } {
  if (type.dated) return { from: "validFrom", to: "validUntil" };
  // Dates that only some records are asked for, or that a move or the product gives, are no two ends of one.
  const fields = dateChoices(tx, type).filter(({ name }) => {
    const { askedByMoveOnly, readOnly } = type.fields[name]?.options ?? {};
    return !Object.hasOwn(baseColumns, name) && !conditionOf(type, name) && !askedByMoveOnly && !readOnly;
  });
  const [first, second] = fields;
  if (first && second) return { from: first.name, to: second.name };
  return { from: "opened", to: hasClocks(type) ? "due" : "closed" };
}

interface Span {
  readonly record: Stored;
  readonly from: Temporal.PlainDate | null;
  readonly to: Temporal.PlainDate | null;
}

/** The list as bars from one date to another, page by page, with the dates in words beside each. */
export async function seenOnTimeline(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  const usual = usualDates(tx, type);
  const [from, to] = [address.on || usual.from, address.to || usual.to];
  const found = await listed(tx, type, { ...address, columns: fieldsRead([type.titleField, from, to]) }, rowsOfPage);
  const spans = found.items.map((record) => ({ record, from: dayIn(tx, record, from), to: dayIn(tx, record, to) }));
  return {
    ids: [],
    many: () => countOf(tx, type, address, found),
    any: found.items.length > 0,
    middle: () =>
      Promise.resolve({
        timeline: timelineOf(tx, type, spans, [from, to]),
        paging: {
          ...(found.previousCursor ? { previousHref: listHref(type, address, { cursor: found.previousCursor }) } : {}),
          ...(found.nextCursor ? { nextHref: listHref(type, address, { cursor: found.nextCursor }) } : {}),
        },
      }),
  };
}

function dayIn(tx: Tx, record: Stored, name: string): Temporal.PlainDate | null {
  const value = Object.hasOwn(baseColumns, name) ? momentOf(record, name) : record.values[name];
  if (typeof value !== "string") return null;
  return value.length === 10
    ? Temporal.PlainDate.from(value)
    : Temporal.Instant.from(value).toZonedDateTimeISO(pageClock(tx).zone).toPlainDate();
}

function timelineOf(tx: Tx, type: RecordType, spans: readonly Span[], names: readonly [string, string]): Timeline {
  const { now, zone } = pageClock(tx);
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const days = [today, ...spans.flatMap(({ from, to }) => [from ?? [], to ?? []].flat())].toSorted(
    Temporal.PlainDate.compare,
  );
  const first = days[0]!.subtract({ days: 1 });
  // Room after the last day, so that a bar without an end is seen to go on.
  const last = days.at(-1)!.add({ days: Math.max(2, Math.ceil(first.until(days.at(-1)!).days / 20)) });
  const scale = (day: Temporal.PlainDate) =>
    Math.round((first.until(day).days / first.until(last).days) * width * 10) / 10;
  const [fromLabel, toLabel] = names.map((name) => type.fields[name]?.options.label ?? baseColumns[name] ?? name);
  return {
    fromLabel: fromLabel ?? "",
    toLabel: toLabel ?? "",
    today: { x: scale(today), text: "Today" },
    ticks: ticksOf(first, last).map(({ day, text }) => ({ x: scale(day), text })),
    bars: spans.map((span) => barOf(tx, type, span, scale)),
  };
}

function barOf(
  tx: Tx,
  type: RecordType,
  { record, from, to }: Span,
  scale: (day: Temporal.PlainDate) => number,
): TimelineBar {
  const [start, end] = [from ?? to, to ?? null];
  const backwards = from !== null && to !== null && Temporal.PlainDate.compare(to, from) < 0;
  const x = start === null ? 0 : scale(backwards ? end! : start);
  const until = start === null ? 0 : end === null ? width : scale((backwards ? start : end).add({ days: 1 }));
  return {
    reference: record.reference,
    title: record.title,
    href: addressOf(tx, record),
    state: stateTag(type, record.state),
    from: from === null ? "" : formatDate(from),
    to: to === null ? "" : formatDate(to),
    x,
    width: start === null ? 0 : Math.max(Math.round((until - x) * 10) / 10, 0.6),
    ...(start !== null && end === null ? { open: true } : {}),
    ...(backwards ? { backwards: true } : {}),
  };
}

/** The marks of the axis, a handful of them: days, weeks, months, quarters or years, by how much there is to show. */
function ticksOf(first: Temporal.PlainDate, last: Temporal.PlainDate): { day: Temporal.PlainDate; text: string }[] {
  const days = first.until(last).days;
  const monday = first.add({ days: (8 - first.dayOfWeek) % 7 });
  const short = (day: Temporal.PlainDate) => formatDate(day).replace(/^(\d+) (...).*$/, "$1 $2");
  if (days <= 14) return every(first.add({ days: 1 }), last, { days: 3 }, short);
  if (days <= 90) return every(monday, last, { days: days <= 40 ? 7 : 14 }, short);
  const month = first.with({ day: 1 }).add({ months: 1 });
  const named = (day: Temporal.PlainDate) => monthName(day).replace(/^(...)\S* /, "$1 ");
  if (days <= 190) return every(month, last, { months: 1 }, named);
  if (days <= 550) return every(quarter(month), last, { months: 3 }, named);
  const years = Math.max(1, Math.ceil(days / 366 / 6));
  return every(first.with({ month: 1, day: 1 }).add({ years: 1 }), last, { years }, (day) => String(day.year));
}

function quarter(month: Temporal.PlainDate): Temporal.PlainDate {
  return month.add({ months: (3 - ((month.month - 1) % 3)) % 3 });
}

function every(
  start: Temporal.PlainDate,
  last: Temporal.PlainDate,
  step: { days?: number; months?: number; years?: number },
  text: (day: Temporal.PlainDate) => string,
) {
  const ticks: { day: Temporal.PlainDate; text: string }[] = [];
  for (let day = start; Temporal.PlainDate.compare(day, last) < 0 && ticks.length < 12; day = day.add(step))
    ticks.push({ day, text: text(day) });
  return ticks;
}
