import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { ModuleSchedule, ScheduleParts } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { askToConfirm, stillToAsk } from "./after-publishing.ts";
import { today } from "./approval.ts";

/** Written in one transaction. */
const batchMax = 100;
/** In one organisation and one go; what is left comes an hour later. */
const recordsMax = 2000;
/** So many days before an exception ends it is said. */
const warnDays = 14;

/** Chases those who did not confirm in time, and asks those who have joined the audience since. */
export const chaseConfirmations: ModuleSchedule = {
  task: "chase-confirmations",
  match: "12 * * * *",
  when: "Each hour",
  what: "Reminds once whoever has not confirmed a policy in time, and asks those who have come to its audience since",
  run: (parts) => inEach(parts, [chaseLate, askNewcomers]),
};

/** Says that exceptions end soon, and ends those whose day has passed. */
export const endExceptions: ModuleSchedule = {
  task: "end-exceptions",
  match: "14 * * * *",
  when: "Each hour",
  what: "Says two weeks before that an exception from a policy ends, and ends those whose day has passed",
  run: (parts) => inEach(parts, [warnOfEnd, endOver]),
};

/** Gives how many were written. */
async function inEach(
  { ownerPool, registry }: Pick<ScheduleParts, "ownerPool" | "registry">,
  works: readonly ((tx: Tx) => Promise<number>)[],
): Promise<number> {
  const { rows } = await ownerPool.query<{ id: string }>("select id from reeve.organisations order by id limit 10000");
  let written = 0;
  for (const { id } of rows)
    for (const work of works)
      for (let done = 0; done < recordsMax;) {
        const some = await asSystem({ ownerPool, registry, organisationId: id }, work);
        written += some;
        done += batchMax;
        if (some < batchMax) break;
      }
  return written;
}

interface Found {
  readonly id: string;
  readonly day: string;
}

/** Once for each: the person hears of it as of any comment on what is theirs. */
export async function chaseLate(tx: Tx): Promise<number> {
  const { rows } = await sql<Found>`select id, due_on as day from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'waiting' and due_on < ${today(tx.now)}::date
      and chased_on is null order by due_on, id limit ${batchMax}`.execute(tx.db);
  const type = typeNamed(tx.registry, "attestation");
  for (const { id, day } of rows) {
    const after = await change(tx, type, id, "any", { chasedOn: today(tx.now) }, { trusted: true });
    await say(tx, type, after, {
      text: `You were to read and confirm this by ${formatDay(day)}. It takes two minutes: please do it today.`,
      audience: "everyone",
    });
  }
  return rows.length;
}

/** Whoever has come to the audience of a policy in force since it was published has as long as the others, and a week at least. */
export async function askNewcomers(tx: Tx): Promise<number> {
  const { rows } = await sql<Found>`select id, attest_by as day from visible_policy
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'published' and attested_by is not null
      and exists (select 1 from visible_attestation a where a.organisation_id = visible_policy.organisation_id
        and a.policy = visible_policy.id and a.edition = visible_policy.edition)
    order by id limit 1000`.execute(tx.db);
  const soonest = Temporal.PlainDate.from(today(tx.now)).add({ days: 7 }).toString();
  let asked = 0;
  for (const { id, day } of rows) {
    const policy = await find(tx, typeNamed(tx.registry, "policy"), id);
    const people = (await stillToAsk(tx, policy)).slice(0, batchMax - asked);
    const attestBy = day > soonest ? day : soonest;
    if (people.length > 0) await askToConfirm(tx, { ...policy, values: { ...policy.values, attestBy } }, people);
    asked += people.length;
    if (asked >= batchMax) break;
  }
  return asked;
}

/** Once for each day on which it ends: whoever asked and whoever approved it hear of it. */
export async function warnOfEnd(tx: Tx): Promise<number> {
  const until = Temporal.PlainDate.from(today(tx.now)).add({ days: warnDays }).toString();
  const { rows } = await sql<Found>`select id, expires_on as day from visible_policy_exception
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'granted'
      and expires_on between ${today(tx.now)}::date and ${until}::date
      and warned_for is distinct from expires_on order by expires_on, id limit ${batchMax}`.execute(tx.db);
  const type = typeNamed(tx.registry, "policy_exception");
  for (const { id, day } of rows) {
    const after = await change(tx, type, id, "any", { warnedFor: day }, { trusted: true });
    await say(tx, type, after, {
      text: `This exception ends on ${formatDay(day)}. If it is still needed, say so here, and whoever approved it looks at it again.`,
      audience: "everyone",
    });
  }
  return rows.length;
}

export async function endOver(tx: Tx): Promise<number> {
  const { rows } = await sql<Found>`select id, expires_on as day from visible_policy_exception
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'granted' and expires_on < ${today(tx.now)}::date
    order by expires_on, id limit ${batchMax}`.execute(tx.db);
  for (const { id } of rows) await move(tx, typeNamed(tx.registry, "policy_exception"), id, "any", "lapse", {});
  return rows.length;
}
