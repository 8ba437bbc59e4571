import { can, defineRecord, field } from "../../../kernel/record.ts";
import { checkRedaction, copyFollows, guardCopied, guardMarked, newRedaction, startCopy } from "./handling.ts";
import { marksMax } from "./marks.ts";
import { kinds } from "./patterns.ts";
import { sections } from "./sections.ts";

/** A PDF of which a copy is made without what the law allows to withhold. The original stays here, seen by few. */
export const Redaction = defineRecord({
  name: "redaction",
  label: { one: "Redaction", many: "Redactions" },
  reference: "RED-{00000}",
  path: "redactions",
  fields: {
    title: field.text({
      label: "Document",
      is: "title",
      required: true,
      max: 120,
      hint: "What it is, without naming anybody: it goes onto the copy and the schedule",
    }),
    request: field.link({
      label: "For the request",
      to: "information_request",
      reverse: "Redactions",
      sparse: true,
      hint: "The copy is put there, in an internal comment",
    }),
    dataRequest: field.link({
      label: "For the data protection request",
      to: "data_protection_request",
      reverse: "Redactions",
      sparse: true,
      hint: "The copy is put there, in an internal comment",
    }),
    original: field.file({
      label: "PDF to redact",
      hint: "At most 25 MB and 500 pages. It stays as it is, and is seen only by whoever sees this record",
    }),
    marks: field.lines({
      label: "Marks",
      one: "Mark",
      max: marksMax,
      fields: {
        page: field.wholeNumber({ label: "Page", required: true, min: 1, max: 500 }),
        section: field.choice({ label: "Section", required: true, options: sections }),
        kind: field.choice({ label: "What it is", required: true, options: kinds }),
        // Left, top, width and height on the page as it is displayed, in tenths of a point.
        box: field.text({ label: "Where", required: true, max: 40 }),
      },
    }),
    copy: field.file({ label: "Redacted copy", readOnly: true }),
    pages: field.wholeNumber({ label: "Pages", readOnly: true }),
    proof: field.text({ label: "Proof", readOnly: true, max: 500 }),
    failure: field.text({ label: "Why no copy was made", readOnly: true, max: 500 }),
  },
  states: {
    marking: { label: "Being marked", tone: "info" },
    making: { label: "Copy is being made", tone: "warn" },
    done: { label: "Redacted", tone: "good", final: true },
    given_up: { label: "Given up", final: true },
  },
  starts: "marking",
  moves: {
    make: {
      label: "Make the redacted copy",
      from: ["marking"],
      to: "making",
      who: can("handle"),
      guard: guardMarked,
      sets: () => ({ failure: null }),
      follows: copyFollows,
      effects: startCopy,
    },
    finish: {
      label: "The copy is proved",
      from: ["making"],
      to: "done",
      who: can("handle"),
      guard: guardCopied,
      // The product makes it, in the transaction that keeps the copy.
      pointless: (_tx, { values }) => typeof values["copy"] !== "string",
    },
    back: { label: "Go back to marking", from: ["making"], to: "marking", who: can("handle") },
    give_up: { label: "Give it up", from: ["marking"], to: "given_up", who: can("handle"), warning: true },
  },
  views: {
    list: {
      columns: ["reference", "title", "request", "state", "owner", "updated"],
      sort: "-updated",
      filters: ["owner", "request", "dataRequest"],
    },
    form: ["title", "request", "dataRequest", "original", "owner", "team", "sensitivity"],
    page: ["copy", "proof", "failure", "request", "dataRequest", "original", "pages"],
  },
  defaults: newRedaction,
  check: checkRedaction,
  locked: ({ state, reference }) =>
    state === "marking" ? null : `${reference} is no longer being marked, so it stays as it is`,
  partOf: ["request", "dataRequest"],
  empty: "A PDF that is to go out without some of what it says is marked here, and a copy is made that truly lacks it.",
});
