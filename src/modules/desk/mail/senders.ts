import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { Message } from "./message.ts";

/** A sender, as the timeline names them. */
export function nameOf({ from }: Pick<Message, "from">): string {
  if (from === null) return "Somebody, by mail";
  return `${from.name === "" ? from.address : `${from.name} (${from.address})`}, by mail`;
}

/** Whoever writes and is not known becomes a contact: a person without an account, who cannot sign in. Gives the id. */
export async function makeContact(tx: Tx, { from }: Pick<Message, "from">): Promise<string | null> {
  if (from === null) return null;
  const type = typeNamed(tx.registry, "person");
  const email = type.fields["email"]!;
  const isAddress = email.kind.schema(email.options).safeParse(from.address).success;
  const values = {
    name: (from.name || from.address).slice(0, 120),
    active: true,
    ...(isAddress ? { email: from.address } : {}),
  };
  return (await insertRecord(tx, type, values, { trusted: true })).id;
}

/** Whom our mail went to that has one of these ids, at most five. */
export async function addressees(tx: Tx, ids: readonly string[]): Promise<{ personId: string; messageId: string }[]> {
  const { rows } = await sql<{ personId: string; messageId: string }>`
    select distinct person_id as "personId", message_id as "messageId" from mail_threads
    where organisation_id = ${tx.actor.organisationId}::uuid and message_id = any (${ids}::text[])
      and person_id is not null limit 5`.execute(tx.db);
  return rows;
}

/** Marks that mail to a person comes back, and writes it down with the mail: nothing more goes there until somebody says so. */
export async function noteReturned(
  tx: Tx,
  { personId, messageId }: { personId: string; messageId: string },
  why: string,
) {
  const type = typeNamed(tx.registry, "person");
  const person = await find(tx, type, personId);
  if (person.values["addressBounces"] !== true)
    await change(tx, type, personId, person.version, { addressBounces: true }, { trusted: true });
  await sql`update mail_outbox set state = 'failed', ended_at = ${tx.now.toString()}::timestamptz, answer = ${`It came back: ${why}`}
    where organisation_id = ${tx.actor.organisationId}::uuid and message_id = ${messageId} and state = 'sent'`.execute(
    tx.db,
  );
  return person;
}
