import { randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import { addFile } from "../../../kernel/files/files.ts";
import { messageIdOn } from "../../../kernel/mail/gather.ts";
import { askerByMail } from "../../../kernel/outside/asker.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { filesOfCommentMax } from "../../../kernel/store/attachments.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { move } from "../../../kernel/store/move.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { Ticket } from "../ticket.record.ts";
import type { Answered, Known } from "./judge.ts";
import type { Kept } from "./keep.ts";
import { keptText } from "./look-up.ts";
import { addressees, nameOf, noteReturned } from "./senders.ts";

interface Said {
  readonly kept: Kept;
  readonly personId: string | null;
  /** Whoever asked from outside, whose name and address stand in the fields of what they asked and nowhere else. */
  readonly isOutsider?: boolean;
  readonly text: string;
  readonly audience: "everyone" | "internal";
  /** When an officer answered whoever asked with it; absent when it is no answer. */
  readonly answeredAt?: Temporal.Instant;
}

/** Writes what somebody said by mail on a ticket or case, with its files: as their words, written down by the product. */
export async function sayAsSender(
  tx: Tx,
  ticket: Stored,
  { kept, personId, isOutsider, text, audience, answeredAt }: Said,
): Promise<void> {
  const by = isOutsider ? { name: askerByMail, personId: null } : { name: nameOf(kept.message), personId };
  const told = { audience, by, ...(answeredAt ? { side: "answerer" as const, at: answeredAt } : {}) };
  const ids: string[] = [];
  for (const { name, content } of kept.files) ids.push((await addFile(tx, name, content)).id);
  const missing =
    kept.tooLarge.length > 0
      ? `(Larger than 25 MB, so only in the message as it came: ${kept.tooLarge.join(", ").slice(0, 500)})`
      : "";
  const words = [text, missing].filter((part) => part !== "").join("\n\n");
  if (words === "" && ids.length === 0) return;
  const type = typeNamed(tx.registry, ticket.type);
  await say(tx, type, ticket, { ...told, text: words, files: ids.slice(0, filesOfCommentMax) });
  for (let at = filesOfCommentMax; at < ids.length; at += filesOfCommentMax)
    await say(tx, type, ticket, { ...told, text: "", files: ids.slice(at, at + filesOfCommentMax) });
}

interface Reply {
  readonly mailbox: Stored;
  readonly kept: Kept;
  readonly personId: string | null;
  readonly isAutomatic: boolean;
  readonly asksIdentity: boolean;
  readonly isOutsider: boolean;
  /** Whether the receiving server doubts who sent it. */
  readonly isDoubted: boolean;
  /** When it came into the mailbox. */
  readonly arrivedAt: Temporal.Instant;
}

/**
 * Adds an answer to its ticket. What a program sent, or somebody who has no part in the ticket, is kept among officers and
 * has no effect. What an officer wrote to whoever asked answers them; what an officer wrote to the desk alone is a note. An
 * answer of whoever asked takes up a ticket that waits for them, and reopens one that was resolved lately.
 * No mail decides or approves anything.
 */
export async function addToTicket(tx: Tx, ticketId: string, reply: Reply): Promise<void> {
  const ticket = await find(tx, await typeOf(tx, ticketId), ticketId);
  const { kept, personId, isAutomatic, asksIdentity, isOutsider } = reply;
  const text = keptText(kept.message) || "(It says nothing.)";
  if (isAutomatic || asksIdentity) {
    const note = isAutomatic
      ? "A program sent this by itself."
      : "From an address that has no part in this. Ask who it is before you answer there.";
    await sayAsSender(tx, ticket, { kept, personId, isOutsider, text: `${note}\n\n${text}`, audience: "internal" });
    return isAutomatic ? undefined : askIdentity(tx, reply, ticket);
  }
  const part = await partOf(tx, ticket, reply);
  if (part === "notes") {
    const note = "It did not go to whoever asked, so they have not seen it.";
    return sayAsSender(tx, ticket, { kept, personId, isOutsider, text: `${note}\n\n${text}`, audience: "internal" });
  }
  const answeredAt = part === "answers" ? { answeredAt: momentOf(tx, ticket, reply.arrivedAt) } : {};
  await sayAsSender(tx, ticket, { kept, personId, isOutsider, text, audience: "everyone", ...answeredAt });
  if (personId === null || personId !== ticket.requesterId || ticket.type !== Ticket.name) return;
  if (ticket.state === "waiting_user") await move(tx, Ticket, ticketId, "any", "resume", {});
  else if (ticket.state === "resolved" && (await wasResolvedLately(tx, ticket, reply.mailbox)))
    await move(tx, Ticket, ticketId, "any", "reopen", {});
}

/**
 * What somebody's mail is on a ticket: an officer of it answers whoever asked with what goes to their address as well, and
 * notes the rest; everybody else says something. A sender whom the receiving server doubts answers nobody, even let through.
 */
async function partOf(tx: Tx, ticket: Stored, reply: Reply): Promise<"says" | "answers" | "notes"> {
  const { kept, personId, isDoubted } = reply;
  if (personId === null || personId === ticket.requesterId || ticket.type !== Ticket.name) return "says";
  const { rows } = await sql<{ isOfficer: boolean; address: string | null }>`
    select person_may(${personId}::uuid, ${ticket.type}, 'handle', ${ticket.teamId}::uuid) as "isOfficer",
      (select lower(p.email) from person p where p.organisation_id = ${tx.actor.organisationId}::uuid and p.id = ${ticket.requesterId}::uuid) as address`.execute(
    tx.db,
  );
  const [found] = rows;
  if (!found?.isOfficer) return "says";
  return !isDoubted && found.address !== null && kept.message.to.includes(found.address) ? "answers" : "notes";
}

/** When an answer was given: as it arrived, and not before there was a ticket, nor after now. */
function momentOf({ now }: Tx, { openedAt }: Stored, arrivedAt: Temporal.Instant): Temporal.Instant {
  // A line of the same moment as the first would not be known to come after it.
  const opened = Temporal.Instant.from(openedAt).add({ milliseconds: 1 });
  if (Temporal.Instant.compare(arrivedAt, opened) < 0) return opened;
  return Temporal.Instant.compare(arrivedAt, now) > 0 ? now : arrivedAt;
}

/** The type of a record that mail is added to. */
export async function typeOf(tx: Tx, id: string): Promise<RecordType> {
  const { rows } = await sql<{ type: string }>`select type from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
  return typeNamed(tx.registry, rows[0]?.type ?? Ticket.name);
}

async function wasResolvedLately(tx: Tx, ticket: Stored, mailbox: Stored): Promise<boolean> {
  const moves = await timeline(tx, ticket, { verbs: ["created", "moved"], newestFirst: true, limit: 20 });
  const last = moves.find(({ body }) => body?.state === "resolved");
  const days = Number(mailbox.values["reopenDays"] ?? 14);
  return (
    last !== undefined && Temporal.Instant.compare(Temporal.Instant.from(last.at).add({ hours: 24 * days }), tx.now) > 0
  );
}

/** Asks whoever wrote from an address that is not known who they are: once for each ticket. */
async function askIdentity(tx: Tx, { mailbox, personId }: Reply, ticket: Stored): Promise<void> {
  if (personId === null) return;
  const domain = String(mailbox.values["address"]).split("@")[1] ?? "localhost";
  const messageId = messageIdOn(domain);
  const { numAffectedRows } =
    await sql`insert into mail_outbox (organisation_id, id, person_id, purpose, message_id, record_id)
    values (${tx.actor.organisationId}::uuid, ${randomUUIDv7()}::uuid, ${personId}::uuid, 'identity', ${messageId}, ${ticket.id}::uuid)
    on conflict do nothing`.execute(tx.db);
  if (numAffectedRows === 1n)
    await sql`insert into mail_threads (organisation_id, message_id, record_id, person_id)
      values (${tx.actor.organisationId}::uuid, ${messageId}, ${ticket.id}::uuid, ${personId}::uuid)`.execute(tx.db);
}

/** Notes mail that came back on what it was about, and on whom it was for. Gives what it was about, where it was about one ticket or case. */
export async function noteBounce(tx: Tx, { bounce, answers, takes }: Known): Promise<Answered | null> {
  if (!bounce) return null;
  const names: string[] = [];
  for (const addressee of await addressees(tx, bounce.of)) {
    if (bounce.final) names.push((await noteReturned(tx, addressee, bounce.why)).title);
  }
  const [about, ...others] = (answers ?? []).filter(({ type }) => takes.includes(type));
  if (!about || others.length > 0) return null;
  const type = typeNamed(tx.registry, about.type);
  const record = await find(tx, type, about.recordId);
  const to = names.length > 0 ? ` to ${names.join(" and ")}` : "";
  const text = `Mail${to} came back: ${bounce.why}\n\n${afterBounce(bounce, names)}`;
  await say(tx, type, record, { text, audience: "internal" });
  return about;
}

function afterBounce({ final }: NonNullable<Known["bounce"]>, names: readonly string[]): string {
  if (!final) return "It is still tried.";
  // Of whoever asked from outside there is no person to be marked.
  return names.length > 0
    ? "No more mail goes there until somebody says that it arrives again."
    : "Whoever asked did not get it. They can still read it where they follow what they asked; reach them otherwise if you can.";
}
