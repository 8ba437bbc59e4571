/** How long something took, in milliseconds, when this many did it at once. */
export interface Figures {
  readonly name: string;
  readonly concurrency: number;
  readonly times: number;
  readonly p50: number;
  readonly p95: number;
  readonly perSecond: number;
}

/** One thing to measure: `once` is called with a number that is new each time, and must throw when the answer is not right. */
export interface Measured {
  readonly name: string;
  readonly once: (at: number) => Promise<void>;
  /** What is dear is done so often and by one alone, and the first time counts: for what is kept once it was done. */
  readonly firstTimes?: number;
  /** How often it is done at the most, instead of 300 times: a rate is one that lasts, and not that of a second. */
  readonly timesMost?: number;
}

const usualTimes = 300;
const secondsMost = 20;
/** V8 compiles what is asked often after some dozens of times; a desk's process has been asked thousands of times. */
const warmingUp = 100;

/** Does it until it was done 300 times or 20 seconds are over, this many at once, after some that do not count. */
export async function measure(
  { name, once, firstTimes, timesMost = usualTimes }: Measured,
  concurrency: number,
): Promise<Figures> {
  const warming = firstTimes === undefined ? warmingUp : 0;
  for (let at = 0; at < warming; at++) await once(at);
  const took: number[] = [];
  const begun = performance.now();
  let started = 0;
  const work = async () => {
    while (started < (firstTimes ?? timesMost) && performance.now() - begun < secondsMost * 1000) {
      const at = warming + started++;
      const from = performance.now();
      await once(at);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - begun) / 1000;
  took.sort((one, other) => one - other);
  return {
    name,
    concurrency,
    times: took.length,
    p50: percentile(took, 0.5),
    p95: percentile(took, 0.95),
    perSecond: took.length / seconds,
  };
}

/** The value below which this share of the sorted numbers lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
