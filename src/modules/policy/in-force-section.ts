import { toHtml } from "../../kernel/markdown.ts";
import type { Stored } from "../../kernel/transaction.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { changedClauses } from "./changed-clauses.ts";
import { clausesOf, publishedClauses } from "./clauses.ts";

/**
 * On a policy whose next version is being written: the clauses that hold until it is published, apart from the draft, which stands
 * among its values. Nothing where both are the same, or nothing was published yet.
 */
export function inForceSection(policy: Stored): RecordSection[] {
  const { edition, published } = policy.values;
  if (typeof edition !== "number" || policy.closedAt !== null) return [];
  const inForce = publishedClauses(published);
  const draft = clausesOf(policy);
  const changed = new Map(changedClauses(inForce, draft).map((one) => [one.number, one]));
  if (changed.size === 0) return [];
  const news = draft.filter(({ number }) => changed.get(number)?.before === null).map(({ number }) => number);
  return [
    {
      kind: "fields",
      title: `In force now: version ${edition}`,
      fields: [
        {
          label: "Until the next version is published",
          value: {
            kind: "text",
            text: `These clauses hold. What stands under “Clauses” above is the draft.${news.length === 0 ? "" : ` New there: clause ${news.join(", ")}.`}`,
          },
          wide: true,
        },
        ...inForce.map(({ number, heading, text }) => {
          const change = changed.get(number);
          const note = !change ? "" : change.after === null ? " (the draft leaves it out)" : " (changed in the draft)";
          return {
            label: `Clause ${number}: ${heading}${note}`,
            value: { kind: "html" as const, html: toHtml(text) },
            wide: true,
          };
        }),
      ],
    },
  ];
}
