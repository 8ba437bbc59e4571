import type { Authentication } from "./authentication.ts";
import type { Automatic } from "./automatic.ts";
import type { Bounce } from "./bounce.ts";
import type { Message } from "./message.ts";

/** What is known here of a message, all of it looked up before. */
export interface Known {
  readonly message: Pick<Message, "from" | "messageId" | "subject">;
  readonly automatic: Automatic;
  readonly bounce: Bounce | null;
  readonly authentication: Authentication;
  /** Whether it is our own mail that comes round again. */
  readonly isOurs: boolean;
  /** Whether a message of this Message-ID came before, and said the same; null for none. */
  readonly before: "same" | "another" | null;
  /** The records that the mail of ours was about that it answers, the newest of ours that it names; null when it answers none. */
  readonly answers: readonly Answered[] | null;
  /** Tickets that it names in another way: by the reference in its subject, or by answering a message of somebody else's. */
  readonly names: readonly Named[];
  /** The people who have that address here. */
  readonly sender: { readonly personId: string } | null;
  /** How many messages came from that address within the hour, and how many may. */
  readonly inAnHour: number;
  readonly perHour: number;
  /** Types of the records that answers are added to. */
  readonly takes: readonly string[];
  readonly strangers: "contact" | "held";
}

/** A record that a mail of ours was about. */
export interface Answered {
  readonly recordId: string;
  readonly type: string;
  /** Whether who sends this now is its requester or its owner, was sent that mail, or works on it as an officer. */
  readonly isParty: boolean;
  /** Whether it comes from the address of whoever asked for it from outside, who is no person here. */
  readonly isOutsider: boolean;
}

/** A ticket that a message names. */
export interface Named {
  readonly recordId: string;
  readonly isParty: boolean;
  readonly isOutsider: boolean;
}

/** What becomes of a message. */
export type Verdict =
  | { readonly kind: "duplicate" }
  | { readonly kind: "held"; readonly why: string }
  | { readonly kind: "bounce"; readonly why: string }
  | {
      readonly kind: "threaded";
      readonly recordId: string;
      readonly asksIdentity: boolean;
      /** Whoever asked from outside: they become no person here. */
      readonly isOutsider?: boolean;
      readonly why: string;
    }
  | { readonly kind: "ticket"; readonly why: string };

/** Decides what becomes of a message, by the first of these that holds. What nobody can be sure of is held, never dropped. */
export function judge(known: Known): Verdict {
  const { message, bounce, authentication, answers, automatic } = known;
  if (known.before === "same") return { kind: "duplicate" };
  if (known.before === "another")
    return held("Another message of the same Message-ID came before, and says something else");
  if (known.isOurs)
    return held("It is Reeve’s own mail that came back as it went, or its mailboxes write to each other");
  if (authentication.failed.length > 0)
    return held(
      `The receiving server says that ${authentication.failed.join(", ")} failed: it may not be from whom it says`,
    );
  if (bounce) return bounced(known, bounce);
  if (message.from === null) return held("It does not say from whom it is");
  if (known.inAnHour >= known.perHour)
    return held(`More than ${known.perHour} messages came from this address within an hour`);
  if (answers !== null) return answering(known, answers);
  const [named] = known.names;
  if (named) return naming(known, named);
  if (automatic === "reply") return held("A program answered by itself, and it does not say what");
  if (known.sender === null && (known.strangers === "held" || automatic !== null))
    return held(
      automatic === null ? "Nobody here has this address" : "A program sent it, and nobody here has its address",
    );
  return {
    kind: "ticket",
    why: known.sender === null ? "A new message of somebody who was not known" : "A new message",
  };
}

function held(why: string): Verdict {
  return { kind: "held", why };
}

function bounced({ answers }: Known, { why }: Bounce): Verdict {
  return answers === null
    ? held("It says that mail came back, but of none that Reeve sent")
    : { kind: "bounce", why: `Mail of ours came back: ${why}` };
}

/** An answer to mail of ours names an id that only those know who got it. */
function answering({ takes }: Known, answers: readonly Answered[]): Verdict {
  const tickets = answers.filter(({ type }) => takes.includes(type));
  const [ticket] = tickets;
  if (!ticket) return held("It answers mail of ours that was about no ticket");
  if (tickets.length > 1) return held("It answers mail of ours that was about several tickets. Say which");
  const asksIdentity = !ticket.isParty;
  return {
    kind: "threaded",
    recordId: ticket.recordId,
    asksIdentity,
    isOutsider: ticket.isOutsider,
    why: asksIdentity
      ? "It answers our mail, from an address that has no part in the ticket: ask who it is"
      : "It answers our mail",
  };
}

/** A reference can be guessed, so it counts only from somebody who has part in that ticket. */
function naming({ names }: Known, { recordId, isParty, isOutsider }: Named): Verdict {
  if (names.length > 1) return held("It names several tickets. Say which");
  if (!isParty) return held("It names a ticket in which this address has no part");
  const why = "It names the ticket, in which its sender has part";
  return { kind: "threaded", recordId, asksIdentity: false, isOutsider, why };
}
