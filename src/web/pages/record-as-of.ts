import type { ClockReading } from "../../kernel/clock.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { asOf, dayOf } from "../../kernel/store/as-of.ts";
import type { AsOf } from "../../kernel/store/as-of.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatMoment } from "../view/format.ts";
import type { AsOfForm, ClockCard, RailCard, RecordPage } from "../view/models.ts";
import type { Names } from "./field-value.ts";
import { addressOf, crumbsTo, navigationOf, pageClock, stateTag } from "./places.ts";
import { detailIds, detailSections, flagsOf } from "./record-details.ts";
import { clockCard, hasNoLedger, peopleCard, peopleIn } from "./record-rail.ts";

/** The page of a record as it stood at the end of a day: to be read and no more, and plainly marked as what was. */
export async function asOfPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { record, day }: { record: Stored; day: string },
): Promise<PageAnswer> {
  const stood = await asOf(tx, type, record, day);
  const { record: then } = stood;
  const [shell, names] = await Promise.all([
    page.shell(tx, {
      title: `${record.reference} on ${formatDay(day)}`,
      current: navigationOf(tx.registry, type),
    }),
    namesOf(tx, then ? [...detailIds(tx, type, then), ...peopleIn(then)] : []),
  ]);
  const model: RecordPage = {
    shell,
    breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: addressOf(tx, record) }],
    title: then?.title ?? record.title,
    reference: record.reference,
    state: then ? stateTag(type, then.state) : { text: "Not made yet", tone: "neutral" },
    tags: then ? flagsOf(tx, type, then) : [],
    moves: [],
    tabs: [],
    sections: then ? detailSections(tx, type, then, names) : [],
    rail: then ? railThen(tx, type, then, { ...stood, names }) : [],
    asOf: {
      title: `As it stood on ${formatDay(day)}`,
      sentences: sentencesOf(tx, type, record, stood),
      links: [
        { text: `${record.reference} as it is now`, href: addressOf(tx, record) },
        { text: "Its timeline", href: `${addressOf(tx, record)}?tab=timeline` },
        ...(stood.held?.instead
          ? [{ text: `${stood.held.instead.reference} as it stood then`, href: asOfHref(tx, stood.held.instead, day) }]
          : []),
      ],
      form: { ...asOfForm(tx, type, record, day), label: "On another day" },
    },
  };
  return { page: "record", model };
}

/** The form that asks for a record as it stood on another day. */
export function asOfForm(tx: Tx, type: RecordType, record: Stored, day: string): AsOfForm {
  return {
    label: "As it stood on",
    action: addressOf(tx, record),
    day,
    // What holds from a day to a day can be asked about days to come.
    ...(type.dated ? {} : { latest: dayOf(tx.now) }),
  };
}

/** The address of a record as it stood on a day. */
export function asOfHref(tx: Tx, record: Pick<Stored, "type" | "reference">, day: string): string {
  return `${addressOf(tx, record)}?on=${day}`;
}

function sentencesOf(tx: Tx, type: RecordType, record: Stored, { day, record: then, erased, held }: AsOf): string[] {
  const one = inSentence(type.label.one);
  const past = day < dayOf(tx.now);
  if (then === null)
    return [
      `This ${one} had not been made yet: it was made on ${formatMoment(Temporal.Instant.from(record.openedAt), pageClock(tx).zone)}.`,
      ...heldSentence(type, day, held),
    ];
  return [
    past
      ? `What you see is what this ${one} held when that day ended. Names of other records are those of today, and nothing can be changed here.`
      : `That day is not over, so this is what this ${one} holds now. Nothing can be changed here.`,
    ...heldSentence(type, day, held),
    ...(erased ? ["Something that it held was erased by law, so what is missing here may have been there."] : []),
  ];
}

/** Which values held, by the days that they are said to hold. */
function heldSentence(type: RecordType, day: string, held: AsOf["held"]): string[] {
  if (held === null) return [];
  if (held.here) return [`Its values are the ones that hold on ${formatDay(day)}.`];
  const one = inSentence(type.label.one);
  return held.instead
    ? [`Its values do not hold on ${formatDay(day)}: those of ${held.instead.reference} ${held.instead.title} do.`]
    : [`Its values do not hold on ${formatDay(day)}, nor do those of another ${one}.`];
}

/** Deadlines by their dates, since “today” is another day here, and the people. */
function railThen(
  tx: Tx,
  type: RecordType,
  then: Stored,
  { day, clocks, names }: Pick<AsOf, "day" | "clocks"> & { readonly names: Names },
): RailCard[] {
  const ledgerOf = ({ rule, name }: ClockReading) =>
    hasNoLedger({ rule }) ? undefined : `${addressOf(tx, then)}/clocks/${name}?on=${day}`;
  const cards = clocks.flatMap((clock) => clockThen(tx, type, clock, ledgerOf(clock)) ?? []);
  return [...cards, peopleCard(type, then, names)];
}

/** A clock as it stood, as a card: by the date that it had, since “today” is another day there. Null for a day that did not run. */
export function clockThen(tx: Tx, type: RecordType, clock: ClockReading, ledgerHref?: string): ClockCard | null {
  const card = clockCard(tx, type, clock, ledgerHref);
  return card && clock.state === "running" && clock.dueAt !== null
    ? { ...card, due: formatMoment(clock.dueAt, pageClock(tx).zone), tone: "neutral" }
    : card;
}
