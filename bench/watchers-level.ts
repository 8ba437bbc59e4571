import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { asSystem } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import type { BenchFacts } from "./generate.ts";
import { percentile } from "./measure.ts";
import type { Figures } from "./measure.ts";
import type { Visitor } from "./visitor.ts";
import { openWatchers } from "./watchers.ts";

const pages = 500;
const changes = 5;

interface Watched {
  readonly address: string;
  readonly people: readonly Visitor[];
  readonly facts: BenchFacts;
  readonly ownerPool: pg.Pool;
}

/** Five hundred pages of one queue, of as many people and of twenty: after how long each hears of a change, and shows it. */
export async function watchersFigures({ address, people, facts, ownerPool }: Watched): Promise<Figures[]> {
  const path = `/tickets?queue=${facts.queueId}`;
  const reference = /id="row-(INC-\d+)"/.exec((await people[0]!.get(path)).body)?.[1];
  if (!reference) throw new Error("There is no ticket to change");
  const figures: Figures[] = [];
  // No more than 16 pages of one person are followed.
  for (const some of [people, people.slice(0, Math.max(20, Math.ceil(pages / 16)))]) {
    const watchers = await openWatchers(address, { people: some, pages, path });
    const [told, shown, last]: number[][] = [[], [], []];
    for (let n = 0; n < changes; n++) {
      const words = `Watched by ${some.length}, ${n}`;
      const heard = await watchers.change(words, () =>
        rename({ ownerPool, organisationId: facts.organisationId }, reference, words),
      );
      told!.push(...heard.told);
      shown!.push(...heard.shown);
      last!.push(Math.max(...heard.shown));
      await sleep(500);
    }
    watchers.close();
    const of = `${pages} pages of ${some.length} people`;
    figures.push(
      figure(`${of}: told`, told!),
      figure(`${of}: shown`, shown!),
      figure(`${of}: the last shows it`, last!),
    );
  }
  return figures;
}

function figure(name: string, took: number[]): Figures {
  took.sort((one, other) => one - other);
  const p50 = percentile(took, 0.5);
  return { name, concurrency: pages, times: took.length, p50, p95: percentile(took, 0.95), perSecond: Number.NaN };
}

/** As somebody else would, who has no page open. */
function rename(of: { ownerPool: pg.Pool; organisationId: string }, reference: string, words: string): Promise<void> {
  const type = typeNamed(registry, "ticket");
  return asSystem({ ...of, registry }, async (tx) => {
    const { id, version } = await find(tx, type, reference);
    await change(tx, type, id, version, { summary: words });
  });
}
