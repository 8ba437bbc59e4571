import { refuse } from "../../kernel/errors.ts";
import { isDay } from "../../kernel/fields/date.ts";
import type { RecordType } from "../../kernel/record.ts";
import { groupsOf } from "../../kernel/store/groups.ts";
import type { Group } from "../../kernel/store/groups.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatCount, formatDate, formatWeekdayDate } from "../view/format.ts";
import type { Calendar, CalendarDay } from "../view/models.ts";
import { listHref, listQuery } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { momentOf } from "./list-cells.ts";
import { dateChoices, groupAddress, hasClocks, monthName } from "./list-groups.ts";
import { checkSort } from "./list-read.ts";
import { noteOn } from "./list-seen.ts";
import type { Seen } from "./list-seen.ts";
import { addressOf, pageClock, stateTag } from "./places.ts";

/** How many records of one day a month and a week show; the others are behind a link. */
const ofDay = { month: 4, week: 25 } as const;

interface Period {
  readonly unit: "month" | "week";
  readonly title: string;
  /** The first and last day shown: whole weeks. */
  readonly first: Temporal.PlainDate;
  readonly last: Temporal.PlainDate;
  /** A day inside it. */
  readonly inside: Temporal.PlainDate;
}

/** The date that a calendar goes by until the person says otherwise. */
export function usualDate(tx: Tx, type: RecordType): string {
  const [field] = dateChoices(tx, type);
  return hasClocks(type) ? "due" : type.dated ? "validFrom" : (field?.name ?? "opened");
}

/** The list on a calendar: each record on its day, a month or a week at a time. */
export async function seenOnCalendar(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  const on = address.on || usualDate(tx, type);
  const { now, zone } = pageClock(tx);
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const period = periodOf(address.at, today);
  const within = withinPeriod(address, on, period);
  await checkSort(tx, type, within);
  const found = await groupsOf(
    tx,
    type,
    { ...listQuery(within, 1), fields: fieldsOf(type, on) },
    {
      by: { name: on, unit: "day" },
      each: ofDay[period.unit],
      most: 42,
    },
  );
  return {
    ids: [],
    many: () => Promise.resolve(found.rows),
    any: found.rows > 0,
    middle: () =>
      Promise.resolve({
        calendar: calendarOf(tx, type, address, { on, period, today, groups: found.groups }),
        ...noteOn(type, found),
      }),
  };
}

function fieldsOf(type: RecordType, on: string): string[] {
  return [type.titleField, on].filter((name) => Object.hasOwn(type.fields, name));
}

/** The list narrowed to the days shown, in their order. */
function withinPeriod(address: ListAddress, on: string, { first, last }: Period): ListAddress {
  const [from, to] = [address.where[`${on}-from`]?.[0] ?? "", address.where[`${on}-to`]?.[0] ?? ""];
  const [start, end] = [first.toString(), last.toString()];
  const where = {
    ...address.where,
    // What is no day is left as it is, to be refused.
    [`${on}-from`]: [from > start || (from !== "" && !isDay(from)) ? from : start],
    [`${on}-to`]: [to !== "" && (to < end || !isDay(to)) ? to : end],
  };
  return { ...address, where, sort: on, cursor: "" };
}

function periodOf(at: string, today: Temporal.PlainDate): Period {
  const week = /^(\d{4})-W(\d\d)$/.exec(at);
  if (week) return weekOf(Number(week[1]), Number(week[2]));
  const month = Temporal.PlainYearMonth.from(at === "" ? today.toString().slice(0, 7) : at);
  const [first, last] = [month.toPlainDate({ day: 1 }), month.toPlainDate({ day: month.daysInMonth })];
  return {
    unit: "month",
    title: monthName(first),
    first: first.subtract({ days: first.dayOfWeek - 1 }),
    last: last.add({ days: 7 - last.dayOfWeek }),
    inside: at === "" ? today : first,
  };
}

/** A week by its number in ISO 8601: the first is the one that holds 4 January. Refuses (invalid) week 53 of a year that has none. */
function weekOf(year: number, number: number): Period {
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const first = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: number - 1 });
  if (first.weekOfYear !== number) refuse("at", `${year} has no week ${number}`);
  const last = first.add({ days: 6 });
  return { unit: "week", title: `${formatDate(first)} to ${formatDate(last)}`, first, last, inside: first };
}

/** How the address writes the month or week that holds a day. */
function written(unit: Period["unit"], day: Temporal.PlainDate): string {
  return unit === "month"
    ? day.toString().slice(0, 7)
    : `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, "0")}`;
}

interface Parts {
  readonly on: string;
  readonly period: Period;
  readonly today: Temporal.PlainDate;
  readonly groups: readonly Group[];
}

function calendarOf(tx: Tx, type: RecordType, address: ListAddress, { on, period, today, groups }: Parts): Calendar {
  const { unit, first, last, inside } = period;
  const step = unit === "month" ? { months: 1 } : { weeks: 1 };
  const go = (day: Temporal.PlainDate, as: Period["unit"] = unit) => listHref(type, address, { at: written(as, day) });
  const byDay = new Map(groups.map((group) => [group.key, group]));
  const days: CalendarDay[] = [];
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
    days.push(dayOf(tx, type, address, { on, period, today, day, group: byDay.get(day.toString()) }));
  return {
    title: period.title,
    unit,
    previous: { text: unit === "month" ? "Previous month" : "Previous week", href: go(inside.subtract(step)) },
    next: { text: unit === "month" ? "Next month" : "Next week", href: go(inside.add(step)) },
    today: { text: "Today", href: go(today) },
    units: [
      {
        text: "Month",
        href: go(unit === "month" ? inside : first.add({ days: 3 }), "month"),
        current: unit === "month",
      },
      { text: "Week", href: go(inside, "week"), current: unit === "week" },
    ],
    weeks: Array.from({ length: days.length / 7 }, (_value, at) => days.slice(at * 7, at * 7 + 7)),
  };
}

function dayOf(
  tx: Tx,
  type: RecordType,
  address: ListAddress,
  { on, period, today, day, group }: Omit<Parts, "groups"> & { day: Temporal.PlainDate; group: Group | undefined },
): CalendarDay {
  const items = group?.items ?? [];
  const leftOut = (group?.count ?? 0) - items.length;
  const target = groupAddress(type, { ...address, sort: on }, { name: on, unit: "day" }, day.toString());
  return {
    number: String(day.day),
    name: formatWeekdayDate(day),
    iso: day.toString(),
    ...(day.equals(today) ? { today: true } : {}),
    ...(period.unit === "month" && day.month !== period.first.add({ days: 7 }).month ? { outside: true } : {}),
    items: items.map((record) => ({
      reference: record.reference,
      title: record.title,
      href: addressOf(tx, record),
      tone: stateTag(type, record.state).tone,
      state: stateTag(type, record.state).text,
      ...timeOf(tx, record, on),
    })),
    ...(leftOut > 0 && target ? { more: { text: `${formatCount(leftOut)} more`, href: listHref(type, target) } } : {}),
  };
}

/** The time of day, where the date is a moment. */
function timeOf(tx: Tx, record: Stored, on: string): { time?: string } {
  const value = momentOf(record, on) ?? record.values[on];
  if (typeof value !== "string" || value.length === 10) return {};
  const local = Temporal.Instant.from(value).toZonedDateTimeISO(pageClock(tx).zone);
  return { time: local.toPlainTime().toString({ smallestUnit: "minute" }) };
}
