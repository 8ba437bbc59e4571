import { offered } from "../../kernel/fields/choice.ts";
import type { ChoiceOptions } from "../../kernel/fields/choice.ts";
import { field } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** The part of a council about whose work information is asked for. An organisation adds its own, and calls these otherwise. */
export const serviceArea = field.choice({
  label: "Service area",
  hint: "Whose information it is about, for the statistics",
  options: {
    adults: "Adult social care",
    children: "Children and schools",
    council_tax: "Council tax and benefits",
    democracy: "Democracy and elections",
    digital: "Digital and technology",
    environment: "Waste, parks and environment",
    finance: "Finance and procurement",
    highways: "Highways and parking",
    housing: "Housing",
    leisure: "Leisure and libraries",
    people: "People and workforce",
    planning: "Planning and building control",
    public_protection: "Licensing and public protection",
    other: "Another or several",
  },
  extendable: true,
});

/** The service areas as the organisation calls them now, without those it retired; “Another or several” is none. */
export function serviceAreasInUse({ registry }: Pick<Tx, "registry">): readonly string[] {
  // The field is this choice, with what the organisation added to it.
  const options = typeNamed(registry, "information_request").fields["area"]!.options as ChoiceOptions;
  return offered(options, []).flatMap(({ value, label }) => (value === "other" ? [] : [label]));
}
