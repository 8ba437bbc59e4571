import { diffWordsWithSpace } from "diff";
import { escaped } from "../../kernel/html.ts";
import { toHtml } from "../../kernel/markdown.ts";
import type { DocumentPart } from "../../web/view/models.ts";
import { changedClauses } from "./changed-clauses.ts";
import type { ChangedClause } from "./changed-clauses.ts";
import { clauseAnchor } from "./clauses.ts";
import type { Clause } from "./clauses.ts";

/** Longer texts than this are shown one after the other: to compare them word by word would take too long. Milliseconds, in all. */
const diffMsMax = 300;

/** What differs between two texts, word by word, as HTML that is safe to put on a page: also said to those who hear it. */
export function wordsDiffered(before: string, after: string): string {
  const parts = diffWordsWithSpace(before, after, { timeout: diffMsMax });
  const shown = (
    parts ?? [
      { value: before, added: false, removed: true },
      { value: after, added: true, removed: false },
    ]
  )
    .map(({ value, added, removed }) => {
      const text = escaped(value).replaceAll("\n", "<br>");
      if (added)
        return `<ins><span class="govuk-visually-hidden">[added: </span>${text}<span class="govuk-visually-hidden">]</span></ins>`;
      return removed
        ? `<del><span class="govuk-visually-hidden">[taken out: </span>${text}<span class="govuk-visually-hidden">]</span></del>`
        : text;
    })
    .join("");
  return `<p class="r-diff">${shown}</p>`;
}

/** The clauses that differ, each with its words compared. */
export function changedParts(before: readonly Clause[], after: readonly Clause[]): DocumentPart[] {
  return changedClauses(before, after).map(changedPart);
}

function changedPart({ number, before, after }: ChangedClause): DocumentPart {
  const at = { id: clauseAnchor(number) };
  const one = after ?? before;
  const heading = `${number}. ${one?.heading ?? ""}`;
  if (before === null) return { ...at, heading, tag: { text: "New", tone: "good" }, html: toHtml(after?.text ?? "") };
  if (after === null)
    return { ...at, heading, tag: { text: "Taken out", tone: "bad" }, html: wordsDiffered(before.text, "") };
  const renamed = before.heading === after.heading ? "" : wordsDiffered(before.heading, after.heading);
  return {
    ...at,
    heading,
    tag: { text: "Changed", tone: "info" },
    html: `${renamed}${wordsDiffered(before.text, after.text)}`,
  };
}

/** Clauses as they stand, each at its own address. */
export function clauseParts(
  clauses: readonly Clause[],
  linksOf: (clause: Clause) => DocumentPart["links"] = () => [],
): DocumentPart[] {
  return clauses.map((clause) => ({
    id: clauseAnchor(clause.number),
    heading: `${clause.number}. ${clause.heading}`,
    html: toHtml(clause.text),
    links: linksOf(clause) ?? [],
  }));
}
