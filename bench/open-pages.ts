/**
 * What open pages cost: starts Reeve with the demonstration, opens 500 pages of the tickets, of 500 people and then of 20, and
 * prints the memory of the web process before and after, and how long a change takes until all have heard of it and show it.
 * `npm run bench:open-pages`, or with a number: `npm run bench:open-pages -- 1000`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addPerson } from "../src/council/found.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { asSystem, createPool } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { accountOf, signedIn } from "./access.ts";
import { startReeve } from "./product.ts";
import type { StartedWeb } from "./product.ts";
import type { Visitor } from "./visitor.ts";
import { inWords, openWatchers } from "./watchers.ts";

const pages = Number(process.argv[2] ?? 500);
const dataFolder = await mkdtemp(join(tmpdir(), "reeve-open-pages-"));
const web = await startReeve(dataFolder);
const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
const ownerPool = createPool(server.url, 2, "long work");
const people: Visitor[] = [];
try {
  const { organisationId, accounts } = await makePeople(pages);
  people.push(...(await signedIn({ ownerPool, dataFolder, address: web.address }, accounts)));
  for (const some of [people, people.slice(0, Math.max(20, Math.ceil(pages / 16)))])
    await measureWith(organisationId, some);
} finally {
  for (const person of people) person.close();
  await ownerPool.end();
  await web.stop();
  await server.stop({ evenIfShared: true });
  await rm(dataFolder, { recursive: true, force: true });
}

async function measureWith(organisationId: string, some: readonly Visitor[]): Promise<void> {
  const reference = /href="\/tickets\/(INC-\d+)"/.exec((await some[0]!.get("/tickets")).body)?.[1];
  if (!reference) throw new Error("There is no ticket to change");
  // The same work before each reading, so that what work leaves behind is not taken for the cost of open pages.
  const work = async () => {
    for (let n = 0; n < 600; n++) await some[n % some.length]!.get(n % 2 ? "/tickets" : `/tickets/${reference}`);
    await sleep(3000);
  };
  await work();
  await work();
  const before = await megabytes(web);
  const watchers = await openWatchers(web.address, { people: some, pages, path: "/tickets" });
  await work();
  const after = await megabytes(web);
  say(`${pages} pages of ${some.length} people: ${before} MB before, ${after} MB after, so ${after - before} MB`);
  for (const words of ["Changed once", "Changed twice", "Changed a third time"]) {
    const { told, shown } = await watchers.change(words, async () => {
      const type = typeNamed(registry, "ticket");
      await asSystem({ ownerPool, registry, organisationId }, async (tx) => {
        const { id, version } = await find(tx, type, reference);
        await change(tx, type, id, version, { summary: words });
      });
    });
    say(`${words}: told ${inWords(told)}; shown ${inWords(shown)}`);
    await sleep(1000);
  }
  say(`At most ${(await web.memory())?.most ?? "?"} MB`);
  watchers.close();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Lead support officers with accounts to sign in to. */
async function makePeople(many: number): Promise<{ organisationId: string; accounts: string[] }> {
  const { rows } = await ownerPool.query<{ organisation_id: string; id: string }>(
    "select organisation_id, id from records where type = 'role' and title = 'Lead support officer'",
  );
  const role = rows[0]!;
  const accounts: string[] = [];
  for (let n = 0; n < many; n++) {
    const id = await asSystem({ ownerPool, registry, organisationId: role.organisation_id }, (tx) =>
      addPerson(tx, { name: `Officer ${n}`, roles: [role.id] }),
    );
    accounts.push(await accountOf(ownerPool, id));
  }
  return { organisationId: role.organisation_id, accounts };
}

async function megabytes(of: StartedWeb): Promise<number> {
  return (await of.memory())?.now ?? Number.NaN;
}
