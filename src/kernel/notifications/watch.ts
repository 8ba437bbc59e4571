import { sql } from "kysely";
import type { Stored, Tx } from "../transaction.ts";

/** Has the person told of what happens to a record from now on. Does nothing where they are already. */
export async function watch(tx: Tx, record: Pick<Stored, "id">): Promise<void> {
  await sql`insert into watchers (organisation_id, record_id, person_id)
    values (${tx.actor.organisationId}::uuid, ${record.id}::uuid, ${tx.actor.personId}::uuid) on conflict do nothing`.execute(
    tx.db,
  );
}

/** Has them told no longer, but for what they own, asked for or are mentioned in. */
export async function unwatch(tx: Tx, record: Pick<Stored, "id">): Promise<void> {
  await tx.db
    .deleteFrom("watchers")
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("record_id", "=", record.id)
    .where("person_id", "=", tx.actor.personId ?? "")
    .execute();
}

/** Whether the person watches a record. */
export async function isWatching(tx: Tx, record: Pick<Stored, "id">): Promise<boolean> {
  if (tx.actor.personId === null) return false;
  const found = await tx.db
    .selectFrom("watchers")
    .select("record_id")
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("record_id", "=", record.id)
    .where("person_id", "=", tx.actor.personId)
    .executeTakeFirst();
  return found !== undefined;
}
