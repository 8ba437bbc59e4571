import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "./web-world.ts";

/** An open page's connection: the events that came over it. */
export interface Connected {
  readonly status: number;
  readonly headers: Headers;
  /** The data of the first event of this name that was not taken yet; null when none comes in time. */
  next(event: string, timeoutMs?: number): Promise<string | null>;
  /** Whether the server ended it, in time. */
  ends(timeoutMs?: number): Promise<boolean>;
  close(): void;
}

/** Connects to a server as a page of the address under `/live`, made at a moment: milliseconds since 1970. */
export async function follow(server: string, browser: Browser, path: string, at: number): Promise<Connected> {
  const stop = new AbortController();
  const answer = await fetch(`${server}/live${path}${path.includes("?") ? "&" : "?"}at=${at}`, {
    headers: { cookie: browser.cookieHeader(), "user-agent": "Firefox" },
    signal: stop.signal,
  });
  const events: { event: string; data: string }[] = [];
  let ended = false;
  const read = async () => {
    let text = "";
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        if (event) events.push({ event, data });
        text = text.slice(end + 2);
      }
    }
  };
  void read().then(
    () => (ended = true),
    () => (ended = true),
  );
  const until = async (timeoutMs: number, done: () => boolean) => {
    for (const end = Date.now() + timeoutMs; !done() && Date.now() < end;) await sleep(10);
    return done();
  };
  return {
    status: answer.status,
    headers: answer.headers,
    next: async (event, timeoutMs = 1000) => {
      const at = () => events.findIndex((one) => one.event === event);
      return (await until(timeoutMs, () => at() >= 0)) ? (events.splice(at(), 1)[0]?.data ?? null) : null;
    },
    ends: (timeoutMs = 1000) => until(timeoutMs, () => ended),
    close: () => stop.abort(),
  };
}
