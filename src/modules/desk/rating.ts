import { handsOf } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import { can } from "../../kernel/record.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** Whoever asked says how it went. */
export const rate = {
  label: "Say how we did",
  from: ["resolved", "closed"],
  asks: ["rating", "ratingComment"],
  requires: ["rating"],
  who: can("reopen"),
  guard: guardRating,
  sets: ratedFor,
  pointless: isNotToRate,
} as const;

/** Moves that are looked through for the one that resolved a ticket. */
const movesMax = 50;

/** Whether the actor is not the person who asked, or has said already how it went. */
function isNotToRate(tx: Tx, ticket: Stored): boolean {
  return ticket.requesterId === null || ticket.requesterId !== tx.actor.personId || ticket.values["rating"] != null;
}

/** Only the person who asked says how it went, and once; nobody who worked on it does, whoever they stand in for. */
function guardRating(tx: Tx, ticket: Stored): void {
  if (ticket.values["rating"] != null)
    throw new Refusal("impossible", [{ message: "You have told us how we did already. It is said once for a ticket" }]);
  if (isNotToRate(tx, ticket) || handsOf(tx.actor).includes(ticket.ownerId ?? ""))
    throw new Refusal("forbidden", [{ message: "Only the person who asked can say how it went" }]);
}

/** The person and the team that resolved it, to whom the rating belongs for good. */
async function ratedFor(tx: Tx, ticket: Stored): Promise<Readonly<Record<string, unknown>>> {
  const moves = await timeline(tx, ticket, { verbs: ["moved"], newestFirst: true, limit: movesMax });
  const resolved = moves.find(({ body }) => body?.move === "resolve");
  return { ratedPerson: resolved?.actorId ?? ticket.ownerId, ratedTeam: ticket.teamId };
}
