import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { JobKind } from "../../kernel/jobs/run.ts";
import { peopleIn } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** Has those who are consulted watch the policy, and says once on it that they are asked: each is told of that as they wish. */
export const tellConsulted: JobKind = (run) =>
  run.asProduct(async (tx) => {
    const type = typeNamed(tx.registry, "policy");
    const policy = await find(tx, type, run.subject);
    const { consulted, consultUntil } = policy.values;
    if (policy.state !== "consultation" || typeof consulted !== "string" || typeof consultUntil !== "string")
      return `${policy.reference} is not out for consultation.`;
    const people = await peopleIn(tx, await find(tx, typeNamed(tx.registry, "audience"), consulted));
    await sql`insert into watchers (organisation_id, record_id, person_id)
      select ${tx.actor.organisationId}::uuid, ${policy.id}::uuid, unnest(${people.map(({ id }) => id)}::uuid[])
      on conflict do nothing`.execute(tx.db);
    const text = `You are asked what you think of this policy. Read it and comment on its clauses until ${formatDay(consultUntil)}.`;
    if (!(await isSaid(tx, policy.id, text))) await say(tx, type, policy, { text, audience: "everyone" });
    return people.length === 1 ? "One person was asked." : `${people.length} people were asked.`;
  });

/** Whether the product has said this on a record since its last move. */
export async function isSaid(tx: Tx, recordId: string, text: string): Promise<boolean> {
  const { rows } = await sql`select 1 from events e join event_bodies b using (organisation_id, record_id, sequence)
    where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${recordId}::uuid and e.verb = 'commented'
      and e.actor_id is null and b.body ->> 'text' = ${text} and e.sequence > coalesce((
        select max(m.sequence) from events m where m.organisation_id = e.organisation_id and m.record_id = e.record_id
          and m.verb = 'moved'), 0) limit 1`.execute(tx.db);
  return rows.length > 0;
}
