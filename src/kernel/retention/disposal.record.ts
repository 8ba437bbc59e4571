import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import { everyList, everyType } from "../fields/registered.ts";
import type { Stored, Tx } from "../transaction.ts";
import { can, defineRecord, field } from "../record.ts";

/** Records that are due by a schedule: listed, approved by a person, destroyed; and afterwards the certificate of it. */
export const Disposal = defineRecord({
  name: "disposal",
  label: { one: "Disposal", many: "Disposals" },
  reference: "DSP-{0000}",
  path: "disposals",
  fields: {
    title: field.text({ label: "What", is: "title", required: true, max: 200 }),
    schedule: field.link({ label: "Schedule", to: "retention_schedule", reverse: "Disposals under it" }),
    recordType: field.registered({ label: "Type of record", from: everyType, leadsTo: everyList }),
    action: field.choice({
      label: "What becomes of them",
      options: { destroy: "Destroyed", anonymise: "Made anonymous: figures stay" },
      readOnly: true,
    }),
    authority: field.longText({ label: "Authority", rows: 2 }),
    listed: field.wholeNumber({ label: "Records listed", min: 0, max: 1_000_000, readOnly: true }),
    approvedBy: field.person({ label: "Approved by", readOnly: true }),
    approvedAt: field.moment({ label: "Approved", readOnly: true }),
    destroyed: field.wholeNumber({
      label: "Records destroyed or made anonymous",
      min: 0,
      max: 1_000_000,
      readOnly: true,
    }),
    kept: field.wholeNumber({ label: "Records kept", min: 0, max: 1_000_000, readOnly: true }),
    doneAt: field.moment({ label: "Done", readOnly: true }),
  },
  states: {
    listed: { label: "Waiting for approval", tone: "warn", waitsFor: can("dispose") },
    approved: { label: "Approved", tone: "info" },
    done: { label: "Done", tone: "good", final: true },
    declined: { label: "Declined", final: true },
  },
  starts: "listed",
  moves: {
    approve: {
      label: "Approve the destruction",
      from: ["listed"],
      to: "approved",
      who: can("dispose"),
      warning: true,
      guard: mustBeDecided,
      sets: (tx) => ({ approvedBy: tx.actor.personId, approvedAt: tx.now.toString({ smallestUnit: "millisecond" }) }),
    },
    decline: {
      label: "Decline",
      from: ["listed"],
      to: "declined",
      who: can("dispose"),
      comment: { label: "Why", audience: "everyone", required: true },
    },
    finish: {
      label: "Say that it is done",
      from: ["approved"],
      to: "done",
      who: can("change"),
      sets: counted,
    },
  },
  views: {
    list: {
      columns: ["reference", "title", "schedule", "listed", "destroyed", "approvedBy", "opened", "state"],
      sort: "-opened",
      filters: ["schedule"],
    },
    form: ["title", "schedule", "recordType", "authority"],
    page: [
      "schedule",
      "recordType",
      "action",
      "authority",
      "listed",
      "approvedBy",
      "approvedAt",
      "destroyed",
      "kept",
      "doneAt",
    ],
  },
  productOnly: true,
  empty: "What is due by a retention schedule is listed here for approval. Reeve looks each hour.",
});

/** Refuses (impossible) while a record that it lists waits for a decision, or none is to be destroyed. */
async function mustBeDecided(tx: Tx, { id }: Stored): Promise<void> {
  const many = await outcomes(tx, id);
  const left = many("undecided");
  const message =
    left > 0
      ? `Say first of each record whether it is destroyed or kept: ${left} ${left === 1 ? "is" : "are"} not decided`
      : "None of the records that it lists is to be destroyed. Decline it";
  if (left > 0 || many("listed") === 0) throw new Refusal("impossible", [{ message }]);
}

/** How many of the records that it lists have an outcome. */
async function outcomes(tx: Tx, id: string): Promise<(outcome: string) => number> {
  const { rows } = await sql<{ outcome: string; many: number }>`select outcome, count(*) as many from disposal_items
    where organisation_id = ${tx.actor.organisationId}::uuid and disposal_id = ${id}::uuid group by outcome`.execute(
    tx.db,
  );
  return (outcome) => rows.find((row) => row.outcome === outcome)?.many ?? 0;
}

/** What became of the records that it lists. Refuses (impossible) while some of them are still to be dealt with. */
async function counted(tx: Tx, { id }: Stored): Promise<Readonly<Record<string, unknown>>> {
  const of = await outcomes(tx, id);
  if (of("listed") > 0)
    throw new Refusal("impossible", [{ message: "Reeve is still at work on it, and says itself when it is done" }]);
  return {
    destroyed: of("destroyed") + of("anonymised"),
    kept: of("held") + of("kept"),
    doneAt: tx.now.toString({ smallestUnit: "millisecond" }),
  };
}
