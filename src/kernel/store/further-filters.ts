import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { refuse } from "../errors.ts";
import { isDay } from "../fields/date.ts";
import { keptByType } from "../kept-by-type.ts";
import type { RecordType } from "../record.ts";
import { countedClocks, countedCondition, waysOfCounted } from "./counted-clocks.ts";
import { stoppedAs, stoppedClocks, stoppedColumns } from "./stopped-clocks.ts";
import type { StoppedAs } from "./stopped-clocks.ts";

type Condition = RawBuilder<unknown>;
type Where = Readonly<Record<string, readonly string[]>>;

/** A way to narrow a list by something that is no field. */
export interface FurtherFilter {
  /** The query parameter. */
  readonly name: string;
  readonly label: string;
  /** A day in London, included; or one or more of `options`, by value. */
  readonly takes: "date" | "one-of";
  readonly options?: Readonly<Record<string, string>>;
}

/** The most days of which the clocks that stopped are looked at together; the database holds to it as well. Ten years. */
export const stoppedDaysMax = 3700;

/** The filter of dated types by which a list shows what holds on a day. */
export const holdsOn = "holds-on";

/** The filter of types with clocks by which a list shows what is late, and what will be today if nothing is done. */
const deadline = "deadline";

/** Where the next deadline of what is open can lie. */
const deadlines = { passed: "Passed", today: "Later today" };

/** How a clock that stopped can have gone. */
const outcomes = {
  met: "met",
  "met-without-pauses": "met without pauses",
  "met-through-pauses": "met only through pauses",
  missed: "missed",
} as const;

/**
 * The ways to narrow lists of a type beside its fields: when it was open, and how each of its clocks stopped: on which days,
 * with which outcome, after which moves. By them a list shows just the records that a figure counts.
 */
export const furtherFilters = keptByType((type): readonly FurtherFilter[] => {
  const moves = Object.fromEntries(Object.entries(type.moves).map(([name, { label }]) => [name, label]));
  const measured = Object.entries(type.clocks).filter(([, { rule }]) => rule === "service-level");
  return [
    { name: "open-on", label: "Open at the end of", takes: "date" },
    ...(Object.keys(type.clocks).length > 0
      ? [{ name: deadline, label: "Deadline", takes: "one-of", options: deadlines } as const]
      : []),
    ...(type.dated ? [{ name: holdsOn, label: "Holds on", takes: "date" } as const] : []),
    ...measured.flatMap(([name, { label }]): FurtherFilter[] => [
      { name: `${name}-stopped-from`, label: `${label} done from`, takes: "date" },
      { name: `${name}-stopped-to`, label: `${label} done to`, takes: "date" },
      { name: `${name}-outcome`, label: `${label} target`, takes: "one-of", options: outcomes },
      { name: `${name}-after`, label: `${label} done after`, takes: "one-of", options: moves },
    ]),
    ...countedClocks(type).flatMap(([name, label]): FurtherFilter[] => [
      { name: `${name}-stopped-from`, label: `${label}: done from`, takes: "date" },
      { name: `${name}-stopped-to`, label: `${label}: done to`, takes: "date" },
      { name: `${name}-outcome`, label, takes: "one-of", options: waysOfCounted },
    ]),
  ];
});

/** What these filters ask for, as SQL, and the filters that are no such ones. Refuses (invalid) what it does not understand. */
export function furtherConditions(
  type: RecordType,
  where: Where,
  now: Temporal.Instant,
): { conditions: Condition[]; rest: Where } {
  const known = new Map(furtherFilters(type).map((filter) => [filter.name, filter]));
  const given = Object.entries(where).filter(([name, values]) => known.has(name) && values.length > 0);
  for (const [name, values] of given) check(known.get(name)!, values);
  const asked = new Map(given);
  const on = asked.get("open-on")?.[0];
  return {
    conditions: [
      ...(on === undefined ? [] : [openAtEndOf(on)]),
      ...(asked.has(deadline) ? [deadlineOf(asked.get(deadline)!, now)] : []),
      ...(asked.get(holdsOn) ?? []).map(
        (day) => sql`valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)`,
      ),
      ...Object.keys(type.clocks).flatMap((clock) => clockCondition(type, clock, asked, now)),
    ],
    rest: Object.fromEntries(Object.entries(where).filter(([name]) => !known.has(name))),
  };
}

function check({ name, takes, options = {} }: FurtherFilter, values: readonly string[]): void {
  if (takes === "date" && (values.length > 1 || !isDay(values[0] ?? "")))
    refuse(name, `${name}: give a day as yyyy-mm-dd, like 2026-11-21`);
  if (takes === "one-of" && values.some((value) => !Object.hasOwn(options, value)))
    refuse(name, `${name}: give one or more of ${Object.keys(options).join(", ")}`);
}

/** Of what is open: late, or due in what is left of the day in London. */
function deadlineOf(values: readonly string[], now: Temporal.Instant): Condition {
  const today = now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
  const from = values.includes("passed") ? sql`` : sql` and next_due_at >= ${now.toString()}::timestamptz`;
  const until = values.includes("today") ? startOf(today, 1) : now.toString();
  return sql`closed_at is null${from} and next_due_at < ${until}::timestamptz`;
}

function openAtEndOf(day: string): Condition {
  const end = startOf(day, 1);
  return sql`opened_at < ${end}::timestamptz and (closed_at is null or closed_at >= ${end}::timestamptz)`;
}

/** One question for all that is asked of a clock, so that its records are looked through once. */
function clockCondition(
  type: RecordType,
  clock: string,
  asked: ReadonlyMap<string, readonly string[]>,
  now: Temporal.Instant,
): Condition[] {
  if (!clockFilters(clock).some((name) => asked.has(name))) return [];
  if (type.clocks[clock]?.rule === "counted") return [countedOf(type, clock, asked)];
  // Every clock that ever stopped may be a million of them.
  if (!asked.has(`${clock}-stopped-from`))
    refuse(
      `${clock}-stopped-from`,
      `${type.clocks[clock]?.label ?? clock}: say from which day on it was done, with ${clock}-stopped-from=2026-11-01`,
    );
  const [from = "", to] = ["from", "to"].map((end) => asked.get(`${clock}-stopped-${end}`)?.[0]);
  const until = to ?? now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
  const { days } = Temporal.PlainDate.from(from).until(until, { largestUnit: "day" });
  if (days > stoppedDaysMax)
    refuse(`${clock}-stopped-from`, `${clock}-stopped-from: at most 10 years are looked at together. Give a later day`);
  const { asked: clocks, as } = stoppedFilters(clock, Object.fromEntries(asked));
  return [
    sql`id = any (array(select ${stoppedColumns.of} from ${stoppedClocks(type, clock, clocks)} where ${stoppedAs(as)}))`,
  ];
}

/** Days that the law counts are few beside tickets, so they need no day from which they are looked at. */
function countedOf(type: RecordType, clock: string, asked: ReadonlyMap<string, readonly string[]>): Condition {
  const [from, to] = ["from", "to"].map((end) => asked.get(`${clock}-stopped-${end}`)?.[0]);
  return countedCondition(type, clock, {
    ways: asked.get(`${clock}-outcome`) ?? null,
    from: from === undefined ? null : startOf(from, 0),
    before: to === undefined ? null : startOf(to, 1),
  });
}

/** The filters that ask of one clock how it stopped. */
export function clockFilters(clock: string): string[] {
  return ["stopped-from", "stopped-to", "outcome", "after"].map((part) => `${clock}-${part}`);
}

/** What such filters ask for: which clocks, and how they stopped. */
export function stoppedFilters(
  clock: string,
  where: Where,
): { asked: Parameters<typeof stoppedClocks>[2]; as: StoppedAs } {
  const [from, to] = ["from", "to"].map((end) => where[`${clock}-stopped-${end}`]?.[0]);
  const [outcomes, after] = ["outcome", "after"].map((part) => where[`${clock}-${part}`] ?? null);
  // Whoever asks says from which day: every clock that ever stopped may be millions of them.
  if (from === undefined) throw new Error(`${clock}: clocks that stopped are looked for from a day on`);
  return {
    asked: {
      from: startOf(from, 0),
      before: to === undefined ? null : startOf(to, 1),
      after: after ?? null,
    },
    as: { outcomes: outcomes ?? null, after: after !== null },
  };
}

/** The moment at which a day in London begins, or one that comes some days after it. */
function startOf(day: string, daysLater: number): string {
  return Temporal.PlainDate.from(day).add({ days: daysLater }).toZonedDateTime("Europe/London").toInstant().toString();
}
