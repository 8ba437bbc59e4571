import type pg from "pg";

/** What became of a message is kept for so many days. */
const keptDays = 30;

/** Forgets what was sent to webhooks long ago, and each attempt of it. */
export async function forgetDeliveries(ownerPool: pg.Pool): Promise<void> {
  await ownerPool.query(
    "delete from reeve.webhook_deliveries where state <> 'waiting' and ended_at < now() - make_interval(days => $1)",
    [keptDays],
  );
}
