import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { createElsewhere } from "./elsewhere.ts";
import type { Elsewhere } from "./elsewhere.ts";

/** Processes that hear one another at once, as they do through the database. */
function processes(clock: { now: number }) {
  const all: Elsewhere[] = [];
  const lines: string[] = [];
  return {
    lines,
    add: (open: readonly (readonly [string, string])[] = [], changed: (record: string) => void = () => {}) => {
      const send = (line: string) => {
        lines.push(line);
        // Those that have been left out of `all` hear nothing.
        for (const one of all) one.heard(line);
        return Promise.resolve();
      };
      const made = createElsewhere({ send, changed, all: () => open, now: () => clock.now });
      all.push(made);
      made.begin();
      return made;
    },
    kill: (one: Elsewhere) => void all.splice(all.indexOf(one), 1),
  };
}

test("processes that come later or at once know of all that is open, and of what was never heard they ask", () => {
  const clock = { now: 0 };
  const { add, kill, lines } = processes(clock);
  const record = randomUUID();
  const people = Array.from({ length: 250 }, () => randomUUID());
  const one = add(people.map((person) => [record, person] as const));
  const two = add([[record, people[0]!]]);
  assert.deepEqual(two.on(record).toSorted(), people.toSorted());
  assert.deepEqual(one.on(record), [people[0]]);
  assert.ok(lines.every((line) => line.length < 8000));
  // Its connection was away for so long that it was taken for dead; when it shows itself it is asked for all again.
  kill(two);
  clock.now = 61_000;
  one.beat();
  assert.deepEqual(one.on(record), []);
});

test("a process that says nothing any more is forgotten within a minute, with those who were there", () => {
  const clock = { now: 0 };
  const { add, kill } = processes(clock);
  const record = randomUUID();
  const changed: string[] = [];
  const one = add([], (id) => void changed.push(id));
  const dies = add([[record, randomUUID()]]);
  kill(dies);
  clock.now = 40_000;
  one.beat();
  assert.equal(one.on(record).length, 1);
  changed.length = 0;
  clock.now = 61_000;
  one.beat();
  assert.equal(one.on(record).length, 0);
  assert.deepEqual(changed, [record]);
});

test("a line that nobody of ours wrote is let go", () => {
  const { add } = processes({ now: 0 });
  const one = add();
  for (const line of ["", "||", "x|all|+a b", `${randomUUID()}|all|+nonsense ${randomUUID()},-,+`, "a".repeat(9000)])
    one.heard(line);
  assert.deepEqual(one.on("nonsense"), []);
});
