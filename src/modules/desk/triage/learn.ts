import { sql } from "kysely";
import type { ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { Example } from "./classifier.ts";
import { train } from "./classifier.ts";
import { featuresFrom } from "./features.ts";
import { qualityOf } from "./quality.ts";

/** What is suggested for a ticket. */
export const targets = ["queue", "category"] as const;
export type Target = (typeof targets)[number];

/** The newest so many tickets are learned from. */
const ticketsMax = 30_000;
/** From fewer nothing is learned. */
export const ticketsMin = 100;

/** Learns for every organisation, from tickets that were resolved, what their queue and category turned out to be. */
export async function learnTriage({
  ownerPool,
  registry,
}: Pick<ScheduleParts, "ownerPool" | "registry">): Promise<void> {
  const { rows } = await ownerPool.query<{ id: string }>("select id from organisations order by id");
  for (const { id: organisationId } of rows) {
    const as = <Result>(work: (tx: Tx) => Promise<Result>) => asSystem({ ownerPool, registry, organisationId }, work);
    const past = await as(readPast);
    for (const target of targets) {
      const examples = past.flatMap(({ features, [target]: label }): Example[] => (label ? [{ features, label }] : []));
      if (examples.length < ticketsMin) continue;
      const [quality, model] = [await qualityOf(examples), await train(examples)];
      await as((tx) => keep(tx, target, { examples: examples.length, model, quality }));
    }
  }
}

interface Past {
  readonly features: readonly string[];
  readonly queue: string | null;
  readonly category: string | null;
}

/** What was asked and where it belonged, oldest first. Restricted tickets teach nothing: what was learned is seen by others. */
async function readPast(tx: Tx): Promise<Past[]> {
  const { rows } = await sql<Omit<Past, "features"> & { words: string[]; kind: string; requester: string | null }>`
    select tsvector_to_array(to_tsvector('english', left(concat_ws(' ', r.title, t.details), 2000))) as words,
        t.kind, r.requester_id as requester, r.within_id as queue, t.category
      from records r join ticket t on t.organisation_id = r.organisation_id and t.id = r.id
      where r.organisation_id = ${tx.actor.organisationId}::uuid and r.type = 'ticket' and r.sensitivity = 'normal'
        and r.state in ('resolved', 'closed')
      order by r.opened_at desc limit ${ticketsMax}`.execute(tx.db);
  return rows.map(({ queue, category, ...asked }) => ({ queue, category, features: featuresFrom(asked) })).reverse();
}

async function keep(
  tx: Tx,
  target: Target,
  { examples, model, quality }: { examples: number; model: object; quality: object },
): Promise<void> {
  const row = sql`${tx.now.toString()}::timestamptz, ${examples}, ${JSON.stringify(model)}::jsonb, ${JSON.stringify(quality)}::jsonb`;
  await sql`insert into triage_models (organisation_id, target, learned_at, examples, model, quality)
    values (${tx.actor.organisationId}::uuid, ${target}, ${row})
    on conflict (organisation_id, target) do update set (learned_at, examples, model, quality) = (excluded.learned_at, excluded.examples, excluded.model, excluded.quality)`.execute(
    tx.db,
  );
}
