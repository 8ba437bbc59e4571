import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** What was approved, and what goes with an incident, is what people read: only the product writes down what it said. */
export function checkMessage(tx: Tx, values: Values, before: Stored | null): void {
  const why = before === null ? undefined : settled[before.state];
  if (before === null || why === undefined || tx.actor.personId === null) return;
  const fixed = Object.keys(values).filter(
    (name) => !["owner", "team", "sensitivity", "approvedBy", "closing", "said", "hearAgainAt"].includes(name),
  );
  const changed = fixed.find(
    (name) => JSON.stringify(values[name] ?? null) !== JSON.stringify(before.values[name] ?? null),
  );
  if (changed !== undefined) refuse(changed, why);
}

const settled: Readonly<Record<string, string>> = {
  scheduled: "It is approved as it stands. Send it back to draft to change it, and it is approved again",
  following: "It goes with the incident’s updates, and people have read it so",
};

/** Somebody is told, in some way, and what is shown is shown until some time. */
export function guardSending(tx: Tx, message: Stored): void {
  const { kind, byMail, asBanner, onStatus, showUntil, sendAt } = message.values;
  if (byMail !== true && asBanner !== true && onStatus !== true)
    refuse("byMail", "Say how people are told: by e-mail, across the top of Reeve, or on the status page");
  if (kind === "incident")
    refuse("kind", "News of an incident needs no approval: its updates are passed on as they are");
  const after = typeof sendAt === "string" && sendAt > tx.now.toString() ? sendAt : tx.now.toString();
  if ((asBanner === true || onStatus === true) && (typeof showUntil !== "string" || showUntil <= after))
    refuse("showUntil", "Show it until: give a moment after it is sent");
}

/** The same; and nobody approves what they wrote. */
export async function guardApproving(tx: Tx, message: Stored): Promise<void> {
  guardSending(tx, message);
  if (await ownsOrWrote(tx, message))
    refuse("owner", "A message is approved by someone other than its owner and whoever wrote it last");
}

/** Only an incident that lasts has updates to come, and of a restricted one nobody else may hear. */
export async function guardFollowing(tx: Tx, message: Stored): Promise<void> {
  if (message.values["kind"] !== "incident")
    refuse("kind", "This is a notice: send it for approval. Only news of a major incident goes with its updates");
  if (message.values["byMail"] !== true && message.values["asBanner"] !== true)
    refuse("byMail", "Say how people are told: by e-mail, or across the top of Reeve");
  const incident = await incidentOf(tx, message);
  if (incident.sensitivity !== "normal")
    refuse("majorIncident", `${incident.reference} is restricted, so nothing of it is passed on`);
  if (incident.state !== "open") refuse("majorIncident", `${incident.reference} is over. Tell people by a notice`);
}

/** While an incident lasts, its own updates are what people hear; it ends with the one that resolves it. */
export async function guardClosing(tx: Tx, message: Stored): Promise<void> {
  const incident = await incidentOf(tx, message);
  if (incident.state === "open")
    throw new Refusal("impossible", [
      {
        message: `${incident.reference} is still under way. Resolve it there, or stand it down, and say here how it ended`,
      },
    ]);
  if (typeof message.values["closing"] === "string")
    throw new Refusal("impossible", [{ message: "People are being told how it ended" }]);
}

/** The last that people hear. */
export function saysLast(tx: Tx, message: Stored, values: Values): Values {
  return { said: withSaid(tx, message, [String(values["closing"])]), hearAgainAt: null };
}

/** What a message has said, with more of it. */
export function withSaid(tx: Tx, message: Stored, texts: readonly string[]): readonly Line[] {
  const at = momentOf(tx.now);
  return [...saidOf(message), ...texts.map((text) => ({ at, text }))];
}

/** What a message has said, in its order. */
export function saidOf({ values }: Stored): readonly Line[] {
  // The field is one of lines.
  return (values["said"] ?? []) as readonly Line[];
}

/** The major incident whose updates a message passes on, as the actor sees it. */
export function incidentOf(tx: Tx, message: Stored): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "major_incident"), String(message.values["majorIncident"]));
}

/** What was sent stays as it was. */
export function isLocked({ state }: Stored): string | null {
  if (state === "sent") return "It has been sent, so it stays as it was";
  return state === "cancelled" ? "It was cancelled, so it stays as it was" : null;
}

/** A moment as fields hold it. */
export function momentOf(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: "millisecond" });
}
