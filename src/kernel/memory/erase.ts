import { sql } from "kysely";
import { mustBeAllowed } from "../access.ts";
import { Refusal, refuse } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { find } from "../store/find.ts";
import type { Stored, Tx } from "../transaction.ts";

/** What an erasure did. */
export interface Erasure {
  /** Said by the `erased` line of the timeline, by each place that it emptied, and by the list of erasures. */
  readonly certificate: string;
  /** How many events no longer say anything. */
  readonly bodies: number;
  /** SHA-256 (hexadecimal) of files that nothing leads to any more: delete their content once the transaction has ended. */
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
  if (type.referenceData)
    throw new Refusal("impossible", [
      {
        message: `${type.label.many} are what rules read, so only a line of a timeline can be erased here, not all of one`,
      },
    ]);
  return erase(tx, record, null, reasonOf(given.reason));
}

async function erasable(tx: Tx, type: RecordType, idOrReference: string): Promise<Stored> {
  const record = await find(tx, type, idOrReference);
  // The database asks again. For the product itself it is the only one to ask.
  if (tx.actor.personId !== null) mustBeAllowed(tx.actor, type, "erase", "erase what is here", record);
  return record;
}

function reasonOf(reason: unknown): string {
  const text = typeof reason === "string" ? reason.trim() : "";
  if (text.length < 3 || text.length > 1000 || text.includes("\u0000") || !text.isWellFormed())
    return refuse(
      "reason",
      "Enter why the law asks for this, in 3 to 1,000 characters, without repeating what is erased",
    );
  return text;
}

async function erase(tx: Tx, record: Stored, sequence: number | null, reason: string): Promise<Erasure> {
  try {
    const { rows } = await sql<{
      erased: Erasure;
    }>`select erase(${record.id}::uuid, ${sequence}::integer, ${reason}) as erased`.execute(tx.db);
    return rows[0]!.erased;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "P0002")
      throw new Refusal("impossible", [
        {
          message:
            sequence === null
              ? `${record.reference} has been erased already`
              : `${record.reference} has no line ${sequence} with anything to erase`,
        },
      ]);
    if (code === "42501")
      throw new Refusal("forbidden", [
        { message: "You may not erase what is here. It needs the permission “erase” for all records of this type" },
      ]);
    throw error;
  }
}
