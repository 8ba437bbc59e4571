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
  const held = (await heldAmong(tx, typeNamed(tx.registry, record.type), [id])).get(id);
  const { values, reference } = await find(tx, typeNamed(tx.registry, "disposal"), disposal);
  const schedule = String(values["title"]).slice(0, 150);
  const { rows } = await sql<{ done: { outcome: string; files: string[] } }>`select dispose_record(
    ${disposal}::uuid, ${id}::uuid, ${held === undefined ? "destroyed" : "held"},
    ${held === undefined ? `${reference}, ${schedule}` : `Under the legal hold ${held}`}) as done`.execute(tx.db);
  return rows[0]?.done ?? null;
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
