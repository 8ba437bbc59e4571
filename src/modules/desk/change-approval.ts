import { handsOf } from "../../kernel/access.ts";
import { refuse, Refusal } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { mustAffect } from "./affected.ts";

type Values = Readonly<Record<string, unknown>>;

/** How many people must authorise a change: two where the risk is high, one of them for high risk; an emergency cannot wait for two. */
export function authorisationsNeeded({ kind, risk }: Values): { readonly people: number; readonly senior: boolean } {
  const high = risk === "high";
  return { people: high && kind !== "emergency" ? 2 : 1, senior: high && kind !== "emergency" };
}

/** What is to be authorised says how it is done and how it is taken back. */
export function guardReadyToAuthorise({ values }: Stored): void {
  mustAffect(values);
  if (!values["steps"]) refuse("steps", "Enter what will be done, step by step. Edit the change first");
  if (!values["backOutPlan"]) refuse("backOutPlan", "Enter how we go back if it does not work. Edit the change first");
  if (values["risk"] !== "low" && !values["testPlan"])
    refuse("testPlan", "Enter how we will know that it works, for its risk is not low. Edit the change first");
}

/** A standard change needs no authorisation of its own as long as its template is in use, and says so. */
export async function guardTemplate(tx: Tx, { values }: Stored): Promise<void> {
  if (values["kind"] !== "standard" || typeof values["template"] !== "string")
    impossible("Only a standard change with a template is authorised by it. Send this one for authorisation");
  mustAffect(values);
  const template = await find(tx, typeNamed(tx.registry, "change_template"), values["template"]);
  if (template.state !== "authorised")
    impossible(`The template ${template.reference} is not authorised now. Send the change for authorisation`);
  if (values["risk"] === "high") impossible("Its risk is high, so the template does not do. Send it for authorisation");
}

/** Authorising, as one who may for high risk or as one who may not. */
export function authorising({ senior }: { readonly senior: boolean }) {
  return {
    guard: (tx: Tx, change: Stored) => guardAuthorising(tx, change, senior),
    /** Takes down who authorised it, and says whether that is enough. */
    sets: (tx: Tx, change: Stored): Values => {
      const line = {
        person: tx.actor.personId,
        at: tx.now.toString({ smallestUnit: "millisecond" }),
        asSenior: senior,
      };
      const authorisations = [...authorisationsOf(change), line];
      const enough = authorisations.length >= authorisationsNeeded(change.values).people;
      return { authorisations, authorisation: enough ? "whole" : "part" };
    },
  };
}

/** Nobody authorises what they wrote, own or sent for authorisation, nor twice; and the last place for high risk is kept for whoever may. */
async function guardAuthorising(tx: Tx, change: Stored, senior: boolean): Promise<void> {
  const hands = handsOf(tx.actor);
  const isHand = (id: unknown) => typeof id === "string" && hands.includes(id);
  if ([change.ownerId, change.values["submittedBy"], ...(await writersOf(tx, change))].some(isHand))
    impossible("A change is authorised by someone other than its owner, whoever wrote it and whoever sent it");
  const given = authorisationsOf(change);
  if (given.some(({ person }) => isHand(person))) impossible("You have authorised it. Somebody else has to as well");
  const needed = authorisationsNeeded(change.values);
  const seniorMissing = needed.senior && !senior && !given.some((line) => line["asSenior"] === true);
  if (seniorMissing && given.length + 1 >= needed.people)
    impossible("Its risk is high, so one of those who authorise it must be allowed to authorise high risk");
}

/** Whoever wrote it, and for whom: its first line and the latest that changed what it says. */
export async function writersOf(tx: Tx, record: Stored): Promise<unknown[]> {
  const written = await timeline(tx, record, { verbs: ["created", "changed"], newestFirst: true, limit: 50 });
  return written.flatMap(({ actorId, body }) => [actorId, body?.for]);
}

function authorisationsOf({ values }: Stored): readonly Line[] {
  // The field is one of lines.
  return (values["authorisations"] ?? []) as readonly Line[];
}

function impossible(message: string): never {
  throw new Refusal("impossible", [{ message }]);
}
