import { sql } from "kysely";
import type { JobKind } from "../../kernel/jobs/run.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { followersMax } from "./joined-tickets.ts";
import { calledOutside } from "./restricted.ts";

const batch = 20;

interface Follower {
  readonly id: string;
  readonly duplicate: boolean;
}

/**
 * What follows from a ticket that was resolved or closed as a duplicate: tickets that are part of it are resolved in its
 * words or go over to the other, and the people of its duplicates are told. Done as the product, for whoever closed it
 * need not see all of them.
 */
export const followTicket: JobKind = async (run) => {
  const all = await run.asProduct((tx) => followers(tx, run.subject));
  let done = 0;
  for (let at = 0; at < all.length; at += batch) {
    const some = all.slice(at, at + batch);
    await run.asProduct(async (tx) => {
      const type = typeNamed(tx.registry, "ticket");
      const lead = await find(tx, type, run.subject);
      for (const one of some) if (await follow(tx, lead, one)) done += 1;
    });
    await run.as((tx) => run.progress(tx, Math.min(at + batch, all.length), all.length));
  }
  return done === 1 ? "1 ticket followed it" : `${done} tickets followed it`;
};

async function followers(tx: Tx, ticketId: string): Promise<Follower[]> {
  const { rows } = await sql<Follower>`
    with kin as materialized (
      (select id, true as duplicate from ticket where organisation_id = ${tx.actor.organisationId}::uuid
         and duplicate_of = ${ticketId}::uuid limit ${followersMax})
      union all
      (select id, false from ticket where organisation_id = ${tx.actor.organisationId}::uuid
         and parent = ${ticketId}::uuid limit ${followersMax}))
    select k.id, k.duplicate from kin k join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = k.id
    where k.duplicate or r.closed_at is null and r.state <> 'resolved' order by k.id limit ${followersMax}`.execute(
    tx.db,
  );
  return rows;
}

/** Whether there was something to do: what was done already is not done again. */
async function follow(tx: Tx, lead: Stored, { id, duplicate }: Follower): Promise<boolean> {
  const type = typeNamed(tx.registry, "ticket");
  const one = await find(tx, type, id);
  const instead = lead.values["duplicateOf"];
  if (typeof instead === "string") {
    const field = duplicate ? "duplicateOf" : "parent";
    if (one.values[field] === instead) return false;
    await change(tx, type, one.id, one.version, { [field]: instead }, { trusted: true });
    return true;
  }
  if (lead.state !== "resolved" && lead.state !== "closed") return false;
  const resolution = lead.values["resolution"];
  // Nothing of what is restricted is said where others read it, not even what it is called; and of two that are, each has its own readers.
  const called = calledOutside(lead);
  const words = called !== null && typeof resolution === "string" && resolution !== "" ? resolution : "It is solved.";
  if (duplicate)
    return tellOnce(
      tx,
      one,
      `${called === null ? "What" : `${called}, in which`} we carried on with ${called === null ? "elsewhere" : "this,"} is resolved: ${words}`,
    );
  if (one.closedAt !== null || one.state === "resolved") return false;
  await move(tx, type, one.id, one.version, "resolve", {
    resolution: called === null ? words : `With ${called}: ${words}`,
  });
  return true;
}

async function tellOnce(tx: Tx, one: Stored, text: string): Promise<boolean> {
  const { rows } = await sql`select 1 from events e join event_bodies b using (organisation_id, record_id, sequence)
    where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${one.id}::uuid and e.verb = 'commented'
      and b.body ->> 'text' = ${text} limit 1`.execute(tx.db);
  if (rows.length > 0) return false;
  await say(tx, typeNamed(tx.registry, "ticket"), one, { text, audience: "everyone" });
  return true;
}
