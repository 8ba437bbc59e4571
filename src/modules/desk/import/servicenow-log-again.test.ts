import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createWorld } from "../../../../test/world.ts";
import type { World } from "../../../../test/world.ts";
import { Refusal } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { comment } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored } from "../../../kernel/transaction.ts";
import { importServiceNowLog } from "./servicenow-log.ts";
import type { LogImport } from "./servicenow-log.ts";
import { reconciliationText } from "./reconciliation.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { csvOf, slice, sliceFigures, zipOf } from "./slice.fixture.ts";

let world: World;
let folder: string;
const now = Temporal.Instant.from("2026-03-02T10:00:00Z");

before(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "reeve-import-"));
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const bring = (file: string, more: Partial<LogImport> = {}): Promise<Reconciliation> =>
  importServiceNowLog({
    ownerPool: world.ownerPool,
    registry: world.registry,
    organisationId: world.council.organisationId,
    found: (name) => world.another(name),
    file,
    progress: () => {},
    now,
    ...more,
  });

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const ticket = () => typeNamed(world.registry, "ticket");

async function incident(number: string, organisationId = world.council.organisationId): Promise<Stored> {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from ticket where organisation_id = $1 and source_reference = $2",
    [organisationId, number],
  );
  assert.equal(rows.length, 1, `${number} is there once`);
  return world.system((tx) => find(tx, ticket(), rows[0]!.id), { organisationId });
}

const eventsOf = (record: Stored, organisationId?: string) =>
  world.system((tx) => timeline(tx, record, { limit: 2000 }), organisationId ? { organisationId } : {});

function figuresOnly({
  incidents,
  events,
  byPriority,
  reassigned,
  reopened,
  levelMade,
  levelMissed,
  notUnderstood,
}: Reconciliation) {
  return { incidents, events, byPriority, reassigned, reopened, levelMade, levelMissed, notUnderstood };
}

async function rowsOf(sql: string): Promise<unknown> {
  return (await world.ownerPool.query(sql)).rows;
}

test("an import stopped half-way holds whole incidents only, and goes on from there", async () => {
  const other = await world.another("Stopped council");
  const file = await fileOf("log.csv", csvOf(slice));
  // The last incident of the second batch cannot be written, as when the power goes.
  const spoilt = await fileOf("spoilt.csv", csvOf(slice));
  await world.ownerPool.query(
    "create function public.stop_here() returns trigger language plpgsql as $$ begin if new.source_reference = 'INC0000007' then raise exception 'stopped'; end if; return new; end $$",
  );
  await world.ownerPool.query(
    "create trigger stop_here before insert on ticket for each row execute function public.stop_here()",
  );
  await assert.rejects(bring(spoilt, { organisationId: other.organisationId, linesAtOnce: 5 }), /stopped/);
  await world.ownerPool.query("drop trigger stop_here on ticket; drop function public.stop_here()");
  const { rows } = await world.ownerPool.query<{ number: string; lines: number }>(
    "select t.source_reference as number, (select count(*) from event_bodies b where b.record_id = t.id and b.body ? 'columns') as lines from ticket t where t.organisation_id = $1",
    [other.organisationId],
  );
  assert.ok(rows.length > 0 && rows.length < 12);
  for (const { number, lines } of rows) assert.equal(lines, slice.filter((line) => line["number"] === number).length);
  const again = await bring(file, { organisationId: other.organisationId, linesAtOnce: 5 });
  assert.deepEqual(figuresOnly(again), sliceFigures);
  assert.deepEqual(again.run, { made: 12 - rows.length, continued: 0, unchanged: rows.length });
});

test("lines that the log gained are added; on a ticket that people here took on, they are kept and not acted on", async () => {
  const other = await world.another("Later council");
  const { organisationId } = other;
  const early = slice.filter(
    (line) => !(["INC0000001", "INC0000010"].includes(line["number"]!) && ["Closed"].includes(line["incident_state"]!)),
  );
  await bring(await fileOf("early.csv", csvOf(early)), { organisationId });
  const worked = await incident("INC0000010", organisationId);
  await world.system(
    (tx) => comment(tx, ticket(), worked.id, { text: "Looking at it here now", audience: "internal" }),
    { organisationId, now },
  );
  const later = await bring(await fileOf("log.csv", csvOf(slice)), { organisationId });
  assert.deepEqual(figuresOnly(later), sliceFigures);
  assert.deepEqual(later.run, { made: 0, continued: 2, unchanged: 10 });
  const closed = await incident("INC0000001", organisationId);
  assert.equal(closed.state, "closed");
  assert.equal(closed.closedAt, "2016-07-05T11:00:00.000Z");
  assert.equal((await incident("INC0000010", organisationId)).state, "resolved");
  assert.match((await eventsOf(worked, organisationId)).at(-1)?.body?.reason ?? "", /worked on in Reeve/);
  assert.deepEqual((await bring(await fileOf("log.csv", csvOf(slice)), { organisationId })).run, {
    made: 0,
    continued: 0,
    unchanged: 12,
  });
});

test("a bad line is kept with the incident it lies in, counted and named", async () => {
  const other = await world.another("Untidy council");
  const lines = csvOf(slice.slice(0, 5)).split("\n");
  const torn = "INC0000001,New,true";
  const nameless = lines[2]!.replace("INC0000001", "?");
  const timeless = lines[3]!.replaceAll("29/2/2016 08:53", "31/2/2016 08:53");
  const untidy = await bring(
    await fileOf("untidy.csv", [...lines.slice(0, 3), torn, nameless, timeless, ...lines.slice(3)].join("\n")),
    { organisationId: other.organisationId },
  );
  assert.equal(untidy.agrees, true, reconciliationText(untidy));
  assert.deepEqual([untidy.incidents, untidy.events, untidy.notUnderstood], [1, 8, 3]);
  assert.deepEqual(
    untidy.notUnderstoodLines.map(({ line }) => line),
    [4, 5, 6],
  );
  const record = await incident("INC0000001", other.organisationId);
  assert.equal(record.state, "closed");
  assert.equal(
    (await eventsOf(record, other.organisationId)).find(({ body }) => body?.columns?.["(line)"])?.body?.columns?.[
      "(line)"
    ],
    torn,
  );
});

test("what is no such log is refused with one sentence and leaves nothing", async () => {
  const zip = zipOf("log.csv", csvOf(slice));
  const spoiltZip = Buffer.from(zip);
  spoiltZip.fill(0xff, 60, 200);
  const latin = Buffer.from(csvOf(slice).replace("Category 26", "Catégorie 26"), "latin1");
  const cases: readonly [name: string, content: string | Buffer, sentence: RegExp][] = [
    ["empty.csv", "", /The file is empty/],
    ["notes.txt", "Dear all,\nthe log is attached.\n", /not a ServiceNow incident log/],
    ["picture.png", Buffer.from("89504e470d0a1a0a0000000d49484452ff", "hex"), /not UTF-8 text/],
    ["nul.csv", `${csvOf(slice)}\0`, /not UTF-8 text/],
    ["latin.csv", latin, /not UTF-8 text/],
    ["utf16.csv", Buffer.from(`\ufeff${csvOf(slice)}`, "utf16le"), /not UTF-8 text/],
    [
      "columns.csv",
      csvOf(slice).replace("made_sla", "sla").replace("priority,", "prio,"),
      /lacks the columns made_sla, priority/,
    ],
    ["quote.csv", `${csvOf(slice)}\n"INC0000099,New`, /not a CSV file that can be read/],
    ["cut.zip", zip.subarray(0, zip.length - 40), /zip file is damaged/],
    ["spoilt.zip", spoiltZip, /zip file is damaged/],
    ["other.zip", zipOf("readme.txt", "hello"), /holds no CSV file/],
  ];
  const other = await world.another("Careful council");
  for (const [name, content, sentence] of cases) {
    const file = await fileOf(name, content);
    await assert.rejects(
      bring(file, { organisationId: other.organisationId }),
      (error) =>
        error instanceof Refusal &&
        error.kind === "invalid" &&
        error.problems.length === 1 &&
        sentence.test(error.message),
      name,
    );
  }
  for (const [file, sentence] of [
    [join(folder, "absent.csv"), /There is no file/],
    [folder, /is not a file/],
  ] as const) {
    await assert.rejects(
      bring(file, { organisationId: other.organisationId }),
      (error) => error instanceof Refusal && error.kind === "invalid" && sentence.test(error.message),
    );
  }
  assert.deepEqual(
    await rowsOf(`select count(*) as many from ticket where organisation_id = '${other.organisationId}'`),
    [{ many: 0 }],
  );
});

test("without an organisation named, several there already, it goes into one of its own", async () => {
  const file = await fileOf("log.csv", csvOf(slice));
  const own = await importServiceNowLog({
    ownerPool: world.ownerPool,
    registry: world.registry,
    found: (name) => world.another(name),
    file,
    progress: () => {},
    now,
  });
  assert.equal(own.organisation.name, "ServiceNow log");
  const again = await importServiceNowLog({
    ownerPool: world.ownerPool,
    registry: world.registry,
    found: (name) => world.another(name),
    file,
    progress: () => {},
    now,
  });
  assert.deepEqual([again.organisation.id, again.run.unchanged], [own.organisation.id, 12]);
});

test("nobody is told of what is brought in, however new it is", async () => {
  const other = await world.another("Quiet council");
  const file = await fileOf("quiet.csv", csvOf(slice.slice(0, 5)));
  await bring(file, { organisationId: other.organisationId, now: Temporal.Now.instant() });
  const { rows } = await world.ownerPool.query(
    `select count(*)::int as lines, count(untold.record_id)::int as told from events
       join person on person.organisation_id = events.organisation_id and person.id = events.record_id
       left join untold on untold.record_id = events.record_id
      where events.organisation_id = $1 and at > recorded_at - interval '1 hour'`,
    [other.organisationId],
  );
  assert.ok(rows[0].lines > 0);
  assert.equal(rows[0].told, 0);
});

test("nobody but the product itself brings records in", async () => {
  const administrator = await world.person("Ada Okafor", "administrator");
  await assert.rejects(
    world.store.as(administrator, async (tx) =>
      tx.db.executeQuery((await import("kysely")).sql`select bring_in('ticket', '[]'::jsonb)`.compile(tx.db)),
    ),
    /only the product itself may/,
  );
});
