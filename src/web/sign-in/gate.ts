/** Lets a few through at once, a bounded number wait, and turns the rest away. */
export interface Gate {
  /** Runs the work when there is room; `full` when too many wait already. */
  run<Result>(work: () => Promise<Result>): Promise<Result | "full">;
}

/** `runningMax` at once, `waitingMax` in line behind them. */
export function gate({ runningMax, waitingMax }: { runningMax: number; waitingMax: number }): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  return {
    async run(work) {
      if (running >= runningMax) {
        if (waiting.length >= waitingMax) return "full";
        // The one who leaves hands its place on, so `running` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
