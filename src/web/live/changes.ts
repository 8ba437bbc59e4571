import type { Actor, Who } from "../../kernel/transaction.ts";
import type { Told } from "./told.ts";

/** When records, lists and people's bells changed last, as far as it is remembered. Moments are milliseconds since 1970. */
export interface Changes {
  note(told: Told, at: number): void;
  noteBell(who: Who, at: number): void;
  /** Whether what a page shows may have changed after this moment; yes for a moment before anything was known. */
  after(moment: number, shown: Shown, reader: Reading): boolean;
  /** The same of somebody's bell. */
  bellAfter(moment: number, who: Who): boolean;
}

/** What a page shows. */
export interface Shown {
  readonly organisationId: string;
  /** One's own work is of records of every type, `told` is one's notifications; a page of nothing that changes has its bell alone. */
  readonly what: "record" | "list" | "work" | "told" | "nothing";
  /** Of a record or a list; "" for the others. */
  readonly type: string;
  /** Null for all but a record. */
  readonly recordId: string | null;
}

/** Of whoever looks at it. */
interface Reading {
  /** Whether what officers keep among themselves is news to them. */
  readonly internal: boolean;
  readonly actor: Pick<Actor, "personId" | "teams">;
  /** The types of which they take decisions. */
  readonly decides: ReadonlySet<string>;
}

interface Last {
  everyone: number;
  any: number;
}

/** Remembers the last change of this many records and lists. */
const keptMax = 20_000;

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

  const later = (moment: number, keys: readonly string[], internal: boolean) => {
    const known = since();
    if (known === null) return false;
    if (moment < known || moment <= forgottenUntil) return true;
    return keys.some((key) => {
      const found = last.get(key);
      return found !== undefined && (internal ? found.any : found.everyone) > moment;
    });
  };

  return {
    note: ({ organisationId, type, record }, at) => {
      set(`${organisationId} ${type}`, at, record?.internal ?? false);
      if (record) set(record.id, at, record.internal);
      // Which ones they were is not told.
      else for (const name of [type, "any"]) set(`${organisationId} ${name} many`, at, false);
      const whose = new Set(record ? [record.ownerId, record.requesterId, record.teamId] : []);
      for (const id of whose) if (id !== null) set(`${organisationId} work of ${id}`, at, false);
    },
    noteBell: (who, at) => set(bellKey(who), at, false),
    after: (moment, shown, reader) => later(moment, keysOf(shown, reader), reader.internal),
    bellAfter: (moment, who) => later(moment, [bellKey(who)], true),
  };
}

/** What must not have changed for the page to be as it was. */
function keysOf({ organisationId, what, type, recordId }: Shown, { actor, decides }: Reading): string[] {
  const of = (names: readonly string[]) => names.map((name) => `${organisationId} ${name}`);
  if (recordId !== null) return [recordId, ...of([`${type} many`])];
  if (what === "list") return of([type]);
  if (what !== "work") return [];
  return of([...[actor.personId, ...actor.teams].map((id) => `work of ${id}`), ...decides, "any many"]);
}

const bellKey = ({ organisationId, personId }: Who) => `${organisationId} ${personId} bell`;
