import type { Logger } from "pino";
import type { Who } from "../../kernel/transaction.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { Stream } from "./hub.ts";

/** The names of those people whom somebody may see, by their ids. */
export type NamesFor = (who: Who, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Who has a record open, in this process and in others. */
export interface Presence {
  came(stream: Stream): void;
  left(stream: Stream): void;
  /** Somebody has come to a record in another process, or has gone. */
  changed(recordId: string): void;
  /** Everybody who is here in this process. */
  all(): Iterable<readonly [recordId: string, personId: string]>;
  close(): void;
}

interface PresenceOptions {
  readonly namesFor: NamesFor;
  readonly elsewhere: Pick<Elsewhere, "on" | "tell">;
  readonly log: Logger;
}

/** Somebody who loads the page again, or goes from one part of the record to another, has not left. Milliseconds. */
const lingerMs = 3000;
const tellAfterMs = 150;
/** With many people on one record each is told less often: this many milliseconds for each of them. */
const tellMsOfEach = 20;
/** No more names than this are looked for. */
const namesMax = 12;

interface Present {
  readonly open: Set<Stream>;
  /** People who left a moment ago. */
  readonly lingering: Map<string, NodeJS.Timeout>;
  readonly told: WeakMap<Stream, string>;
  timer: NodeJS.Timeout | undefined;
}

/** Tells each page of a record who else has it open, of those whom its person may see. */
export function createPresence({ namesFor, elsewhere, log }: PresenceOptions): Presence {
  const records = new Map<string, Present>();

  const tellSoon = (id: string, record: Present) => {
    record.timer ??= setTimeout(
      () => {
        record.timer = undefined;
        tell(id, record).catch((error: unknown) => log.warn({ err: error }, "who is here could not be told"));
        if (record.open.size === 0 && record.lingering.size === 0) records.delete(id);
      },
      Math.max(tellAfterMs, record.open.size * tellMsOfEach),
    ).unref();
  };

  const tell = async (id: string, record: Present) => {
    const present = new Set([...presentIn(record), ...elsewhere.on(id)]);
    for (const stream of record.open) {
      const others = [...present].filter((id) => id !== stream.who.personId).slice(0, namesMax);
      const names = others.length === 0 ? new Map<string, string>() : await namesFor(stream.who, others);
      const line = JSON.stringify(others.flatMap((id) => names.get(id) ?? []).toSorted());
      if (record.told.get(stream) === line || !record.open.has(stream)) continue;
      record.told.set(stream, line);
      stream.send("here", line);
    }
  };

  return {
    came: (stream) => {
      const id = stream.shown.recordId ?? "";
      const record = records.get(id) ?? {
        open: new Set(),
        lingering: new Map(),
        told: new WeakMap(),
        timer: undefined,
      };
      records.set(id, record);
      if (!presentIn(record).has(stream.who.personId)) elsewhere.tell(id, stream.who.personId, true);
      record.open.add(stream);
      clearTimeout(record.lingering.get(stream.who.personId));
      record.lingering.delete(stream.who.personId);
      tellSoon(id, record);
    },
    left: (stream) => {
      const id = stream.shown.recordId ?? "";
      const record = records.get(id);
      if (!record?.open.delete(stream)) return;
      const { personId } = stream.who;
      if ([...record.open].some(({ who }) => who.personId === personId)) return;
      clearTimeout(record.lingering.get(personId));
      const gone = () => {
        record.lingering.delete(personId);
        elsewhere.tell(id, personId, false);
        tellSoon(id, record);
      };
      record.lingering.set(personId, setTimeout(gone, lingerMs).unref());
    },
    changed: (id) => {
      const record = records.get(id);
      if (record) tellSoon(id, record);
    },
    all: function* () {
      for (const [id, record] of records) for (const personId of presentIn(record)) yield [id, personId] as const;
    },
    close: () => {
      for (const { timer, lingering } of records.values()) {
        clearTimeout(timer);
        for (const one of lingering.values()) clearTimeout(one);
      }
      records.clear();
    },
  };
}

/** The people who have it open here, and those who left a moment ago. */
function presentIn({ open, lingering }: Present): ReadonlySet<string> {
  return new Set([...[...open].map(({ who }) => who.personId), ...lingering.keys()]);
}
