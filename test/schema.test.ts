import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRegistry } from "../src/kernel/registry.ts";
import type { Registry } from "../src/kernel/registry.ts";
import { field } from "../src/kernel/record.ts";
import type { RecordType } from "../src/kernel/record.ts";
import type { Field } from "../src/kernel/fields/kind.ts";
import { readCatalogue } from "../src/kernel/schema/catalogue.ts";
import { difference } from "../src/kernel/schema/difference.ts";
import { definedCatalogue, planMigration } from "../src/kernel/schema/plan.ts";
import { registry } from "../src/records.ts";
import { Specimen } from "./specimen.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world.close());

/** The product's registry with the fields of some types altered, and further types. */
function altered(
  changes: Readonly<Record<string, (fields: Readonly<Record<string, Field>>) => Readonly<Record<string, Field>>>>,
  more: readonly RecordType[] = [],
): Registry {
  const modules = registry.modules.map((module) => ({
    ...module,
    records: module.records.map((type): RecordType =>
      changes[type.name] ? { ...type, fields: changes[type.name]!(type.fields) } : type,
    ),
  }));
  return createRegistry([...modules, { name: "more", label: "More", group: "work", records: more }]);
}

/** Runs statements as a migration would and says what is then still not as the definitions say; all of it is undone. */
async function afterRunning(statements: readonly string[], definitions: Registry) {
  const wanted = await definedCatalogue(world.ownerUrl, definitions);
  const client = await world.ownerPool.connect();
  try {
    await client.query("begin");
    for (const statement of statements) await client.query(statement);
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    assert.ok(rows[0]);
    // Within the same transaction, so that nothing of it stays.
    return difference(await readCatalogue(client), wanted, definitions.types.values());
  } finally {
    await client.query("rollback");
    client.release();
  }
}

test("definitions, migrations and the database are as one", async () => {
  assert.deepEqual(await planMigration(world.ownerUrl, registry), { statements: [], byHand: [] });
});

test("every session may hold a lock of every table and index at once, as a restore does beside busy pages", async () => {
  const { rows } = await world.ownerPool.query<{ locks: number; relations: number }>(
    `select current_setting('max_locks_per_transaction')::integer as locks,
      (select count(*)::integer from pg_class where relnamespace = 'reeve'::regnamespace) as relations`,
  );
  assert.ok(rows[0] && rows[0].relations > 100 && rows[0].locks >= rows[0].relations, JSON.stringify(rows));
});

test("a field, an index, a choice's option, lines and a type that are added become just those statements", async () => {
  const definitions = altered(
    {
      category: (fields) => ({
        ...fields,
        colour: field.choice({ label: "Colour", options: { red: "Red", blue: "Blue" }, indexed: true }),
        order: field.wholeNumber({ label: "Order" }),
        sourceReference: field.text({ label: "Known elsewhere as", max: 300, indexed: true }),
        steward: field.person({ label: "Looked after by" }),
      }),
      queue: (fields) => ({
        ...fields,
        rotas: field.lines({
          label: "Rotas",
          one: "Rota",
          numbered: true,
          fields: { day: field.date({ label: "Day" }), who: field.person({ label: "Who" }) },
        }),
      }),
      calendar: (fields) => ({
        ...fields,
        holidays: field.choice({
          label: "Bank holidays",
          options: {
            none: "None",
            "england-and-wales": "England and Wales",
            scotland: "Scotland",
            "northern-ireland": "Northern Ireland",
            wales: "Wales",
          },
        }),
      }),
    },
    [Specimen],
  );
  const plan = await planMigration(world.ownerUrl, definitions);
  assert.deepEqual(plan.byHand, []);
  const about = (words: RegExp) => plan.statements.filter((statement) => words.test(statement));
  assert.deepEqual(about(/alter table category add column/), [
    "alter table category add column colour text;",
    'alter table category add column "order" integer;',
    "alter table category add column steward uuid;",
  ]);
  assert.equal(about(/create index category_/i).length, 2);
  assert.equal(about(/add constraint category_colour_check check/i).length, 1);
  assert.equal(about(/add constraint category_steward_record foreign key/i).length, 1);
  assert.equal(about(/drop constraint category_source_reference_check/).length, 1);
  assert.equal(about(/create table queue_rotas/).length, 1);
  assert.equal(about(/create policy queue_rotas_/).length, 3);
  assert.equal(about(/constraint calendar_holidays_check/).length, 2);
  assert.equal(about(/create table specimen \(/).length, 1);
  assert.equal(about(/drop (table|column)/).length, 0);
  assert.equal(
    about(/\bticket\b|\bperson\b(?!_)|\bpolicy_/).filter(
      (statement) => !/specimen|queue_rotas|category|references records/.test(statement),
    ).length,
    0,
    "what did not change is left alone",
  );
  assert.deepEqual(await afterRunning(plan.statements, definitions), { statements: [], byHand: [] });
});

test("a field with an earlier name is renamed; one that is gone or of another kind is named for a person to decide", async () => {
  const definitions = altered({
    category: ({ sourceReference: _gone, ...fields }) => ({
      ...fields,
      sourceCode: field.text({ label: "Known elsewhere as", max: 200, indexed: true, renamedFrom: "sourceReference" }),
    }),
    policy: ({ audience: _gone, ...fields }) => ({
      ...fields,
      edition: field.decimal({ label: "Version", readOnly: true }),
    }),
  });
  const plan = await planMigration(world.ownerUrl, definitions);
  assert.equal(plan.statements[0], "alter table category rename column source_reference to source_code;");
  assert.equal(plan.statements.filter((statement) => /add column/.test(statement)).length, 0);
  const named = plan.byHand.join("\n");
  assert.match(named, /column policy audience/);
  assert.match(named, /column policy edition is “integer” in the database and “double precision” by definition/);
  assert.doesNotMatch(named, /column category/);
});

test("whatever somebody changes in the database by hand is named", async () => {
  const changes: readonly (readonly [statement: string, named: RegExp])[] = [
    ["alter table ticket add column colour text", /has column ticket colour, which no migration makes/],
    ["drop index ticket_priority", /has no index ticket ticket_priority/],
    ["alter table ticket disable row level security", /has no security ticket/],
    ["alter policy ticket_read on ticket using (true)", /policy ticket ticket_read is “for select using \(true\)”/],
    ["grant delete on events to reeve_app", /grant events is “delete, select”/],
    ["grant update (event_hash) on records to reeve_app", /column-grant records is .*event_hash/],
    ["grant execute on function act_as_system(uuid) to reeve_app", /has execute act_as_system/],
    ["alter table ticket drop constraint ticket_kind_check", /has no constraint ticket ticket_kind_check/],
    ["alter table events disable trigger events_unsealed", /trigger events events_unsealed/],
  ];
  for (const [statement] of changes) await world.ownerPool.query(statement);
  const plan = await planMigration(world.ownerUrl, registry);
  assert.deepEqual(plan.statements, []);
  for (const [statement, named] of changes) assert.match(plan.byHand.join("\n"), named, statement);
});
