import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Logger } from "pino";
import { seesAll, sightMark } from "../../kernel/shared-sight.ts";
import type { Actor, Who } from "../../kernel/transaction.ts";
import { createChanges } from "./changes.ts";
import type { Shown } from "./changes.ts";
import { add, asideKey, keysOf, listKey, otherListsOf, personKey, remove } from "./keys.ts";
import { createListening } from "./listening.ts";
import { beatMs, createElsewhere, hereChannel } from "./elsewhere.ts";
import { createPace } from "./pace.ts";
import type { Waiting } from "./pace.ts";
import { createPresence } from "./presence.ts";
import type { NamesFor } from "./presence.ts";
import { channel, concernsWorkOf, internalTo, mayKnow, readBell, readTold } from "./told.ts";
import type { Told } from "./told.ts";
import { createTogether } from "./together.ts";
import type { RowsFor, Together } from "./together.ts";

/** Open pages of one person, and of everybody, in one web process. */
export const streamsOfPersonMax = 16;
export const streamsMax = 2000;

/** A page that is open somewhere and hears of changes. */
export interface Stream {
  readonly shown: Shown;
  readonly who: Who;
  /** It is not told to look again before so long, where it shows much that is dear to make; 400 unless said. Milliseconds. */
  readonly gapMs?: number;
  /** Types, by name, whose records it counts or lists beside what it is of: of changes of these it hears less often. */
  readonly also?: readonly string[];
  /** Of a list: how it is seen, as its address says it. Its rows are then sent with the news, where others see the same. */
  readonly view?: string;
  /** Writes an event; what is sent to a page that reads too slowly ends it. */
  send(event: "look" | "here" | "bell" | "again" | "beat", data: string): void;
  /** Writes an event that was made before, for many pages. */
  give(event: Buffer): void;
  /** Ends the connection. The page tries again by itself. */
  end(): void;
}

/** What is known of the person whose page it is. */
export interface Reader {
  readonly actor: Actor;
  /** The types of which they take decisions. */
  readonly decides: ReadonlySet<string>;
}

/** Tells open pages that what they show has changed, who else has it open, and how many notifications are unread. */
export interface Hub {
  start(): void;
  /** Why there is no room for another page of this person; null when there is. */
  full(who: Who): "person" | "all" | null;
  /**
   * Adds a page that was made at `madeAt` (milliseconds since 1970) and whose person may see what it shows. It is told at
   * once when something may have changed since.
   */
  open(stream: Stream, reader: Reader, madeAt: number): void;
  closed(stream: Stream): void;
  close(): Promise<void>;
}

interface HubOptions {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly namesFor: NamesFor;
  /** What stands beside somebody's bell: how many are unread; "" for none. */
  readonly bellOf: (who: Who) => Promise<string>;
  readonly rowsFor: RowsFor;
}

interface Open extends Stream {
  readonly stream: Stream;
  lookedAt: number;
  changedAt: number;
  look(): void;
  /** For what happens to the other records that it shows. */
  readonly aside: Waiting;
  /** For what stands round rows that were sent to it; `since` when it is to follow, null while it is not. */
  readonly later: Waiting & { since: number | null };
  /** The pages that it is sent rows with; null for a page that looks itself. */
  together: { readonly pages: Together; leave(): void } | null;
}

interface Person {
  reader: Reader;
  readonly open: Set<Open>;
  /** Read once for all of their pages. */
  readonly bell: Waiting;
}

/** Of the other records that a page shows it hears at the earliest after so long: there may be a great many. Milliseconds. */
const asideGapMs = 2000;
/** What stands round the rows of a list (how many there are, what the navigation says) follows at the earliest after so long. Milliseconds. */
const laterGapMs = 15_000;
/** A bell is counted again at the earliest after so long. Milliseconds. */
const bellGapMs = 1000;

/** The hub of one web process. */
export function createHub({ pool, log, namesFor, bellOf, rowsFor }: HubOptions): Hub {
  const streams = new Map<Stream, Open>();
  const byKey = new Map<string, Set<Open>>();
  const people = new Map<string, Person>();
  const togethers = new Map<string, Together>();
  const pace = createPace();
  const listening = createListening({
    pool,
    log,
    channels: [channel, hereChannel],
    heard: (on, payload) => {
      if (on === hereChannel) return elsewhere.heard(payload);
      const bell = readBell(payload);
      if (bell) return tellBell(bell);
      const told = readTold(payload);
      if (told) tell(told);
    },
    missed: () => {
      elsewhere.begin();
      for (const open of streams.values()) askAll(open, Date.now());
      for (const { bell } of people.values()) pace.ask(bell);
    },
  });
  const elsewhere = createElsewhere({
    send: (payload) => listening.send(hereChannel, payload),
    changed: (recordId) => presence.changed(recordId),
    all: () => presence.all(),
  });
  const beats = setInterval(elsewhere.beat, beatMs).unref();
  const presence = createPresence({ namesFor, elsewhere, log });
  const changes = createChanges(listening.since);

  const ask = (open: Open, at: number) => {
    if (open.shown.what === "nothing") return;
    open.changedAt = at;
    pace.ask(open);
  };

  const askAside = (open: Open, at: number) => {
    open.changedAt = at;
    pace.ask(open.aside);
  };

  /** Asks that a page look itself, or that the pages of its view be sent their rows. */
  const askTogether = (open: Open, told: Told, at: number) => {
    // What is restricted may be on one person's page and not on another's.
    if (!open.together || told.record?.restricted) return ask(open, at);
    const { pages } = open.together;
    open.changedAt = at;
    pages.changed(told.record?.id ?? null, at);
    pace.ask(pages.waiting);
    if (open.later.since === null) open.later.lookedAt = open.later.since = at;
    pace.ask(open.later);
  };

  const askAll = (open: Open, at: number) => {
    ask(open, at);
    if (open.also?.length) askAside(open, at);
  };

  const tell = (told: Told) => {
    const at = Date.now();
    changes.note(told, at);
    const lists = byKey.get(listKey(told)) ?? [];
    const records = told.record ? (byKey.get(told.record.id) ?? []) : recordsOf(told);
    const works = byKey.get(listKey({ ...told, type: "" })) ?? [];
    for (const open of [...records, ...lists, ...works]) {
      const reader = people.get(personKey(open.who))?.reader;
      if (!reader || open.shown.organisationId !== told.organisationId || !mayKnow(reader.actor, told)) continue;
      if (open.shown.what !== "work" || concernsWorkOf(reader.actor, told, reader.decides)) askTogether(open, told, at);
    }
    for (const open of byKey.get(asideKey(told)) ?? []) {
      const reader = people.get(personKey(open.who))?.reader;
      if (reader && mayKnow(reader.actor, told)) askAside(open, at);
    }
  };

  const recordsOf = ({ organisationId, type }: Told) =>
    [...streams.values()].filter(
      ({ shown }) => shown.recordId !== null && shown.organisationId === organisationId && shown.type === type,
    );

  const ring = (person: Person, at: number) => {
    pace.ask(person.bell);
    // What somebody is told of may be work of a person for whom they stand in.
    for (const open of person.open) if (["work", "told"].includes(open.shown.what)) ask(open, at);
  };

  const tellBell = (who: Who) => {
    const at = Date.now();
    changes.noteBell(who, at);
    const person = people.get(personKey(who));
    if (person) ring(person, at);
  };

  const join = (open: Open, { actor }: Reader, madeAt: number) => {
    const { shown, view, who } = open;
    if (shown.what !== "list" || view === undefined || !seesAll(actor, shown.type)) return;
    const mark = sightMark(actor);
    const key = JSON.stringify([who.organisationId, shown.type, view, mark]);
    const pages = togethers.get(key) ?? createTogether({ view, mark }, { rowsFor, log });
    togethers.set(key, pages);
    const leave = () => {
      pages.leave(page);
      open.together = null;
      if (pages.size > 0) return;
      pace.forget(pages.waiting);
      togethers.delete(key);
    };
    const page = {
      stream: open.stream,
      madeAt,
      held: 0,
      lookItself: (at: number) => {
        leave();
        ask(open, at);
      },
    };
    pages.join(page);
    open.together = { pages, leave };
  };

  const personOf = (who: Who, reader: Reader): Person => {
    const known = people.get(personKey(who));
    if (known) return Object.assign(known, { reader });
    const open = new Set<Open>();
    const tellAll = async () => {
      const text = await bellOf(who);
      for (const one of open) one.send("bell", text);
    };
    const look = () =>
      void tellAll().catch((error: unknown) => log.warn({ err: error }, "a bell could not be counted"));
    const person = { reader, open, bell: { lookedAt: 0, gapMs: bellGapMs, look } };
    people.set(personKey(who), person);
    return person;
  };

  return {
    start: listening.start,
    full: (who) => {
      if (streams.size >= streamsMax) return "all";
      return (people.get(personKey(who))?.open.size ?? 0) >= streamsOfPersonMax ? "person" : null;
    },
    open: (stream, reader, madeAt) => {
      listening.start();
      const look = () => stream.send("look", String(open.changedAt));
      const aside = { lookedAt: 0, gapMs: Math.max(asideGapMs, stream.gapMs ?? 0), look };
      const later = {
        lookedAt: 0,
        gapMs: Math.max(laterGapMs, stream.gapMs ?? 0),
        since: null,
        look: () => {
          open.later.since = null;
          look();
        },
      };
      const open: Open = { ...stream, stream, lookedAt: 0, changedAt: 0, look, aside, later, together: null };
      streams.set(stream, open);
      for (const key of keysOf(stream)) add(byKey, key, open);
      const person = personOf(stream.who, reader);
      person.open.add(open);
      join(open, reader, madeAt);
      if (changes.after(madeAt, stream.shown, { ...reader, internal: internalTo(reader, stream.shown) }))
        ask(open, Date.now());
      if (
        otherListsOf(stream).some((list) =>
          changes.after(madeAt, list, { ...reader, internal: internalTo(reader, list) }),
        )
      )
        askAside(open, Date.now());
      if (changes.bellAfter(madeAt, stream.who)) ring(person, Date.now());
      if (stream.shown.recordId !== null) presence.came(stream);
    },
    closed: (stream) => {
      const open = streams.get(stream);
      if (!open) return;
      streams.delete(stream);
      pace.forget(open);
      pace.forget(open.aside);
      pace.forget(open.later);
      open.together?.leave();
      for (const key of keysOf(stream)) remove(byKey, key, open);
      const person = people.get(personKey(stream.who));
      person?.open.delete(open);
      if (person?.open.size === 0) {
        people.delete(personKey(stream.who));
        pace.forget(person.bell);
      }
      if (stream.shown.recordId !== null) presence.left(stream);
    },
    close: async () => {
      clearInterval(beats);
      // A database that does not answer holds nobody up: the others notice by themselves.
      await Promise.race([elsewhere.end(), sleep(500, undefined, { ref: false })]);
      presence.close();
      await listening.close();
    },
  };
}
