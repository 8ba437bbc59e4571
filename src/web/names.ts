import { sql } from "kysely";
import { hiddenByDefinition } from "../kernel/store/hidden.ts";
import type { Tx } from "../kernel/transaction.ts";
import { pictureKinds } from "./file-headers.ts";

/** What a page needs of a record or a file that it only mentions. A file has no reference, and the type “file”. */
export interface Named {
  readonly title: string;
  readonly reference: string;
  readonly type: string;
  /** Where its page lives. */
  readonly href: string;
  /** Of a file: whether it is a picture that a page can show. */
  readonly picture?: boolean;
}

/** The names of these records and files, read with one query; those that the person may not see are not in the answer. */
export async function namesOf(tx: Tx, ids: Iterable<string | null | undefined>): Promise<Map<string, Named>> {
  const wanted = [...new Set([...ids].filter((id): id is string => typeof id === "string" && id !== ""))];
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    type: string;
    reference: string;
    title: string;
    kind: string | null;
  }>`select id, type, reference, title, null as kind from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${wanted}::uuid[])
    union all select id, 'file', '', name, media_type from files
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${wanted}::uuid[])`.execute(tx.db);
  const hidden = await hiddenByDefinition(tx, rows);
  const seen = rows.filter(({ id }) => !hidden.has(id));
  return new Map(
    seen.map(({ id, type, reference, title, kind }) => [
      id,
      {
        title,
        reference,
        type,
        href: kind === null ? hrefOf(tx, type, reference) : `/files/${id}`,
        ...(kind !== null && pictureKinds.has(kind) ? { picture: true } : {}),
      },
    ]),
  );
}

/** The address of a record's page. */
export function hrefOf(tx: Pick<Tx, "registry">, type: string, reference: string): string {
  return `/${tx.registry.types.get(type)?.path ?? type}/${encodeURIComponent(reference)}`;
}
