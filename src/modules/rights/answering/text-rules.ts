import { sql } from "kysely";
import { Refusal } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { columnName } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { caseOf, checkOneCase, kindOf } from "./case-kinds.ts";
import { milestonesOf } from "./plan.ts";
import { hashOfText } from "./words-hash.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whoever begins a text has it until it goes to be signed, and again when it comes back. */
export function newText(tx: Tx): Promise<Values> {
  return Promise.resolve({ drafter: tx.actor.personId, owner: tx.actor.personId });
}

/** A new text has its days from its case, and is restricted as that is; the fingerprint follows every change. */
export async function deriveText(tx: Tx, values: Values, before: Stored | null): Promise<Values> {
  const wordsHash = hashOfText({ ...before?.values, ...values });
  if (before !== null) return { wordsHash };
  const record = await caseOf(tx, { values });
  if (record === null) return { wordsHash };
  const days = await milestonesOf(tx, record);
  return {
    wordsHash,
    ...(days === null ? {} : { draftBy: days.draftBy, agreeBy: days.agreeBy }),
    ...(record.sensitivity === "restricted" ? { sensitivity: "restricted" } : {}),
  };
}

export function checkText(_tx: Tx, values: Values): void {
  checkOneCase(values);
}

/** One section of a text, or one signature, as it is stored. */
export function linesOf({ values }: Pick<Stored, "values">, field: string): readonly Line[] {
  // The field is one of lines.
  return (values[field] ?? []) as readonly Line[];
}

/** What a change of a text leaves of its signing: nothing. */
export const unsigned: Values = {
  signatures: [],
  letterParts: [],
  standing: null,
  agreedOn: null,
  agreedInTime: null,
  letterPdf: null,
  letterWord: null,
  letterHash: null,
};

/** The text goes back to whoever drafted it, and every signature is void. */
export function revised(tx: Tx, text: Stored): Values {
  return { ...unsigned, owner: text.values["drafter"] ?? tx.actor.personId };
}

/** Whether everybody has signed just these words. */
export function isAgreed(text: Stored): boolean {
  const hash = hashOfText(text.values);
  const signatures = linesOf(text, "signatures");
  return (
    (text.state === "agreed" || text.state === "sent") &&
    signatures.length > 0 &&
    signatures.every((line) => typeof line["signedBy"] === "string" && line["hash"] === hash)
  );
}

/** Only what was signed as it stands is sent. */
export function guardSent(_tx: Tx, text: Stored): void {
  if (!isAgreed(text))
    throw new Refusal("impossible", [
      {
        message: `${text.reference} is not signed as it stands. Choose “Change the text” and send it for signature again`,
      },
    ]);
}

/** The text by which a case is answered: the one that was begun last and is used, as far as the actor sees it. */
export async function textOfCase(tx: Tx, record: Stored): Promise<Stored | null> {
  const { field } = kindOf(record.type);
  const { rows } = await sql<{ id: string }>`select id from visible_agreed_text
    where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(columnName(field))} = ${record.id}::uuid and state <> 'dropped'
    order by opened_at desc, id desc limit 1`.execute(tx.db);
  return rows[0] ? findIfSeen(tx, typeNamed(tx.registry, "agreed_text"), rows[0].id) : null;
}
