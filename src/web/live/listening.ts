import pg from "pg";
import type { Logger } from "pino";

/** One connection to the database that hears of changes for as long as the process lives. */
export interface Listening {
  /** Begins, once: later calls do nothing. */
  start(): void;
  /** Since when nothing can have been missed, in milliseconds since 1970; null while it does not hear. */
  since(): number | null;
  /** Sends a line on a channel to whoever listens, this process with them. What cannot be sent just now is lost. */
  send(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

const againMsFirst = 250;
const againMsMost = 5000;
/** How often the connection is asked whether it is still there. */
const proofMs = 30_000;

interface ListeningOptions {
  /** The pool whose database is listened to, with the same role; no connection of it is taken. */
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly channels: readonly string[];
  readonly heard: (channel: string, payload: string) => void;
  /** It hears again after a time in which anything may have happened. */
  readonly missed: () => void;
}

/** Listens; a connection that is lost is made again, later each time up to 5 seconds. */
export function createListening({ pool, log, channels, heard, missed }: ListeningOptions): Listening {
  let client: pg.Client | null = null;
  let since: number | null = null;
  let started = false;
  let closed = false;
  let wait = againMsFirst;
  let timer: NodeJS.Timeout | undefined;

  const lost = (which: pg.Client) => {
    if (client !== which) return;
    client = null;
    since = null;
    which.end().catch(() => {});
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), wait).unref();
    wait = Math.min(wait * 2, againMsMost);
  };

  const connect = async () => {
    const made = new pg.Client({ ...pool.options, application_name: "reeve live", keepAlive: true });
    client = made;
    made.on("error", () => lost(made));
    made.on("end", () => lost(made));
    made.on("notification", ({ channel, payload }) => heard(channel, payload ?? ""));
    try {
      await made.connect();
      await made.query(channels.map((channel) => `listen ${channel}`).join(";"));
      if (client !== made) return;
      since = Date.now();
      wait = againMsFirst;
      missed();
      prove(made);
    } catch (error) {
      log.warn({ err: error }, "changes cannot be listened to just now");
      lost(made);
    }
  };

  const prove = (which: pg.Client) => {
    timer = setTimeout(() => {
      which.query("select 1").then(
        () => client === which && prove(which),
        () => lost(which),
      );
    }, proofMs).unref();
  };

  return {
    start: () => {
      if (started || closed) return;
      started = true;
      void connect();
    },
    since: () => since,
    send: async (channel, payload) => {
      if (since === null) return;
      // A connection that is lost is noticed by itself.
      await client?.query("select pg_notify($1, $2)", [channel, payload]).catch(() => {});
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
