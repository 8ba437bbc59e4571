import { createHash, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { may } from "./access.ts";
import type { RecordType } from "./record.ts";
import { once } from "./transaction.ts";
import type { Actor, Tx } from "./transaction.ts";

/** Of these people, those who hold the actor's own roles and teams, and so see what the actor sees but for what names one of them. */
export async function alikeAmong(tx: Tx, personIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    id: string;
  }>`select id from alike(${[...new Set(personIds)]}::uuid[]) as a (id)`.execute(tx.db);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Gives up, for the rest of the transaction, what the actor sees for being who they are: what they own, asked for, made or are
 * named on. The roles and teams stay, so what is read then everybody may see who has the same (`alikeAmong`, asked before).
 */
export async function withoutSelf(tx: Tx): Promise<Tx> {
  // Nobody's id, and a new one each time: what is kept by person is not mixed up either.
  const nobody = randomUUID();
  await sql`select set_config('reeve.person', ${nobody}, true), set_config('reeve.named', '{}', true), set_config('reeve.held', '', true)`.execute(
    tx.db,
  );
  return { ...tx, actor: { ...tx.actor, personId: nobody, name: "" }, memo: new Map(tx.memo) };
}

/** People with the same mark hold the same permissions and are in the same teams, as they were when the actor was read. */
export function sightMark({ grants, teams }: Actor): string {
  const all = [
    ...grants.map(({ type, permission, scope }) => `${type} ${permission} ${scope}`).toSorted(),
    ...teams.toSorted(),
  ];
  return createHash("sha256").update(all.join("\n")).digest("base64url").slice(0, 22);
}

/** Whether what somebody sees of a type follows from their roles, and not from being somebody: all of it that is not restricted. */
export function seesAll(actor: Actor, type: string): boolean {
  return (
    may(actor, type, "read") &&
    actor.grants.some((grant) => grant.type === type && grant.permission === "read" && grant.scope === "all")
  );
}

/** Whether the actor sees of a type what everybody sees who has the same roles and teams, and nothing more for being themself. */
export function seesNothingMore(tx: Tx, type: RecordType): Promise<boolean> {
  const { actor } = tx;
  if (!seesAll(actor, type.name) || type.access.read !== null) return Promise.resolve(false);
  return once(tx, `sees nothing more of ${type.name}`, async () => {
    const { rows } = await sql<{ more: boolean }>`select exists (select 1 from records r
      where r.organisation_id = ${actor.organisationId}::uuid and r.type = ${type.name} and r.sensitivity <> 'normal'
        and (r.owner_id = current_person() or r.requester_id = current_person() or r.created_by = current_person()
             or r.id = any (current_named()))) as more`.execute(tx.db);
    return rows[0]?.more === false;
  });
}
