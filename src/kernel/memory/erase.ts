import { sql } from "kysely";
import { Refusal, forbid, refuse } from "../errors.ts";
import type { Problem } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { heldAmong } from "../retention/holds.ts";
import { find } from "../store/find.ts";
import { timeline } from "../store/timeline.ts";
import type { TimelineEvent } from "../store/timeline.ts";
import type { Actor, Stored, Tx } from "../transaction.ts";

/** What an erasure did. */
export interface Erasure {
  /** Said by the `erased` line of the timeline, by each place that it emptied, and by the list of erasures. */
  readonly certificate: string;
  /** How many events no longer say anything. */
  readonly bodies: number;
  /** SHA-256 (hexadecimal) of files that nothing leads to any more: `deleteFiles` once the transaction has ended. */
  readonly files: readonly string[];
}

/**
 * Destroys what one line of a record's timeline says: a password in a comment, a name that should not be there. The line
 * itself stays, so the chain does. What the record holds now is not touched: change it first. Refuses (unseen, forbidden,
 * invalid, impossible).
 */
export async function eraseEvent(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { sequence: number; reason: unknown },
): Promise<Erasure> {
  const record = await erasable(tx, type, idOrReference);
  if (!Number.isSafeInteger(given.sequence) || given.sequence < 1 || given.sequence > 2_147_483_647)
    refuse("sequence", "Say which line of the timeline to erase, by its number");
  return erase(tx, record, given.sequence, reasonOf(given.reason));
}

/**
 * Destroys what a whole record says: every line of its timeline, its title, texts, personal values and files. Its number,
 * dates, states and clocks stay. Refuses as `eraseEvent` does.
 */
export async function eraseRecord(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { reason: unknown },
): Promise<Erasure> {
  const record = await erasable(tx, type, idOrReference);
  const why = keptWhole(tx.actor, type, record);
  if (why !== null) throw new Refusal("impossible", [{ message: why }]);
  return erase(tx, record, null, reasonOf(given.reason));
}

/**
 * What an erasure would destroy: the record, and the line where one is meant (null: the whole record). Changes nothing, and
 * refuses what `eraseEvent` and `eraseRecord` would refuse, and a line that the person may not read.
 */
export async function whatToErase(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  sequence: number | null,
): Promise<{ record: Stored; line: TimelineEvent | null }> {
  const record = await erasable(tx, type, idOrReference);
  if (sequence === null) {
    const why = keptWhole(tx.actor, type, record);
    if (why !== null) throw new Refusal("impossible", [{ message: why }]);
    if (record.title === "Erased" && !(await saysAnything(tx, record))) throw nothingThere(record, null);
    return { record, line: null };
  }
  const [line] = await timeline(tx, record, { after: sequence - 1, before: sequence + 1, limit: 1 });
  if (!line) throw new Refusal("unseen", [{ message: `There is no line ${sequence}, or you may not see it` }]);
  if (!saysSomething(line)) throw nothingThere(record, sequence);
  return { record, line };
}

/** Whether the person may erase what records of a type say. The permission is for all of them or none. */
export function mayErase(actor: Actor, type: RecordType): boolean {
  return actor.grants.some(
    (grant) => grant.type === type.name && grant.permission === "erase" && grant.scope === "all",
  );
}

/** Whether the person may erase a whole record: not what rules and rights are read from, and nobody themselves. */
export function mayEraseWhole(actor: Actor, type: RecordType, record: Stored): boolean {
  return mayErase(actor, type) && keptWhole(actor, type, record) === null;
}

/** Whether a line still says something that can be erased. What an erasure tells of itself cannot be. */
export function saysSomething({ verb, body }: Pick<TimelineEvent, "verb" | "body">): boolean {
  return verb !== "erased" && body !== null;
}

/** What is wrong with the reason for an erasure; null when nothing is. */
export function reasonProblem(reason: unknown): Problem | null {
  const text = typeof reason === "string" ? reason.trim() : "";
  return text.length < 3 || text.length > 1000 || text.includes("\u0000") || !text.isWellFormed()
    ? {
        field: "reason",
        message: "Enter why the law asks for this, in 3 to 1,000 characters, without repeating what is erased",
      }
    : null;
}

async function erasable(tx: Tx, type: RecordType, idOrReference: string): Promise<Stored> {
  const record = await find(tx, type, idOrReference);
  // The database asks again. For the product itself it is the only one to ask.
  if (tx.actor.personId !== null && !mayErase(tx.actor, type)) forbid(notAllowed);
  await mustNotBeHeld(tx, type, record);
  return record;
}

const notAllowed = "You may not erase what is here. It needs the permission “erase” for all records of this type";

/** Why a record cannot be erased whole, though lines of its timeline can; null when it can be. */
function keptWhole(actor: Actor, type: RecordType, record: Stored): string | null {
  if (type.referenceData)
    return `${type.label.many} are what rules read, so only a line of a timeline can be erased here, not all of one`;
  // So that there is always someone left who can.
  if (record.id === actor.personId) return "You cannot erase yourself. Ask another administrator";
  return null;
}

/** Refuses (impossible) what a legal hold keeps, and any line of it: one after another they are all of it. The database asks again for what a hold names one by one. */
async function mustNotBeHeld(tx: Tx, type: RecordType, record: Stored): Promise<void> {
  const hold = (await heldAmong(tx, type, [record.id])).get(record.id);
  if (hold !== undefined) throw underHold(record, hold);
}

function underHold({ reference }: Stored, hold: string): Refusal {
  return new Refusal("impossible", [
    { message: `${reference} is under the legal hold ${hold}, so it cannot be erased before that is released` },
  ]);
}

async function saysAnything(tx: Tx, record: Stored): Promise<boolean> {
  const { rows } = await sql<{ says: boolean }>`select exists (
    select 1 from events e join event_bodies b using (organisation_id, record_id, sequence)
    where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${record.id}::uuid and e.verb <> 'erased' and b.body is not null) as says`.execute(
    tx.db,
  );
  return rows[0]?.says === true;
}

function nothingThere(record: Stored, sequence: number | null): Refusal {
  const message =
    sequence === null
      ? `${record.reference} has been erased already`
      : `${record.reference} has no line ${sequence} with anything to erase`;
  return new Refusal("impossible", [{ message }]);
}

function reasonOf(reason: unknown): string {
  const problem = reasonProblem(reason);
  return problem || typeof reason !== "string" ? refuse("reason", problem?.message ?? "") : reason.trim();
}

async function erase(tx: Tx, record: Stored, sequence: number | null, reason: string): Promise<Erasure> {
  try {
    const { rows } = await sql<{
      erased: Erasure;
    }>`select erase(${record.id}::uuid, ${sequence}::integer, ${reason}) as erased`.execute(tx.db);
    return rows[0]!.erased;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "P0002") throw nothingThere(record, sequence);
    if (code === "42501") forbid(notAllowed);
    if (code === "55006") throw underHold(record, /HOLD-\d+/.exec((error as Error).message)?.[0] ?? "");
    throw error;
  }
}
