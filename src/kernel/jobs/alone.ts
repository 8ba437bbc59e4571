import type pg from "pg";

/**
 * Does work that nobody else does meanwhile in any process: a lock of a session of its own says that it goes on here, and goes
 * with the process. Not at all while somebody else does it. `key` names the work.
 */
export async function alone(ownerPool: pg.Pool, key: string, work: () => Promise<void>): Promise<void> {
  const client = await ownerPool.connect();
  let broken = true;
  const unlock = async () => {
    await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [key]);
    broken = false;
  };
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as mine",
      [key],
    );
    if (rows[0]?.mine !== true) {
      broken = false;
      return;
    }
    try {
      await work();
    } catch (error) {
      // Given back before the failure is told: who tries it again at once finds it free.
      await unlock().catch(() => {});
      throw error;
    }
    await unlock();
  } finally {
    // A session that is not whole is ended, and its lock with it.
    client.release(broken);
  }
}
