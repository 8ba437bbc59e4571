import { formatDay } from "../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { DocumentPage, Link } from "../../web/view/models.ts";
import { usesPortal } from "../portal/module.ts";
import { clausesOf, publishedClauses } from "./clauses.ts";
import type { Clause } from "./clauses.ts";
import { whyNotConsulted } from "./consultation.ts";
import { commentHref, exceptionLinks } from "./policy-links.ts";
import { clauseParts } from "./show-changes.ts";
import { policyShell, versionHref } from "./version-pages.ts";

/** A policy for those who keep to it: what is in force, or what they are asked about, clause by clause. */
export async function policyFace(page: PageRequest, tx: Tx, policy: Stored): Promise<PageAnswer | null> {
  if (!usesPortal(tx.actor)) return null;
  const isAsked = (await whyNotConsulted(tx, policy)) === null;
  const edition = policy.values["edition"];
  if (!isAsked && typeof edition !== "number") return null;
  const clauses = isAsked ? clausesOf(policy) : publishedClauses(policy.values["published"]);
  const model: DocumentPage = {
    shell: await policyShell(page, tx, policy.title),
    back: { text: "Policies", href: "/policies" },
    caption: policy.reference,
    title: policy.title,
    ...tagOf(policy, isAsked),
    lead: String(policy.values["purpose"] ?? ""),
    notes: notesOf(policy, isAsked),
    links: [
      ...(isAsked ? [{ text: "Comment on the whole of it", href: commentHref(policy) }] : []),
      ...(typeof edition === "number" ? [{ text: "Versions, and what changed", href: versionHref(tx, policy) }] : []),
      { text: "Everything about it", href: "?tab=details" },
    ],
    groups: [{ parts: clauseParts(clauses, (clause) => linksOf(tx, policy, { clause, isAsked })) }],
  };
  return { page: "document", model };
}

function tagOf({ state, values }: Stored, isAsked: boolean): Pick<DocumentPage, "tag"> {
  if (isAsked) return { tag: { text: "Tell us what you think", tone: "warn" } };
  if (state === "withdrawn" || state === "superseded") return { tag: { text: "No longer in force", tone: "bad" } };
  return { tag: { text: `In force, version ${String(values["edition"])}`, tone: "good" } };
}

function notesOf({ state, values }: Stored, isAsked: boolean): string[] {
  const { audience, publishedOn, consultUntil } = values;
  return [
    ...(typeof audience === "string" && audience !== "" ? [`It applies to: ${audience}`] : []),
    ...(isAsked && typeof consultUntil === "string"
      ? [`This is proposed and not in force yet. Comment on its clauses until ${formatDay(consultUntil)}.`]
      : typeof publishedOn === "string"
        ? [`Published on ${formatDay(publishedOn)}.`]
        : []),
    ...(!isAsked && ["draft", "consultation", "awaiting_approval", "approved", "under_review"].includes(state)
      ? ["The next version is being worked on. Until it is published, this one holds."]
      : []),
  ];
}

/** What can be done from a clause. */
function linksOf(tx: Tx, policy: Stored, { clause, isAsked }: { clause: Clause; isAsked: boolean }): Link[] {
  return isAsked
    ? [{ text: `Comment on clause ${clause.number}`, href: commentHref(policy, clause.number) }]
    : exceptionLinks(tx, policy, clause);
}
