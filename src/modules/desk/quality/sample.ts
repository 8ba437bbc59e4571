import { sql } from "kysely";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { todayAt } from "../../../kernel/measures/periods.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { create } from "../../../kernel/store/create.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";

/** In one organisation and one go; what is left comes with the next. */
const reviewsMax = 500;
const zone = "Europe/London";

/** Each Monday: draws closed tickets of the week before at random, as many for each officer as the queue says. */
export const drawQualitySample: ModuleSchedule = {
  task: "draw-quality-sample",
  match: "17 5 * * 1",
  when: "Each Monday",
  what: "Draws closed tickets of the week before at random, for somebody else to score how they were handled",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let drawn = 0;
    for (const { id } of rows)
      drawn += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => drawSample(tx));
    return drawn;
  },
};

interface Drawn {
  readonly id: string;
  readonly title: string;
  readonly officer: string;
  readonly team: string | null;
}

/**
 * Draws the sample of the week before the one in which it is: what an officer has of that week in a queue already counts, so
 * that a second go adds nothing. Restricted tickets are not drawn: the review would show them. Gives how many were drawn.
 */
export async function drawSample(tx: Tx): Promise<number> {
  const today = todayAt(tx.now);
  const monday = today.subtract({ days: today.dayOfWeek - 1 + 7 });
  const [from, to] = [monday, monday.add({ days: 7 })].map((day) => day.toZonedDateTime(zone).toInstant().toString());
  const organisation = sql`${tx.actor.organisationId}::uuid`;
  const { rows } = await sql<Drawn>`
    with closed as (
      select t.id, t.title, t.owner_id as officer, t.team_id as team, q.quality_sample as wanted,
        row_number() over (partition by t.owner_id, t.within_id order by random()) as place,
        (select count(*) from quality_review r join records d on d.organisation_id = r.organisation_id and d.id = r.ticket
          where r.organisation_id = ${organisation} and r.officer = t.owner_id and r.sampled_for = ${monday.toString()}::date
            and d.within_id = t.within_id) as there
      from records t join queue q on q.organisation_id = t.organisation_id and q.id = t.within_id and q.quality_sample > 0
      where t.organisation_id = ${organisation} and t.type = 'ticket' and t.state = 'closed' and t.sensitivity = 'normal'
        and t.closed_at >= ${from}::timestamptz and t.closed_at < ${to}::timestamptz and t.owner_id is not null
        and not exists (select from quality_review r where r.organisation_id = ${organisation} and r.ticket = t.id))
    select id, title, officer, team from closed where place <= wanted - there order by officer, id limit ${reviewsMax}`.execute(
    tx.db,
  );
  const criteria = await sql<{ id: string }>`select id from records where organisation_id = ${organisation}
    and type = 'quality_criterion' and closed_at is null order by lower(title), id limit 20`.execute(tx.db);
  const type = typeNamed(tx.registry, "quality_review");
  const scores = criteria.rows.map(({ id }) => ({ criterion: id }));
  for (const { id, title, officer, team } of rows)
    await create(
      tx,
      type,
      { title, ticket: id, officer, team, scores, sampledFor: monday.toString() },
      { trusted: true },
    );
  return rows.length;
}
