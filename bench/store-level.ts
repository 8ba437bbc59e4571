import assert from "node:assert/strict";
import { registry } from "../src/records.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Store } from "../src/kernel/transaction.ts";
import type { BenchFacts } from "./generate.ts";
import type { Measured } from "./measure.ts";
import type { SearchedWord } from "./words-found.ts";

const ticket = () => typeNamed(registry, "ticket");

/** What the pages ask of the store, without the pages: to see which part of a page's time is the database's. */
export async function storeLevel(store: Store, facts: BenchFacts, words: readonly SearchedWord[]): Promise<Measured[]> {
  const as = (personId: string) => ({ organisationId: facts.organisationId, personId });
  const busy = await busyTickets(store, facts);
  const queue = { where: { queue: [facts.queueId] }, show: "open", sort: "due", limit: 50 } as const;
  return [
    {
      name: "queue list, 50 rows",
      once: async () =>
        assert.equal((await store.as(as(facts.lead), (tx) => list(tx, ticket(), queue))).items.length, 50),
    },
    {
      name: "ticket with 8 follow-ups",
      once: async (at) =>
        store.as(as(facts.lead), async (tx) => {
          const record = await find(tx, ticket(), busy[at % busy.length]!);
          assert.equal((await timeline(tx, record)).length, 10);
          assert.equal((await clocksOf(tx, ticket(), record)).length, 2);
        }),
    },
    ...words.map(({ kind, word, share }) => ({
      name: `search, ${kind} word (${(share * 100).toFixed(2)} %)`,
      once: async () => assert.ok((await store.as(as(facts.lead), (tx) => search(tx, word))).found.length > 0),
    })),
    {
      name: "my work",
      once: async () =>
        assert.equal(
          (
            await store.as(as(facts.officer), (tx) =>
              list(tx, ticket(), { where: { owner: ["me"] }, show: "open", sort: "due", limit: 50 }),
            )
          ).items.length,
          50,
        ),
    },
    {
      name: "list, only one’s own",
      once: async () =>
        assert.ok(
          (await store.as(as(facts.staff), (tx) => list(tx, ticket(), { show: "all", sort: "-opened", limit: 50 })))
            .items.length > 0,
        ),
    },
    {
      name: "list, only one team’s",
      once: async () =>
        assert.equal(
          (await store.as(as(facts.teamOfficer), (tx) => list(tx, ticket(), { show: "open", sort: "due", limit: 50 })))
            .items.length,
          50,
        ),
    },
    ...words.map(({ kind, word }) => ({
      name: `search, ${kind} word, only one team’s`,
      once: async () => void (await store.as(as(facts.teamOfficer), (tx) => search(tx, word))),
    })),
    ...words.map(({ kind, word }) => ({
      name: `search, ${kind} word, only one’s own`,
      once: async () => void (await store.as(as(facts.staff), (tx) => search(tx, word))),
    })),
    {
      name: "create",
      once: async (at) => {
        await store.as(as(facts.staff), (tx) =>
          create(tx, ticket(), {
            summary: `The printer on floor ${at} is jammed`,
            details: "It says paper jam but there is no paper in it. ".repeat(4),
          }),
        );
      },
    },
  ];
}

/** References of tickets with 8 follow-ups. */
async function busyTickets(store: Store, facts: BenchFacts): Promise<string[]> {
  const numbers = Array.from({ length: 50 }, (_unused, at) => Math.floor((facts.tickets * 0.95) / 12) * 12 + at * 12);
  const references = numbers.map((number) => `INC-${String(number).padStart(5, "0")}`);
  return store.as({ organisationId: facts.organisationId, personId: facts.lead }, async (tx) => {
    for (const reference of references) await find(tx, ticket(), reference);
    return references;
  });
}
