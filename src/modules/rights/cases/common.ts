import { may } from "../../../kernel/access.ts";
import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { checkReceipt, dueDay, guardDay, today } from "../handling.ts";

type Values = Readonly<Record<string, unknown>>;

/** The product's acknowledgement can be too late for a day that the record names, never before it. */
export const guardAcknowledged = guardDay("acknowledgedOn");

/** A new case of a type came today; of somebody who does not handle such cases it is their own. `more` holds what else it begins with. */
export function newCase(type: string, more: Values = {}): (tx: Tx) => Promise<Values> {
  return (tx) =>
    Promise.resolve({
      receivedOn: today(tx),
      ...more,
      ...(may(tx.actor, type, "handle") ? {} : { requester: tx.actor.personId, receivedBy: "form" }),
    });
}

/** Refuses a day on which nothing can have come, and a case that is about itself by one of these fields. */
export function checkCase(...links: readonly string[]): (tx: Tx, values: Values, before: Stored | null) => void {
  return (tx, values, before) => {
    checkReceipt(tx, values, before);
    const own = before && links.find((name) => values[name] === before.id);
    if (own) refuse(own, "A case cannot be about itself");
  };
}

/** Refuses an answer after its day, by any of these clocks, that does not say why it is late. */
export async function guardLate(tx: Tx, record: Stored, values: Values, clocks: readonly string[]): Promise<void> {
  const due = await dueDay(tx, record, clocks);
  if (due !== null && today(tx) > due && !values["lateBecause"] && !record.values["lateBecause"])
    refuse("lateBecause", `It was due on ${formatDay(due)}. Say why it is late`);
}

/** A closed case stays as it was answered. */
export function lockedWhenClosed({ closedAt, reference }: Stored): string | null {
  return closedAt === null ? null : `${reference} is closed, and stays as it was answered`;
}
