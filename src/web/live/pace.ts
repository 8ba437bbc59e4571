/** Somebody who is to be told to look again. */
export interface Waiting {
  /** When they were told last, in milliseconds since 1970. */
  lookedAt: number;
  /** They are not told again before so long; 400 unless said. Milliseconds. */
  readonly gapMs?: number;
  look(): void;
}

/** How fast people are told: each look makes a page, and a busy hour must not make more than the process can. */
const looksPerSecond = 50;
const looksAtOnce = 25;
const gapMsUsual = 400;
const tickMs = 50;

/** Tells in order of asking, at once while there are few, spread out when there are many. */
export function createPace(now: () => number = Date.now): { ask(who: Waiting): void; forget(who: Waiting): void } {
  const waiting = new Set<Waiting>();
  let left = looksAtOnce;
  let filledAt = now();
  let timer: NodeJS.Timeout | undefined;

  const drain = () => {
    timer = undefined;
    const at = now();
    left = Math.min(looksAtOnce, left + (Math.max(0, at - filledAt) / 1000) * looksPerSecond);
    filledAt = at;
    for (const who of waiting) {
      if (left < 1) break;
      if (at - who.lookedAt < (who.gapMs ?? gapMsUsual)) continue;
      waiting.delete(who);
      left -= 1;
      who.lookedAt = at;
      who.look();
    }
    if (waiting.size > 0) timer = setTimeout(drain, tickMs).unref();
  };

  return {
    ask: (who) => {
      waiting.add(who);
      if (timer === undefined) drain();
    },
    forget: (who) => void waiting.delete(who),
  };
}
