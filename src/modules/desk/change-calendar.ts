import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { isDay } from "../../kernel/fields/date.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { namesSeen } from "../../kernel/store/names.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { stateTag } from "../../web/pages/places.ts";
import { formatDate, formatMoment, formatWeekdayDate, plural } from "../../web/view/format.ts";
import type { Calendar, CalendarDay, NumbersPage, Table } from "../../web/view/models.ts";
import { answerAsked } from "../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../web/wrongly-asked.ts";
import { affectedIds } from "./affected.ts";
import { collide, covers, freezesHolding } from "./change-window.ts";
import type { Touching } from "./change-window.ts";
import { neededBy } from "./needed.ts";
import { londonDay } from "./service-level.ts";

export const changeCalendarPath = "/desk/change-calendar";

const zone = "Europe/London";
const changesMax = 300;
const ofDayMax = 6;

/** A change in the weeks that are shown, with what stands in its way. */
interface Shown extends Touching {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly besides: Shown[];
  readonly freezes: Stored[];
}

/** The month’s changes with the freezes as bands, what collides marked, and the table behind it. */
export function changeCalendar(asked: PageRequest): Promise<PageAnswer> {
  return answerAsked(asked, calendarPage);
}

function calendarPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "change_request", "read")) unseen("There is no such page");
    const asked = first(page.query, "at");
    const today = Temporal.PlainDate.from(londonDay(tx.now));
    const day = asked === "" ? today : dayIn(asked);
    const weeks = weeksOf(day);
    const freezes = await freezesHolding(tx, weeks.first.toString(), weeks.last.toString());
    const seen = may(tx.actor, "change_freeze", "read") ? freezes : [];
    const changes = await changesIn(tx, weeks, seen);
    const clashes = changes.filter(({ besides, freezes: within }) => besides.length + within.length > 0).length;
    const shell = await page.shell(tx, {
      title: "Calendar of changes",
      current: changeCalendarPath,
      follows: "/change-requests",
      followsEvery: 15,
    });
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Changes", href: "/change-requests" }],
      title: "Calendar of changes",
      sentence: `${plural(changes.length, "change")} and ${plural(seen.length, "freeze")} in these weeks. ${clashes === 0 ? "None of the changes is in the way of another." : `${plural(clashes, "change")} ${clashes === 1 ? "has" : "have"} something in the way.`}`,
      query: {
        action: changeCalendarPath,
        filters: wrong.beside([{ kind: "date", name: "at", label: "The month with", value: day.toString() }]),
      },
      errors: wrong.errors,
      tiles: [],
      calendar: calendarOf(tx, weeks, today, { changes, freezes: seen }),
      charts: [],
      sections: [
        { id: "changes", title: "Changes in these weeks", table: await changesTable(tx, changes) },
        { id: "freezes", title: "Freezes in these weeks", table: await freezesTable(tx, seen) },
      ],
    };
    return { page: "numbers", model };
  });
}

function dayIn(asked: string): Temporal.PlainDate {
  const whole = /^\d{4}-\d\d$/.test(asked) ? `${asked}-01` : asked;
  return isDay(whole) ? Temporal.PlainDate.from(whole) : refuse("at", "The month with: give a day, like 2026-11-23");
}

interface Weeks {
  readonly month: Temporal.PlainDate;
  readonly first: Temporal.PlainDate;
  readonly last: Temporal.PlainDate;
}

function weeksOf(day: Temporal.PlainDate): Weeks {
  const month = day.with({ day: 1 });
  const end = day.with({ day: day.daysInMonth });
  return {
    month,
    first: month.subtract({ days: month.dayOfWeek - 1 }),
    last: end.add({ days: 7 - end.dayOfWeek }),
  };
}

async function changesIn(tx: Tx, { first: from, last }: Weeks, freezes: readonly Stored[]): Promise<Shown[]> {
  const moment = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).toInstant().toString();
  const { rows } = await sql<Omit<Shown, "besides" | "freezes">>`
    select id, reference, title, state, affected, window_from as "windowFrom", window_to as "windowTo", array(select l.to_id from links l
        where l.organisation_id = c.organisation_id and l.from_id = c.id and l.relation in ('services', 'systems')) as touches
    from visible_change_request c
    where organisation_id = ${tx.actor.organisationId}::uuid and state in ('scheduled', 'implementing', 'in_review', 'closed')
      and window_from < ${moment(last.add({ days: 1 }))}::timestamptz and window_to > ${moment(from)}::timestamptz
    order by window_from, id limit ${changesMax}`.execute(tx.db);
  const changes = rows.map((row): Shown => ({ ...row, besides: [], freezes: [] }));
  const needed = await neededBy(tx, [...changes.flatMap(({ touches }) => touches), ...freezes.flatMap(frozen)]);
  const open = changes.filter(({ state }) => state === "scheduled" || state === "implementing");
  for (const one of open) {
    one.besides.push(...open.filter((other) => other !== one && collide(one, other, needed)));
    one.freezes.push(...freezes.filter((freeze) => covers(freeze, one, needed)));
  }
  return changes;
}

const frozen = ({ values }: Stored) => affectedIds(values);

/** The days of a window in London; one that ends at midnight is not of the day that begins then. */
function daysOf({ windowFrom, windowTo }: Touching): [string, string] {
  return [
    londonDay(Temporal.Instant.from(windowFrom)),
    londonDay(Temporal.Instant.from(windowTo).subtract({ milliseconds: 1 })),
  ];
}

function calendarOf(
  tx: Tx,
  { month, first: from, last }: Weeks,
  today: Temporal.PlainDate,
  { changes, freezes }: { readonly changes: readonly Shown[]; readonly freezes: readonly Stored[] },
): Calendar {
  const go = (day: Temporal.PlainDate) => `${changeCalendarPath}?at=${day.toString().slice(0, 7)}`;
  const days: CalendarDay[] = [];
  for (let day = from; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const iso = day.toString();
    const items = changes.filter((one) => {
      const [begins, ends] = daysOf(one);
      return begins <= iso && iso <= ends;
    });
    days.push({
      number: String(day.day),
      name: formatWeekdayDate(day),
      iso,
      ...(day.equals(today) ? { today: true } : {}),
      ...(day.month === month.month ? {} : { outside: true }),
      bands: freezes
        .filter(
          ({ values }) => String(values["validFrom"]) <= iso && iso <= String(values["validUntil"] ?? "9999-12-31"),
        )
        .map(({ type, reference, title }) => ({ text: `Freeze: ${title}`, href: hrefOf(tx, type, reference) })),
      items: items.slice(0, ofDayMax).map((one) => entryOf(tx, one, iso)),
      ...(items.length > ofDayMax ? { more: { text: `${items.length - ofDayMax} more`, href: "#changes" } } : {}),
    });
  }
  return {
    title: formatDate(month).replace(/^\d+ /, ""),
    unit: "month",
    previous: { text: "Previous month", href: go(month.subtract({ months: 1 })) },
    today: { text: "Today", href: changeCalendarPath },
    next: { text: "Next month", href: go(month.add({ months: 1 })) },
    units: [],
    weeks: Array.from({ length: days.length / 7 }, (_value, at) => days.slice(at * 7, at * 7 + 7)),
  };
}

function entryOf(tx: Tx, one: Shown, day: string): CalendarDay["items"][number] {
  const state = stateTag(typeNamed(tx.registry, "change_request"), one.state);
  const begins = Temporal.Instant.from(one.windowFrom).toZonedDateTimeISO(zone);
  return {
    reference: one.reference,
    title: one.title,
    href: hrefOf(tx, "change_request", one.reference),
    tone: state.tone,
    state: state.text,
    ...(begins.toPlainDate().toString() === day
      ? { time: begins.toPlainTime().toString({ smallestUnit: "minute" }) }
      : {}),
    ...(one.freezes.length > 0 ? { mark: "In a freeze" } : one.besides.length > 0 ? { mark: "Collides" } : {}),
  };
}

async function changesTable(tx: Tx, changes: readonly Shown[]): Promise<Table> {
  const names = new Map(
    (
      await namesSeen(
        tx,
        changes.flatMap(({ touches }) => touches),
      )
    ).map(({ id, title }) => [id, title]),
  );
  // The year is that of the weeks shown.
  const at = (moment: string) => formatMoment(Temporal.Instant.from(moment), zone).replace(/ \d{4} at /, " at ");
  const untilOf = ({ windowFrom, windowTo }: Shown) => {
    const [from, until] = [at(windowFrom), at(windowTo)];
    const [day = ""] = from.split(" at ");
    return until.startsWith(`${day} at `) ? until.slice(day.length + 4) : until;
  };
  return {
    caption: "Changes in these weeks",
    columns: [
      { label: "When", wide: true },
      { label: "Change", wide: true },
      { label: "State" },
      { label: "Touches", wide: true },
      { label: "In the way", wide: true },
    ],
    rows: changes.map((one) => ({
      ...(one.besides.length + one.freezes.length > 0 ? { highlight: true } : {}),
      cells: [
        { kind: "text", text: `${at(one.windowFrom)} to ${untilOf(one)}` },
        {
          kind: "link",
          text: `${one.reference} ${one.title}`,
          href: hrefOf(tx, "change_request", one.reference),
        },
        { kind: "tag", ...stateTag(typeNamed(tx.registry, "change_request"), one.state) },
        {
          kind: "text",
          text: [...one.touches.flatMap((id) => names.get(id) ?? []), one.affected ?? ""]
            .filter((name) => name !== "")
            .join(", "),
        },
        {
          kind: "text",
          text: [
            ...one.freezes.map(({ title }) => `The freeze “${title}”`),
            ...one.besides.map(({ reference, title }) => `${reference} ${title}`),
          ].join("; "),
        },
      ],
    })),
    empty: { title: "No changes in these weeks", text: "Changes stand here once they are scheduled." },
  };
}

async function freezesTable(tx: Tx, freezes: readonly Stored[]): Promise<Table> {
  const names = new Map((await namesSeen(tx, freezes.flatMap(frozen))).map(({ id, title }) => [id, title]));
  const day = (value: unknown) => formatDate(Temporal.PlainDate.from(String(value)));
  return {
    caption: "Freezes in these weeks",
    columns: [{ label: "Freeze", wide: true }, { label: "From" }, { label: "Until" }, { label: "Covers", wide: true }],
    rows: freezes.map((freeze) => ({
      cells: [
        { kind: "link", text: freeze.title, href: hrefOf(tx, freeze.type, freeze.reference) },
        { kind: "text", text: day(freeze.values["validFrom"]) },
        { kind: "text", text: freeze.values["validUntil"] ? day(freeze.values["validUntil"]) : "Until further notice" },
        {
          kind: "text",
          text:
            freeze.values["extent"] === "everything"
              ? "Everything"
              : [...frozen(freeze).flatMap((id) => names.get(id) ?? []), String(freeze.values["covers"] ?? "")]
                  .filter((name) => name !== "")
                  .join(", "),
        },
      ],
    })),
    empty: { title: "No freezes in these weeks", text: "In a freeze only an emergency goes ahead." },
  };
}
