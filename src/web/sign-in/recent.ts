export interface RecentOptions {
  /** How long an answer is believed. Milliseconds. */
  readonly keptMs: number;
  readonly entriesMax: number;
  /** Milliseconds. Should it be set back, nothing remembered before is believed. */
  readonly clock: () => number;
}

export interface Recent<Value> {
  get(key: string): Promise<Value | null>;
  forget(key: string): void;
}

/**
 * Remembers what `load` answered, for a short time and a bounded number of keys. `null` and failures are not
 * remembered, so made-up keys cannot push real ones out.
 */
export function recent<Value>(load: (key: string) => Promise<Value | null>, options: RecentOptions): Recent<Value> {
  const { keptMs, entriesMax, clock } = options;
  const kept = new Map<string, { readonly value: Value; readonly since: number }>();
  // Counts what was forgotten, so that an answer which was on its way meanwhile is not remembered.
  let forgotten = 0;

  return {
    async get(key) {
      const found = kept.get(key);
      const since = clock();
      if (found !== undefined && since >= found.since && since < found.since + keptMs) return found.value;
      kept.delete(key);
      const forgottenBefore = forgotten;
      const value = await load(key);
      if (value === null || forgotten !== forgottenBefore) return value;
      kept.set(key, { value, since });
      // A Map keeps the order of arrival, so the first key is the oldest.
      for (const oldest of kept.keys()) {
        if (kept.size <= entriesMax) break;
        kept.delete(oldest);
      }
      return value;
    },
    forget(key) {
      forgotten += 1;
      kept.delete(key);
    },
  };
}
