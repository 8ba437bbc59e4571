import type { ClockReading } from "../../kernel/clock.ts";
import { duration } from "../../kernel/clocks/service-level-sentence.ts";
import { formatMinutes } from "../../kernel/fields/duration.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { unseen } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { asOf } from "../../kernel/store/as-of.ts";
import { clocksOf } from "../../kernel/store/clocks.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatMoment, formatWeekdayDate, plural } from "../view/format.ts";
import type { FieldValue, LedgerEntry } from "../view/models.ts";
import { addressOf, crumbsTo, navigationOf, pageClock, withStateLabels } from "./places.ts";
import { asOfHref, clockThen } from "./record-as-of.ts";
import { clockCard } from "./record-rail.ts";

/** A clock that has run long is shown by its first and its last days. */
const firstDays = 30;
const lastDays = 120;

/**
 * GET: every day of a deadline, counted or not, and why; with `?on=` as it stood at the end of a day. Refuses (unseen) a clock
 * that the record does not have, or did not have then.
 */
export async function ledgerPage(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    const day = first(page.query, "on");
    const then = day === "" ? null : await asOf(tx, type, record, day, { explain: true });
    const clocks = then ? then.clocks : await clocksOf(tx, type, record, true);
    const clock = clocks.find(({ name }) => name === page.params["clock"]);
    const card = clock && (then ? clockThen(tx, type, clock) : clockCard(tx, type, clock));
    if (!clock || !card)
      return unseen(then ? `There was no such deadline here on ${formatDay(day)}` : "There is no such deadline here");
    const title = `${clock.label}: every day counted${then ? ` until ${formatDay(day)}` : ""}`;
    const back = then ? asOfHref(tx, record, day) : addressOf(tx, record);
    return {
      page: "ledger",
      model: {
        shell: await page.shell(tx, {
          title: `${title}: ${record.reference}`,
          current: navigationOf(tx.registry, type),
          ...(then ? {} : { follows: addressOf(tx, record) }),
        }),
        breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: back }],
        title,
        sentences: [
          `${record.reference} ${then?.record?.title ?? record.title}`,
          `${withStateLabels(type, clock.sentence)}.`,
          ...(then
            ? [`As it stood when ${formatDay(day)} ended, by the targets, opening hours and bank holidays known now.`]
            : []),
        ],
        clock: card,
        facts: factsOf(tx, clock),
        entries: entriesOf(type, clock, day),
      },
    };
  });
}

function factsOf(tx: Tx, clock: ClockReading): FieldValue[] {
  const at = (moment: Temporal.Instant) => formatMoment(moment, pageClock(tx).zone);
  const facts: [label: string, text: string | null][] = [
    ["Promised by", clock.policyVersion || null],
    [
      clock.rule === "counted" ? "Version of the calendar" : "Version of the opening hours",
      clock.calendarVersion.replace(/^(hours|days)-/, "") || null,
    ],
    ["Working time allowed", clock.targetMinutes === null ? null : duration(clock.targetMinutes)],
    ["Counted", clock.rule !== "service-level" ? null : duration(clock.elapsedMinutes)],
    ["Paused", clock.pausedMinutes === 0 ? null : duration(clock.pausedMinutes)],
    ["Started", at(clock.startedAt)],
    ["Due", clock.dueAt && (clock.ends === "day" ? formatDay(dueDay(clock.dueAt)) : at(clock.dueAt))],
    ["Another reading", clock.alternative && alternativeText(clock.alternative)],
    ["Stopped", clock.stoppedAt && at(clock.stoppedAt)],
    ["Note", clock.metOnlyByPause ? "Met only because the pauses did not count" : null],
  ];
  return facts.flatMap(([label, text]) => (text === null ? [] : [{ label, value: { kind: "text", text } }]));
}

/** The days of a ledger, up to a day where one is given: what stood when it ended begins no other. */
function entriesOf(type: RecordType, clock: ClockReading, until = ""): LedgerEntry[] {
  let total = 0;
  const marks = marksOf(clock);
  const days = (clock.ledger ?? []).filter(({ date }) => until === "" || date <= until);
  const entries = days.map((line, at): LedgerEntry => {
    const { date, why, citation } = line;
    total += "countedMinutes" in line ? line.countedMinutes : 0;
    const amount = amountOf(line, total);
    const mark = at === 0 ? "Start" : marks.get(date);
    return {
      when: formatWeekdayDate(Temporal.PlainDate.from(date)),
      counted: amount !== null,
      ...(amount === null ? {} : { amount }),
      why: withStateLabels(type, why),
      citation: { text: citation.replace(/^Business hours .*/, "Opening hours").replace(/^Service-level policy /, "") },
      ...(mark === undefined ? {} : { mark: { text: mark, tone: mark === "Due" ? "warn" : "info" } }),
    };
  });
  const between = entries.length - firstDays - lastDays;
  if (between <= 0) return entries;
  const gap: LedgerEntry = {
    when: `${plural(between, "day")} more`,
    counted: false,
    why: "Left out here to keep the page short; they are counted in the running count below",
  };
  return [...entries.slice(0, firstDays), gap, ...entries.slice(-lastDays)];
}

/** What of a day counted, and how much it is with those before; null where nothing did. */
function amountOf(line: NonNullable<ClockReading["ledger"]>[number], total: number): string | null {
  if (!("countedMinutes" in line)) return line.day === null ? null : `Day ${line.day}`;
  if (line.countedMinutes === 0) return null;
  const minutes = formatMinutes(line.countedMinutes);
  return total === line.countedMinutes ? minutes : `${minutes}, ${formatMinutes(total)} in all`;
}

/** The days on which it fell due and was stopped, in London's time. */
function marksOf({ ends, dueAt, stoppedAt }: ClockReading): Map<string, string> {
  return new Map([
    ...(dueAt ? [[ends === "day" ? dueDay(dueAt) : dayOf(dueAt), "Due"] as const] : []),
    ...(stoppedAt ? [[dayOf(stoppedAt), "Stopped"] as const] : []),
  ]);
}

/** The day that ends at that moment. */
function dueDay(at: Temporal.Instant): string {
  return dayOf(at.subtract({ minutes: 1 }));
}

function alternativeText({ due, reading, citation }: NonNullable<ClockReading["alternative"]>): string {
  return `${formatDay(due)}: ${reading.charAt(0).toLowerCase()}${reading.slice(1)} (${citation})`;
}

function dayOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
