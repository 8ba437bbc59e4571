import type { Tx } from "../transaction.ts";
import type { Asked } from "./evaluate.ts";
import { isTime } from "./groupings.ts";
import { stepsOf } from "./periods.ts";
import { read } from "./read.ts";
import type { Found, Reading, Readings } from "./read.ts";

/**
 * How many were open at the end of each step: what was open at the end of the last one, and step by step back from there
 * what came taken away and what was closed added. Three questions, however many steps.
 */
export async function openAtEnds(tx: Tx, reading: Reading, { period, by }: Asked): Promise<Readings> {
  if (by === null || !isTime(by)) throw new Error("What was open is asked for by time");
  const { "open-on": _end, ...where } = reading.selection.where;
  const count = (happened: "opened" | "closed") =>
    read(tx, {
      ...reading,
      measure: { ...reading.measure, over: { happened }, works: "count" },
      selection: {
        ...reading.selection,
        where: { ...where, [`${happened}-from`]: [period.from], [`${happened}-to`]: [period.to] },
      },
    });
  const atEnd = await read(tx, { ...reading, by: null });
  const [opened, closed] = [await count("opened"), await count("closed")];
  const groups = new Map<string, Found>();
  let open = atEnd.whole.many;
  for (const { key } of stepsOf(period, by).toReversed()) {
    groups.set(key, { many: open, values: {} });
    open += (closed.groups.get(key)?.many ?? 0) - (opened.groups.get(key)?.many ?? 0);
  }
  return { whole: atEnd.whole, groups, leftOut: 0 };
}
