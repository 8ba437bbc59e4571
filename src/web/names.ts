import { namesSeen } from "../kernel/store/names.ts";
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
  const seen = await namesSeen(tx, ids);
  return new Map(
    seen.map(({ id, type, reference, title, mediaType }) => [
      id,
      {
        title,
        reference,
        type,
        href: mediaType === null ? hrefOf(tx, type, reference) : `/files/${id}`,
        ...(mediaType !== null && pictureKinds.has(mediaType) ? { picture: true } : {}),
      },
    ]),
  );
}

/** The address of a record's page. */
export function hrefOf(tx: Pick<Tx, "registry">, type: string, reference: string): string {
  return `/${tx.registry.types.get(type)?.path ?? type}/${encodeURIComponent(reference)}`;
}
