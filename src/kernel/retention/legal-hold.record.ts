import { sql } from "kysely";
import { refuse } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import { defineRecord, field } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { checkAddress } from "./covered.ts";

/** Records that must be kept whatever a schedule says, while a claim, an inquiry or an audit may ask for them. */
export const LegalHold = defineRecord({
  name: "legal_hold",
  label: { one: "Legal hold", many: "Legal holds" },
  reference: "HOLD-{000}",
  path: "legal-holds",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    reason: field.longText({
      label: "Why",
      required: true,
      rows: 3,
      hint: "The claim, inquiry or audit, and its reference",
    }),
    askedBy: field.person({ label: "Asked for by" }),
    records: field.lines({
      label: "Records",
      one: "Record",
      max: 500,
      fields: {
        reference: field.text({ label: "Reference", required: true, max: 40, hint: "Such as INC-00012" }),
        recordId: field.text({ label: "Its id", max: 36, derived: true }),
      },
    }),
    list: field.text({
      label: "A list of records",
      max: 1000,
      hint: "The address of a list with its filters, such as /tickets?kind=request. What comes into it later is held too",
    }),
  },
  states: { current: { label: "In force", tone: "warn" }, released: { label: "Released", final: true } },
  starts: "current",
  moves: {
    release: {
      label: "Release",
      from: ["current"],
      to: "released",
      warning: true,
      comment: { label: "Why it is released", audience: "everyone", required: true },
    },
    restore: { label: "Hold again", from: ["released"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "askedBy", "opened", "state"], sort: "-opened", openOnly: true },
    form: ["name", "reason", "askedBy", "records", "list", "owner"],
  },
  derive: async (tx, values) => {
    if (!Array.isArray(values["records"])) return {};
    // The lines kind gave lines.
    return { records: await withIds(tx, values["records"] as readonly Line[]) };
  },
  check: async (tx, values, before) => {
    // A list that is not understood any more must not keep anybody from releasing the hold.
    if (before?.values["list"] !== values["list"]) await checkAddress(tx, "list", values["list"]);
  },
  referenceData: true,
  empty: "A legal hold keeps records from being disposed of or erased while somebody may need them as evidence.",
});

/** Lines with the ids of the records that their references mean, of whatever type, as the actor sees them. */
async function withIds(tx: Tx, lines: readonly Line[]): Promise<readonly Line[]> {
  const references = lines.map((line) => String(line["reference"]).trim().toUpperCase());
  const { rows } = await sql<{ id: string; reference: string }>`select id, reference from records
    where organisation_id = ${tx.actor.organisationId}::uuid and reference = any (${references}::text[])`.execute(
    tx.db,
  );
  const idOf = new Map(rows.map(({ id, reference }) => [reference, id]));
  return lines.map((line, at) => {
    const reference = references[at] ?? "";
    // Whoever may not see a record that is held already leaves it held.
    const known = typeof line["recordId"] === "string" && line.id !== undefined ? line["recordId"] : undefined;
    const recordId =
      idOf.get(reference) ??
      known ??
      refuse("records", `There is no record ${reference.slice(0, 40)}, or you may not see it`);
    return { ...line, reference, recordId };
  });
}
