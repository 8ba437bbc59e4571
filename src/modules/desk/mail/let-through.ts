import { findFile } from "../../../kernel/files/files.ts";
import { openContent } from "../../../kernel/files/content.ts";
import { tryEach } from "../../../kernel/jobs/try-each.ts";
import { change } from "../../../kernel/store/change.ts";
import { find } from "../../../kernel/store/find.ts";
import { move } from "../../../kernel/store/move.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { doVerdict, joinTo, sensitivityOf } from "./carry-out.ts";
import { InboundMessage } from "./inbound-message.record.ts";
import { keep } from "./keep.ts";
import { lookUp } from "./look-up.ts";
import { Mailbox } from "./mailbox.record.ts";
import type { TakingParts } from "./take-in.ts";

const batchMax = 50;

/** Takes in the held messages that somebody let through, each in a transaction of its own. Twice does no harm. */
export async function letThrough(parts: TakingParts): Promise<void> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
    "select organisation_id as organisation, id from records where type = 'inbound_message' and state = 'accepted' limit $1",
    [batchMax],
  );
  await tryEach(
    rows,
    ({ organisation: organisationId, id }) => letOneThrough(parts, organisationId, id),
    "Some messages that were let through could not be taken in",
  );
}

async function letOneThrough(parts: TakingParts, organisationId: string, id: string): Promise<void> {
  const raw = await asSystem({ ...parts, organisationId }, (tx) => rawOf(parts, tx, id));
  const kept = raw === null ? null : await keep(parts.filesFolder, raw);
  await asSystem({ ...parts, organisationId }, async (tx) => {
    await tx.db.selectFrom("records").select("id").where("id", "=", id).forNoKeyUpdate().execute();
    const message = await find(tx, InboundMessage, id);
    if (message.state !== "accepted") return;
    if (raw === null || kept === null || kept.raw === null) {
      await change(
        tx,
        InboundMessage,
        id,
        "any",
        { why: "Nothing of it was kept here, so it cannot be taken in" },
        { trusted: true },
      );
      await move(tx, InboundMessage, id, "any", "hold", {});
      return;
    }
    const mailbox = await find(tx, Mailbox, String(message.values["mailbox"]));
    const known = await lookUp(tx, mailbox, kept.message, raw);
    const { ticket } = message.values;
    const verdict =
      typeof ticket === "string"
        ? ({ kind: "threaded", recordId: ticket, asksIdentity: false, why: "" } as const)
        : ({ kind: "ticket", why: "" } as const);
    const arrivedAt = Temporal.Instant.from(String(message.values["receivedAt"]));
    const { ticketId, otherId, senderId } = await doVerdict(tx, { mailbox, kept, known, verdict, arrivedAt });
    const values = {
      verdict: verdict.kind,
      ticket: ticketId,
      sender: senderId,
      sensitivity: await sensitivityOf(tx, ticketId ?? otherId ?? null),
    };
    await joinTo(tx, id, otherId);
    await change(tx, InboundMessage, id, "any", values, { trusted: true });
    await move(tx, InboundMessage, id, "any", "take", {});
  });
}

async function rawOf({ filesFolder }: TakingParts, tx: Tx, id: string): Promise<Buffer | null> {
  const { raw } = (await find(tx, InboundMessage, id)).values;
  if (typeof raw !== "string") return null;
  const content = await openContent(filesFolder, (await findFile(tx, raw)).sha256);
  return content === null ? null : Buffer.concat(await content.toArray());
}
