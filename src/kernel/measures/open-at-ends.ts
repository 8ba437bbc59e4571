import type { Tx } from "../transaction.ts";
import type { Selection } from "./address.ts";
import type { Asked } from "./evaluate.ts";
import { isTime } from "./groupings.ts";
import type { Over } from "./measure.ts";
import { dayAfter, momentOf, stepsOf } from "./periods.ts";
import { read } from "./read.ts";
import type { Found, Readings } from "./read.ts";
import { createReadings } from "./together.ts";

/**
 * How many were open at the end of each step: what is open now, less what came after the period, with what was closed after
 * it; and step by step back from there. Five questions at the most, however many steps; the further back the period lies,
 * the more there is to look through.
 */
export async function openAtEnds(
  tx: Tx,
  { measure, period, by }: Asked,
  selection: Selection,
  today: string,
): Promise<Readings> {
  if (by === null || !isTime(by)) throw new Error("What was open is asked for by time");
  const { "open-on": _end, ...where } = selection.where;
  const ask = async (over: Over, narrowed: Selection, grouping: string | null) => {
    const readings = createReadings(today);
    const { reading, part } = readings.add({ ...measure, over, works: "count" }, narrowed, grouping);
    return (await read(tx, reading))(part, grouping);
  };
  const within = (happened: "opened" | "closed", from: string, to?: string) => {
    const days = { [`${happened}-from`]: [from], ...(to === undefined ? {} : { [`${happened}-to`]: [to] }) };
    return ask({ happened }, { ...selection, where: { ...where, ...days } }, to === undefined ? null : by);
  };
  const later = dayAfter(period.to, 1);
  const isPast = Temporal.Instant.compare(momentOf(later), tx.now) <= 0;
  const now = await ask("open-now", { ...selection, show: "open", where }, null);
  const came = isPast ? (await within("opened", later)).whole.many : 0;
  const went = isPast ? (await within("closed", later)).whole.many : 0;
  const opened = await within("opened", period.from, period.to);
  const closed = await within("closed", period.from, period.to);
  let open = now.whole.many - came + went;
  const inAll: Found = { many: open, values: {} };
  const groups = new Map<string, Found>();
  for (const { key } of stepsOf(period, by).toReversed()) {
    groups.set(key, { many: open, values: {} });
    open += (closed.groups.get(key)?.many ?? 0) - (opened.groups.get(key)?.many ?? 0);
  }
  return { whole: inAll, groups, leftOut: 0 };
}
