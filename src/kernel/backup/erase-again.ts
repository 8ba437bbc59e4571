import type pg from "pg";
import type { ErasedThing } from "./erasure-list.ts";

/**
 * Carries out again, in the restore's own transaction, the erasures that the database does not know: they were made after
 * the backup. One whose record or event is not in the backup has nothing to erase. Gives how many were, and the files
 * that nothing leads to any more.
 */
export async function eraseAgain(
  client: pg.Client,
  erasures: readonly ErasedThing[],
): Promise<{ erased: number; files: readonly string[] }> {
  const files: string[] = [];
  let erased = 0;
  for (const erasure of erasures) {
    if (!(await isThere(client, erasure))) continue;
    await client.query("savepoint one_erasure");
    await client.query("select act_as_system($1)", [erasure.organisation]);
    try {
      const reason = `Erased by law on ${erasure.at.slice(0, 10)} and erased again after a restore`;
      const { rows } = await client.query<{ erased: { files: string[] } }>("select erase($1, $2, $3, $4) as erased", [
        erasure.record,
        erasure.sequence,
        reason,
        erasure.certificate,
      ]);
      files.push(...(rows[0]?.erased.files ?? []));
      erased++;
      await client.query("release savepoint one_erasure");
    } catch (error) {
      // Nothing left to erase: a later erasure of the whole record, in the backup, had it in it.
      if (!(error instanceof Error && "code" in error && error.code === "P0002")) throw error;
      await client.query("rollback to savepoint one_erasure");
    }
  }
  return { erased, files };
}

/** Whether this very thing is in the database, unerased under that certificate: an event is known by its hash, not its number alone. */
async function isThere(
  client: pg.Client,
  { certificate, organisation, record, sequence, event }: ErasedThing,
): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select not exists (select 1 from erasures where organisation_id = $1 and certificate = $2)
       and exists (select 1 from records where organisation_id = $1 and id = $3)
       and ($4::integer is null or exists (select 1 from events where organisation_id = $1 and record_id = $3 and sequence = $4 and hash = decode($5, 'hex'))) as there`,
    [organisation, certificate, record, sequence, event],
  );
  return rows[0]?.there ?? false;
}
