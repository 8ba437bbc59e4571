import { sql } from "kysely";
import type { Tx } from "../transaction.ts";
import { hiddenByDefinition } from "./hidden.ts";

/** What a record or a file is called. */
export interface Name {
  readonly id: string;
  /** Of a file “file”. */
  readonly type: string;
  /** Of a file "". */
  readonly reference: string;
  readonly title: string;
  /** Of a file its media type, else null. */
  readonly mediaType: string | null;
}

/** The names of these records and files, read with one query; those that the person may not see are not in the answer. */
export async function namesSeen(tx: Tx, ids: Iterable<string | null | undefined>): Promise<Name[]> {
  const wanted = [...new Set([...ids].filter((id): id is string => typeof id === "string" && id !== ""))];
  if (wanted.length === 0) return [];
  const { rows } = await sql<Name>`select id, type, reference, title, null as "mediaType" from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${wanted}::uuid[])
    union all select id, 'file', '', name, media_type from files
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${wanted}::uuid[])`.execute(tx.db);
  const hidden = await hiddenByDefinition(tx, rows);
  return rows.filter(({ id }) => !hidden.has(id));
}
