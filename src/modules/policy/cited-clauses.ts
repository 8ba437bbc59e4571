import { field } from "../../kernel/record.ts";

/** Clauses of policies that a record rests on: when one changes materially, whoever has the record is told. */
export function citedClauses() {
  return field.lines({
    label: "Policy clauses that it rests on",
    one: "Clause",
    max: 50,
    sparse: true,
    fields: {
      policy: field.link({ label: "Policy", to: "policy", required: true }),
      clause: field.wholeNumber({ label: "Clause", hint: "Leave it empty for the whole policy", min: 1, max: 999 }),
    },
  });
}
