/**
 * `npm run bench`: makes databases of 20,000 and 1,000,000 tickets (once for each schema), starts Reeve on each as
 * `npm start` would, and measures over HTTP beside a bare Fastify route and a bare SQL query. `--quick` leaves the
 * million out, `--json` prints the figures as JSON, `--store` measures the store alone, without pages.
 */
import type pg from "pg";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { createPool, createStore } from "../src/kernel/transaction.ts";
import type { Store } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { giveAccess, removeMade, signedIn } from "../bench/access.ts";
import { benchFolderOf } from "../bench/folder.ts";
import { benchAppPassword } from "../bench/generate.ts";
import { measure } from "../bench/measure.ts";
import type { Figures, Measured } from "../bench/measure.ts";
import { startBare, startReeve } from "../bench/product.ts";
import { tableOf } from "../bench/report.ts";
import type { SizeReport } from "../bench/report.ts";
import { storeLevel } from "../bench/store-level.ts";
import { staffLevel } from "../bench/staff-level.ts";
import { Visitor } from "../bench/visitor.ts";
import { watchersFigures } from "../bench/watchers-level.ts";
import { webLevel } from "../bench/web-level.ts";
import { searchedWords } from "../bench/words-found.ts";

const asked = new Set(process.argv.slice(2));
const log = (line: string) => process.stderr.write(`${line}\n`);
const reports: SizeReport[] = [];
for (const tickets of asked.has("--quick") ? [20_000] : [20_000, 1_000_000]) reports.push(await measureSize(tickets));
process.stdout.write(asked.has("--json") ? `${JSON.stringify(reports, null, 2)}\n` : `${tableOf(reports)}\n`);

async function measureSize(tickets: number): Promise<SizeReport> {
  const { dataFolder, facts } = await benchFolderOf(tickets, log);
  const server = await startEmbeddedPostgres({ dataFolder, log });
  const ownerPool = createPool(server.url, 4, "long work");
  // The product stops a server that nobody else uses; what it made is still to be taken away after it.
  const session = await ownerPool.connect();
  try {
    // What other work pushed out of memory is read once before anything is measured.
    const words = await searchedWords(ownerPool);
    const bare = await bareFigures(ownerPool);
    if (asked.has("--store"))
      return {
        tickets,
        figures: [...bare, ...(await storeFigures(server.url, ownerPool, (store) => storeLevel(store, facts, words)))],
        memory: null,
        watched: null,
      };
    const access = await giveAccess(ownerPool, facts);
    const web = await startReeve(dataFolder);
    try {
      const level = await webLevel(web.address, facts, access, words);
      const figures = await figuresOf(level.measured);
      level.close();
      const people = await signedIn({ ownerPool, dataFolder, address: web.address }, [
        access.lead,
        access.staff,
        ...access.watchers,
      ]);
      const [lead, staff, ...watchers] = people;
      const further = await figuresOf(staffLevel({ lead: lead!, staff: staff!, watchers, facts, words }));
      // What answering takes is one budget, and what open pages take beside it is another.
      const memory = await web.memory();
      const watched = await watchersFigures({ address: web.address, people: watchers, facts, ownerPool });
      for (const person of people) person.close();
      for (const { name, p50, p95 } of watched) log(`${name}: ${p50.toFixed(1)} ms, ${p95.toFixed(1)} ms`);
      const all = [...bare, ...figures, ...further, ...watched];
      return { tickets, figures: all, memory, watched: (await web.memory())?.most ?? null };
    } finally {
      await web.stop();
    }
  } finally {
    await removeMade(ownerPool);
    session.release();
    await ownerPool.end();
    await server.stop({ evenIfShared: true });
  }
}

/** Measures the store alone, as the app's role; the product sets that role's password again when it starts. */
async function storeFigures(
  ownerUrl: string,
  ownerPool: pg.Pool,
  level: (store: Store) => Promise<Measured[]>,
): Promise<Figures[]> {
  await ownerPool.query(`alter role reeve_app with login password '${benchAppPassword}'`);
  const url = new URL(ownerUrl);
  url.username = "reeve_app";
  url.password = benchAppPassword;
  const store = createStore({ pool: createPool(url.href), registry });
  try {
    return await figuresOf(await level(store));
  } finally {
    await store.close();
  }
}

async function bareFigures(ownerPool: pg.Pool): Promise<Figures[]> {
  const web = await startBare();
  const visitor = new Visitor(web.address);
  const figures = await figuresOf([
    { name: "A bare Fastify route", once: async () => void (await visitor.get("/")) },
    { name: "A bare SQL query", once: async () => void (await ownerPool.query({ name: "bare", text: "select 1" })) },
  ]);
  visitor.close();
  await web.stop();
  return figures;
}

async function figuresOf(all: readonly Measured[]): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const one of all) {
    const together = one.firstTimes === undefined ? [1, 8] : [1];
    for (const concurrency of together) figures.push(await measure(one, concurrency));
    log(
      `${one.name}: ${figures
        .slice(-together.length)
        .map(({ p50 }) => `${p50.toFixed(1)} ms`)
        .join(", ")}`,
    );
  }
  return figures;
}
