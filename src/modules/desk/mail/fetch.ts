import { alone } from "../../../kernel/jobs/alone.ts";
import type { OpenMailbox } from "./imap.ts";
import { takeIn } from "./take-in.ts";
import type { MailboxOf, TakingParts } from "./take-in.ts";

/**
 * Takes in what lies in a mailbox, one process at a time. A message is moved on the server only when it and all that it came to
 * are committed: dying at any moment loses none, and what had been committed is only moved the next time. Gives how many were taken.
 */
export async function fetchAll(
  parts: TakingParts,
  mailbox: MailboxOf,
  open: OpenMailbox,
  stop?: AbortSignal,
): Promise<number> {
  let taken = 0;
  await alone(parts.ownerPool, `mailbox ${mailbox.mailboxId}`, async () => {
    for (const lying of await open.lying()) {
      if (stop?.aborted) return;
      if (!(await wasTaken(parts, mailbox, lying))) {
        const read = await open.read(lying);
        if (read === null) continue;
        if ((await takeIn(parts, mailbox, { ...read, ...lying })) !== null) taken++;
      }
      await open.setAside(lying);
    }
  });
  return taken;
}

async function wasTaken(
  { ownerPool }: TakingParts,
  { organisationId, mailboxId }: MailboxOf,
  { uidValidity, uid }: { readonly uidValidity: number; readonly uid: number },
): Promise<boolean> {
  const { rowCount } = await ownerPool.query(
    "select 1 from mail_taken where organisation_id = $1 and mailbox_id = $2 and uid_validity = $3 and uid = $4",
    [organisationId, mailboxId, uidValidity, uid],
  );
  return rowCount === 1;
}
