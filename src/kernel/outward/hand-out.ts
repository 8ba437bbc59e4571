import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";

const batchMax = 500;
const batchesMax = 20;

/**
 * Makes a delivery of each event for each webhook that wants it, in the transaction that takes the event off the list: none
 * is lost, and none goes out twice, whenever the process dies. Gives how many.
 */
export async function handOut(ownerPool: pg.Pool): Promise<number> {
  let made = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const { taken, deliveries } = await handOutBatch(ownerPool);
    made += deliveries;
    if (taken < batchMax) break;
  }
  return made;
}

function handOutBatch(ownerPool: pg.Pool): Promise<{ taken: number; deliveries: number }> {
  return inTransaction(ownerPool, async (db) => {
    const { rows } = await sql<{ place: string }>`
      select ctid::text as place from webhook_events limit ${batchMax} for update skip locked`.execute(db);
    if (rows.length === 0) return { taken: 0, deliveries: 0 };
    const places = rows.map(({ place }) => place);
    const { numAffectedRows } = await sql`
      insert into webhook_deliveries (organisation_id, webhook_id, record_id, sequence)
      select e.organisation_id, w.id, e.record_id, e.sequence
      from webhook_events t
      join events e on e.organisation_id = t.organisation_id and e.record_id = t.record_id and e.sequence = t.sequence
      join records r on r.organisation_id = e.organisation_id and r.type = 'webhook' and r.state = 'on' and r.closed_at is null
      join webhook w on w.organisation_id = r.organisation_id and w.id = r.id
      where t.ctid = any (${places}::tid[])
        and (coalesce(btrim(w.types), '') = '' or e.type = any (regexp_split_to_array(w.types, '[\\s,]+')))
        and (coalesce(w.kinds, '{}') = '{}' or e.verb = any (w.kinds))
      order by e.transaction_id, e.place
      on conflict do nothing`.execute(db);
    await sql`delete from webhook_events where ctid = any (${places}::tid[])`.execute(db);
    return { taken: rows.length, deliveries: Number(numAffectedRows ?? 0n) };
  });
}
