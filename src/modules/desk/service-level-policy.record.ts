import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { defineRecord, field } from "../../kernel/record.ts";
import { sameValue } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { londonDay } from "./service-level.ts";

const oneToThree = { min: 1, max: 3 };
const priority = { min: 1, max: 5 };

/** What deadlines follow from: what has held stays as it was, and another policy takes its place. */
const ruled = ["queue", "validFrom", "countsWhileResolved", "reopenGrace", "matrix", "targets"] as const;

/** What a queue promises from a day to a day: the matrix from impact and urgency to priority, and the times for each. */
export const ServiceLevelPolicy = defineRecord({
  name: "service_level_policy",
  label: { one: "Service level policy", many: "Service level policies" },
  reference: "SLP-{000}",
  path: "service-level-policies",
  dated: { by: ["queue"] },
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    queue: field.link({ label: "Queue", to: "queue", required: true }),
    countsWhileResolved: field.yesNo({ label: "Time between resolved and reopened counts" }),
    reopenGrace: field.duration({
      label: "Working time given after reopening",
      hint: "Like 4h. Used when less than this is left",
    }),
    pauseDaysMax: field.wholeNumber({
      label: "Days until a pause is looked at again, at most",
      hint: "Whoever lets a ticket wait says when to ask again, no later than this. 14 unless you say",
      min: 1,
      max: 365,
    }),
    warnings: field.lines({
      label: "Warnings",
      hint: "Without any: at 50, 75 and 90 percent. Once it is missed, everybody is told",
      one: "Warning",
      max: 6,
      fields: {
        percent: field.wholeNumber({ label: "Percent of the time gone", required: true, min: 1, max: 99 }),
      },
    }),
    matrix: field.lines({
      label: "Priorities",
      one: "Combination",
      max: 9,
      fields: {
        impact: field.wholeNumber({ label: "Impact", required: true, ...oneToThree }),
        urgency: field.wholeNumber({ label: "Urgency", required: true, ...oneToThree }),
        priority: field.wholeNumber({ label: "Priority", required: true, ...priority }),
      },
    }),
    targets: field.lines({
      label: "Targets",
      hint: "Respond: until the first word to whoever asked. Resolve: until it is solved",
      one: "Target",
      max: 5,
      fields: {
        priority: field.wholeNumber({ label: "Priority", required: true, ...priority }),
        respond: field.duration({ label: "Respond within" }),
        resolve: field.duration({ label: "Resolve within" }),
      },
    }),
  },
  states: { agreed: { label: "Agreed", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "agreed",
  moves: { withdraw: { label: "Withdraw", from: ["agreed"], to: "withdrawn", warning: true } },
  views: {
    list: {
      columns: ["reference", "name", "queue", "validFrom", "validUntil", "state"],
      sort: "name",
      filters: ["queue"],
      openOnly: true,
    },
    form: [
      "name",
      "queue",
      "validFrom",
      "validUntil",
      "countsWhileResolved",
      "reopenGrace",
      "pauseDaysMax",
      "warnings",
      "matrix",
      "targets",
    ],
  },
  check: async (tx, values, before) => {
    const day = londonDay(tx.now);
    if (!before || String(before.values["validFrom"]) >= day) return;
    const rewritten = ruled.find((name) => !sameValue(before.values[name], values[name]));
    if (rewritten !== undefined && (await isUsed(tx, before)))
      refuse(
        rewritten,
        "This policy has held since before today, and tickets have their deadlines by it. Say until when it holds, and make another that holds from the day after",
      );
    const until = values["validUntil"];
    if (!sameValue(before.values["validUntil"], until) && typeof until === "string" && until < day)
      refuse("validUntil", "Holds until: give today or a day to come, for until now it has held");
  },
  deadlinesBy: [...ruled, "validUntil"],
  referenceData: true,
  empty: "A policy says what the desk promises for each priority, from a day onwards.",
});

/** Whether the deadline of any record was counted by this policy. */
async function isUsed(tx: Tx, policy: Stored): Promise<boolean> {
  const { rows } = await sql`select 1 from clocks where organisation_id = ${tx.actor.organisationId}::uuid
    and starts_with(policy_version, ${`${policy.reference} version `}) limit 1`.execute(tx.db);
  return rows.length > 0;
}
