import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import type pg from "pg";
import { addSpecimens, Specimen } from "../../../test/specimen.ts";
import type { SpecimenWorld } from "../../../test/specimen.ts";
import { createWorld } from "../../../test/world.ts";
import type { World } from "../../../test/world.ts";
import { columnName } from "../record.ts";
import { storedFields } from "../schema/definition-sql.ts";
import { change } from "../store/change.ts";
import { create } from "../store/create.ts";
import { find } from "../store/find.ts";
import { asSystem } from "../transaction.ts";
import type { Tx } from "../transaction.ts";
import { field } from "./field.ts";
import type { Field, Form, Widget } from "./kind.ts";

const kinds = Object.entries(Specimen.fields).filter(([name]) => !["owner", "team", "sensitivity"].includes(name));
const given = kinds.filter(([name]) => name !== "computed");

/** Text as people type and paste it, nasty characters and all, but none that a line must not hold. */
const line = fc
  .string({ unit: "binary", minLength: 1, maxLength: 50 })
  .map((text) => text.replaceAll(/[\u0000-\u001f\u007f]/g, "").trim())
  .filter((text) => text !== "");
const uuid = fc.uuid({ version: 7 });
const day = fc
  .date({ min: new Date("1800-01-01"), max: new Date("2999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const moment = fc
  .date({ min: new Date("1800-01-02"), max: new Date("2999-12-30"), noInvalidDate: true })
  .map((date) => date.toISOString());
const double = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => (value === 0 ? 0 : value));

/** Values that a field of each name may hold. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: line,
  line,
  secret: line,
  longText: fc.array(line, { minLength: 1, maxLength: 4 }).map((paragraphs) => paragraphs.join("\n\n")),
  choice: fc.constantFrom("red", "dark-blue", "green", "order"),
  manyChoice: fc.uniqueArray(fc.constantFrom("red", "dark-blue", "green"), { minLength: 1 }),
  registered: fc.constantFrom("ticket", "legal_hold", "legal_hold, ticket"),
  wholeNumber: fc.integer({ min: -999_999_999, max: 999_999_999 }),
  decimal: double(-1e12, 1e12),
  money: fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
  percent: double(0, 100),
  date: day,
  moment,
  duration: fc.integer({ min: 0, max: 5_256_000 }),
  yesNo: fc.boolean(),
  link: uuid,
  colleagues: fc.uniqueArray(uuid, { minLength: 1, maxLength: 5 }),
  person: uuid,
  otherTeam: uuid,
  email: fc
    .stringMatching(/^[a-z0-9]([a-z0-9.+_'-]{0,20}[a-z0-9])?@([a-z0-9]{1,10}\.){1,3}[a-z]{2,6}$/)
    .filter((address) => !address.includes("..")),
  phone: fc.constantFrom("020 7946 0123", "+44 (0)161 496 0000", "0161-496.0000 ext. 12", "999"),
  webAddress: fc.webUrl({ withFragments: true, withQueryParameters: true }),
  file: uuid,
  lines: fc.array(
    fc.record(
      {
        order: fc.integer({ min: 0, max: 99 }),
        heading: line,
        day,
        how: fc.constant("post"),
        address: line,
        signed: fc.boolean(),
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: 3 },
  ),
};

/** Whatever a browser, a file or a caller of the API may send. */
const hostile = fc.oneof(
  fc.anything({
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withSparseArray: true,
    withObjectString: true,
  }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.double(),
  fc.bigInt(),
  fc.maxSafeInteger(),
  fc.array(fc.string()),
  fc.constantFrom(
    "0026-01-01",
    "2026-02-29",
    "2026-02-30",
    "2026-09-31",
    "9999-12-31",
    "-000001-01-01",
    "infinity",
    "-infinity",
    "now",
    "epoch",
    "NaN",
    "Infinity",
    "1e400",
    "1e5",
    "-0",
    "0x10",
    "١٢",
    "½",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "x".repeat(100_001),
    "javascript:alert(1)",
    "https://",
    "http://[",
    "' or 1=1 --",
    "$1",
    "__proto__",
    "constructor",
    "null",
    "{}",
    "[]",
    "[[[[",
    '{"__proto__":1}',
    ["constructor"],
    ["__proto__"],
    [null],
    [{ heading: "x", __proto__: null }],
    [{ heading: "x", unknown: 1 }],
    [{ id: "1", heading: "x" }],
    [{ heading: "a\u0000" }],
    "24:00",
    "2026-11-21T25:00",
    "2026-11-21T24:00",
    "2026-11-21T09:30:60",
    "2026-11-21T09:30[Europe/London]",
    "2026-11-21T09:30+99:99",
    "+275760-09-13T00:00:00Z",
    "99:99",
    "1h 99999m",
    "00000000-0000-0000-0000-000000000000",
  ),
);

/** One character more, and far more, than columns hold. */
const long = fc.constantFrom(
  ...[60, 61, 100, 101, 254, 255, 500, 501, 2000, 2001].flatMap((length) => [
    "x".repeat(length),
    `${"a".repeat(Math.max(1, length - 12))}@example.com`,
    `https://e.uk/${"x".repeat(Math.max(1, length - 13))}`,
    "1 ".repeat(length),
    "😀".repeat(length / 2),
  ]),
);

const sampled = { numRuns: 150 };

function schemaOf({ kind, options }: Field) {
  return kind.schema(options);
}

describe("every kind of field", () => {
  for (const [name, one] of given) {
    const { kind, options } = one;
    test(`${kind.name} (${name}): its cell of a file, and its control of a form, give the value back`, () => {
      fc.assert(
        fc.property(values[name]!, (value) => {
          const checked = schemaOf(one).parse(value);
          assert.deepEqual(checked, value, "what is in order is left as it is");
          assert.deepEqual(schemaOf(one).parse(kind.fromText(options, kind.text(options, value))), value);
          if (kind.name === "file") return;
          assert.deepEqual(
            schemaOf(one).parse(kind.fromForm(formOf(name, kind.input(options, value), value, one), name, options)),
            value,
          );
        }),
        sampled,
      );
    });

    test(`${kind.name} (${name}): hostile input is refused or made harmless, and never throws`, () => {
      fc.assert(
        fc.property(hostile, fc.string({ unit: "binary" }), (input, text) => {
          const parsed = schemaOf(one).safeParse(input);
          if (parsed.success) kind.show(options, parsed.data);
          for (const cell of [text, typeof input === "string" ? input : "x"])
            schemaOf(one).safeParse(kind.fromText(options, cell));
          for (const form of formsOf(name, input, text)) schemaOf(one).safeParse(kind.fromForm(form, name, options));
        }),
        sampled,
      );
    });
  }

  test("an empty control says nothing, whichever kind it is", () => {
    for (const [name, { kind, options }] of given) {
      const said = kind.fromForm({}, name, options) ?? null;
      assert.ok(said === null || (Array.isArray(said) && said.length === 0), name);
      kind.input(options, null);
    }
  });

  test("every kind that a definition can use is among these", () => {
    const used = new Set(Object.values(Specimen.fields).map(({ kind }) => kind.name));
    const made = Object.values(field).map((make) => {
      // Each kind is made with the options that any of them needs.
      const any = make as unknown as (options: object) => Field;
      return any({ label: "Label", to: "team", options: { a: "A" }, fields: {}, one: "Line", from: () => null }).kind
        .name;
    });
    assert.deepEqual([...used].sort(), [...new Set(made)].sort());
    assert.ok(made.length >= 22);
  });
});

/** What a browser sends of a control as it was drawn. */
function formOf(name: string, widget: Widget, value: unknown, one: Field): Form {
  if (widget.widget === "rows") return formOfLines(name, value, one);
  if (widget.widget === "checkboxes") return { [name]: widget.values };
  if (widget.widget === "date")
    return { [`${name}-day`]: widget.day, [`${name}-month`]: widget.month, [`${name}-year`]: widget.year };
  if (widget.widget === "date-time")
    return {
      [`${name}-day`]: widget.day,
      [`${name}-month`]: widget.month,
      [`${name}-year`]: widget.year,
      [`${name}-time`]: widget.time,
    };
  if (widget.widget === "file") return {};
  // A browser sends the lines of a text box apart by CR and LF.
  return { [name]: widget.value.replaceAll("\n", "\r\n") };
}

function formOfLines(name: string, value: unknown, one: Field): Form {
  const { fields } = one.options as unknown as { fields: Readonly<Record<string, Field>> };
  const rows = value as readonly Readonly<Record<string, unknown>>[];
  const controls = rows.flatMap((row, at) =>
    Object.entries(fields).flatMap(([field, inner]) =>
      Object.entries(formOf(`${name}-${at}-${field}`, inner.kind.input(inner.options, row[field]), row[field], inner)),
    ),
  );
  return { [`${name}-rows`]: rows.map((_row, at) => String(at)), ...Object.fromEntries(controls) };
}

function formsOf(name: string, input: unknown, text: string): Form[] {
  const one = typeof input === "string" ? input : text;
  const parts = Object.fromEntries(["day", "month", "year", "time"].map((part) => [`${name}-${part}`, one]));
  return [
    { [name]: one },
    { [name]: [one, text] },
    parts,
    { ...parts, [`${name}-day`]: [text, one] },
    { [`${name}-rows`]: ["a", one], [`${name}-a-heading`]: one, [`${name}-a-day-day`]: text },
  ];
}

describe("a kind of field in a real table", () => {
  let world: World;
  let specimens: SpecimenWorld;
  const system = <Result>(work: (tx: Tx) => Promise<Result>) =>
    asSystem(
      { ownerPool: world.ownerPool, registry: specimens.registry, organisationId: world.council.organisationId },
      work,
    );

  before(async () => {
    world = await createWorld();
    specimens = await addSpecimens(world);
  });
  after(async () => {
    await specimens.store.close();
    await world.close();
  });

  test("whatever its schema lets through, the column holds", async () => {
    const accepted = new Map<string, unknown[]>();
    for (const { name, field: one } of storedFields(Specimen.fields)) {
      const let_through: unknown[] = [];
      const given = fc.oneof(
        hostile,
        long,
        values[name]!,
        fc.string({ unit: "binary", minLength: 55, maxLength: 61 }),
        fc.double(),
        fc.integer(),
      );
      fc.assert(
        fc.property(given, fc.string(), (input, text) => {
          const tried = [
            input,
            ...(typeof input === "string" ? [one.kind.fromText(one.options, input)] : []),
            one.kind.fromForm(formsOf(name, input, text)[0]!, name, one.options),
          ];
          for (const candidate of tried) {
            const parsed = one.kind.schema(one.options).safeParse(candidate);
            if (parsed.success) let_through.push(parsed.data);
          }
        }),
        { numRuns: 300 },
      );
      accepted.set(columnName(name), let_through);
    }
    const client = await world.ownerPool.connect();
    try {
      // The foreign keys are not what is tested here: checks and types still hold in this mode.
      await client.query("begin; set local session_replication_role = replica");
      for (const [column, several] of accepted) {
        assert.ok(several.length > 5, `${column}: enough values were let through`);
        const places = several.map((_value, at) => `($1, uuidv7(), $${at + 2})`).join(", ");
        await client.query("savepoint one_kind");
        await client
          .query(`insert into specimen (organisation_id, id, ${column}) values ${places}`, [
            world.council.organisationId,
            ...several,
          ])
          .catch(async (error: unknown) => {
            await client.query("rollback to savepoint one_kind");
            assert.fail(
              `${column} refused one of these: ${String(error)}\n${await firstRefused(client, column, several)}`,
            );
          });
      }
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  async function firstRefused(client: pg.PoolClient, column: string, several: readonly unknown[]): Promise<string> {
    for (const value of several) {
      try {
        await client.query(`insert into specimen (organisation_id, id, ${column}) values ($1, uuidv7(), $2)`, [
          world.council.organisationId,
          value,
        ]);
      } catch {
        return JSON.stringify(value)?.slice(0, 300) ?? "undefined";
      }
    }
    return "each by itself is fine";
  }

  test("what is given is found again, by every kind, and after a change", async () => {
    const people = await Promise.all(["Ann", "Bo", "Cy"].map((name) => world.person(name, "staff")));
    const ids = people.map(({ personId }) => personId);
    const { team } = world.council;
    const links = {
      link: fc.constant(team),
      otherTeam: fc.constant(team),
      person: fc.constantFrom(...ids),
      colleagues: fc.subarray(ids).map((some) => [...some].sort()),
    };
    const { file: _file, ...others } = values;
    const record: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record<Record<string, unknown>>(
      { ...others, ...links },
      { requiredKeys: ["text"], noNullPrototype: true },
    );
    const same = (stored: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>) => {
      for (const [name, value] of Object.entries(wanted)) {
        const held = stored[name];
        if (name === "lines")
          assert.deepEqual(
            (held as object[]).map((row) => ({ ...row, id: 0, number: 0 })),
            (value as object[]).map((row) => ({ id: 0, number: 0, ...row })),
          );
        else assert.deepEqual(held, value, name);
      }
    };
    await fc.assert(
      fc.asyncProperty(record, record, async (first, second) => {
        await system(async (tx) => {
          const made = await create(tx, Specimen, first);
          same(made.values, first);
          assert.equal(made.title, first["text"]);
          const changed = await change(tx, Specimen, made.reference, made.version, second);
          same((await find(tx, Specimen, made.id)).values, { ...first, ...second });
          assert.equal(changed.values["computed"], `${String({ ...first, ...second }["wholeNumber"] ?? "no")} of them`);
        });
      }),
      { numRuns: 25 },
    );
  });
});
