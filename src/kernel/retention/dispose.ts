import { sql } from "kysely";
import type pg from "pg";
import { deleteFiles } from "../files/delete-files.ts";
import type { FilesPlace } from "../files/store.ts";
import { tryEach } from "../jobs/try-each.ts";
import { typeNamed } from "../registry.ts";
import type { Registry } from "../registry.ts";
import { find } from "../store/find.ts";
import { move } from "../store/move.ts";
import { asSystem } from "../transaction.ts";
import type { Tx } from "../transaction.ts";
import { heldAmong } from "./holds.ts";
import { partsOf } from "./parts.ts";
import type { Part } from "./parts.ts";

interface Parts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly filesFolder: FilesPlace;
  readonly now?: Temporal.Instant;
}

/** Records that are destroyed in one run; the next run, a minute later, carries on. */
const oneRunMax = 5000;

/**
 * Destroys what approved disposals list, each record in a transaction of its own, so that a run that is killed is carried
 * on by the next. What is under a legal hold by then stays. Gives how many records were destroyed. Tries them all; throws an
 * AggregateError when some could not be, which the next run tries again.
 */
export async function disposeApproved(parts: Parts): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
    "select organisation_id as organisation, id from reeve.records where type = 'disposal' and state = 'approved' order by updated_at",
  );
  let destroyed = 0;
  const dispose = async ({ organisation, id }: { organisation: string; id: string }) => {
    const as = <Result>(work: (tx: Tx) => Promise<Result>) =>
      asSystem({ ...parts, organisationId: organisation }, work);
    const items = await as((tx) => itemsLeft(tx, id));
    await tryEach(
      items,
      async (item) => {
        const done = await as((tx) => disposeOne(tx, id, item));
        if (done?.outcome === "destroyed" || done?.outcome === "anonymised") destroyed += 1;
        await deleteFiles(parts.filesFolder, done?.files ?? []);
      },
      "records that could not be disposed of",
    );
    if (items.length < oneRunMax) await as((tx) => finish(tx, id));
  };
  await tryEach(rows, dispose, "disposals that could not be carried out");
  return destroyed;
}

async function itemsLeft(tx: Tx, disposal: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select record_id as id from disposal_items
    where organisation_id = ${tx.actor.organisationId}::uuid and disposal_id = ${disposal}::uuid and outcome = 'listed'
    order by record_id limit ${oneRunMax}`.execute(tx.db);
  return rows.map(({ id }) => id);
}

/** Destroys one record or says why it is kept; null when another run was first. */
async function disposeOne(
  tx: Tx,
  disposal: string,
  id: string,
): Promise<{ readonly outcome: string; readonly files: readonly string[] } | null> {
  // From here on no hold comes or goes: whichever was first counts.
  await sql`select begin_disposing()`.execute(tx.db);
  if (!(await isLeft(tx, disposal, id))) return null;
  const record = await tx.db
    .selectFrom("records")
    .select(["type"])
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const whole = { id, type: record.type };
  const parts = await partsOf(tx, whole);
  const held = await whyHeld(tx, whole, parts);
  const { values, reference } = await find(tx, typeNamed(tx.registry, "disposal"), disposal);
  const why = `${reference}, ${String(values["title"]).slice(0, 150)}`;
  const done = await disposeRecord(tx, disposal, id, held === null ? ["destroyed", why] : ["held", held]);
  const files = [...(done?.files ?? [])];
  if (done?.outcome === "destroyed" || done?.outcome === "anonymised")
    for (const part of parts) {
      await listPart(tx, disposal, part);
      files.push(...((await disposeRecord(tx, disposal, part.id, ["destroyed", why]))?.files ?? []));
    }
  return done && { outcome: done.outcome, files };
}

/** Why a record stays: it is under a legal hold, or a part of it is; null when neither is. */
async function whyHeld(
  tx: Tx,
  whole: { readonly id: string; readonly type: string },
  parts: readonly Part[],
): Promise<string | null> {
  const hold = (await heldAmong(tx, typeNamed(tx.registry, whole.type), [whole.id])).get(whole.id);
  if (hold !== undefined) return `Under the legal hold ${hold}`;
  for (const part of parts) {
    const its = (await heldAmong(tx, typeNamed(tx.registry, part.type), [part.id])).get(part.id);
    if (its !== undefined) return `${part.reference}, a part of it, is under the legal hold ${its}`;
  }
  return null;
}

async function disposeRecord(
  tx: Tx,
  disposal: string,
  id: string,
  [outcome, why]: readonly [string, string],
): Promise<{ readonly outcome: string; readonly files: readonly string[] } | null> {
  const { rows } = await sql<{ done: { outcome: string; files: string[] | null } }>`select dispose_record(
    ${disposal}::uuid, ${id}::uuid, ${outcome}, ${why}) as done`.execute(tx.db);
  const done = rows[0]?.done;
  return done ? { outcome: done.outcome, files: done.files ?? [] } : null;
}

/** Puts a part onto the list beside its whole, with a certificate of its own to come. */
async function listPart(tx: Tx, disposal: string, { id, reference, whole }: Part): Promise<void> {
  await sql`insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on, outcome, part_of)
    select i.organisation_id, i.disposal_id, ${id}::uuid, ${reference}, i.due_on, 'listed', ${whole}::uuid from disposal_items i
    where i.organisation_id = ${tx.actor.organisationId}::uuid and i.disposal_id = ${disposal}::uuid and i.record_id = ${whole}::uuid`.execute(
    tx.db,
  );
}

async function isLeft(tx: Tx, disposal: string, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from disposal_items where organisation_id = ${tx.actor.organisationId}::uuid
    and disposal_id = ${disposal}::uuid and record_id = ${id}::uuid and outcome = 'listed'`.execute(tx.db);
  return rows.length > 0;
}

async function finish(tx: Tx, id: string): Promise<void> {
  const type = typeNamed(tx.registry, "disposal");
  const disposal = await find(tx, type, id);
  if (disposal.state === "approved") await move(tx, type, id, disposal.version, "finish", {});
}
