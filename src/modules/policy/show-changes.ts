import { diffWordsWithSpace } from "diff";
import type { Change } from "diff";
import { escaped } from "../../kernel/html.ts";
import { toHtml } from "../../kernel/markdown.ts";
import type { DocumentPart } from "../../web/view/models.ts";
import { changedClauses } from "./changed-clauses.ts";
import type { ChangedClause } from "./changed-clauses.ts";
import { clauseAnchor } from "./clauses.ts";
import type { Clause } from "./clauses.ts";

/** Where to compare takes longer than this, the texts are shown one after the other. Milliseconds. */
const diffMsMax = 300;

/** What differs between two texts, word by word, as HTML that is safe to put on a page: also said to those who hear it. */
export function wordsDiffered(before: string, after: string): string {
  const parts = diffWordsWithSpace(before, after, { timeout: diffMsMax }) ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  return `<p class="r-diff">${inRuns(parts).map(runHtml).join("")}</p>`;
}

/** A stretch of text: the same in both, or what was taken out and what stands in its place. */
type Run = { readonly same: string } | { readonly removed: string; readonly added: string };

type Part = Pick<Change, "value" | "added" | "removed">;

/** Changes with nothing but a space between them are one, so that they read as phrases and not word by word. */
function inRuns(parts: readonly Part[]): readonly Run[] {
  const runs: Run[] = [];
  let removed = "";
  let added = "";
  const end = () => {
    if (removed !== "" || added !== "") runs.push({ removed, added });
    removed = added = "";
  };
  for (const [at, part] of parts.entries()) {
    const next = parts[at + 1];
    const isBetween = /^\s*$/.test(part.value) && removed + added !== "" && (next?.added || next?.removed);
    if (!part.added && !part.removed && !isBetween) {
      end();
      runs.push({ same: part.value });
    } else {
      if (!part.added) removed += part.value;
      if (!part.removed) added += part.value;
    }
  }
  end();
  return runs;
}

function runHtml(run: Run): string {
  const marked = (tag: "ins" | "del", said: string, text: string) =>
    text.trim() === ""
      ? shown(text)
      : `<${tag}><span class="govuk-visually-hidden">[${said}: </span>${shown(text)}<span class="govuk-visually-hidden">]</span></${tag}>`;
  return "same" in run
    ? shown(run.same)
    : `${marked("del", "taken out", run.removed)}${marked("ins", "added", run.added)}`;
}

function shown(text: string): string {
  return escaped(text).replaceAll("\n", "<br>");
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
