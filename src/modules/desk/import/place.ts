import type pg from "pg";
import { Refusal } from "../../../kernel/errors.ts";

/** Where an import goes, and how an organisation is made when one is needed. */
export interface ImportPlace {
  readonly ownerPool: pg.Pool;
  /** Into this organisation. */
  readonly organisationId?: string;
  /** Into the organisation of this name, made when there is none. */
  readonly organisationName?: string;
  readonly found: (name: string) => Promise<{ readonly organisationId: string }>;
}

/**
 * The organisation named; else the only one there is, so that the people there see at once what comes; where there is none, or
 * several, one of the name `otherwise`. Refuses (unseen) an id of none.
 */
export async function organisationFor(
  { ownerPool, found, organisationId, organisationName }: ImportPlace,
  otherwise: string,
): Promise<{ id: string; name: string }> {
  const { rows } = await ownerPool.query<{ id: string; name: string }>(
    "select id, name from organisations order by created_at, id limit 1000",
  );
  if (organisationId !== undefined) {
    const named = rows.find(({ id }) => id === organisationId);
    if (!named) throw new Refusal("unseen", [{ message: "There is no such organisation" }]);
    return named;
  }
  const [only, ...others] = rows;
  if (organisationName === undefined && only && others.length === 0) return only;
  const name = organisationName ?? otherwise;
  const existing = rows.find((row) => row.name === name);
  if (existing) return existing;
  return { id: (await found(name)).organisationId, name };
}

/** The lock that whoever brings tickets into an organisation holds. */
export function importKey(organisationId: string): string {
  return `reeve.import.${organisationId}`;
}

/** Runs `work` while no other import goes into the organisation: two would each make the same people and tickets. Refuses (impossible) a second. */
export async function aloneIn<Result>(
  ownerPool: pg.Pool,
  organisationId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const client = await ownerPool.connect();
  const key = importKey(organisationId);
  try {
    const { rows } = await client.query<{ alone: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as alone",
      [key],
    );
    if (!rows[0]?.alone)
      throw new Refusal("impossible", [
        { message: "Another import into this organisation is running. Wait until it has ended" },
      ]);
    try {
      return await work();
    } finally {
      await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [key]);
    }
  } finally {
    client.release();
  }
}
