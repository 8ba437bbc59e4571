import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { RecordType } from "../../../kernel/record.ts";
import { clocksOf } from "../../../kernel/store/clocks.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

/**
 * The clocks of each kind of case that somebody is promised, by type. A day that another reading of the law wants, that somebody named themselves, or
 * on which something is heard is on the board, and nobody is asked why it has passed.
 */
export const promised: Readonly<Record<string, readonly string[]>> = {
  information_request: ["answer"],
  data_protection_request: ["answer"],
  members_question: ["acknowledge", "answer", "meeting"],
  information_complaint: ["acknowledge", "answerBy"],
  data_breach: ["regulator"],
};

/** The first clock that was promised of a case whose time has passed and that still runs; null for none. */
export async function firstLate(
  tx: Tx,
  type: RecordType,
  record: Stored,
): Promise<{ readonly label: string; readonly dueAt: Temporal.Instant } | null> {
  for (const { name, label, state, dueAt } of await clocksOf(tx, type, record))
    if (promised[type.name]?.includes(name) && state === "running" && dueAt && isPast(tx, dueAt))
      return { label, dueAt };
  return null;
}

/** Whether a case whose next day has passed is late by what was promised, as SQL over the type’s view; only asked where it has other clocks. */
export function isLateBy(tx: Tx, type: RecordType): RawBuilder<unknown> {
  const names = promised[type.name] ?? [];
  if (Object.keys(type.clocks).every((name) => name === "workTo" || names.includes(name))) return sql`true`;
  return sql`exists (select 1 from clocks c where c.organisation_id = ${tx.actor.organisationId}::uuid and c.record_id = id
    and c.name = any (${names}::text[]) and c.state = 'running' and c.due_at <= ${tx.now.toString()}::timestamptz)`;
}

function isPast(tx: Tx, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, tx.now) <= 0;
}
