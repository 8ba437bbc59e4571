import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { dueDay, guardDay } from "../handling.ts";
import { guardLate } from "./common.ts";

type Values = Readonly<Record<string, unknown>>;

/** One law counts for every right of a data subject. For what another body asks to be told no law sets a day. */
export function lawOfData({ kind }: Values): { readonly rule: string } | null {
  return kind === "disclosure" ? null : { rule: "sar" };
}

/** By what personal data is withheld, or a right is not given effect: UK GDPR arts 12, 12A and 17 to 21; DPA 2018 schs 2 to 4. */
export const dataExemptions = {
  unfounded: "UK GDPR art 12A manifestly unfounded",
  excessive: "UK GDPR art 12A excessive",
  identity: "UK GDPR art 12(6) not known who asks",
  no_authority: "No authority to act for them",
  art17_3: "UK GDPR art 17(3) needed by law, for claims or public interest",
  art18: "UK GDPR art 18 the grounds are not met",
  art20: "UK GDPR art 20 not by consent or contract",
  art21: "UK GDPR art 21 compelling grounds",
  accurate: "UK GDPR art 16 it is accurate",
  crime: "DPA sch 2 para 2 crime and taxation",
  proceedings: "DPA sch 2 para 5 law and legal proceedings",
  others: "DPA sch 2 para 16 others’ personal data",
  privilege: "DPA sch 2 para 19 legal privilege",
  management: "DPA sch 2 para 22 management forecasts",
  negotiations: "DPA sch 2 para 23 negotiations",
  references: "DPA sch 2 para 24 references",
  health: "DPA sch 3 health data",
  social: "DPA sch 3 social work data",
  education: "DPA sch 3 education data",
  abuse: "DPA sch 3 child abuse data",
  other_law: "DPA sch 4 prohibited by other law",
} as const;

/** The days of what happened to such a request, which the clock counts by. */
export const dataDays = [
  "identityAskedOn",
  "identifiedOn",
  "askedOn",
  "clarifiedOn",
  "feesNoticeOn",
  "feesPaidOn",
  "extendedOn",
] as const;

/** The time can be extended once, by a notice within the first month that says why: UK GDPR art 12A(3). */
export async function guardDataExtension(tx: Tx, request: Stored, values: Values): Promise<void> {
  if (request.values["kind"] === "disclosure") refuse("extendedOn", "No law sets a day for this, so none is extended");
  const before = request.values["extendedOn"];
  if (typeof before === "string" && before !== values["extendedOn"])
    refuse("extendedOn", `It was extended on ${formatDay(before)} already. The law gives one extension`);
  guardDay("extendedOn")(tx, request, values);
  const due = await dueDay(tx, request);
  if (due !== null && String(values["extendedOn"]) > due)
    refuse("extendedOn", `They must be told by ${formatDay(due)}. After that the law gives no more time`);
}

/** Whoever asks for somebody else has shown that they may; the police and other bodies say by what. */
export function guardIdentified(tx: Tx, request: Stored, values: Values): void {
  guardDay("identifiedOn")(tx, request, values);
  if (request.values["kind"] === "third_party" && !request.values["authority"])
    refuse("identifiedOn", "Edit the request first and say by what authority they ask for somebody else");
}

/** What is refused, wholly or in part, names what allows it and gives the reasons that they are told: UK GDPR art 12(4). */
export async function guardDataAnswer(tx: Tx, request: Stored, values: Values): Promise<void> {
  const { decision, exemptions, refusedBecause } = values;
  if (decision === "refused" || decision === "part") {
    if (!(Array.isArray(exemptions) && exemptions.length > 0))
      refuse("exemptions", "Select what allows you to refuse or withhold it");
    if (!refusedBecause) refuse("refusedBecause", "Say why, in words for the person who asked");
  }
  if (request.values["kind"] === "disclosure" && decision !== "refused" && !request.values["basis"])
    refuse("decision", "Edit the request first and say by what law it may be told");
  await guardLate(tx, request, values, ["answer"]);
}

/** How whoever is refused can go on, which no refusal may leave out: UK GDPR art 12(4), DPA 2018 ss 164A, 165 and 167. */
export const howToComplain =
  "If you think that we are wrong, you can complain to us: answer this, or write to our data protection officer. We will acknowledge a complaint within 30 days. You can also complain to the Information Commissioner (ico.org.uk/make-a-complaint, 0303 123 1113), and you can ask a court to order us to comply with the law.";
