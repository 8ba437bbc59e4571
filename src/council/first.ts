import type pg from "pg";

const lockNumber = 7233033;

/** How many organisations there are, how many of them are demonstrations, and how many people can sign in at all. */
export interface OrganisationCounts {
  readonly all: number;
  readonly demo: number;
  readonly accounts: number;
}

/**
 * Does the work that makes the first organisation, one at a time across all processes on the database. While
 * nobody can sign in, accounts that a broken-off attempt left behind are removed first. The pool needs two connections.
 */
export async function foundingFirst<Result>(
  ownerPool: pg.Pool,
  work: (counts: OrganisationCounts) => Promise<Result>,
): Promise<Result> {
  const client = await ownerPool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockNumber]);
    const counts = await countOrganisations(client);
    if (counts.accounts === 0) await client.query("delete from sign_in_user");
    return await work(counts);
  } finally {
    // A connection whose lock cannot be given back must not be used again.
    const released = await client.query("select pg_advisory_unlock($1)", [lockNumber]).then(
      () => true,
      () => false,
    );
    client.release(!released);
  }
}

/** Counts the organisations of the database, whosever they are. */
export async function countOrganisations(queryable: Pick<pg.ClientBase, "query">): Promise<OrganisationCounts> {
  const { rows } = await queryable.query<OrganisationCounts>(
    `select count(*) as "all", count(*) filter (where demo) as demo,
       (select count(*) from person where account_id is not null) as accounts from organisations`,
  );
  return rows[0] ?? { all: 0, demo: 0, accounts: 0 };
}
