import { sql } from "kysely";
import { mustBeAllowed } from "../../../kernel/access.ts";
import { Refusal } from "../../../kernel/errors.ts";
import type { ModuleSchedule, ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { openKey } from "../../../kernel/outside/key.ts";
import { keepFollower } from "../../../kernel/outside/follower.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";

/** What was sent on the public pages and waits for somebody to look at it. */
export interface Held {
  readonly id: string;
  readonly type: string;
  readonly said: { readonly values: Readonly<Record<string, unknown>>; readonly email: string | null };
  readonly doubts: readonly string[];
  readonly receivedAt: string;
}

/** So many are shown; what comes after them is there once these are decided. */
export const heldShown = 50;

/**
 * What was decided is kept for so long and then deleted: days. Whoever sent it and was told that it is no request can write,
 * and have it put right: a review is usually asked for within 40 working days (Code of Practice under section 45, 5.3), and
 * answered within 20 more, which is 12 weeks with holidays among them. Longer there is no reason to keep it (UK GDPR
 * article 5(1)(e)).
 */
export const heldKeptDays = 90;

/** What waits, the oldest first; or what was taken for no request, the newest first. Refuses (forbidden) whoever does not handle requests. */
export async function readHeld(tx: Tx, state: "held" | "refused" = "held"): Promise<readonly Held[]> {
  mustHandle(tx);
  const order = state === "held" ? sql`received_at, id` : sql`decided_at desc, id`;
  const { rows } = await sql<Held>`select id, type, said, doubts, received_at as "receivedAt" from held_submissions
    where organisation_id = ${tx.actor.organisationId}::uuid and state = ${state} order by ${order} limit ${heldShown}`.execute(
    tx.db,
  );
  return rows;
}

/** Each night: deletes what was held and decided long enough ago. What still waits for somebody is kept. */
export const forgetHeld: ModuleSchedule = {
  task: "forget-held-submissions",
  match: "34 3 * * *",
  when: "Each night",
  what: `Deletes what the public sent and was held, ${heldKeptDays} days after somebody decided about it`,
  run: (parts) => forgetHeldBy(parts, Temporal.Now.instant()),
};

/** Gives how many were deleted. */
export async function forgetHeldBy(
  { ownerPool }: Pick<ScheduleParts, "ownerPool">,
  now: Temporal.Instant,
): Promise<number> {
  const { rowCount } = await ownerPool.query(
    "delete from reeve.held_submissions where state <> 'held' and decided_at < $1::timestamptz - make_interval(days => $2)",
    [now.toString(), heldKeptDays],
  );
  return rowCount ?? 0;
}

/** Refuses (forbidden) whoever does not handle requests. */
export function mustHandle(tx: Tx): void {
  mustBeAllowed(tx.actor, typeNamed(tx.registry, "information_request"), "handle", "look after what the public sends");
}

/** Makes the request of what was held or taken for none, as of the day that it came. Gives its reference. Refuses (impossible) what is one already. */
export async function takeHeld(tx: Tx, id: string, secret: string): Promise<string> {
  const held = await decide(tx, id, ["held", "refused"]);
  const key = openKey(secret, held.sealed);
  if (key === null)
    throw new Refusal("impossible", [{ message: "This was sealed with another secret. Make the request by hand" }]);
  const receivedOn = dayOf(Temporal.Instant.from(held.receivedAt));
  const values = { ...held.said.values, receivedOn, receivedBy: "form" };
  const made = await insertRecord(tx, typeNamed(tx.registry, held.type), values);
  await sql`update held_submissions set state = 'taken', said = null, decided_by = ${tx.actor.personId}::uuid, decided_at = ${tx.now.toString()}::timestamptz,
    record_id = ${made.id}::uuid where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
  await keepFollower(tx, made.id, { key, email: held.said.email }, secret);
  return made.reference;
}

/** Takes it for no request: it is kept for a while, and whoever sent it is told how to reach the council. */
export async function refuseHeld(tx: Tx, id: string): Promise<void> {
  await decide(tx, id, ["held"]);
  await sql`update held_submissions set state = 'refused', decided_by = ${tx.actor.personId}::uuid, decided_at = ${tx.now.toString()}::timestamptz
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
}

async function decide(
  tx: Tx,
  id: string,
  states: readonly ("held" | "refused")[],
): Promise<Held & { readonly sealed: Buffer }> {
  mustHandle(tx);
  const { rows } = await sql<Held & { sealed: Buffer }>`
    select id, type, said, doubts, received_at as "receivedAt", key_sealed as sealed from held_submissions
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${isId(id) ? id : null}::uuid
      and state = any (${states}::text[]) for update`.execute(tx.db);
  const [held] = rows;
  if (held) return held;
  throw new Refusal("impossible", [{ message: "This is not held: somebody has decided about it already" }]);
}
