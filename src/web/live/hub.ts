import type pg from "pg";
import type { Logger } from "pino";
import { readsInternal } from "../../kernel/access.ts";
import type { Actor, Who } from "../../kernel/transaction.ts";
import { createChanges } from "./changes.ts";
import type { Shown } from "./changes.ts";
import { createListening } from "./listening.ts";
import { createPace } from "./pace.ts";
import { createPresence } from "./presence.ts";
import type { NamesFor } from "./presence.ts";
import { mayKnow, readTold } from "./told.ts";
import type { Told } from "./told.ts";

/** Open pages of one person, and of everybody, in one web process. */
export const streamsOfPersonMax = 16;
export const streamsMax = 2000;

/** A page that is open somewhere and hears of changes. */
export interface Stream {
  readonly shown: Shown;
  readonly who: Who;
  /** Writes an event; what is sent to a page that reads too slowly ends it. */
  send(event: "look" | "here" | "again" | "beat", data: string): void;
  /** Ends the connection. The page tries again by itself. */
  end(): void;
}

/** Tells open pages that what they show has changed, and who else has it open. */
export interface Hub {
  start(): void;
  /** Why there is no room for another page of this person; null when there is. */
  full(who: Who): "person" | "all" | null;
  /**
   * Adds a page that was made at `madeAt` (milliseconds since 1970) and whose person may see what it shows. It is told at
   * once when something may have changed since.
   */
  open(stream: Stream, actor: Actor, madeAt: number): void;
  closed(stream: Stream): void;
  close(): Promise<void>;
}

interface Open extends Stream {
  lookedAt: number;
  changedAt: number;
  look(): void;
}

interface Person {
  actor: Actor;
  readonly open: Set<Open>;
}

/** The hub of one web process. */
export function createHub({ pool, log, namesFor }: { pool: pg.Pool; log: Logger; namesFor: NamesFor }): Hub {
  const streams = new Map<Stream, Open>();
  const byKey = new Map<string, Set<Open>>();
  const people = new Map<string, Person>();
  const pace = createPace();
  const presence = createPresence({ namesFor, log });
  const listening = createListening({
    pool,
    log,
    heard: (payload) => {
      const told = readTold(payload);
      if (told) tell(told);
    },
    missed: () => {
      for (const open of streams.values()) ask(open, Date.now());
    },
  });
  const changes = createChanges(listening.since);

  const ask = (open: Open, at: number) => {
    open.changedAt = at;
    pace.ask(open);
  };

  const tell = (told: Told) => {
    const at = Date.now();
    changes.note(told, at);
    const lists = byKey.get(listKey(told)) ?? [];
    const records = told.record ? (byKey.get(told.record.id) ?? []) : recordsOf(told);
    for (const open of [...records, ...lists]) {
      const person = people.get(personKey(open.who));
      if (open.shown.organisationId === told.organisationId && person && mayKnow(person.actor, told)) ask(open, at);
    }
  };

  const recordsOf = ({ organisationId, type }: Told) =>
    [...streams.values()].filter(
      ({ shown }) => shown.recordId !== null && shown.organisationId === organisationId && shown.type === type,
    );

  return {
    start: listening.start,
    full: (who) => {
      if (streams.size >= streamsMax) return "all";
      return (people.get(personKey(who))?.open.size ?? 0) >= streamsOfPersonMax ? "person" : null;
    },
    open: (stream, actor, madeAt) => {
      listening.start();
      const open: Open = {
        ...stream,
        lookedAt: 0,
        changedAt: 0,
        look: () => stream.send("look", String(open.changedAt)),
      };
      streams.set(stream, open);
      add(byKey, keyOf(stream.shown), open);
      const person = people.get(personKey(stream.who)) ?? { actor, open: new Set<Open>() };
      person.actor = actor;
      people.set(personKey(stream.who), person);
      person.open.add(open);
      if (changes.after(madeAt, stream.shown, readsInternal(actor, stream.shown.type))) ask(open, Date.now());
      if (stream.shown.recordId !== null) presence.came(stream);
    },
    closed: (stream) => {
      const open = streams.get(stream);
      if (!open) return;
      streams.delete(stream);
      pace.forget(open);
      remove(byKey, keyOf(stream.shown), open);
      const person = people.get(personKey(stream.who));
      person?.open.delete(open);
      if (person?.open.size === 0) people.delete(personKey(stream.who));
      if (stream.shown.recordId !== null) presence.left(stream);
    },
    close: async () => {
      presence.close();
      await listening.close();
    },
  };
}

const personKey = ({ organisationId, personId }: Who) => `${organisationId} ${personId}`;
const listKey = ({ organisationId, type }: { organisationId: string; type: string }) => `${organisationId} ${type}`;
const keyOf = (shown: Shown) => shown.recordId ?? listKey(shown);

function add<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.add(value);
  else map.set(key, new Set([value]));
}

function remove<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = map.get(key);
  known?.delete(value);
  if (known?.size === 0) map.delete(key);
}
