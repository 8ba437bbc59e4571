import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { dayIn } from "./day-in.ts";

/** What a writer does: each is one request. */
export type StepKind = "create" | "move" | "comment" | "change";

/** One request of a writer, and the lines that it leaves on a timeline: all of them or none. */
export interface Step {
  readonly kind: StepKind;
  readonly token: string;
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** As `sign` in kill-checks.ts reads them off the timeline. */
  readonly lines: readonly string[];
  /** The summary of the ticket that it belongs to: no two tickets have the same. */
  readonly ticket: string;
  acknowledged: boolean;
}

/** A ticket as its writer knows it. */
interface Ticket {
  readonly summary: string;
  readonly reference: string;
  readonly createdBy: string;
  etag: string;
}

/** Writers at work. */
export interface Writers {
  /** Every request that was sent, in each writer's order. */
  readonly steps: readonly Step[];
  /** Ends when each has its last answer, or will have none. Throws when one was refused for what nobody killed. */
  stop(): Promise<void>;
}

/** How the product answered; null when it did not, or could not say whether it was done. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

let made = 0;

/** Starts a writer for each token; they go on until told to stop. */
export function startWriters(address: string, tokens: readonly string[]): Writers {
  const work: Work = { address, steps: [], open: [], stopped: false };
  const writers = tokens.map((token) => write(work, token));
  const all = Promise.all(writers);
  all.catch(() => (work.stopped = true));
  return {
    steps: work.steps,
    stop: async () => {
      work.stopped = true;
      await all;
    },
  };
}

/** Sends a step; null where no answer came or none that says whether it was done. */
export async function send(address: string, { token, method, path, headers, body }: Step): Promise<Answer | null> {
  try {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    if (answer.status >= 500) return null;
    // Every answer of the API is a JSON object.
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Answer["body"] };
  } catch {
    return null;
  }
}

interface Work {
  readonly address: string;
  readonly steps: Step[];
  /** Tickets that any writer may comment on, the newest last. */
  readonly open: Ticket[];
  stopped: boolean;
}

/** One writer: takes ticket after ticket through its life, and says things on the tickets of all. */
async function write(work: Work, token: string): Promise<void> {
  while (!work.stopped) {
    const ticket = await create(work, token);
    if (ticket === null) {
      await sleep(150);
      continue;
    }
    work.open.push(ticket);
    for (const next of life(ticket)) {
      if (work.stopped || !(await act(work, token, ticket, next))) break;
      if (!(await say(work, token))) break;
    }
  }
}

async function create(work: Work, token: string): Promise<Ticket | null> {
  const summary = `Kill test ${++made}`;
  const answer = await sent(work, {
    kind: "create",
    token,
    method: "POST",
    path: "/tickets",
    headers: { "idempotency-key": randomUUID() },
    body: { summary },
    lines: [`created ${summary}`],
    ticket: summary,
    acknowledged: false,
  });
  if (answer === null) return null;
  const { reference, createdBy } = answer.body;
  return { summary, reference: String(reference), createdBy: String(createdBy), etag: etagOf(answer) };
}

/** A move or a change of one's own ticket. */
interface Act {
  /** null: a change of values. */
  readonly move: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** What happens to a ticket, in order: every second one is taken rather than assigned, and every third is cancelled. */
function life({ createdBy }: Ticket): Act[] {
  const number = ++made;
  const mark = (what: string) => `${what} ${++made}`;
  const moved = (move: string, field?: string, text = ""): Act => ({
    move,
    body: field === undefined ? {} : { [field]: text },
    lines: field === "comment" ? [`moved ${move}`, `commented ${text}`] : [`moved ${move}${field ? ` ${text}` : ""}`],
  });
  const changed = (details: string): Act => ({ move: null, body: { details }, lines: [`changed ${details}`] });
  const waiting = mark("A part");
  return [
    number % 2 === 0 ? moved("take") : { ...moved("assign"), body: { owner: createdBy } },
    changed(mark("Behind the door")),
    {
      move: "wait",
      body: { waitingFor: "supplier", waitingReason: waiting, reviewOn: dayIn(3) },
      lines: [`moved wait ${waiting}`],
    },
    moved("resume"),
    ...(number % 3 === 0
      ? [moved("cancel", "comment", mark("Not needed"))]
      : [
          moved("resolve", "resolution", mark("Cleaned")),
          moved("reopen", "comment", mark("It is back")),
          changed(mark("On the second floor")),
          moved("resolve", "resolution", mark("Replaced")),
          moved("close"),
        ]),
  ];
}

async function act(work: Work, token: string, ticket: Ticket, { move, body, lines }: Act): Promise<boolean> {
  const path = `/tickets/${ticket.reference}`;
  const answer = await sent(work, {
    kind: move === null ? "change" : "move",
    token,
    method: move === null ? "PATCH" : "POST",
    path: move === null ? path : `${path}/moves/${move}`,
    headers: { "if-match": ticket.etag, "idempotency-key": randomUUID() },
    body,
    lines,
    ticket: ticket.summary,
    acknowledged: false,
  });
  if (answer === null) return false;
  ticket.etag = etagOf(answer);
  return true;
}

/** Says something on one of the newest tickets, whoever works on it. */
async function say(work: Work, token: string): Promise<boolean> {
  const ticket = work.open.at(-1 - (++made % Math.min(6, work.open.length)));
  if (!ticket) return true;
  const text = `Rang back ${made}`;
  const answer = await sent(work, {
    kind: "comment",
    token,
    method: "POST",
    path: `/tickets/${ticket.reference}/comments`,
    headers: { "idempotency-key": randomUUID() },
    body: { text, audience: made % 3 === 0 ? "internal" : "everyone" },
    lines: [`commented ${text}`],
    ticket: ticket.summary,
    acknowledged: false,
  });
  return answer !== null;
}

/** Sends a step and remembers it. Being killed is no answer; any other refusal is a fault of the product or of this test. */
async function sent(work: Work, step: Step): Promise<Answer | null> {
  work.steps.push(step);
  const answer = await send(work.address, step);
  if (answer === null) return null;
  assert.ok(answer.status < 300, `${step.method} ${step.path} was refused: ${JSON.stringify(answer.body)}`);
  step.acknowledged = true;
  return answer;
}

function etagOf({ headers }: Answer): string {
  return headers.get("etag") ?? "";
}
