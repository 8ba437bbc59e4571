import { formatDay } from "../../kernel/fields/date.ts";
import { refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { carryOn, ownIfNobodys } from "./assignment.ts";
import { londonDay, reviewNoLaterThan } from "./service-level.ts";

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
    waitingReason: await whoHasIt(tx, values["supplier"]),
    reviewOn: await lookAgainOn(tx, record, values["supplierDueOn"]),
  };
}

/** What a partner promises anew is when the ticket is looked at again; without a new day that stays as it is. */
export async function waitOnForPartner(tx: Tx, record: Stored, values: Values): Promise<Values> {
  const day = values["supplierDueOn"] ?? null;
  if (day === null || day === record.values["supplierDueOn"]) return {};
  mustBeToCome(tx, day, "supplierDueOn", "Partner promised it for");
  return { reviewOn: await lookAgainOn(tx, record, day) };
}

/** The day that a partner promised, or the last on which the policy lets a pause be looked at again. */
async function lookAgainOn(tx: Tx, record: Stored, promised: unknown): Promise<unknown> {
  const last = (await reviewNoLaterThan(tx, record.values["queue"])).toString();
  return typeof promised === "string" && promised > last ? last : promised;
}

/** What is missing is refused with the other gaps. */
async function whoHasIt(tx: Tx, supplier: unknown): Promise<string> {
  if (typeof supplier !== "string") return "A partner has it";
  return `${(await find(tx, typeNamed(tx.registry, "supplier"), supplier)).title} has it`;
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
