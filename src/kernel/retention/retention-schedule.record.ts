import { refuse } from "../errors.ts";
import { everyList, everyType } from "../fields/registered.ts";
import type { Types } from "../fields/registered.ts";
import { defineRecord, field } from "../record.ts";
import type { RecordType } from "../record.ts";
import { checkAddress } from "./covered.ts";

/** How long records of a type are kept, from when, what then becomes of them, and by which authority. */
export const RetentionSchedule = defineRecord({
  name: "retention_schedule",
  label: { one: "Retention schedule", many: "Retention schedules" },
  reference: "RET-{000}",
  path: "retention-schedules",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    recordType: field.registered({
      label: "Type of record",
      required: true,
      from: (types) => everyType(new Map([...types].filter(([, type]) => disposable(type)))),
      leadsTo: everyList,
      hint: "Only records that are closed are disposed of",
    }),
    list: field.text({
      label: "Only those in a list",
      max: 1000,
      hint: "The address of a list with its filters, such as /tickets?kind=request. Empty for all of them",
    }),
    countsFrom: field.registered({
      label: "Kept from",
      required: true,
      from: everyMoment,
      hint: "When it was closed, opened or last changed, or a date among its fields",
    }),
    years: field.wholeNumber({ label: "Years", required: true, min: 0, max: 150 }),
    months: field.wholeNumber({ label: "And months", min: 0, max: 11 }),
    action: field.choice({
      label: "Then",
      required: true,
      default: "destroy",
      options: {
        destroy: "Destroy, once approved",
        review: "Review each, and then destroy or keep it",
        anonymise: "Make anonymous, once approved: figures stay",
      },
    }),
    authority: field.longText({
      label: "Authority",
      required: true,
      rows: 2,
      hint: "The law, or the council’s own decision, and why so long",
    }),
  },
  states: { current: { label: "In force", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: {
      columns: ["reference", "name", "recordType", "countsFrom", "years", "action", "state"],
      sort: "name",
      openOnly: true,
    },
    form: ["name", "recordType", "list", "countsFrom", "years", "months", "action", "authority"],
  },
  check: async (tx, values, before) => {
    const all = { ...before?.values, ...values };
    const type = tx.registry.types.get(String(all["recordType"]));
    if (!type || !disposable(type)) {
      const names = [...tx.registry.types.values()].filter(disposable).map(({ label }) => label.many);
      refuse("recordType", `Records that can be disposed of by a schedule are: ${names.join(", ")}`);
    }
    const moments = momentsOf(type);
    if (!moments.includes(String(all["countsFrom"])))
      refuse(
        "countsFrom",
        `They can be kept from: ${moments.map((name) => momentLabels[name] ?? type.fields[name]?.options.label).join(", ")}`,
      );
    if (Number(all["years"] ?? 0) * 12 + Number(all["months"] ?? 0) < 1)
      refuse("years", "They must be kept for a month at least");
    // One that is not understood any more must not keep anybody from withdrawing the schedule.
    const covered = before?.values["list"] === all["list"] ? null : await checkAddress(tx, "list", all["list"]);
    if (covered && covered.type.name !== type.name)
      refuse("list", `The list must be one of ${type.label.many.toLowerCase()}`);
  },
  empty:
    "A retention schedule says how long records are kept and by which authority. What is due is listed for approval.",
});

/** Whether records of a type can be disposed of: not people, nor what rules are read from, nor the proof of disposals, nor parts, which go with their whole. */
export function disposable(type: RecordType): boolean {
  return (
    !type.referenceData &&
    type.partOf.length === 0 &&
    !["person", "team", "retention_schedule", "disposal"].includes(type.name)
  );
}

const momentLabels: Readonly<Record<string, string>> = { closed: "Closed", opened: "Opened", updated: "Last changed" };

/** Every moment from which records of some type can be kept: a date says of which types it is. */
function everyMoment(types: Types): Readonly<Record<string, string>> {
  const found: Record<string, string> = { ...momentLabels };
  for (const type of [...types.values()].filter(disposable))
    for (const name of momentsOf(type).filter((one) => !Object.hasOwn(momentLabels, one))) {
      const among = type.label.many.toLowerCase();
      found[name] = Object.hasOwn(found, name)
        ? found[name]!.replace(/\)$/, `, ${among})`)
        : `${type.fields[name]!.options.label} (${among})`;
    }
  return found;
}

/** From when records of a type can be kept: moments that each has, and its dates. */
export function momentsOf(type: RecordType): string[] {
  const dates = Object.entries(type.fields).filter(([, { kind }]) => kind.filter === "date-range");
  return ["closed", "opened", "updated", ...dates.map(([name]) => name)];
}
