import { sql } from "kysely";
import type { Letter, LetterAbout } from "../../../kernel/mail/letters.ts";
import { clocksOf } from "../../../kernel/store/clocks.ts";
import { find } from "../../../kernel/store/find.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { TimelineEvent } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { formatDate } from "../../../web/view/format.ts";
import { Ticket } from "../ticket.record.ts";

/** So many receipts go to one person in an hour, so that two desks that write to each other stop by themselves. */
const receiptsMax = 5;

/** Says what goes to whoever asked for a ticket: a receipt, an answer, what they are asked, that it is resolved. */
export async function sayTicketLetter(tx: Tx, { recordId, sequence, personId }: LetterAbout): Promise<Letter | null> {
  const ticket = await find(tx, Ticket, recordId);
  const thread = await threadOf(tx, ticket);
  if (sequence === null) return { ...thread, ...asksWho(ticket) };
  // Whoever is no longer its requester is told nothing more of it.
  if (personId === null || ticket.requesterId !== personId) return null;
  const [line] = await timeline(tx, ticket, { after: sequence - 1, limit: 1 });
  if (!line?.body) return null;
  if (line.verb === "created") return receipt(tx, ticket, thread, personId);
  // What an officer answered by mail went to them already.
  if (line.verb === "commented")
    return line.audience === "everyone" && line.body.side !== "answerer"
      ? { ...thread, ...answer(ticket, line) }
      : null;
  const said = movedTo(ticket, line);
  return said === null ? null : { ...thread, subject: subjectOf(ticket), body: said, automatic: "auto-generated" };
}

/** A restricted ticket is not named in a subject: that stands where others may look. */
function subjectOf({ reference, title, sensitivity }: Stored): string {
  return sensitivity === "restricted" ? `[${reference}] Your ticket` : `[${reference}] ${title}`;
}

function asksWho(ticket: Stored): Pick<Letter, "subject" | "body" | "automatic"> {
  return {
    subject: `[${ticket.reference}] Who are you?`,
    body: `Thank you. Your message has been added to ${ticket.reference}, but this address has no part in it, so nobody has acted on it yet.\n\nPlease answer and say who you are, or write again from the address that you used before.`,
    automatic: "auto-replied",
  };
}

async function receipt(tx: Tx, ticket: Stored, thread: Thread, personId: string): Promise<Letter | null> {
  const { rows } = await sql<{ due: boolean }>`select exists (select 1 from inbound_message m
      where m.organisation_id = ${tx.actor.organisationId}::uuid and m.ticket = ${ticket.id}::uuid and m.verdict = 'ticket' and m.automatic is not true)
    and (select count(*) from mail_outbox o join events e on e.organisation_id = o.organisation_id and e.record_id = o.record_id
        and e.sequence = o.sequence and e.verb = 'created'
      where o.organisation_id = ${tx.actor.organisationId}::uuid and o.person_id = ${personId}::uuid and o.purpose = 'letter' and o.state = 'sent'
        and o.ended_at > ${tx.now.subtract({ hours: 1 }).toString()}::timestamptz) < ${receiptsMax} as due`.execute(
    tx.db,
  );
  if (rows[0]?.due !== true) return null;
  const clocks = await clocksOf(tx, Ticket, ticket);
  const respond = clocks.find(({ name }) => name === "respond");
  const promise = respond?.dueAt ? `We will answer by ${spoken(respond.dueAt)}.\n\n` : "";
  return {
    ...thread,
    subject: subjectOf(ticket),
    body: `We have your message. Its reference is **${ticket.reference}**.\n\n${promise}To add something, answer this mail.`,
    automatic: "auto-replied",
  };
}

function answer(ticket: Stored, { actorName, body }: TimelineEvent): Pick<Letter, "subject" | "body"> {
  const files = Object.values(body?.files ?? {}).map(({ name }) => name);
  const withFiles =
    files.length > 0 ? `\n\n(With files that do not go by mail: ${files.join(", ")}. Ask us for them.)` : "";
  return {
    subject: subjectOf(ticket),
    body: `${body?.text ?? ""}${withFiles}\n\n${body?.by ?? actorName ?? "The service desk"}`,
  };
}

function movedTo({ values, reference }: Stored, { body }: TimelineEvent): string | null {
  const set = (name: string) => {
    const to = body?.changes?.[name]?.to ?? values[name];
    return typeof to === "string" && to !== "" ? `${to}\n\n` : "";
  };
  if (body?.state === "resolved")
    return `${reference} is resolved.\n\n${set("resolution")}If it is not, answer this mail and it is opened again.`;
  if (body?.state === "waiting_user")
    return `We need something of you to carry on with ${reference}.\n\n${set("waitingReason")}Please answer this mail.`;
  if (body?.state === "cancelled") return `${reference} was cancelled. To take it up again, answer this mail.`;
  return null;
}

/** Where answers go to letters about records of another type: the mailbox whose mail becomes them. Nothing where there is none. */
export async function replyToOf(tx: Tx, type: string): Promise<Pick<Letter, "replyTo">> {
  const { rows } = await sql<{ address: string }>`
    select m.address from mailbox m join records r on r.organisation_id = m.organisation_id and r.id = m.id and r.state = 'on'
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.makes is not null
    order by m.makes = ${type} desc, m.id limit 1`.execute(tx.db);
  return rows[0] ? { replyTo: rows[0].address } : {};
}

type Thread = Pick<Letter, "replyTo" | "references">;

/** Where answers go, and what of theirs it answers, so that their program shows it in its place. */
async function threadOf(tx: Tx, ticket: Stored): Promise<Thread> {
  const [mailbox, messages] = await Promise.all([
    sql<{
      address: string;
    }>`select m.address from mailbox m join records r on r.organisation_id = m.organisation_id and r.id = m.id and r.state = 'on'
      where m.organisation_id = ${tx.actor.organisationId}::uuid and m.makes is null
      order by m.queue = ${String(ticket.values["queue"] ?? "") || null}::uuid desc nulls last, m.id limit 1`.execute(
      tx.db,
    ),
    sql<{
      id: string;
    }>`select m.message_id as id from inbound_message m where m.organisation_id = ${tx.actor.organisationId}::uuid
      and m.ticket = ${ticket.id}::uuid and m.message_id is not null and m.automatic is not true order by m.received_at desc limit 5`.execute(
      tx.db,
    ),
  ]);
  const [box] = mailbox.rows;
  const references = messages.rows.map(({ id }) => id).toReversed();
  return { ...(box ? { replyTo: box.address } : {}), ...(references.length > 0 ? { references } : {}) };
}

function spoken(moment: Temporal.Instant): string {
  const local = moment.toZonedDateTimeISO("Europe/London");
  const time = local.toPlainTime().toString({ smallestUnit: "minute" });
  return `${time} on ${formatDate(local.toPlainDate())}`;
}
