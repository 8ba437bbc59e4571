import type { Told } from "./told.ts";

/** When records and lists changed last, as far as it is remembered. Moments are milliseconds since 1970. */
export interface Changes {
  note(told: Told, at: number): void;
  /** Whether what a page shows may have changed after this moment; yes for a moment before anything was known. */
  after(moment: number, shown: Shown, internal: boolean): boolean;
}

/** What a page shows: one record, or a list of a type. */
export interface Shown {
  readonly organisationId: string;
  readonly type: string;
  /** Null for a list. */
  readonly recordId: string | null;
}

interface Last {
  everyone: number;
  any: number;
}

/** Remembers the last change of this many records and lists. */
const keptMax = 10_000;

/** Nothing is known before `since()`. While that is null nothing is heard, and everybody is told when it ends. */
export function createChanges(since: () => number | null): Changes {
  const last = new Map<string, Last>();
  /** Before this moment changes were forgotten for want of room. */
  let forgottenUntil = 0;

  const set = (key: string, at: number, internal: boolean) => {
    const before = last.get(key);
    last.delete(key);
    last.set(key, { any: at, everyone: internal ? (before?.everyone ?? 0) : at });
    for (const [oldest, { any }] of last) {
      if (last.size <= keptMax) break;
      last.delete(oldest);
      forgottenUntil = Math.max(forgottenUntil, any);
    }
  };

  return {
    note: ({ organisationId, type, record }, at) => {
      set(`${organisationId} ${type}`, at, record?.internal ?? false);
      if (record) set(record.id, at, record.internal);
      // Which ones they were is not told.
      else set(`${organisationId} ${type} many`, at, false);
    },
    after: (moment, { organisationId, type, recordId }, internal) => {
      const known = since();
      if (known === null) return false;
      if (moment < known || moment <= forgottenUntil) return true;
      const keys = recordId === null ? [`${organisationId} ${type}`] : [recordId, `${organisationId} ${type} many`];
      return keys.some((key) => {
        const found = last.get(key);
        return found !== undefined && (internal ? found.any : found.everyone) > moment;
      });
    },
  };
}
