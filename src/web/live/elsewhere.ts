import { randomUUID } from "node:crypto";

/** The channel on which web processes tell one another who has a record open. Names of people and titles are never told. */
export const hereChannel = "reeve_here";

/** Who has records open in other web processes on the same database. Nothing of it is written down anywhere. */
export interface Elsewhere {
  /** The ids of the people who have this record open in another process. */
  on(recordId: string): readonly string[];
  /** Tells the others that somebody has come to a record here, or has gone. */
  tell(recordId: string, personId: string, here: boolean): void;
  heard(payload: string): void;
  /** This process hears the others, from now on or again: they are asked, and told all. */
  begin(): void;
  /** Once in a while: shows the others that this process lives, and forgets those that do no longer. */
  beat(): void;
  /** Tells the others that everybody here has gone. */
  end(): Promise<void>;
}

interface ElsewhereOptions {
  /** Sends a line to every process, this one too. What cannot be sent is lost: `begin` mends it. */
  readonly send: (payload: string) => Promise<void>;
  /** Somebody has come to this record in another process, or has gone. */
  readonly changed: (recordId: string) => void;
  /** Everybody here, record by record. */
  readonly all: () => Iterable<readonly [recordId: string, personId: string]>;
  readonly now?: () => number;
}

/** How often a process shows that it lives. Milliseconds. */
export const beatMs = 20_000;
/** One that was not heard for so long is taken for dead. Milliseconds. */
const deadMs = 60_000;
/** Comings and goings are told together. Milliseconds. */
const gatherMs = 200;
/** PostgreSQL takes less than 8,000 bytes in one line; each of these is 75. */
const entriesMax = 100;
const processesMax = 50;
const presentMax = 20_000;

interface Process {
  heardAt: number;
  /** People by record. */
  readonly open: Map<string, Set<string>>;
  many: number;
}

/**
 * Lines are `process|what|entries`. `hello`: I hear from now on, say who is with you. `all`: forget what you knew of me, these
 * are here. `more`: these too (`+record person`), or no longer (`-record person`). `alive` and `bye` say what they say. While
 * there is no other process nothing but `alive` is told.
 */
export function createElsewhere({ send, changed, all, now = Date.now }: ElsewhereOptions): Elsewhere {
  const own = randomUUID();
  const processes = new Map<string, Process>();
  const waiting = new Map<string, boolean>();
  let timer: NodeJS.Timeout | undefined;

  const say = (what: string, entries: readonly string[] = []) => send(`${own}|${what}|${entries.join(",")}`);

  const sayAll = () => {
    waiting.clear();
    const entries = [...all()].slice(0, presentMax).map(([record, person]) => `+${record} ${person}`);
    void say("all", entries.slice(0, entriesMax));
    for (let at = entriesMax; at < entries.length; at += entriesMax)
      void say("more", entries.slice(at, at + entriesMax));
  };

  const sayWaiting = () => {
    timer = undefined;
    if (processes.size > 0) {
      const entries = [...waiting].map(([entry, here]) => `${here ? "+" : "-"}${entry}`);
      for (let at = 0; at < entries.length; at += entriesMax) void say("more", entries.slice(at, at + entriesMax));
    }
    waiting.clear();
  };

  const forget = (id: string) => {
    const known = processes.get(id);
    processes.delete(id);
    for (const record of known?.open.keys() ?? []) changed(record);
  };

  const known = (id: string): Process | null => {
    const process = processes.get(id) ?? { heardAt: 0, open: new Map<string, Set<string>>(), many: 0 };
    if (!processes.has(id) && processes.size >= processesMax) return null;
    process.heardAt = now();
    processes.set(id, process);
    return process;
  };

  return {
    on: (recordId) => [...processes.values()].flatMap(({ open }) => [...(open.get(recordId) ?? [])]),
    tell: (recordId, personId, here) => {
      waiting.set(`${recordId} ${personId}`, here);
      timer ??= setTimeout(sayWaiting, gatherMs).unref();
    },
    heard: (payload) => {
      const [id = "", what = "", entries = ""] = payload.split("|");
      if (id === own || !isId(id)) return;
      if (what === "bye" || what === "all") forget(id);
      if (what === "bye") return;
      const first = !processes.has(id);
      const process = known(id);
      if (!process) return;
      if (what === "hello") sayAll();
      // One that was taken for dead, or whose beginning was not heard.
      else if (first && what !== "all") void say("hello");
      for (const record of keep(process, entries)) changed(record);
    },
    begin: () => {
      void say("hello");
      sayAll();
    },
    beat: () => {
      void say("alive");
      for (const [id, { heardAt }] of processes) if (now() - heardAt > deadMs) forget(id);
    },
    end: async () => {
      clearTimeout(timer);
      await say("bye");
    },
  };
}

/** Takes in who came and went; gives the records on which somebody did. */
function keep(process: Process, entries: string): ReadonlySet<string> {
  const records = new Set<string>();
  for (const entry of entries.split(",")) {
    const [record = "", person = ""] = entry.slice(1).split(" ");
    if (!isId(record) || !isId(person)) continue;
    const there = process.open.get(record) ?? new Set<string>();
    if (entry.startsWith("+") && !there.has(person) && process.many < presentMax) {
      process.open.set(record, there.add(person));
      process.many += 1;
    } else if (entry.startsWith("-") && there.delete(person)) {
      process.many -= 1;
      if (there.size === 0) process.open.delete(record);
    }
    records.add(record);
  }
  return records;
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
