import { addFile } from "../../../kernel/files/files.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import { joinRecords } from "../../../kernel/store/relations.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { Ticket } from "../ticket.record.ts";
import { addToTicket, noteBounce, sayAsSender, typeOf } from "./conversation.ts";
import type { Known, Verdict } from "./judge.ts";
import type { Kept } from "./keep.ts";
import { keptText } from "./look-up.ts";
import { makeContact, nameOf } from "./senders.ts";

/** A message and what was decided of it. */
export interface Judged {
  readonly mailbox: Stored;
  readonly kept: Kept;
  readonly known: Known;
  readonly verdict: Verdict;
  /** When it came into the mailbox. */
  readonly arrivedAt: Temporal.Instant;
}

/** What a message came to. */
export interface Outcome {
  readonly ticketId: string | null;
  /** What else than a ticket it made or was added to. */
  readonly otherId?: string | undefined;
  readonly senderId: string | null;
}

/** Makes the record of a message and does what follows of the verdict. Gives the record's id. */
export async function carryOut(tx: Tx, judged: Judged): Promise<string> {
  const { kept, known, verdict } = judged;
  const { ticketId, otherId, senderId } = await doVerdict(tx, judged);
  const raw = kept.raw ? await addFile(tx, "message.eml", kept.raw) : null;
  const values = {
    subject: kept.message.subject || "(no subject)",
    fromName: kept.message.from?.name || null,
    fromAddress: kept.message.from?.address ?? null,
    sender: senderId,
    mailbox: judged.mailbox.id,
    receivedAt: tx.now.toString({ smallestUnit: "millisecond" }),
    verdict: verdict.kind,
    why: (verdict.kind === "duplicate" ? "It had come before" : verdict.why).slice(0, 500),
    ticket: ticketId,
    automatic: known.automatic !== null || known.bounce !== null,
    unknownAddress: verdict.kind === "threaded" && verdict.asksIdentity,
    text: keptText(kept.message) || null,
    messageId: kept.message.messageId,
    raw: raw?.id ?? null,
    sensitivity: await strictest(tx, [ticketId ?? otherId ?? null, ...about(known)]),
  };
  const state = verdict.kind === "held" ? "held" : "taken";
  const made = await insertRecord(tx, typeNamed(tx.registry, "inbound_message"), values, { trusted: true, state });
  await joinTo(tx, made.id, otherId);
  return made.id;
}

/** What a message answers or names, also where it is held and made part of nothing: what it says may be of that. */
function about({ answers, names }: Known): string[] {
  return [...(answers ?? []), ...names].map(({ recordId }) => recordId);
}

async function strictest(tx: Tx, recordIds: readonly (string | null)[]): Promise<string> {
  for (const id of recordIds) if ((await sensitivityOf(tx, id)) === "restricted") return "restricted";
  return "normal";
}

/** Whoever may not see a ticket or case does not see the mail of it. */
export async function sensitivityOf(tx: Tx, recordId: string | null): Promise<string> {
  return recordId === null ? "normal" : (await find(tx, await typeOf(tx, recordId), recordId)).sensitivity;
}

/** Joins a message to the case that it led to or was added to; of tickets a field of it says so. */
export async function joinTo(tx: Tx, messageId: string, otherId: string | undefined): Promise<void> {
  if (otherId !== undefined)
    await joinRecords(tx, await typeOf(tx, otherId), otherId, { relation: "follows_from", to: messageId });
}

/** Does what follows of a verdict elsewhere. */
export async function doVerdict(tx: Tx, { mailbox, kept, known, verdict, arrivedAt }: Judged): Promise<Outcome> {
  const known_ = known.sender?.personId ?? null;
  if (verdict.kind === "bounce") return { ...ledTo(await noteBounce(tx, known)), senderId: known_ };
  if (verdict.kind !== "ticket" && verdict.kind !== "threaded") return { ticketId: null, senderId: known_ };
  const isOutsider = verdict.kind === "threaded" && verdict.isOutsider === true;
  // Whoever asked from outside is nobody here, also where somebody of that address is: they did not ask as such.
  const senderId = isOutsider ? null : (known_ ?? (await makeContact(tx, kept.message)));
  const makes = mailbox.values["makes"];
  if (verdict.kind === "ticket" && typeof makes === "string")
    return { ticketId: null, otherId: await makeCase(tx, typeNamed(tx.registry, makes), kept, senderId), senderId };
  if (verdict.kind === "ticket") return { ticketId: await makeTicket(tx, mailbox, kept, senderId), senderId };
  const { recordId, asksIdentity } = verdict;
  const isAutomatic = known.automatic !== null;
  const isDoubted = known.authentication.failed.length > 0;
  await addToTicket(tx, recordId, {
    mailbox,
    kept,
    personId: senderId,
    isAutomatic,
    asksIdentity,
    isOutsider,
    isDoubted,
    arrivedAt,
  });
  return { ...ledTo({ recordId, type: (await typeOf(tx, recordId)).name }), senderId };
}

/** A ticket stands in a field of the message; anything else is joined to it. */
function ledTo(
  about: { readonly recordId: string; readonly type: string } | null,
): Pick<Outcome, "ticketId" | "otherId"> {
  if (about === null) return { ticketId: null };
  return about.type === Ticket.name ? { ticketId: about.recordId } : { ticketId: null, otherId: about.recordId };
}

/** Makes a case of a message, asked by its sender. Gives its id. */
async function makeCase(tx: Tx, type: RecordType, kept: Kept, requester: string | null): Promise<string> {
  const subject = kept.message.subject || "(no subject)";
  // Titles are text, which says how long it may be.
  const { max = 200 } = (type.fields[type.titleField]?.options ?? {}) as { max?: number };
  const values = {
    ...type.byMail?.values,
    [type.titleField]: subject.slice(0, max).toWellFormed(),
    ...(type.byMail ? { [type.byMail.words]: keptText(kept.message) || subject } : {}),
    requester,
  };
  const { id } = await insertRecord(tx, type, values, { trusted: true, by: nameOf(kept.message) });
  await sayAsSender(tx, await find(tx, type, id), { kept, personId: requester, text: "", audience: "everyone" });
  return id;
}

/** Makes a ticket of a message, asked for by its sender. Gives its id. */
async function makeTicket(tx: Tx, mailbox: Stored, kept: Kept, requester: string | null): Promise<string> {
  const type = typeNamed(tx.registry, "ticket");
  const values = {
    summary: kept.message.subject || "(no subject)",
    details: keptText(kept.message) || null,
    ...(mailbox.values["queue"] ? { queue: mailbox.values["queue"] } : {}),
    requester,
    source: "Mail",
    sourceReference: kept.message.messageId?.slice(0, 100) ?? null,
    ...(type.fields["channel"] ? { channel: "mail" } : {}),
  };
  const { id } = await insertRecord(tx, type, values, { trusted: true, by: nameOf(kept.message) });
  const ticket = await find(tx, Ticket, id);
  await sayAsSender(tx, ticket, { kept, personId: requester, text: "", audience: "everyone" });
  return id;
}
