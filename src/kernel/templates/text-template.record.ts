import { everyList, everyType } from "../fields/registered.ts";
import { defineRecord, field } from "../record.ts";
import { checkAddressee, checkPlaces } from "./fill.ts";

/** Words that are written often, with the record's own values in their places. */
export const TextTemplate = defineRecord({
  name: "text_template",
  label: { one: "Text template", many: "Text templates" },
  reference: "TPL-{000}",
  path: "text-templates",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    recordType: field.registered({
      label: "For which type of record",
      from: everyType,
      leadsTo: everyList,
      hint: "Empty for every type",
    }),
    text: field.longText({
      label: "Text",
      required: true,
      max: 5000,
      rows: 8,
      hint: "What stands in double braces is filled in: {{reference}}, {{title}}, {{state}}, or a field’s name or label",
    }),
  },
  states: { current: { label: "In use", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "recordType", "updated", "state"], sort: "name", openOnly: true },
    form: ["name", "recordType", "text"],
  },
  check: (tx, values, before) => {
    const all = { ...before?.values, ...values };
    const type = checkAddressee(tx.registry, all["recordType"]);
    if (type) checkPlaces(type, String(all["text"] ?? ""), "text");
  },
  referenceData: true,
  empty:
    "A text template saves writing the same words again. Officers begin a comment, or what a move asks them to say, with one.",
});
