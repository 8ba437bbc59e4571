import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { choose } from "./choose.ts";
import type { Candidate } from "./choose.ts";

const someone = (name: string, more: Partial<Candidate> = {}): Candidate => ({
  id: name.toLowerCase(),
  name,
  awayUntil: null,
  onShift: null,
  onCall: false,
  lacks: [],
  open: 0,
  turn: 0,
  ...more,
});
const work = { rule: "load", inHours: true, needs: [] } as const;

test("it says why this person, and why not the others", () => {
  const people = [
    someone("Asha", { awayUntil: "Monday 23 November 2026" }),
    someone("Ben", { onShift: false }),
    someone("Cara", { open: 3 }),
    someone("Dee", { open: 4 }),
  ];
  assert.deepEqual(choose(people, work), {
    personId: "cara",
    because: "Least loaded: 3 open tickets; Asha is away until Monday 23 November 2026; Ben is off shift",
  });
  assert.deepEqual(choose(people.slice(0, 2), work), {
    personId: null,
    because: "Nobody can take it: Asha is away until Monday 23 November 2026; Ben is off shift",
  });
  assert.equal(choose([], work).because, "The queue’s team has nobody who could take it");
});

test("whoever is away, off shift, not on call out of hours or without the skill is never chosen, and the one chosen is the next by the rule", () => {
  const candidate = fc.record({
    id: fc.uuid(),
    name: fc.constantFrom("Asha", "Ben", "Cara"),
    awayUntil: fc.option(fc.constant("Monday")),
    onShift: fc.constantFrom(null, true, false),
    onCall: fc.boolean(),
    lacks: fc.constantFrom([], ["Printers"]),
    open: fc.nat(9),
    turn: fc.nat(9),
  });
  const rule = fc.constantFrom("turn" as const, "load" as const, "skill" as const);
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 8 }), rule, fc.boolean(), (people, by, inHours) => {
      const { personId, because } = choose(people, { rule: by, inHours, needs: ["Printers"] });
      assert.ok(because.length > 0 && because.length <= 300);
      const able = people.filter(
        ({ awayUntil, onShift, onCall, lacks }) =>
          awayUntil === null && (inHours ? onShift !== false : onCall) && (by !== "skill" || lacks.length === 0),
      );
      const least = Math.min(...able.map(({ turn, open }) => (by === "turn" ? turn : open)));
      const chosen = able.find(({ id }) => id === personId);
      assert.equal(chosen !== undefined, able.length > 0);
      if (chosen) assert.equal(by === "turn" ? chosen.turn : chosen.open, least);
    }),
  );
});
