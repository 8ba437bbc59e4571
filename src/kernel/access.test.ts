import assert from "node:assert/strict";
import { test } from "node:test";
import { may, mayAskAbout, mustBeAllowed, readsInternal } from "./access.ts";
import { Refusal } from "./errors.ts";
import { defineRecord, field } from "./record.ts";
import type { Actor, Grant } from "./transaction.ts";

const Thing = defineRecord({
  name: "thing",
  label: { one: "Thing", many: "Things" },
  reference: "THI-{000}",
  path: "things",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true }),
    note: field.text({ label: "Note", internal: true }),
  },
  states: { open: { label: "Open" } },
  starts: "open",
  moves: {},
  views: { list: { columns: ["name"], sort: "name" } },
  empty: "Things.",
});

const actor = (...grants: Grant[]): Actor => ({
  organisationId: "o",
  personId: "me",
  name: "Me",
  teams: ["mine"],
  grants,
});
const record = { id: "r", ownerId: null, teamId: null, requesterId: null, createdBy: null };

test("“all” reaches every record, “team” those of the person's teams, “own” those that are theirs in any way", () => {
  const holds = (scope: Grant["scope"]) => actor({ type: "thing", permission: "change", scope });
  const theirs = [
    { ...record, ownerId: "me" },
    { ...record, requesterId: "me" },
    { ...record, createdBy: "me" },
    { ...record, id: "me" },
  ];
  assert.ok(may(holds("all"), "thing", "change", record));
  for (const own of theirs)
    assert.deepEqual(
      [may(holds("own"), "thing", "change", own), may(holds("team"), "thing", "change", own)],
      [true, false],
    );
  assert.deepEqual(
    ["mine", "other", null].map((teamId) => may(holds("team"), "thing", "change", { ...record, teamId })),
    [true, false, false],
  );
  assert.ok(!may(holds("own"), "thing", "change", record));
});

test("a permission is for its own type and its own deed", () => {
  const one = actor({ type: "thing", permission: "change", scope: "all" });
  assert.deepEqual(
    [may(one, "other", "change"), may(one, "thing", "read"), may(one, "thing", "change")],
    [false, false, true],
  );
});

test("nobody acting owns nothing, not even what belongs to nobody", () => {
  const system: Actor = { ...actor({ type: "thing", permission: "change", scope: "own" }), personId: null };
  assert.ok(!may(system, "thing", "change", record));
});

test("a refusal names the permission that is needed, and nothing of the record", () => {
  assert.throws(
    () => mustBeAllowed(actor(), Thing, "approve", "approve this thing", record),
    (error) =>
      error instanceof Refusal &&
      error.kind === "forbidden" &&
      error.message === "You may not approve this thing. It needs the permission “approve” for things",
  );
});

test("what officers keep among themselves is read where the permission reaches, and asked about only by who reads it everywhere", () => {
  const ofTeam = actor({ type: "thing", permission: "internal", scope: "team" });
  const ofAll = actor({ type: "thing", permission: "internal", scope: "all" });
  assert.deepEqual(
    [
      readsInternal(ofTeam, "thing"),
      readsInternal(ofTeam, "thing", record),
      readsInternal(ofTeam, "thing", { ...record, teamId: "mine" }),
    ],
    [true, false, true],
  );
  assert.deepEqual(
    [
      mayAskAbout(ofTeam, Thing, "note"),
      mayAskAbout(ofAll, Thing, "note"),
      mayAskAbout(actor(), Thing, "name"),
      mayAskAbout(actor(), Thing, "constructor"),
    ],
    [false, true, true, true],
  );
});
