import { readFile } from "node:fs/promises";
import pg from "pg";
import { addPerson, foundOrganisation } from "../src/council/found.ts";
import { usualServiceLevels } from "../src/modules/desk/usual-service-levels.ts";
import type { FoundedOrganisation } from "../src/council/found.ts";
import { businessCalendar } from "../src/kernel/clocks/business-calendar.ts";
import { parseOpeningHours } from "../src/kernel/clocks/opening-hours.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { migrate } from "../src/kernel/database/migrate.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import { asSystem, createPool } from "../src/kernel/transaction.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { articlesAtOnce, articlesMade, makeArticles, makeItems } from "./articles.ts";
import { checkSamples } from "./check.ts";
import { joinTickets } from "./joins.ts";
import { vocabulary } from "./words.ts";

/** Who and what the measurements ask for, in a database that was made. */
export interface BenchFacts {
  readonly tickets: number;
  readonly organisationId: string;
  /** The queue with the most tickets. */
  readonly queueId: string;
  /** Reads every ticket. */
  readonly lead: string;
  /** Reads only their own: 60 tickets. */
  readonly staff: string;
  /** Reads the tickets of the queue's team. */
  readonly teamOfficer: string;
  /** All queues, the one with the most tickets first. */
  readonly queues: readonly string[];
  /** 500 who read every ticket. */
  readonly watchers: readonly string[];
  /** Owns 60 open tickets. */
  readonly officer: string;
  /** References of tickets on which 180 others depend, within three steps. */
  readonly needed: readonly string[];
  readonly secondsTaken: number;
}

const batchSize = 10_000;
/** The password of `reeve_app` on a server that listens on loopback alone and holds invented data. */
export const benchAppPassword = "bench-only";

/** Makes an organisation with this many tickets (2,000 at the least) in a new data folder, and proves samples of them. */
export async function makeBenchData(
  dataFolder: string,
  tickets: number,
  log: (line: string) => void,
): Promise<BenchFacts> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  const said = (line: string) => log(`${tickets.toLocaleString("en-GB")} tickets, ${seconds()} s: ${line}`);
  const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
  const ownerPool = createPool(server.url, 4, "long work");
  try {
    await migrate({ ownerUrl: server.url, appPassword: benchAppPassword, registry });
    const council = await foundOrganisation({ ownerPool, registry }, { name: "Bench Borough Council", demo: true });
    said("people, queues and categories");
    const people = await furnish(ownerPool, council, tickets);
    await fill(ownerPool, tickets, said);
    said("joining");
    await ownerPool.query("analyze");
    const system = { ownerPool, registry, organisationId: council.organisationId };
    const needed = await joinTickets(registry, tickets, (many, make) => inBatches(system, many, make));
    await finish(ownerPool, council.organisationId, tickets, said);
    await checkSamples(ownerPool, council.organisationId, said);
    return { tickets, organisationId: council.organisationId, ...people, needed, secondsTaken: seconds() };
  } finally {
    await ownerPool.end();
    await server.stop({ evenIfShared: true });
  }
}

/** Makes 20 teams and queues, 200 officers, 500 who watch, 5,000 requesters, 200 categories, help articles and a catalogue, through the store. */
async function furnish(ownerPool: pg.Pool, council: FoundedOrganisation, tickets: number) {
  await ownerPool.query(await readFile(new URL("tickets.sql", import.meta.url), "utf8"));
  const { organisationId, roles } = council;
  const system = { ownerPool, registry, organisationId };
  const queues = await asSystem(system, async (tx) => {
    const make = async (type: string, values: Record<string, unknown>) =>
      insertRecord(tx, typeNamed(registry, type), values, { trusted: true });
    const made: { id: string; team: string; policy: string }[] = [];
    for (let n = 1; n <= 20; n++) {
      const team = await make("team", { name: `Team ${n}` });
      const queue = await make("queue", { name: `Queue ${n}`, team: team.id });
      const policy = await make("service_level_policy", usualServiceLevels(tx, queue.id, `Queue ${n}`));
      made.push({ id: queue.id, team: team.id, policy: `${policy.reference} version 1` });
    }
    return made;
  });
  // Without figures of the tables, plans that were made while they were empty stay, and read more with each row.
  await ownerPool.query("analyze");
  const officers = await inBatches(system, 200, (tx, n) =>
    addPerson(tx, { name: `Officer ${n}`, roles: [roles.supportOfficer], team: queues[n % 20]!.team }),
  );
  const requesters = await inBatches(system, 5000, (tx, n) =>
    addPerson(tx, { name: `Requester ${n}`, roles: [roles.staff] }),
  );
  const categories = await inBatches(
    system,
    200,
    async (tx, n) =>
      (await insertRecord(tx, typeNamed(registry, "category"), { name: `Category ${n}` }, { trusted: true })).id,
  );
  for (let from = 1; from <= articlesMade; from += articlesAtOnce)
    await asSystem(system, (tx) => makeArticles(tx, from));
  await asSystem(system, (tx) => makeItems(tx, queues[0]!.id));
  const [lead, teamOfficer] = await inBatches(system, 2, async (tx, n) =>
    addPerson(tx, { name: `Measured ${n}`, roles: [n === 1 ? roles.leadSupport : roles.systemsOfficer] }),
  );
  const watchers = await inBatches(system, 500, (tx, n) =>
    addPerson(tx, { name: `Watcher ${n}`, roles: [roles.leadSupport] }),
  );
  await ownerPool.query(
    "insert into team_members (organisation_id, parent_id, position, member) values ($1, $2, 0, $3)",
    [organisationId, queues[0]!.team, teamOfficer],
  );
  const numbered = "with ordinality as given (value, n)";
  await ownerPool.query(`insert into bench.words select n, value from unnest($1::text[]) ${numbered}`, [vocabulary()]);
  await ownerPool.query(
    "insert into bench.queues select n, id, team, policy from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as given (id, team, policy, n)",
    [queues.map(({ id }) => id), queues.map(({ team }) => team), queues.map(({ policy }) => policy)],
  );
  for (const [table, ids] of Object.entries({ officers, requesters, categories }))
    await ownerPool.query(`insert into bench.${table} select n, value from unnest($1::uuid[]) ${numbered}`, [ids]);
  await ownerPool.query(
    "insert into bench.setting values ($1, $2, date_trunc('minute', now()), $3, date_trunc('minute', now()) - interval '1095 days')",
    [organisationId, tickets, businessCalendar({ weekly: parseOpeningHours("24x7") }).version],
  );
  return {
    queueId: queues[0]!.id,
    queues: queues.map(({ id }) => id),
    watchers,
    lead: lead!,
    teamOfficer: teamOfficer!,
    officer: officers[0]!,
    staff: requesters[0]!,
  };
}

/** Does something for each number from 1 to `many`, as the product itself, 200 in a transaction. Gives what came of each. */
async function inBatches(
  system: Parameters<typeof asSystem>[0],
  many: number,
  make: (tx: Tx, n: number) => Promise<string>,
): Promise<string[]> {
  const made: string[] = [];
  for (let from = 1; from <= many; from += 200) {
    await asSystem(system, async (tx) => {
      for (let n = from; n < from + 200 && n <= many; n++) made.push(await make(tx, n));
    });
  }
  return made;
}

/** Makes the tickets, two batches at a time, with what would slow it (indexes, foreign keys) put off. */
async function fill(ownerPool: pg.Pool, tickets: number, said: (line: string) => void): Promise<void> {
  const { rows: indexes } = await ownerPool.query<{
    name: string;
    definition: string;
  }>(`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i where i.indrelid in ('records'::regclass, 'ticket'::regclass, 'events'::regclass, 'event_bodies'::regclass, 'clocks'::regclass) and not i.indisunique`);
  for (const { name } of indexes) await ownerPool.query(`drop index ${name}`);
  let next = 1;
  const work = async () => {
    const client = await ownerPool.connect();
    try {
      await client.query(
        "set session_replication_role = replica; set statement_timeout = 0; set synchronous_commit = off; set work_mem = '256MB'; set temp_buffers = '128MB'",
      );
      for (let from = next; from <= tickets; from = next) {
        next += batchSize;
        await client.query("call bench.make_tickets($1, $2)", [from, Math.min(from + batchSize - 1, tickets)]);
        if ((from - 1) % (batchSize * 10) === 0) said(`ticket ${(from + batchSize - 1).toLocaleString("en-GB")} made`);
      }
    } finally {
      // These settings must not go back to the pool.
      client.release(true);
    }
  };
  await Promise.all([work(), work()]);
  said("making the indexes");
  const build = async () => {
    const client = await ownerPool.connect();
    try {
      await client.query("set statement_timeout = 0; set maintenance_work_mem = '512MB'");
      for (let index = indexes.pop(); index; index = indexes.pop()) await client.query(index.definition);
    } finally {
      client.release(true);
    }
  };
  await Promise.all([build(), build()]);
}

/** The references go on from here; words are learnt, the heads sealed, the tables tidied. */
async function finish(
  ownerPool: pg.Pool,
  organisationId: string,
  tickets: number,
  said: (line: string) => void,
): Promise<void> {
  const client = await ownerPool.connect();
  try {
    await client.query("set statement_timeout = 0; set work_mem = '256MB'; set maintenance_work_mem = '512MB'");
    const sequence = `reeve.${client.escapeIdentifier(`number_${organisationId.replaceAll("-", "")}__ticket`)}`;
    await client.query(`create sequence if not exists ${sequence}`);
    await client.query("select setval($1::regclass, $2)", [sequence, tickets]);
    said("tidying");
    await client.query("vacuum (analyze)");
    said("learning the words");
    for (let learnt = 1; learnt > 0;)
      learnt =
        (await client.query<{ learnt: number }>("select learn_words($1) as learnt", [organisationId])).rows[0]
          ?.learnt ?? 0;
    said("sealing");
    for (let sealed = 1; sealed > 0;)
      sealed =
        (await client.query<{ sealed: number }>("select seal($1) as sealed", [organisationId])).rows[0]?.sealed ?? 0;
    await client.query("vacuum (analyze) search_words, seal_heads, seals, unsealed");
    await client.query("checkpoint");
  } finally {
    client.release(true);
  }
}
