import { businessCalendarOf } from "../../kernel/organisation/calendar.record.ts";
import type { Calendar } from "../../kernel/organisation/calendar.record.ts";
import { parseOpeningHours } from "../../kernel/clocks/opening-hours.ts";
import { businessCalendar, minutesOfWorkingDay } from "../../kernel/clocks/business-calendar.ts";
import type { BusinessCalendar } from "../../kernel/clocks/business-calendar.ts";
import type { TargetFinder } from "../../kernel/clock.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import type { ValuesOf } from "../../kernel/record.ts";
import { readReferenceData } from "../../kernel/store/reference-data.ts";
import type { ReferenceData } from "../../kernel/store/reference-data.ts";
import { once } from "../../kernel/transaction.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { tightened, windowFor, windowOf } from "./hypercare/window.ts";
import type { HypercareWindow } from "./hypercare/window.ts";

type Values = Readonly<Record<string, unknown>>;

/** The most days until a pause is looked at again, where no policy says. */
const pauseDaysUsual = 14;

/** What a queue promises, as the clocks need it. */
interface QueuePromise {
  readonly queue: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  /** The policy's reference and version: kept with each clock, so that verify can say by which words it was computed. */
  readonly version: string;
  readonly countsWhileResolved: boolean;
  readonly reopenGraceMinutes: number;
  /** Fractions of the time at which somebody is warned; the engine's own when none were agreed. */
  readonly warnAt: readonly number[] | null;
  /** The most days until a pause is looked at again. */
  readonly pauseDaysMax: number;
  readonly matrix: readonly Line[];
  readonly targets: readonly Line[];
}

interface ServiceLevels {
  readonly policies: readonly QueuePromise[];
  readonly calendarOf: ReadonlyMap<string, BusinessCalendar>;
  readonly teamOf: ReadonlyMap<string, string | null>;
  readonly defaultQueue: string | null;
  readonly groups: readonly GroupPromise[];
  readonly windows: readonly HypercareWindow[];
}

/** What is promised to some people whatever the matrix says. */
interface GroupPromise {
  readonly name: string;
  readonly people: ReadonlySet<unknown>;
  readonly onlyIn: string | null;
  readonly priority: number | null;
  readonly goesTo: string | null;
}

const alwaysOpen = businessCalendar({ weekly: parseOpeningHours("24x7") });

/** ITIL's usual matrix, for a queue that has agreed none: 1 with 1 is priority 1, 3 with 3 is priority 5. */
export function usualPriority(impact: number, urgency: number): number {
  return impact + urgency - 1;
}

/** A new ticket's values where none were given: an incident of middling impact and urgency in the default queue. */
export async function newTicketDefaults(tx: Tx): Promise<Values> {
  const { defaultQueue } = await serviceLevels(tx);
  return { kind: "incident", impact: 2, urgency: 2, queue: defaultQueue, requester: tx.actor.personId };
}

/**
 * The team, and the priority from impact and urgency, by the matrix in force for the queue today and by the group that whoever
 * asked is in; one that was brought in is kept.
 */
export async function deriveTicket(tx: Tx, values: Values, before: Stored | null): Promise<Values> {
  const weighs = !before || ["impact", "urgency", "queue", "requester"].some((name) => name in values);
  const about = !before || "service" in values || "system" in values;
  if (!weighs && !about) return {};
  const asked = { ...before?.values, ...values };
  const { policies, teamOf, groups, windows } = await serviceLevels(tx);
  const today = londonDay(tx.now);
  const openedOn = before ? londonDay(Temporal.Instant.from(before.openedAt)) : today;
  const hypercare = about ? await windowFor(tx, windows, { asked, openedOn, today }) : null;
  const watched = about && hypercare !== (before?.values["hypercare"] ?? null) ? { hypercare } : {};
  if (!weighs) return watched;
  const group = groups.find(
    ({ people, onlyIn }) => people.has(asked["requester"]) && (onlyIn === null || onlyIn === asked["queue"]),
  );
  // A new ticket goes where its group's do; later it goes where people send it.
  const queue = before ? asked["queue"] : (group?.goesTo ?? asked["queue"]);
  const now: Values = { ...asked, queue };
  const brought = !before && typeof values["priority"] === "number";
  // A ticket is the work of the team whose queue it waits in.
  const team = before && !("queue" in values) ? {} : { team: teamOf.get(String(queue)) ?? null };
  if (brought) return team;
  const passed = before && "queue" in values ? { queueChanges: Number(before.values["queueChanges"] ?? 0) + 1 } : {};
  const placed = { ...team, ...watched, ...passed, ...(before ? {} : { queue }), ...attentionOf(group, asked) };
  const impact = Number(now["impact"]);
  const urgency = Number(now["urgency"]);
  const policy = inForce(policies, now["queue"], today);
  const row = policy?.matrix.find((line) => line["impact"] === impact && line["urgency"] === urgency);
  const priority = typeof row?.["priority"] === "number" ? row["priority"] : usualPriority(impact, urgency);
  return { ...placed, priority: Math.min(priority, group?.priority ?? priority) };
}

/** Says which group's promise holds, where one does or did. */
function attentionOf(group: GroupPromise | undefined, asked: Values): Values {
  const name = group?.name ?? null;
  return name === (asked["attention"] ?? null) ? {} : { attention: name };
}

/** Finds the target of a clock by the policy in force on the day for the ticket's queue and priority. */
export function serviceLevelTargets(clock: "respond" | "resolve"): (tx: Tx) => Promise<TargetFinder> {
  return async (tx) => {
    const { policies, calendarOf, windows } = await serviceLevels(tx);
    return (values, at) => {
      const policy = inForce(policies, values["queue"], londonDay(at));
      const calendar = calendarOf.get(String(values["queue"])) ?? alwaysOpen;
      const usual = clock === "resolve" ? usualTime(values, calendar, at) : null;
      const minutes =
        usual?.minutes ?? policy?.targets.find((line) => line["priority"] === values["priority"])?.[clock];
      if (typeof minutes !== "number") return null;
      const target = {
        targetMinutes: minutes,
        calendar,
        policyVersion: [policy?.version, usual?.says].filter((part) => part !== undefined).join(", "),
        countsWhileResolved: policy?.countsWhileResolved ?? false,
        reopenGraceMinutes: policy?.reopenGraceMinutes ?? 0,
        ...(policy?.warnAt ? { warnAt: policy.warnAt } : {}),
        ...(usual ? { says: usual.says } : {}),
      };
      const window = values["hypercare"] ? windows.find(({ id }) => id === values["hypercare"]) : undefined;
      return tightened(target, clock, { window, priority: values["priority"] });
    };
  };
}

/** What the catalogue said that something takes when it was asked for, in the hours of the queue; null where it said nothing. */
function usualTime(
  { usualDays }: Values,
  calendar: BusinessCalendar,
  at: Temporal.Instant,
): { readonly minutes: number; readonly says: string } | null {
  if (typeof usualDays !== "number") return null;
  const minutes = Math.round(usualDays * minutesOfWorkingDay(calendar, Temporal.PlainDate.from(londonDay(at))));
  return { minutes, says: `${usualDays} working ${usualDays === 1 ? "day" : "days"} by the catalogue` };
}

function inForce(policies: readonly QueuePromise[], queue: unknown, day: string): QueuePromise | undefined {
  return policies.find(
    (policy) =>
      policy.queue === queue && policy.validFrom <= day && (policy.validUntil === null || policy.validUntil >= day),
  );
}

/** The running hypercare that watches a service for a ticket that was opened then; null for none. */
export async function hypercareOf(tx: Tx, service: string, openedAt: Temporal.Instant): Promise<string | null> {
  const { windows } = await serviceLevels(tx);
  return windowFor(tx, windows, { asked: { service }, openedOn: londonDay(openedAt), today: londonDay(tx.now) });
}

/** The day in London at a moment. */
export function londonDay(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}

const workedOut = new WeakMap<ReferenceData, ServiceLevels>();

/** Policies, queues and calendars, read once in a transaction and worked out again when one of them changes. */
function serviceLevels(tx: Tx): Promise<ServiceLevels> {
  return once(tx, "desk.service-levels", async () => {
    const data = await readReferenceData(tx, [
      "service_level_policy",
      "queue",
      "calendar",
      "priority_group",
      "hypercare",
    ]);
    const levels = workedOut.get(data) ?? serviceLevelsFrom(data);
    workedOut.set(data, levels);
    return levels;
  });
}

function serviceLevelsFrom(data: ReferenceData): ServiceLevels {
  const [policies = [], queues = [], calendars = []] = ["service_level_policy", "queue", "calendar"].map((name) =>
    data.get(name),
  );
  // Calendars are among what was asked for, and bank holidays come with them.
  const known = data.holidays!;
  const calendarById = new Map(
    calendars.map((calendar) => [calendar.id, businessCalendarOf(calendar.values as ValuesOf<typeof Calendar>, known)]),
  );
  const open = queues.filter((queue) => queue.closedAt === null);
  return {
    policies: policies.filter((policy) => policy.state === "agreed").map(promiseOf),
    calendarOf: new Map(
      queues.map((queue) => [queue.id, calendarById.get(String(queue.values["calendar"])) ?? alwaysOpen]),
    ),
    teamOf: new Map(queues.map((queue) => [queue.id, queue.teamId])),
    groups: (data.get("priority_group") ?? [])
      .filter(({ closedAt }) => closedAt === null)
      .map((group) => groupPromiseOf(group))
      .toSorted((one, other) => (one.priority ?? 6) - (other.priority ?? 6)),
    windows: (data.get("hypercare") ?? []).map(windowOf),
    defaultQueue: (open.find((queue) => queue.values["isDefault"] === true) ?? open[0])?.id ?? null,
  };
}

/** The fractions of which a policy's lines say that they are warned of, the breach after them; null where there are none. */
function warnAtOf(lines: readonly Line[]): readonly number[] | null {
  const percents = [...new Set(lines.map((line) => Number(line["percent"])))].sort((one, other) => one - other);
  return percents.length === 0 ? null : [...percents.map((percent) => percent / 100), 1];
}

/** The last day on which a pause of a ticket in this queue may be looked at again, by the policy in force. */
export async function reviewNoLaterThan(tx: Tx, queue: unknown): Promise<Temporal.PlainDate> {
  const today = londonDay(tx.now);
  const { policies } = await serviceLevels(tx);
  return Temporal.PlainDate.from(today).add({ days: inForce(policies, queue, today)?.pauseDaysMax ?? pauseDaysUsual });
}

/** The hours of a queue; every hour where it has none. */
export async function calendarOfQueue(tx: Tx, queue: unknown): Promise<BusinessCalendar> {
  return (await serviceLevels(tx)).calendarOf.get(String(queue)) ?? alwaysOpen;
}

function groupPromiseOf({ title, values }: Stored): GroupPromise {
  const id = (name: string) => (typeof values[name] === "string" ? values[name] : null);
  return {
    name: title,
    // The field is one of lines.
    people: new Set(((values["people"] ?? []) as readonly Line[]).map((line) => line["person"])),
    onlyIn: id("onlyIn"),
    priority: typeof values["priority"] === "number" ? values["priority"] : null,
    goesTo: id("goesTo"),
  };
}

function promiseOf({ reference, version, values }: Stored): QueuePromise {
  return {
    queue: String(values["queue"]),
    validFrom: String(values["validFrom"]),
    validUntil: typeof values["validUntil"] === "string" ? values["validUntil"] : null,
    version: `${reference} version ${version}`,
    countsWhileResolved: values["countsWhileResolved"] === true,
    reopenGraceMinutes: typeof values["reopenGrace"] === "number" ? values["reopenGrace"] : 0,
    warnAt: warnAtOf((values["warnings"] ?? []) as readonly Line[]),
    pauseDaysMax: typeof values["pauseDaysMax"] === "number" ? values["pauseDaysMax"] : pauseDaysUsual,
    // These are fields of lines.
    matrix: (values["matrix"] ?? []) as readonly Line[],
    targets: (values["targets"] ?? []) as readonly Line[],
  };
}
