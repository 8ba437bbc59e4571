import { sql } from "kysely";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { authenticationOf } from "./authentication.ts";
import { automaticOf } from "./automatic.ts";
import { bounceOf } from "./bounce.ts";
import type { Answered, Known, Named } from "./judge.ts";
import { replyText } from "./reply-text.ts";
import type { Message } from "./message.ts";

/** Looks up what is known of a message that came into a mailbox, as the product. */
export async function lookUp(tx: Tx, mailbox: Stored, message: Message, raw: Buffer): Promise<Known> {
  const { address = "" } = message.from ?? {};
  const bounce = bounceOf(message, raw);
  const sender = await senderOf(tx, address);
  const answers = await answered(tx, bounce ? bounce.of : message.references, {
    personId: sender?.personId ?? null,
    address,
  });
  const [before, ours, inAnHour, names] = await Promise.all([
    beforeOf(tx, message),
    isOurs(tx, message, address),
    countOf(tx, address),
    answers === null && !bounce ? named(tx, message, { personId: sender?.personId ?? null, address }) : [],
  ]);
  const { vouchedBy, perHour, strangers } = mailbox.values;
  return {
    message,
    automatic: automaticOf(message),
    bounce,
    authentication: authenticationOf(message, typeof vouchedBy === "string" ? vouchedBy : null),
    isOurs: ours,
    before,
    answers,
    names,
    sender,
    inAnHour,
    perHour: Number(perHour ?? 20),
    takes: takenBy(tx),
    strangers: strangers === "held" ? "held" : "contact",
  };
}

/** Who has an address here: whoever can sign in with it before a contact, and the oldest of these. */
export async function senderOf(tx: Tx, address: string): Promise<{ personId: string; name: string } | null> {
  if (address === "") return null;
  const { rows } = await sql<{ personId: string; name: string }>`select p.id as "personId", r.title as name
    from person p join records r on r.organisation_id = p.organisation_id and r.id = p.id
    where p.organisation_id = ${tx.actor.organisationId}::uuid and lower(p.email) = ${address} and p.active
    order by p.account_id is null, r.opened_at, p.id limit 1`.execute(tx.db);
  return rows[0] ?? null;
}

/** Who sends a message: the person of that address here, where there is one. */
interface Sender {
  readonly personId: string | null;
  readonly address: string;
}

/** Whether somebody has part in a record: asked for it, also from outside without being a person here, or has it. */
const isParty = (record: string, { personId, address }: Sender) => sql<boolean>`
  (coalesce(${personId}::uuid in (${sql.raw(record)}.requester_id, ${sql.raw(record)}.owner_id), false) or asked_from(${sql.raw(record)}.id, ${address}))`;

/** Whether somebody works on a ticket that is open to all who do. Whoever may see a restricted one has part in it by name. */
const isOfficer = (record: string, personId: string | null) => sql<boolean>`
  (${sql.raw(record)}.type = 'ticket' and ${sql.raw(record)}.sensitivity <> 'restricted'
    and coalesce(person_may(${personId}::uuid, 'ticket', 'handle', ${sql.raw(record)}.team_id), false))`;

/** What the newest mail of ours was about that one of these ids names. */
async function answered(tx: Tx, ids: readonly string[], sender: Sender): Promise<readonly Answered[] | null> {
  if (ids.length === 0) return null;
  const { rows } = await sql<Answered & { messageId: string }>`
    select t.message_id as "messageId", t.record_id as "recordId", r.type, (${isParty("r", sender)} or coalesce(t.person_id = ${sender.personId}::uuid, false) or ${isOfficer("r", sender.personId)}) as "isParty",
      asked_from(r.id, ${sender.address}) as "isOutsider"
    from mail_threads t join records r on r.organisation_id = t.organisation_id and r.id = t.record_id
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.message_id = any (${ids}::text[])
    order by array_position(${ids}::text[], t.message_id), t.record_id limit 50`.execute(tx.db);
  const [first] = rows;
  return first ? rows.filter(({ messageId }) => messageId === first.messageId) : null;
}

/** The types of the records that mail is added to: tickets, and cases that can begin with a mail. */
function takenBy({ registry }: Tx): string[] {
  return ["ticket", ...[...registry.types.values()].flatMap(({ name, byMail }) => (byMail ? [name] : []))];
}

/** Tickets and cases that the subject names by their reference, or tickets to which a message belongs that this one answers. */
async function named(tx: Tx, message: Message, sender: Sender): Promise<Named[]> {
  const { address } = sender;
  const looksLike = message.subject.match(/\b[A-Z]{2,10}-(?:\d{4}-)?\d{4,10}\b/gi) ?? [];
  const references = [...new Set(looksLike.map((one) => one.toUpperCase()))].slice(0, 5);
  const { rows } = await sql<Named>`
    select r.id as "recordId", (${isParty("r", sender)} or exists (select 1 from inbound_message m
        where m.organisation_id = r.organisation_id and m.ticket = r.id and m.from_address = ${address} and m.unknown_address is not true and m.verdict = 'ticket')
      or (${isOfficer("r", sender.personId)} and exists (select 1 from inbound_message m where m.organisation_id = r.organisation_id and m.ticket = r.id
        and m.message_id = any (${message.references}::text[]) and m.verdict in ('ticket', 'threaded')))) as "isParty",
      asked_from(r.id, ${address}) as "isOutsider"
    from records r where r.organisation_id = ${tx.actor.organisationId}::uuid and r.id in (
      select n.id from records n where n.organisation_id = ${tx.actor.organisationId}::uuid and n.type = any (${takenBy(tx)}::text[])
        and n.reference = any (${references}::text[])
      union all select m.ticket from inbound_message m where m.organisation_id = ${tx.actor.organisationId}::uuid
        and m.message_id = any (${message.references}::text[]) and m.verdict in ('ticket', 'threaded'))
    order by r.id limit 5`.execute(tx.db);
  return rows;
}

/** Whether a message of this id came before. It may have come to two mailboxes, or twice. */
async function beforeOf(tx: Tx, message: Message): Promise<Known["before"]> {
  if (message.messageId === null) return null;
  const { rows } = await sql<{
    address: string | null;
    text: string | null;
  }>`select from_address as address, text from inbound_message
    where organisation_id = ${tx.actor.organisationId}::uuid and message_id = ${message.messageId} and verdict <> 'duplicate' limit 1`.execute(
    tx.db,
  );
  const [before] = rows;
  if (!before) return null;
  return (before.address ?? "") === (message.from?.address ?? "") && (before.text ?? "") === keptText(message)
    ? "same"
    : "another";
}

/** Our own mail that comes in: by the mark that all of it carries, by its id, or from the address of one of the mailboxes. */
async function isOurs(tx: Tx, message: Message, address: string): Promise<boolean> {
  const { rows } = await sql<{ ours: boolean }>`select
    exists (select 1 from mail_threads where organisation_id = ${tx.actor.organisationId}::uuid and message_id = ${message.messageId ?? ""})
    or exists (select 1 from mailbox m join records r on r.organisation_id = m.organisation_id and r.id = m.id and r.closed_at is null
      where m.organisation_id = ${tx.actor.organisationId}::uuid and lower(m.address) = ${address}) as ours`.execute(
    tx.db,
  );
  return rows[0]?.ours === true;
}

/** How many messages came from an address within the hour; those that are held count as well. */
async function countOf(tx: Tx, address: string): Promise<number> {
  if (address === "") return 0;
  const { rows } = await sql<{ many: number }>`select count(*)::int as many from (select 1 from inbound_message
    where organisation_id = ${tx.actor.organisationId}::uuid and from_address = ${address}
      and received_at > ${tx.now.subtract({ hours: 1 }).toString()}::timestamptz limit 10000) bounded`.execute(tx.db);
  return rows[0]?.many ?? 0;
}

/** The most characters of what a message says that a field holds. */
const textMax = 19_000;
const cutNote = "\n\n(It is longer. The whole is in the message as it came.)";

/** What is kept of a message’s words: without what it quotes, and cut where it is very long. */
export function keptText(message: Pick<Message, "text">): string {
  const text = replyText(message.text).toWellFormed();
  return text.length > textMax ? `${text.slice(0, textMax).toWellFormed()}${cutNote}` : text;
}
