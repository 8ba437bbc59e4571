/** After a fault of ours it rests so long. Milliseconds. */
const restAfterFaultMs = 30_000;

/** Does work again and again, each time after as long a rest as the work says; a fault is logged and the work goes on. */
export function round(
  work: (stop: AbortSignal) => Promise<number>,
  failure: string,
  log: { error(error: unknown, message: string): void },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const rest = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      stopping.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const restsMs = await work(stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) log.error(error, failure);
        return restAfterFaultMs;
      });
      if (!stopping.signal.aborted) await rest(restsMs);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
