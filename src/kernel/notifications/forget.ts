import type pg from "pg";

/** What was read is kept for so long, what was not for longer, and what became of a mail: days. */
const keptDays = { read: 90, unread: 365, mail: 90, threads: 1100 } as const;

/** Forgets what people were told long ago, and what became of old mail. Ids alone go: records and timelines stay. */
export async function forgetOldNotifications(ownerPool: pg.Pool): Promise<void> {
  await ownerPool.query(
    `delete from reeve.notifications where mail_after is null
      and (read_at < now() - make_interval(days => $1) or made_at < now() - make_interval(days => $2))`,
    [keptDays.read, keptDays.unread],
  );
  await ownerPool.query(
    "delete from reeve.mail_outbox where state <> 'waiting' and ended_at < now() - make_interval(days => $1)",
    [keptDays.mail],
  );
  await ownerPool.query("delete from reeve.mail_threads where made_at < now() - make_interval(days => $1)", [
    keptDays.threads,
  ]);
}
