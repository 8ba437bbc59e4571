import { can, defineRecord, field } from "../../kernel/record.ts";
import { guardConfirming } from "./attesting.ts";

/** That one person has read and confirmed one version of a policy: bound to the fingerprint of its words. */
export const Attestation = defineRecord({
  name: "attestation",
  label: { one: "Confirmation", many: "Confirmations" },
  reference: "CNF-{00000}",
  path: "confirmations",
  fields: {
    title: field.text({ label: "What is confirmed", is: "title", required: true, max: 300 }),
    policy: field.link({ label: "Policy", to: "policy", required: true, fixed: true }),
    edition: field.wholeNumber({ label: "Version", readOnly: true }),
    wordsHash: field.text({ label: "Fingerprint of its words", max: 64, readOnly: true }),
    owner: field.person({ label: "Who confirms", is: "owner", readOnly: true }),
    dueOn: field.date({ label: "Confirm by", readOnly: true }),
    answers: field.text({
      label: "Your answers",
      hint: "One letter for each question in their order, such as: b a c",
      max: 20,
      askedByMoveOnly: true,
    }),
    confirmedAt: field.moment({ label: "Confirmed", readOnly: true }),
    chasedOn: field.date({ label: "Reminded on", readOnly: true }),
  },
  states: {
    waiting: { label: "To be read", tone: "warn" },
    confirmed: { label: "Confirmed", tone: "good", final: true },
    void: { label: "No longer needed", final: true },
  },
  starts: "waiting",
  moves: {
    confirm: {
      label: "Confirm that you have read it",
      from: ["waiting"],
      to: "confirmed",
      asks: ["answers"],
      who: can("confirm"),
      guard: guardConfirming,
      sets: (tx) => ({ confirmedAt: tx.now.toString({ smallestUnit: "millisecond" }) }),
    },
    excuse: {
      label: "It is no longer needed",
      from: ["waiting"],
      to: "void",
      who: can("handle"),
      comment: { label: "Why", audience: "everyone" },
    },
  },
  clocks: { confirm: { rule: "day", label: "Confirm by", day: "dueOn", runsIn: ["waiting"] } },
  views: {
    list: {
      columns: ["reference", "title", "owner", "team", "state", "due", "confirmedAt"],
      sort: "due",
      filters: ["policy", "edition", "owner", "team"],
      openOnly: true,
    },
    form: ["title", "policy"],
    page: ["policy", "edition", "dueOn", "confirmedAt", "answers", "chasedOn", "wordsHash"],
  },
  productOnly: true,
  empty: "When a policy changes materially, whoever must read it is asked here. Nobody has been asked yet.",
});
