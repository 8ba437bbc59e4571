import type { ClockReading } from "../../kernel/clock.ts";
import { duration } from "../../kernel/clocks/service-level-sentence.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatDue, formatMoment } from "../view/format.ts";
import type { ClockCard, RailCard } from "../view/models.ts";
import type { Names } from "./field-value.ts";
import { notYours } from "./field-value.ts";
import { addressOf, pageClock, withStateLabels } from "./places.ts";

/** The cards beside a record: its deadlines, its people, the facts of its life. */
export function railOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { clocks, names }: { clocks: readonly ClockReading[]; names: Names },
): RailCard[] {
  const cards = clocks.flatMap(
    (clock) =>
      clockCard(tx, type, clock, hasNoLedger(clock) ? undefined : `${addressOf(tx, record)}/clocks/${clock.name}`) ??
      [],
  );
  return [...cards, peopleCard(type, record, names), factsCard(tx, record)];
}

/** The ids of the people and teams that the cards name. */
export function peopleIn(record: Stored): (string | null)[] {
  return [record.ownerId, record.teamId, record.requesterId, record.createdBy];
}

/** A clock as a card; null for a day or a moment that does not run now. */
export function clockCard(tx: Tx, type: RecordType, clock: ClockReading, ledgerHref?: string): ClockCard | null {
  if (hasNoLedger(clock) && clock.state !== "running") return null;
  if (clock.rule === "counted" && clock.state === "cancelled") return null;
  return {
    kind: "clock",
    label: clock.label,
    ...wordsOf(tx, clock),
    ...(clock.targetMinutes === null ? {} : { sub: `${duration(clock.targetMinutes)} of working time allowed` }),
    ...(clock.targetMinutes === null || clock.targetMinutes === 0
      ? {}
      : { progress: progressOf(clock, clock.targetMinutes) }),
    sentence: `${withStateLabels(type, clock.sentence)}.`,
    ...(ledgerHref === undefined ? {} : { ledgerHref }),
  };
}

/** A day or a moment that a field names needs no explaining. */
export function hasNoLedger({ rule }: Pick<ClockReading, "rule">): boolean {
  return rule === "day" || rule === "moment";
}

function wordsOf(tx: Tx, clock: ClockReading): Pick<ClockCard, "due" | "dueIso" | "tone"> {
  if (clock.state === "stopped")
    return clock.outcome === "missed"
      ? { due: "Missed", tone: "bad" }
      : { due: clock.outcome === "met" ? "Met" : "Stopped", tone: clock.outcome === "met" ? "good" : "neutral" };
  if (clock.state === "paused") return { due: "Paused", tone: "neutral" };
  if (clock.state === "cancelled") return { due: "Cancelled", tone: "neutral" };
  if (clock.dueAt === null) return { due: "No deadline", tone: "neutral" };
  // A day's clock ends at midnight; the deadline that people speak of is the day before it.
  const isDay = clock.ends === "day";
  const day = clock.dueAt
    .subtract({ minutes: isDay ? 1 : 0 })
    .toZonedDateTimeISO("Europe/London")
    .toPlainDate();
  const { text, tone } = formatDue(isDay ? day : clock.dueAt, pageClock(tx));
  return { due: text, dueIso: isDay ? day.toString() : clock.dueAt.toString(), tone };
}

/** What of the time was used, was paused, and went over: shares of the whole that has passed or is allowed. */
function progressOf(
  { elapsedMinutes, pausedMinutes }: ClockReading,
  targetMinutes: number,
): NonNullable<ClockCard["progress"]> {
  const whole = Math.max(targetMinutes, elapsedMinutes) + pausedMinutes;
  const parts = [
    { kind: "used", share: Math.min(elapsedMinutes, targetMinutes) / whole },
    { kind: "paused", share: pausedMinutes / whole },
    { kind: "over", share: Math.max(0, elapsedMinutes - targetMinutes) / whole },
  ] as const;
  return parts.filter(({ share }) => share > 0);
}

type Row = Extract<RailCard, { kind: "rows" }>["rows"][number];

/** The card of the people that a record names. */
export function peopleCard(type: RecordType, record: Stored, names: Names): RailCard {
  const label = (part: string) => Object.values(type.fields).find(({ options }) => options.is === part)?.options.label;
  const row = (text: string | undefined, id: string | null, nobody?: string): Row[] => {
    if (text === undefined) return [];
    const named = id === null ? undefined : names.get(id);
    if (named) return [{ label: text, text: named.title, href: named.href }];
    return id === null
      ? nobody === undefined
        ? []
        : [{ label: text, text: nobody }]
      : [{ label: text, text: notYours }];
  };
  const rows = [
    ...row(label("owner"), record.ownerId, "Nobody yet"),
    ...row(label("team"), record.teamId),
    ...row(label("requester"), record.requesterId),
    ...row("Made by", record.createdBy, "Reeve"),
  ];
  return { kind: "rows", title: "People", rows };
}

function factsCard(tx: Tx, record: Stored): RailCard {
  const at = (iso: string) => formatMoment(Temporal.Instant.from(iso), pageClock(tx).zone);
  return {
    kind: "rows",
    title: "Facts",
    rows: [
      { label: "Opened", text: at(record.openedAt) },
      { label: "Updated", text: at(record.updatedAt) },
      ...(record.closedAt === null ? [] : [{ label: "Closed", text: at(record.closedAt) }]),
      { label: "Revision", text: String(record.version) },
    ],
  };
}
