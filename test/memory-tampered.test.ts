import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { problemText, verifyText } from "../src/kernel/memory/verify-text.ts";
import type { Line } from "../src/kernel/fields/lines.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import {
  begin,
  end,
  world,
  lead,
  staff,
  administrator,
  superuser,
  victim,
  ticket,
  look,
  tampered,
} from "./memory/stage.ts";

before(async () => {
  await begin();
  // There is a seal in the middle.
  for (const summary of ["Of the second seal", "Of the third"]) {
    await world.store.as(staff, (tx) => create(tx, ticket(), { summary }));
    await sealAll(world.ownerPool);
  }
});
after(end);

/** What a superuser does to the victim ($1), and the words by which it must be caught. */
const tamperings: Readonly<
  Record<string, { readonly does: string; readonly event: number | null; readonly says: RegExp }>
> = {
  "changes what a comment says": {
    does: 'update event_bodies set body = \'{"text": "Nobody came"}\' where record_id = $1 and sequence = 3',
    event: 3,
    says: /What this line says was changed/,
  },
  "changes what was said and takes the salt away with a constraint": {
    does: "update event_bodies set body = '{\"text\": \"Nobody came\"}', salt = '\\x00' where record_id = $1 and sequence = 4",
    event: 4,
    says: /What this line says was changed/,
  },
  "changes when an event happened": {
    does: "update events set at = at - interval '1 day' where record_id = $1 and sequence = 2",
    event: 2,
    says: /not what was written/,
  },
  "changes who did it": {
    does: "update events set actor_id = null where record_id = $1 and sequence = 1",
    event: 1,
    says: /not what was written/,
  },
  "shows an internal comment to everyone": {
    does: "update events set audience = 'everyone' where record_id = $1 and sequence = 4",
    event: 4,
    says: /not what was written/,
  },
  "moves a line to another type's timeline": {
    does: "update events set type = 'policy' where record_id = $1 and sequence = 2",
    event: 2,
    says: /another type/,
  },
  "deletes a middle event": {
    does: "with gone as (delete from event_bodies where record_id = $1 and sequence = 2) delete from events where record_id = $1 and sequence = 2",
    event: 2,
    says: /is missing/,
  },
  "deletes the last event and nothing else": {
    does: "delete from events where record_id = $1 and sequence = 4",
    event: 4,
    says: /sealed/,
  },
  "deletes the last event and repairs the head": {
    does: `with gone as (delete from events where record_id = $1 and sequence = 4), body as (delete from event_bodies where record_id = $1 and sequence = 4)
      update records set event_count = 3, event_hash = (select hash from events where record_id = $1 and sequence = 3) where id = $1`,
    event: 4,
    says: /sealed/,
  },
  "rewrites the last event, its body and the head": {
    does: `with new as (select sha256(salt || convert_to('{"text": "Paid"}'::jsonb::text, 'UTF8')) as body_hash from event_bodies where record_id = $1 and sequence = 4),
      body as (update event_bodies set body = '{"text": "Paid"}' where record_id = $1 and sequence = 4),
      told as (select event_digest(p.hash, e.record_id, 4, e.at, e.actor_id, e.verb, e.audience, new.body_hash) as hash, new.body_hash
               from events e, new, (select hash from events where record_id = $1 and sequence = 3) p where e.record_id = $1 and e.sequence = 4),
      event as (update events set body_hash = told.body_hash, hash = told.hash from told where record_id = $1 and sequence = 4)
      update records set event_hash = told.hash from told where id = $1`,
    event: 4,
    says: /sealed/,
  },
  "deletes the whole timeline": {
    does: "with gone as (delete from events where record_id = $1), body as (delete from event_bodies where record_id = $1) update records set event_count = 0, event_hash = '\\x' where id = $1",
    event: 4,
    says: /sealed/,
  },
  "deletes the record and its timeline": {
    does: "with gone as (delete from events where record_id = $1), body as (delete from event_bodies where record_id = $1), own as (delete from ticket where id = $1) delete from records where id = $1",
    event: 4,
    says: /sealed/,
  },
  "leaves a timeline without its record": {
    does: "delete from records where id = $1",
    event: 4,
    says: /record that is not there/,
  },
  "changes the record's own copy of the head": {
    does: "update records set event_hash = '\\x00' where id = $1",
    event: null,
    says: /own copy/,
  },
  "deletes a body": {
    does: "delete from event_bodies where record_id = $1 and sequence = 3",
    event: 3,
    says: /no erasure accounts for it/,
  },
  "erases without a certificate": {
    does: "update event_bodies set body = null, salt = null, erased_by_certificate = uuidv7() where record_id = $1 and sequence = 3",
    event: 3,
    says: /no erasure of this record has/,
  },
  "erases with a certificate that the timeline does not know": {
    does: `with listed as (insert into erasures (organisation_id, record_id, sequence, reason) select organisation_id, id, 3, 'Forged' from records where id = $1 returning certificate)
      update event_bodies set body = null, salt = null, erased_by_certificate = listed.certificate from listed where record_id = $1 and sequence = 3`,
    event: 3,
    says: /no erasure of this record has/,
  },
  "changes the heads that a seal covers": {
    does: "update seal_heads set hash = '\\x00' where record_id = $1",
    event: 4,
    says: /sealed/,
  },
  "changes a seal": {
    does: "update seals set hash = sha256(hash) where number = 1",
    event: null,
    says: /Seal 1 is not what was written/,
  },
  "deletes a seal in the middle": {
    does: "delete from seals where number = 2",
    event: null,
    says: /Seal 2 is missing/,
  },
  "deletes the last seal": {
    does: "delete from seals where number = (select max(number) from seals)",
    event: null,
    says: /Seal \d is missing/,
  },
  "takes a head out of a seal": {
    does: "delete from seal_heads where record_id = $1",
    event: null,
    says: /Seal 1 covered \d+ timelines/,
  },
  "gives itself more time": {
    does: "update clocks set due_at = due_at + interval '1 day' where record_id = $1 and name = 'resolve'",
    event: null,
    says: /clock “resolve” is not what the timeline makes it: due_at/,
  },
  "turns a missed clock into a met one": {
    does: "update clocks set outcome = 'missed' where record_id = $1 and name = 'respond'",
    event: null,
    says: /clock “respond” is not what the timeline makes it: outcome/,
  },
  "deletes a clock": {
    does: "delete from clocks where record_id = $1 and name = 'respond'",
    event: null,
    says: /clock “respond” runs by the timeline/,
  },
  "deletes a clock that has stopped, of a record that came before its rules": {
    does: `with early as (update events set recorded_at = '2020-01-01' where record_id = $1) delete from clocks where record_id = $1 and name = 'respond'`,
    event: null,
    says: /clock “respond” runs by the timeline/,
  },
  "gives a ticket another reference": {
    does: "update records set reference = 'INC-99999' where id = $1",
    event: null,
    says: /Its reference is not what the timeline says/,
  },
  "changes what a ticket is called": {
    does: "update records set title = 'The lift is in order' where id = $1",
    event: null,
    says: /“Summary” is not what the timeline says/,
  },
  "closes a ticket": {
    does: "update records set state = 'closed' where id = $1",
    event: null,
    says: /Its state is not what the timeline says/,
  },
  "lowers an impact": {
    does: "update ticket set impact = 3 where id = $1",
    event: null,
    says: /“Impact” is not what the timeline says/,
  },
  "fills in what nobody ever said": {
    does: "update ticket set resolution = 'It was switched off and on' where id = $1",
    event: null,
    says: /“Resolution” is not what the timeline says.*expected null/,
  },
  "gives a ticket to somebody else": {
    does: "update records set requester_id = owner_id where id = $1",
    event: null,
    says: /“Requester” is not what the timeline says/,
  },
  "says that somebody else made it": {
    does: "update records set created_by = owner_id where id = $1",
    event: null,
    says: /Who made it is not what the timeline says/,
  },
  "makes a ticket older than it is": {
    does: "update records set opened_at = opened_at - interval '1 day' where id = $1",
    event: null,
    says: /When it was opened is not what the timeline says/,
  },
  "hides a ticket from everyone but those cleared for it": {
    does: "update records set sensitivity = 'restricted' where id = $1",
    event: null,
    says: /“Sensitivity” is not what the timeline says/i,
  },
  "deletes the row of its type": {
    does: "delete from ticket where id = $1",
    event: null,
    says: /row in the table of its type is missing/,
  },
  "changes the next deadline": {
    does: "update records set next_due_at = 'infinity' where id = $1",
    event: null,
    says: /next deadline/,
  },
};

for (const [deed, { does, event, says }] of Object.entries(tamperings)) {
  test(`a superuser who ${deed} is caught`, async () => {
    const report = await tampered(does);
    const [first] = report.problems;
    assert.equal(report.ok, false);
    assert.ok(first);
    assert.match(problemText(first), says);
    assert.equal(first.sequence, event);
    if (!says.source.includes("Seal"))
      assert.equal(
        first.reference,
        deed.includes("another reference")
          ? "INC-99999"
          : deed.includes("record and its") || deed.includes("without its record")
            ? victim.id
            : victim.reference,
      );
    assert.match(verifyText(report), /The first:/);
    assert.equal((await look()).ok, true, "put back");
  });
}

test("a superuser who rewrites a clause, or takes one away, is caught; a policy that was changed in every way is not", async () => {
  const policy = typeNamed(world.registry, "policy");
  const made = await world.store.as(administrator, (tx) =>
    create(tx, policy, {
      title: "Leaving a desk",
      clauses: [
        { heading: "Screens", text: "Lock it" },
        { heading: "Paper", text: "Shred it" },
      ],
    }),
  );
  const [screens, paper] = made.values["clauses"] as readonly Line[];
  await world.store.as(administrator, (tx) =>
    change(tx, policy, made.id, made.version, {
      clauses: [{ ...paper, text: "Lock it away" }, { heading: "Keys", text: "In the box" }, screens],
    }),
  );
  assert.deepEqual((await look()).problems, []);
  const tamper = async (statement: string, undo: string) => {
    await superuser.query(statement, [made.id]);
    const [problem] = (await look()).problems;
    await superuser.query(undo, [made.id]);
    assert.equal(problem?.reference, made.reference, statement);
    assert.match(problem.message, /“Clauses” is not what the timeline says it became/);
  };
  await tamper(
    "update policy_clauses set text = 'Leave it' where parent_id = $1 and number = 1",
    "update policy_clauses set text = 'Lock it' where parent_id = $1 and number = 1",
  );
  await tamper(
    "update policy_clauses set removed_at = now() where parent_id = $1 and number = 3",
    "update policy_clauses set removed_at = null where parent_id = $1 and number = 3",
  );
  await tamper(
    "update policy_clauses set position = 9 where parent_id = $1 and number = 2",
    "update policy_clauses set position = 0 where parent_id = $1 and number = 2",
  );
  assert.deepEqual((await look()).problems, []);
});

test("a superuser who says that a ticket was closed earlier than it was is caught", async () => {
  const made = await world.store.as(lead, (tx) => create(tx, ticket(), { summary: "The lift is out of order" }));
  const closed = await world.store.as(lead, (tx) =>
    move(tx, ticket(), made.id, made.version, "cancel", { comment: "It was not" }),
  );
  assert.ok(closed.closedAt);
  assert.deepEqual((await look()).problems, []);
  const put = (back: string) =>
    superuser.query(`update records set closed_at = closed_at ${back} interval '1 day' where id = $1`, [made.id]);
  await put("-");
  const [problem] = (await look()).problems;
  await put("+");
  assert.equal(problem?.reference, made.reference);
  assert.match(problem.message, /When it was closed is not what the timeline says/);
});

test("a superuser who takes the last seal away with its heads, to change what it covered, is caught", async () => {
  await sealAll(world.ownerPool);
  assert.deepEqual((await look()).problems, []);
  const last = "(select max(number) from seals where organisation_id = $1)";
  await superuser.query("begin");
  await superuser.query(`delete from seal_heads where organisation_id = $1 and number = ${last}`, [
    world.council.organisationId,
  ]);
  await superuser.query(`delete from seals where organisation_id = $1 and number = ${last}`, [
    world.council.organisationId,
  ]);
  await superuser.query("commit");
  const report = await look();
  assert.equal(report.ok, false);
  assert.match(report.problems[0]?.message ?? "", /under no seal, and waits for none/);
  // Sealed again, so that what follows begins whole.
  await superuser.query(
    `insert into unsealed select organisation_id, id from records r where organisation_id = $1
     and not exists (select 1 from seal_heads h where h.record_id = r.id and h.sequence = r.event_count)`,
    [world.council.organisationId],
  );
  await sealAll(world.ownerPool);
  assert.deepEqual((await look()).problems, []);
});

test("clocks of an earlier policy are proved by the policy as it stood then, and tampering with them is caught", async () => {
  const policies = typeNamed(world.registry, "service_level_policy");
  // An hour passes between what follows, so that no two could have been under way at once.
  const anHourPasses = () => superuser.query("update events set recorded_at = recorded_at - interval '1 hour'");
  const policy = async () => {
    const { rows } = await superuser.query<{ id: string }>(
      "select id from records where type = 'service_level_policy' and organisation_id = $1 order by reference desc limit 1",
      [world.council.organisationId],
    );
    return world.store.as(administrator, (tx) => find(tx, policies, rows[0]!.id));
  };
  const double = (lines: unknown) =>
    (lines as readonly { respond: number; resolve: number }[]).map((line) => ({
      ...line,
      respond: line.respond * 2,
      resolve: line.resolve * 2,
    }));
  const raise = (summary: string) => world.store.as(staff, (tx) => create(tx, ticket(), { summary, queue }));

  // A policy that has held since before today is not rewritten: this one, of a queue of its own, begins today.
  const usual = await policy();
  const queue = await world.store.as(administrator, async (tx) => {
    const made = await create(tx, typeNamed(world.registry, "queue"), { name: "Telephones", team: world.council.team });
    const { matrix, targets } = usual.values;
    const lines = (of: unknown) => (of as readonly Line[]).map(({ id: _id, ...line }) => line);
    await create(tx, policies, {
      name: "Telephones",
      queue: made.id,
      validFrom: Temporal.Now.plainDateISO("Europe/London").toString(),
      matrix: lines(matrix),
      targets: lines(targets),
    });
    return made.id;
  });
  await anHourPasses();
  const before = await raise("Under the first promise");
  await anHourPasses();
  const first = await policy();
  await world.store.as(administrator, (tx) =>
    change(tx, policies, first.id, first.version, { targets: double(first.values["targets"]) }),
  );
  await anHourPasses();
  const under = await raise("Under the second promise");
  await anHourPasses();
  const second = await policy();
  await world.store.as(administrator, (tx) =>
    change(tx, policies, second.id, second.version, { targets: double(second.values["targets"]), reopenGrace: 60 }),
  );
  await anHourPasses();
  const report = await look();
  assert.deepEqual(report.problems, []);
  assert.equal(
    report.clocks + report.clocksErased,
    Number((await superuser.query<{ count: string }>("select count(*) from clocks")).rows[0]!.count),
    "every stored clock was computed again",
  );

  for (const [record, tamper] of [
    [before, "due_at = due_at + interval '1 day'"],
    [under, "target_minutes = target_minutes - 1"],
    [under, "policy_version = replace(policy_version, 'version 2', 'version 1')"],
    [before, "policy_version = 'SLA-00001 version 77', due_at = due_at + interval '1 day'"],
  ] as const) {
    await superuser.query("create temporary table kept as select * from clocks where record_id = $1", [record.id]);
    await superuser.query(`update clocks set ${tamper} where record_id = $1 and name = 'resolve'`, [record.id]);
    const [problem] = (await look()).problems;
    assert.equal(problem?.reference, record.reference, tamper);
    assert.match(problem.message, /clock “resolve” is not what the timeline makes it/);
    await superuser.query("delete from clocks where record_id = $1", [record.id]);
    assert.match((await look()).problems[0]?.message ?? "", /runs by the timeline and is not stored/);
    await superuser.query("insert into clocks select * from kept");
    await superuser.query("drop table kept");
  }
  assert.deepEqual((await look()).problems, []);
});
