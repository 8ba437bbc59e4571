import type { Tx } from "../transaction.ts";
import { ages } from "./ages.ts";
import { listAddress, selectionIn, selectionOf } from "./address.ts";
import type { Selection } from "./address.ts";
import { groupingNamed, isTime, labelsOf } from "./groupings.ts";
import { keptOrRead } from "./kept.ts";
import type { Kept } from "./kept.ts";
import type { Measure, Narrowing } from "./measure.ts";
import { openAtEnds } from "./open-at-ends.ts";
import { stepsOf, todayAt } from "./periods.ts";
import type { Period, Step } from "./periods.ts";
import { read } from "./read.ts";
import type { Answer, Found, Reading, Readings } from "./read.ts";
import { createReadings, nameOf } from "./together.ts";

/** What is asked of a measure. */
export interface Asked {
  readonly measure: Measure;
  readonly period: Period;
  /** `day`, `week`, `month`, `age`, `state` or a field; null for in all alone. */
  readonly by: string | null;
  /** What somebody chose beside what the measure itself looks at: values by filter of the type's list. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
}

/** One number of a measure. */
export interface Figure {
  /** In the measure's unit; of a share in 100, of working time in minutes. Null where there is nothing to work it out of. */
  readonly value: number | null;
  /** How many records it is worked out of; of a share, how many it is a share of. */
  readonly records: number;
  /** The list of just the records that it counts; null where there is no such list. */
  readonly href: string | null;
}

/** A measure by day, week, month or group. */
export interface Counted extends Asked {
  readonly total: Figure;
  readonly rows: readonly (Figure & { readonly key: string | null; readonly label: string; readonly step?: Step })[];
  /** How many groups are not told. */
  readonly leftOut: number;
  readonly readAt: Temporal.Instant;
}

/**
 * Works out measures as the person: what is counted is what they may see. What goes over the same records is read with one
 * statement. Refuses (invalid) a grouping that there is not and (impossible) what takes too long.
 */
export async function evaluateAll(tx: Tx, asked: readonly Asked[]): Promise<Counted[]> {
  for (const { measure, by } of asked) if (by !== null) groupingNamed(tx.actor, measure, by);
  const today = todayAt(tx.now).toString();
  const readings = createReadings(today);
  const wanted = asked.map((one) => {
    const { measure, period, by } = one;
    const ask = (share?: Narrowing) => {
      const selection = selectionOf(measure, period, share, one.where ? { where: one.where } : undefined);
      return { selection, place: byEnds(one) ? null : readings.add(measure, selection, by) };
    };
    const { works } = measure;
    return { one, main: ask(), part: typeof works === "object" && "share" in works ? ask(works.share) : null };
  });
  const answers = new Map<Reading, Kept<Answer>>();
  for (const reading of readings.all)
    answers.set(
      reading,
      await keptOrRead(tx, { name: nameOf(reading), type: reading.measure.type }, () => read(tx, reading)),
    );
  const counted: Counted[] = [];
  for (const { one, main, part } of wanted) {
    const found = async ({ selection, place }: typeof main): Promise<Kept<Readings>> => {
      if (place === null) {
        const name = JSON.stringify([one.measure.name, one.period, one.by, selection]);
        return keptOrRead(tx, { name, type: one.measure.type }, () => openAtEnds(tx, one, selection, today));
      }
      const { value, readAt } = answers.get(place.reading)!;
      return { value: value(place.part, one.by), readAt };
    };
    const whole = await found(main);
    counted.push(
      await countedOf(tx, one, {
        main: { selection: main.selection, found: whole.value },
        part: part && { selection: part.selection, found: (await found(part)).value },
        today,
        readAt: whole.readAt,
      }),
    );
  }
  return counted;
}

/** Works out one measure, as `evaluateAll` does several. */
export async function evaluate(tx: Tx, asked: Asked): Promise<Counted> {
  return (await evaluateAll(tx, [asked]))[0]!;
}

/** Whether what was open is asked for at the ends of several steps. */
function byEnds({ measure, by }: Asked): boolean {
  return measure.over === "open-at-end" && by !== null && isTime(by);
}

interface Part {
  readonly selection: Selection;
  readonly found: Readings;
}

interface Worked {
  readonly main: Part;
  /** Of a share: the records that are so as well. */
  readonly part: Part | null;
  readonly today: string;
  readonly readAt: Temporal.Instant;
}

async function countedOf(tx: Tx, asked: Asked, { main, part, today, readAt }: Worked): Promise<Counted> {
  const { measure, period, by } = asked;
  const shown = part ?? main;
  const figure = (whole: Found | undefined, counted: Found | undefined, selection: Selection | null): Figure => {
    const many = counted?.many ?? 0;
    return {
      value: valueOf(measure, whole, counted, part !== null),
      records: whole?.many ?? 0,
      href: many > 0 && selection ? listAddress(measure, selection) : null,
    };
  };
  const total = figure(main.found.whole, shown.found.whole, shown.selection);
  if (by === null) return { ...asked, total, rows: [], leftOut: 0, readAt };
  if (isTime(by)) {
    const rows = stepsOf(period, by).map((step) => {
      const inStep = asked.where ? { where: asked.where } : undefined;
      const share = typeof measure.works === "object" && "share" in measure.works ? measure.works.share : undefined;
      const selection = selectionOf(measure, step, share, inStep);
      const row = figure(main.found.groups.get(step.key), shown.found.groups.get(step.key), selection);
      return { ...row, key: step.key, label: step.key, step };
    });
    return { ...asked, total, rows, leftOut: 0, readAt };
  }
  const keys = by === "age" ? ages.map((_age, at) => String(at)) : inOrder(measure, by, [...main.found.groups.keys()]);
  const labels = await labelsOf(tx, measure, by, keys);
  const rows = keys.map((key) => ({
    ...figure(
      main.found.groups.get(key),
      shown.found.groups.get(key),
      selectionIn(measure, shown.selection, { by, key, today }),
    ),
    key,
    label: labels.get(key) ?? "None",
  }));
  return { ...asked, total, rows, leftOut: main.found.leftOut, readAt };
}

/** Numbers by their size; all else as it came, those with the most records first. */
function inOrder({ type }: Measure, by: string, keys: readonly (string | null)[]): readonly (string | null)[] {
  if (type.fields[by]?.kind.filter !== "number-range") return keys;
  return keys.toSorted((one, other) => Number(one ?? Infinity) - Number(other ?? Infinity));
}

function valueOf(
  { works }: Measure,
  whole: Found | undefined,
  counted: Found | undefined,
  share: boolean,
): number | null {
  const all = whole?.many ?? 0;
  if (share) return all === 0 ? null : ((counted?.many ?? 0) / all) * 100;
  if (works === "count") return all;
  const value = whole?.values[JSON.stringify(works)] ?? null;
  return value === null ? ("sum" in Object(works) ? 0 : null) : Math.round(value);
}
