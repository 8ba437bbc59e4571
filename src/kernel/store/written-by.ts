import { handsOf } from "../access.ts";
import type { Stored, Tx } from "../transaction.ts";
import { timeline } from "./timeline.ts";

/**
 * Whether the actor owns a record or wrote it last, by whoever's hand: what they wrote, somebody else approves. Who stands in
 * for somebody did not write less of it than that person.
 */
export async function ownsOrWrote(tx: Tx, record: Stored): Promise<boolean> {
  const hands = handsOf(tx.actor);
  const [written] = await timeline(tx, record, { verbs: ["created", "changed"], newestFirst: true, limit: 1 });
  return [record.ownerId, written?.actorId, written?.body?.for].some(
    (id) => typeof id === "string" && hands.includes(id),
  );
}
