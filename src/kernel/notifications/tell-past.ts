import type pg from "pg";
import type { Registry } from "../registry.ts";
import { tellAll } from "./tell.ts";

/**
 * Tells the people of an organisation, in the product alone, what happened since a moment in the past, as if they had been
 * told then; they have read what is older than `readBefore`. For the demonstration, whose history is made in one go.
 */
export async function tellPast(
  parts: { readonly ownerPool: pg.Pool; readonly registry: Registry },
  {
    organisationId,
    since,
    readBefore,
  }: { organisationId: string; since: Temporal.Instant; readBefore: Temporal.Instant },
): Promise<void> {
  await parts.ownerPool.query(
    `insert into reeve.untold (organisation_id, record_id, sequence) select organisation_id, record_id, sequence from reeve.events
    where organisation_id = $1 and at >= $2 and verb in ('created', 'changed', 'moved', 'commented') order by at desc limit 2000`,
    [organisationId, since.toString()],
  );
  await tellAll({ ...parts, mail: false });
  await parts.ownerPool.query(
    "update reeve.notifications set read_at = made_at + interval '1 hour' where organisation_id = $1 and made_at < $2 and read_at is null",
    [organisationId, readBefore.toString()],
  );
}
