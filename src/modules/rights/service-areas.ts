import { field } from "../../kernel/record.ts";

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
