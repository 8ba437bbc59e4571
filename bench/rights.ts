/**
 * `npm run bench:rights`: 100,000 requests for information with 1,000,000 lines of timelines over five years; how long the
 * never-late board and the list take over HTTP, and the statistics of a year when nobody has asked for them before. Once more
 * with all of them in one year: `npm run bench:rights -- 365`. Ends with 1 where a budget is missed.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addPerson, foundOrganisation } from "../src/council/found.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { migrate } from "../src/kernel/database/migrate.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import { asSystem, createPool } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { accountOf, signedIn } from "./access.ts";
import { benchAppPassword } from "./generate.ts";
import { measure } from "./measure.ts";
import { startReeve } from "./product.ts";
import type { Visitor } from "./visitor.ts";

const requests = 100_000;
const days = Number(process.argv[2] ?? 5 * 365);
const pageMsMax = 15;
const statisticsMsMax = 500;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const dataFolder = await mkdtemp(join(tmpdir(), "reeve-rights-"));
const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
const ownerPool = createPool(server.url, 4, "long work");
// The product stops a server that nobody else uses.
const session = await ownerPool.connect();
try {
  const officer = await makeData();
  const web = await startReeve(dataFolder);
  try {
    const [visitor] = await signedIn({ ownerPool, dataFolder, address: web.address }, [
      await accountOf(ownerPool, officer),
    ]);
    await measureAll(visitor!);
    visitor?.close();
  } finally {
    await web.stop();
  }
} finally {
  session.release();
  await ownerPool.end();
  await server.stop({ evenIfShared: true });
  await rm(dataFolder, { recursive: true, force: true });
}

/** Makes the requests, and gives somebody who works on all of them. */
async function makeData(): Promise<string> {
  await migrate({ ownerUrl: server.url, appPassword: benchAppPassword, registry });
  const council = await foundOrganisation({ ownerPool, registry }, { name: "Bench Borough Council", demo: true });
  const { organisationId, roles } = council;
  const { officers, teams } = await asSystem({ ownerPool, registry, organisationId }, async (tx) => {
    const officers: string[] = [];
    for (let n = 1; n <= 12; n++)
      officers.push(await addPerson(tx, { name: `Officer ${n}`, roles: [roles.policyManager] }));
    const teams: string[] = [];
    for (let n = 1; n <= 10; n++)
      teams.push((await insertRecord(tx, typeNamed(registry, "team"), { name: `Team ${n}` }, { trusted: true })).id);
    return { officers, teams };
  });
  await session.query("set statement_timeout = 0; set work_mem = '256MB'; set synchronous_commit = off");
  await session.query(await readFile(new URL("rights.sql", import.meta.url), "utf8"));
  await session.query("set session_replication_role = replica");
  await session.query("call bench_requests($1, $2, $3, $4, $5)", [organisationId, requests, days, officers, teams]);
  await session.query("set session_replication_role = origin");
  await session.query("vacuum (analyze)");
  const { rows } = await session.query<{ requests: number; open: number; events: number }>(
    `select count(*) as requests, count(*) filter (where closed_at is null) as open, (select count(*) from events) as events from records where type = 'information_request'`,
  );
  say(`${JSON.stringify(rows[0])} over ${days} days`);
  return officers[0]!;
}

async function measureAll(visitor: Visitor): Promise<void> {
  const page = (path: string, must: RegExp) => async () => {
    const { status, body } = await visitor.get(path);
    if (status !== 200 || !must.test(body)) throw new Error(`${path} answers ${status}`);
  };
  const year = new Date().getFullYear();
  // The first page of a new process compiles what all pages share.
  await page("/information-requests?show=closed", /FOI-/)();
  // Cold: nobody has asked for these figures, nor for a chart. The database has what it read while it was made.
  const cold = performance.now();
  await page(`/rights/statistics?period=${year}`, /Information statistics/)();
  tell(`Statistics of ${year}, the first time`, performance.now() - cold, statisticsMsMax);
  for (const [name, path, must] of [
    ["The never-late board", "/rights/board", /Never-late board/],
    ["The list", "/information-requests", /FOI-/],
  ] as const) {
    const { p50, p95 } = await measure({ name, once: page(path, must) }, 1);
    tell(`${name}, half within (9 in 10 and a half within ${p95.toFixed(1)} ms)`, p50, pageMsMax);
  }
  const { p50 } = await measure(
    { name: "statistics", once: page(`/rights/statistics?period=${year - 1}`, /Code of Practice/), firstTimes: 10 },
    1,
  );
  tell(`Statistics of ${year - 1}, half within`, p50, statisticsMsMax);
}

function tell(what: string, ms: number, max: number): void {
  say(`${what}: ${ms.toFixed(1)} ms (${max} asked)`);
  if (ms > max) process.exitCode = 1;
}
