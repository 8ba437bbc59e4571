import { randomUUID } from "node:crypto";
import type { BenchAccess } from "./access.ts";
import type { BenchFacts } from "./generate.ts";
import { dependants } from "./joins.ts";
import type { Measured } from "./measure.ts";
import { tokenIn, Visitor } from "./visitor.ts";
import type { Answer } from "./visitor.ts";
import type { SearchedWord } from "./words-found.ts";

/** What is to be measured over HTTP, and who asks. */
export interface WebLevel {
  readonly measured: readonly Measured[];
  close(): void;
}

const details = "It says paper jam, but there is no paper in it. It began after the new toner was put in on Tuesday.";

/** Some five seconds of creating. */
const createdMost = 1500;

/** The pages and calls that a desk makes most, each proved to answer with what it should. */
export async function webLevel(
  address: string,
  facts: BenchFacts,
  access: BenchAccess,
  words: readonly SearchedWord[],
): Promise<WebLevel> {
  const lead = new Visitor(address);
  const officer = new Visitor(address);
  await lead.signIn(access.lead);
  await officer.signIn(access.officer);
  const busy = busyTickets(facts);
  const csrf = tokenIn((await lead.get("/tickets/new")).body);
  const measured: Measured[] = [
    {
      name: "Queue list, 50 rows",
      once: async () => expectRows(await lead.get(`/tickets?queue=${facts.queueId}`), 50),
    },
    {
      name: "Ticket with 8 follow-ups",
      once: async (at) => expectBusy(await lead.get(`/tickets/${busy[at % busy.length]}`), busy[at % busy.length]!),
    },
    ...words.map(({ kind, word, share }) => ({
      name: `Search, ${kind} word (in ${(share * 100).toFixed(2)} %)`,
      once: async () => expectRows(await lead.get(`/search?q=${word}`), 5),
    })),
    {
      name: `What depends on a ticket, ${dependants} in three steps`,
      once: async (at) => {
        const reference = facts.needed[at % facts.needed.length]!;
        expectRows(await lead.get(`/tickets/${reference}/connections?view=needed`), dependants);
      },
    },
    { name: "My work", once: async () => expectRows(await officer.get("/"), 50) },
    {
      name: "Create by form",
      timesMost: createdMost,
      once: async (at) => {
        const form = {
          _csrf: csrf,
          _submission: randomUUID(),
          summary: `Printer ${at} is jammed`,
          details,
          kind: "incident",
          impact: "2",
          urgency: "2",
          queue: facts.queueId,
        };
        expectStatus(await lead.post("/tickets/new", { form }), 303);
      },
    },
    {
      name: "Create by API",
      timesMost: createdMost,
      once: async (at) =>
        expectStatus(
          await lead.post("/api/v1/tickets", {
            json: { summary: `Printer ${at} is jammed`, details },
            token: access.tokens[at % access.tokens.length]!,
          }),
          201,
        ),
    },
  ];
  return {
    measured,
    close: () => {
      lead.close();
      officer.close();
    },
  };
}

/** References of tickets with 8 follow-ups; the generator makes every twelfth of the newest one. */
export function busyTickets({ tickets }: BenchFacts): string[] {
  const first = Math.ceil((tickets * 0.95) / 12) * 12;
  return Array.from({ length: 50 }, (_unused, at) => `INC-${String(first + at * 12).padStart(5, "0")}`);
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status)
    throw new Error(
      `Expected ${status}, but the answer was ${answer.status}: ${answer.body.replaceAll(/<[^>]*>|\s+/g, " ").slice(0, 600)}`,
    );
}

function expectRows(answer: Answer, least: number): void {
  expectStatus(answer, 200);
  const rows = new Set(answer.body.match(/\/tickets\/INC-\d+/g)).size;
  if (rows < least) throw new Error(`Expected ${least} tickets on the page, but there are ${rows}`);
}

function expectBusy(answer: Answer, reference: string): void {
  expectStatus(answer, 200);
  if (!answer.body.includes(reference)) throw new Error(`This is not the page of ${reference}`);
}
