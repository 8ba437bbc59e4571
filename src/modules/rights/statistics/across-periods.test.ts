import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partsTold } from "./across-periods.ts";
import type { PublishedPeriod } from "./across-periods.ts";
import { isSmall, otherAreas } from "./small-numbers.ts";

/** Five quarters from January 2025, and the periods that the page can hold of them: by their first quarter and how many. */
const quarters = ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"].map((from) => ({
  from,
  to: Temporal.PlainDate.from(from).add({ months: 3 }).subtract({ days: 1 }).toString(),
}));
const spans: Readonly<Record<string, readonly [first: number, many: number]>> = {
  "2025-q1": [0, 1],
  "2025-q2": [1, 1],
  "2025-q3": [2, 1],
  "2025-q4": [3, 1],
  "2026-q1": [4, 1],
  "2025": [0, 4],
  "2025-26": [1, 4],
};
const areaNames = ["Highways", "Planning", "Housing"] as const;
const kinds = ["inTime", "late", "rest"] as const;

/** Requests of each area and quarter: how many were in time, late, and neither. */
type Quarterly = readonly (readonly (readonly [number, number, number])[])[];

/** The figures of some periods, published in that order. */
function published(requests: Quarterly, order: readonly string[]): readonly PublishedPeriod[] {
  return order.map((period, nth) => {
    const [first, many] = spans[period]!;
    const of = (area: number, kind: number) =>
      requests[area]!.slice(first, first + many).reduce((sum, one) => sum + one[kind]!, 0);
    const areas = areaNames.map((area, at) => ({
      area,
      received: of(at, 0) + of(at, 1) + of(at, 2),
      inTime: of(at, 0),
      late: of(at, 1),
    }));
    return {
      period,
      from: quarters[first]!.from,
      to: quarters[first + many - 1]!.to,
      firstPublishedAt: Temporal.Instant.fromEpochMilliseconds(nth * 1000),
      counts: { received: areas.reduce((sum, { received }) => sum + received, 0) },
      areas: areas.filter(({ received }) => received > 0),
      exemptions: areas.filter(({ inTime }) => inTime > 0).map(({ area, inTime }) => ({ name: area, many: inTime })),
    };
  });
}

/** One variable for each area, quarter and kind. */
const variables = areaNames.length * quarters.length * kinds.length;
const at = (area: number, quarter: number, kind: number) => (area * quarters.length + quarter) * kinds.length + kind;
const prime = 2_147_483_629n;
const modulo = (value: bigint) => ((value % prime) + prime) % prime;

/** What somebody knows who wrote down everything that was told exactly: equations, brought into a form in which another one is looked up. */
function knowledge() {
  const rows: { lead: number; row: bigint[] }[] = [];
  const reduced = (row: bigint[]): bigint[] => {
    const left = [...row];
    for (const { lead, row: known } of rows) {
      const factor = left[lead]!;
      if (factor !== 0n) for (const [n, value] of known.entries()) left[n] = modulo(left[n]! - factor * value);
    }
    return left;
  };
  return {
    learn(some: readonly number[], value: number): void {
      const row = reduced(rowOf(some, BigInt(value)));
      const lead = row.findIndex((one, n) => one !== 0n && n < variables);
      if (lead < 0) return;
      const inverse = power(row[lead]!, prime - 2n);
      rows.push({ lead, row: row.map((one) => modulo(one * inverse)) });
    },
    /** The sum of some variables, where it follows from what is known; null where it does not. */
    sumOf(some: readonly number[]): number | null {
      const left = reduced(rowOf(some, 0n));
      return left.slice(0, variables).every((one) => one === 0n) ? Number(modulo(-left[variables]!)) : null;
    },
  };
}

function rowOf(some: readonly number[], value: bigint): bigint[] {
  const row = Array.from({ length: variables + 1 }, () => 0n);
  for (const one of some) row[one] = 1n;
  row[variables] = value;
  return row;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square, left] = [1n, base, exponent];
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

const exactly = (text: string): number | null => (/^[\d,]+$/.test(text) ? Number(text.replaceAll(",", "")) : null);
const kindsOf = { received: [0, 1, 2], inTime: [0], late: [1] } as const;

/** Everything exact that the pages of these periods tell: totals of the council, and what is told by service area. */
function readAll(periods: readonly PublishedPeriod[], requests: Quarterly): ReturnType<typeof knowledge> {
  const known = knowledge();
  const told = partsTold(periods);
  for (const { period } of periods) {
    const [first, many] = spans[period]!;
    const within = Array.from({ length: many }, (_none, n) => first + n);
    const cells = (areas: readonly number[], of: readonly number[]) =>
      areas.flatMap((area) => within.flatMap((quarter) => of.map((kind) => at(area, quarter, kind))));
    const every = areaNames.map((_name, n) => n);
    for (const of of Object.values(kindsOf) as readonly (readonly number[])[]) {
      const total = every.reduce(
        (sum, area) =>
          sum + within.reduce((all, q) => all + of.reduce((n, kind) => n + requests[area]![q]![kind]!, 0), 0),
        0,
      );
      known.learn(cells(every, of), total);
    }
    const rows = told.get(period)!.areas;
    const named = rows.map(({ area }) => areaNames.indexOf(area as (typeof areaNames)[number])); // “Others” is none
    for (const [n, row] of rows.entries()) {
      const areas = row.area === otherAreas ? every.filter((area) => !named.includes(area)) : [named[n]!];
      for (const [name, of] of Object.entries(kindsOf)) {
        const value = exactly(row[name as keyof typeof kindsOf]);
        if (value !== null) known.learn(cells(areas, of), value);
      }
    }
  }
  return known;
}

const count = fc.oneof(fc.nat(6), fc.nat(30));
const quarterly = fc.array(fc.array(fc.tuple(count, fc.nat(7), fc.nat(2)), { minLength: 5, maxLength: 5 }), {
  minLength: 3,
  maxLength: 3,
});
const order = fc.shuffledSubarray(Object.keys(spans), { minLength: 1 });

test("no sum or difference of anything that any periods tell gives a count from one to four of a part", () => {
  fc.assert(
    fc.property(quarterly, order, (requests, names) => {
      const known = readAll(published(requests, names), requests);
      for (let ofAreas = 1; ofAreas < 7; ofAreas++)
        for (let inQuarters = 1; inQuarters < 32; inQuarters++)
          for (const [name, of] of [...Object.entries(kindsOf), ["rest", [2]] as const]) {
            const some = areaNames.flatMap((_area, area) =>
              ofAreas & (1 << area)
                ? quarters.flatMap((_quarter, q) => (inQuarters & (1 << q) ? of.map((kind) => at(area, q, kind)) : []))
                : [],
            );
            const value = known.sumOf(some);
            assert.ok(
              value === null || !isSmall(value),
              `${value} of ${name}, areas ${ofAreas}, quarters ${inQuarters}`,
            );
          }
    }),
    { numRuns: 60 },
  );
});

test("no sum or difference of exemptions tells one that was used one to four times, in some quarters or without others", () => {
  fc.assert(
    fc.property(quarterly, order, (requests, names) => {
      const periods = published(requests, names);
      const told = partsTold(periods);
      for (const [area, name] of areaNames.entries()) {
        const known = knowledge();
        for (const { period } of periods) {
          const [first, many] = spans[period]!;
          const { exemptions, untold, from } = told.get(period)!;
          const row = exemptions.find((one) => one.name === name);
          const value = row ? row.many : from === "none" || untold.includes(name) ? null : 0;
          const cells = Array.from({ length: many }, (_none, n) => at(area, first + n, 0));
          if (value !== null) known.learn(cells, value);
        }
        for (let inQuarters = 1; inQuarters < 32; inQuarters++) {
          const some = quarters.flatMap((_quarter, q) => (inQuarters & (1 << q) ? [at(area, q, 0)] : []));
          const value = known.sumOf(some);
          assert.ok(value === null || !isSmall(value), `${value} of ${name} in ${inQuarters}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

const year = (order: readonly string[], requests: Quarterly) => partsTold(published(requests, order));
const steady: Quarterly = [
  Array.from({ length: 5 }, () => [10, 0, 0] as const),
  [8, 8, 8, 1, 8].map((many) => [many, 0, 0] as const),
  Array.from({ length: 5 }, () => [5, 0, 0] as const),
];

test("a year tells what its quarters told, added up, and one with a quarter missing tells nothing of its parts", () => {
  const whole = year(["2025-q1", "2025-q2", "2025-q3", "2025-q4", "2025"], steady).get("2025")!;
  assert.equal(whole.from, "sum");
  // Housing was the next smallest in the quarter in which planning was too small, and stood with it.
  assert.deepEqual(
    whole.areas.map(({ area, received }) => [area, received]),
    [
      ["Highways", "40"],
      [otherAreas, "45"],
    ],
  );
  assert.deepEqual(
    whole.exemptions.map(({ name, text }) => [name, text]),
    [
      ["Highways", "40"],
      ["Housing", "20"],
      ["Planning", "not told"],
    ],
  );
  assert.deepEqual(whole.untold, ["Planning"]);
  const part = year(["2025-q1", "2025-q2", "2025-q3", "2025"], steady).get("2025")!;
  assert.deepEqual([part.from, part.areas, part.exemptions], ["none", [], []]);
  assert.ok(part.untold.includes("s40"));
});

test("what was published first goes on being told: a quarter after its year, a financial year after the year that it shares days with", () => {
  const after = year(["2025", "2025-q2", "2025-26", "2026-q1"], steady);
  assert.deepEqual(
    ["2025", "2025-q2", "2025-26", "2026-q1"].map((period) => after.get(period)!.from),
    ["own", "none", "none", "own"],
  );
  assert.deepEqual(
    after.get("2025")!.areas.map(({ area, received }) => [area, received]),
    [
      ["Highways", "40"],
      ["Planning", "25"],
      ["Housing", "20"],
    ],
  );
});
