import type pg from "pg";
import { openKey } from "../outside/key.ts";
import type { OutboxMail } from "./compose.ts";

/** Somebody outside who asked for a record, and the key by which they follow it; null when they gave no address. */
export async function outsiderOf(
  { ownerPool, secret }: { readonly ownerPool: pg.Pool; readonly secret?: string },
  { organisationId, recordId }: Pick<OutboxMail, "organisationId" | "recordId">,
): Promise<{ email: string; organisation: string; key: string } | null> {
  const { rows } = await ownerPool.query<{ email: string; organisation: string; sealed: Buffer }>(
    `select r.email, o.name as organisation, r.key_sealed as sealed from reeve.outside_requesters r
    join reeve.organisations o on o.id = r.organisation_id
    where r.organisation_id = $1 and r.record_id = $2 and r.email is not null and not o.demo`,
    [organisationId, recordId],
  );
  const [found] = rows;
  const key = found && secret !== undefined ? openKey(secret, found.sealed) : null;
  return found && key !== null ? { email: found.email, organisation: found.organisation, key } : null;
}
