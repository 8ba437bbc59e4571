import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Visitor } from "./visitor.ts";

/** Pages that follow a list, as browsers do: each is a stream of events, and asks for the page when it is told to. */
export interface Watchers {
  /**
   * Makes a change that puts `words` into the list, and waits until every page shows it. Gives in milliseconds, page by page,
   * after how long it heard of it and after how long it had what it shows then.
   */
  change(words: string, make: () => Promise<void>): Promise<{ told: number[]; shown: number[] }>;
  close(): void;
}

interface Page {
  readonly person: Visitor;
  stream: IncomingMessage;
  told: number | null;
  shown: number | null;
}

const waitMsMost = 60_000;

/** Opens so many pages of a list, shared out among these people, who are signed in. */
export async function openWatchers(
  address: string,
  { people, pages: many, path }: { people: readonly Visitor[]; pages: number; path: string },
): Promise<Watchers> {
  const agent = new Agent({ maxSockets: Infinity });
  const pages: Page[] = [];
  let words = "";
  const hear = async (page: Page, event: string) => {
    if (words === "" || !/^event: (look|rows)$/m.test(event)) return;
    page.told ??= performance.now();
    if (page.shown !== null) return;
    // What a browser does: the rows are in the event, or the page is asked for.
    if (
      event.includes(words) ||
      (event.startsWith("event: look") && (await page.person.get(path)).body.includes(words))
    )
      page.shown ??= performance.now();
  };
  for (let n = 0; n < many; n++) {
    const person = people[n % people.length]!;
    const { body } = await person.get(path);
    const [, live, at] = /data-live="([^"]+)" data-live-at="(\d+)"/.exec(body) ?? [];
    if (live === undefined) throw new Error(`${path} follows nothing`);
    const where = new URL(live.replaceAll("&amp;", "&"), address);
    where.searchParams.set("at", at ?? "");
    const stream = await open(agent, where, person);
    const page: Page = { person, stream, told: null, shown: null };
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const events = (text + chunk).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) void hear(page, event);
    });
    pages.push(page);
  }
  return {
    change: async (said, make) => {
      for (const page of pages) page.told = page.shown = null;
      words = said;
      const begun = performance.now();
      await make();
      while (pages.some(({ shown }) => shown === null) && performance.now() - begun < waitMsMost) await sleep(5);
      const since = (moment: number | null) => (moment === null ? Infinity : moment - begun);
      return { told: pages.map(({ told }) => since(told)), shown: pages.map(({ shown }) => since(shown)) };
    },
    close: () => {
      for (const { stream } of pages) stream.destroy();
      agent.destroy();
    },
  };
}

function open(agent: Agent, address: URL, person: Visitor): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { agent, headers: { cookie: person.cookies() } }, (answer) => {
      if (answer.statusCode !== 200)
        return reject(new Error(`${address.pathname} was answered with ${answer.statusCode}`));
      answer.on("error", () => {});
      resolve(answer);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** "median 40 ms, 95 of 100 within 61 ms, the last after 80 ms". */
export function inWords(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  return `median ${at(0.5)} ms, 95 of 100 within ${at(0.95)} ms, the last after ${at(1)} ms`;
}
