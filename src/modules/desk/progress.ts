import { formatDay } from "../../kernel/fields/date.ts";
import { refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { carryOn, ownIfNobodys } from "./assignment.ts";
import { londonDay } from "./service-level.ts";

type Values = Readonly<Record<string, unknown>>;

/** For how long after it was logged a call counts as solved at first contact: minutes. */
const firstContactMinutes = 60;

/** Whether it was logged too long ago to have been solved while the call lasted. */
export function longAgo(tx: Tx, { openedAt }: Stored): boolean {
  return Temporal.Instant.from(openedAt).until(tx.now).total("minutes") > firstContactMinutes;
}

/** A call that whoever took it solved while it lasted counts as solved at first contact. */
export function solveAtOnce(tx: Tx, record: Stored): Values {
  const atFirstContact = record.createdBy !== null && record.createdBy === tx.actor.personId && !longAgo(tx, record);
  return { ...carryOn(tx, record), firstContact: atFirstContact };
}

/** What comes back was not solved at first contact, whatever was thought then. */
export function wasNotSolved(_tx: Tx, record: Stored): Values {
  return record.values["firstContact"] === true ? { firstContact: false } : {};
}

/** While a partner has it, the ticket waits for them, and says so by name. */
export async function waitForPartner(tx: Tx, record: Stored, values: Values): Promise<Values> {
  mustBeToCome(tx, values["supplierDueOn"], "supplierDueOn", "Partner promised it for");
  return {
    ...ownIfNobodys(tx, record),
    waitingFor: "supplier",
    waitingReason: "A partner has it",
    reviewOn: values["supplierDueOn"],
  };
}

/** Gives whoever asked a receipt of what they were promised: it stands in the conversation, and they are told. */
export async function tellPromise(tx: Tx, after: Stored, values: Values): Promise<void> {
  const day = String(values["promisedOn"]);
  mustBeToCome(tx, day, "promisedOn", "Promised for");
  await say(tx, typeNamed(tx.registry, "ticket"), after, {
    text: `We promise this for ${formatDay(day)}. If that changes, we will write to you here before then.`,
    audience: "everyone",
  });
}

function mustBeToCome(tx: Tx, day: unknown, field: string, label: string): void {
  if (typeof day === "string" && day < londonDay(tx.now)) refuse(field, `${label}: give today or a day to come`);
}
