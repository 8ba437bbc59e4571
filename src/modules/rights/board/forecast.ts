/** An open case, as far as a forecast looks at it. Days are those that count for its kind (`days.ts`), from today; fewer than none have been. */
export interface OpenCase {
  /** Until the end of the day by which it is worked to; null while no deadline runs. */
  readonly daysLeft: number | null;
  /** Until whoever has it is back; null where they are there, somebody stands in for them, or nobody has it. */
  readonly awayFor: number | null;
  /** Whether nobody has it. */
  readonly nobodys: boolean;
  /** Until the last of its open questions is wanted; null where none is open. */
  readonly questionsFor: number | null;
}

/** How many cases were answered so many such days before their day; after it, fewer than none. */
export type History = ReadonlyMap<number, number>;

/** When an open case will be answered, by what became of others that were as near their day. */
export interface Forecast {
  /** Days from today; null while no deadline runs. */
  readonly finishIn: number | null;
  /** Days to spare: fewer than none is late. Null while no deadline runs. */
  readonly spare: number | null;
  /** Of those like it that were still open so near their day, how many came late; null where they are too few. */
  readonly like: { readonly many: number; readonly late: number } | null;
  readonly danger: Danger;
}

export type Danger = "late" | "likely" | "tight" | "fine" | "waits";

/** Fewer than so many say nothing. */
export const likeMin = 8;
/** What there is to do once the last question is answered, or somebody is back: days. */
const rest = 1;
/** What is to spare and no more is tight: days. */
const tightDays = 2;
/** What nobody has is tight when so many days are left, half of the Act’s time: days. */
const nobodysDays = 10;
const dangers: readonly Danger[] = ["late", "likely", "tight", "fine", "waits"];

/** Forecasts when a case is answered: half of those like it that were still open so many days before their day were answered by then. */
export function forecast(one: OpenCase, history: History): Forecast {
  const { daysLeft } = one;
  if (daysLeft === null) return { finishIn: null, spare: null, like: null, danger: "waits" };
  const found = like(history, daysLeft);
  const usual = found === null ? Math.max(0, daysLeft) : Math.max(0, daysLeft - found.half);
  const held = [one.awayFor, one.questionsFor].filter((days) => days !== null).map((days) => Math.max(0, days) + rest);
  const finishIn = Math.max(usual, ...held);
  const spare = daysLeft - finishIn;
  return {
    finishIn,
    spare,
    like: found && { many: found.many, late: found.late },
    danger: dangerOf(one, spare, found),
  };
}

/** Those in the most danger first; of the same danger those with the least to spare, then those that are due first. */
export function byDanger(
  one: { readonly forecast: Forecast; readonly daysLeft: number | null },
  other: { readonly forecast: Forecast; readonly daysLeft: number | null },
): number {
  const rank = dangers.indexOf(one.forecast.danger) - dangers.indexOf(other.forecast.danger);
  if (rank !== 0) return rank;
  return (one.forecast.spare ?? 0) - (other.forecast.spare ?? 0) || (one.daysLeft ?? 0) - (other.daysLeft ?? 0);
}

interface Like {
  readonly many: number;
  readonly late: number;
  /** How many days before their day half of them were answered. */
  readonly half: number;
}

const known = new WeakMap<History, Map<number, Like | null>>();

/** What became of those that were still open so many days before their day. */
function like(history: History, daysLeft: number): Like | null {
  const kept = known.get(history) ?? new Map<number, Like | null>();
  known.set(history, kept);
  if (!kept.has(daysLeft)) kept.set(daysLeft, countLike(history, daysLeft));
  return kept.get(daysLeft) ?? null;
}

function countLike(history: History, daysLeft: number): Like | null {
  const those = [...history].filter(([before]) => before <= daysLeft).toSorted(([one], [other]) => other - one);
  const many = those.reduce((sum, [, some]) => sum + some, 0);
  if (many < likeMin) return null;
  const late = those.reduce((sum, [before, some]) => (before < 0 ? sum + some : sum), 0);
  let passed = 0;
  const half = those.find(([, some]) => (passed += some) * 2 >= many)?.[0] ?? 0;
  return { many, late, half };
}

function dangerOf({ daysLeft, nobodys }: OpenCase, spare: number, found: Like | null): Danger {
  if (daysLeft !== null && daysLeft < 0) return "late";
  const share = found === null ? 0 : found.late / found.many;
  if (spare < 0 || share >= 0.5) return "likely";
  return spare <= tightDays || share >= 0.25 || (nobodys && (daysLeft ?? 0) <= nobodysDays) ? "tight" : "fine";
}
