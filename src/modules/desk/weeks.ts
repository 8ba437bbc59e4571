import { refuse } from "../../kernel/errors.ts";
import { first } from "../../web/page.ts";
import type { PageRequest } from "../../web/page.ts";
import type { Filter } from "../../web/view/models.ts";

const choices = [4, 12, 26] as const;
const usual = 12;

/** Over how many weeks the desk’s numbers go. */
export type Weeks = (typeof choices)[number];

/** How many weeks an address asks for. Refuses (invalid) what is no choice. */
export function weeksAsked({ query }: PageRequest): Weeks {
  const asked = first(query, "weeks") || String(usual);
  return (
    choices.find((weeks) => String(weeks) === asked) ?? refuse("weeks", `Period: select ${choices.join(", ")} weeks`)
  );
}

/** The control that chooses them. */
export function weeksFilter(asked: Weeks): Filter {
  return {
    kind: "select",
    name: "weeks",
    label: "Period",
    options: choices.map((weeks) => ({
      value: String(weeks),
      label: `The last ${weeks} weeks`,
      selected: weeks === asked,
    })),
  };
}
