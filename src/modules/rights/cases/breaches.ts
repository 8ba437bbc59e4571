import { may } from "../../../kernel/access.ts";
import { breach } from "../../../kernel/clocks/breach.ts";
import { refuse, Refusal } from "../../../kernel/errors.ts";
import { formatMoment } from "../../../kernel/fields/moment.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { guardDay, today } from "../handling.ts";

type Values = Readonly<Record<string, unknown>>;

/** Of a new breach the council is aware from when it is written down, unless it was before. */
export function newBreach(tx: Tx): Promise<Values> {
  const now = tx.now.toString({ smallestUnit: "millisecond" });
  const own = !may(tx.actor, "data_breach", "handle");
  return Promise.resolve({
    sensitivity: "restricted",
    discoveredAt: now,
    awareAt: now,
    ...(own ? { requester: tx.actor.personId } : {}),
  });
}

/** Moments that have been, in their order: nobody is aware of what is not discovered yet. */
export function checkBreach(tx: Tx, values: Values): void {
  for (const [name, label] of [
    ["happenedAt", "It happened"],
    ["discoveredAt", "It was discovered"],
    ["awareAt", "The council was aware"],
  ] as const) {
    const at = momentOf(values[name]);
    if (at && Temporal.Instant.compare(at, tx.now) > 0) refuse(name, `${label}: give a moment that has been`);
  }
  const [discovered, aware] = [momentOf(values["discoveredAt"]), momentOf(values["awareAt"])];
  if (discovered && aware && Temporal.Instant.compare(aware, discovered) < 0)
    refuse("awareAt", "The council cannot be aware of it before it was discovered");
}

/** Told in 72 hours, or with the reasons for the delay: UK GDPR art 33(1). */
export function guardNotified(tx: Tx, { values: stored }: Stored, values: Values): void {
  const told = momentOf(values["notifiedAt"]);
  const aware = momentOf(stored["awareAt"]);
  if (!told || !aware) return;
  if (Temporal.Instant.compare(told, tx.now) > 0) refuse("notifiedAt", "Give a moment that has been");
  if (Temporal.Instant.compare(told, aware) < 0)
    refuse("notifiedAt", `The council was aware of it from ${formatMoment(aware.toString())}. Give a later moment`);
  const { due } = breach(aware, "Europe/London", false);
  if (Temporal.Instant.compare(told, due) > 0 && !values["lateBecause"] && !stored["lateBecause"])
    refuse(
      "lateBecause",
      `The 72 hours ended on ${formatMoment(due.toString())}. Say why the regulator was told later`,
    );
}

/** The regulator need not be told only where a risk to people is unlikely: UK GDPR art 33(1). */
export function guardNotNotified(_tx: Tx, { values }: Stored): void {
  if (values["risk"] !== "unlikely")
    throw new Refusal("impossible", [
      {
        message:
          "By its assessment it is a risk to people, so the regulator must be told. Assess it anew if that was wrong",
      },
    ]);
}

/** What was assessed as a risk to people is a breach of their data, and goes to no desk. */
export function guardNoBreach(_tx: Tx, { values }: Stored): void {
  if (values["risk"] === "risk" || values["risk"] === "high")
    throw new Refusal("impossible", [
      { message: "By its assessment it is a risk to people, so it is a breach. Assess it anew if that was wrong" },
    ]);
}

/** The people are told on a day that has been. */
export function guardPeopleTold(tx: Tx, breachRecord: Stored, values: Values): void {
  guardDay("peopleToldOn")(tx, breachRecord, values);
  const aware = momentOf(breachRecord.values["discoveredAt"]);
  const from = aware?.toZonedDateTimeISO("Europe/London").toPlainDate().toString() ?? today(tx);
  if (String(values["peopleToldOn"]) < from) refuse("peopleToldOn", "Give the day of its discovery or a later one");
}

/** Of a high risk the people are told, or it is said why not: UK GDPR art 34. Each is assessed before it is closed. */
export function guardClosed(_tx: Tx, { values }: Stored): void {
  const { risk, peopleToldOn, peopleNotToldBecause } = values;
  if (!risk) throw new Refusal("impossible", [{ message: "Assess the risk first. The register asks for it" }]);
  if (risk === "high" && !peopleToldOn && !peopleNotToldBecause)
    throw new Refusal("impossible", [
      { message: "It is a high risk to the people. Tell them first, or say why they need not be told" },
    ]);
}

function momentOf(value: unknown): Temporal.Instant | null {
  return typeof value === "string" ? Temporal.Instant.from(value) : null;
}
