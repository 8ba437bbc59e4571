import { may } from "../../kernel/access.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import type { FieldValue, RecordSection } from "../../web/view/models.ts";
import { affectedIds } from "./affected.ts";
import { linkedTickets } from "./linked-tickets.ts";
import { isFromCatalogue } from "./request-steps.ts";
import { wordsOf } from "./words-alike.ts";

/** The tickets of a problem; once it is resolved, those that wait for it can be resolved together. */
export function problemSections(tx: Tx, problem: Stored): Promise<RecordSection[]> {
  return linkedTickets(tx, problem, {
    by: "problem",
    title: "Tickets of this problem",
    offer: {
      label: "Next",
      text: "Resolve the {n} that wait for it: what becomes of each is shown first",
      states: ["waiting_problem"],
      when: ["resolved", "closed"],
    },
  });
}

/** On a ticket: the workaround of its problem; on one that has none and is not resolved, known errors that it may be. */
export async function workaroundSections(tx: Tx, ticket: Stored): Promise<RecordSection[]> {
  if (!may(tx.actor, "problem", "read")) return [];
  const own = ticket.values["problem"];
  if (typeof own === "string") {
    const problem = await findIfSeen(tx, typeNamed(tx.registry, "problem"), own);
    return problem ? [{ kind: "fields", title: "Its problem", fields: workaroundOf(tx, problem) }] : [];
  }
  if (ticket.closedAt !== null || ticket.state === "resolved" || isFromCatalogue(ticket)) return [];
  const likely = await likelyKnownErrors(tx, ticket);
  return likely.length === 0
    ? []
    : [
        {
          kind: "fields",
          title: "It may be a known error",
          fields: likely.flatMap(({ problem, why }) => [
            ...workaroundOf(tx, problem),
            { label: "Why it is shown", value: { kind: "text" as const, text: why } },
          ]),
        },
      ];
}

function workaroundOf(tx: Tx, problem: Stored): FieldValue[] {
  const workaround = problem.values["workaround"];
  return [
    {
      label: problem.reference,
      value: { kind: "link", text: problem.title, href: hrefOf(tx, problem.type, problem.reference) },
    },
    {
      label: "Workaround",
      wide: true,
      value:
        typeof workaround === "string"
          ? { kind: "html", html: toHtml(workaround) }
          : { kind: "text", text: "None is known yet" },
    },
  ];
}

const likelyMax = 2;
const consideredMax = 100;

interface Likely {
  readonly problem: Stored;
  readonly why: string;
}

/** Known errors that share words with the ticket, the most first; among equals those of its category. */
async function likelyKnownErrors(tx: Tx, ticket: Stored): Promise<Likely[]> {
  const { items } = await list(tx, typeNamed(tx.registry, "problem"), {
    states: ["known_error"],
    sort: "-updated",
    limit: consideredMax,
    fields: ["title", "services", "systems", "affected", "category", "workaround"],
  });
  const said = wordsOf(`${ticket.title} ${String(ticket.values["details"] ?? "")}`);
  const about = [ticket.values["service"], ticket.values["system"]];
  return items
    .map((problem) => {
      const own = wordsOf(`${problem.title} ${String(problem.values["affected"] ?? "")}`);
      const shared = [...own].filter((word) => said.has(word));
      const alike = problem.values["category"] !== null && problem.values["category"] === ticket.values["category"];
      const same = affectedIds(problem.values).some((id) => about.includes(id));
      return { problem, shared, alike, same, score: shared.length + (alike ? 1 : 0) + (same ? 1 : 0) };
    })
    .filter(({ shared, score }) => shared.length > 0 && score > 1)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, likelyMax)
    .map(({ problem, shared, alike, same }) => ({
      problem,
      why: `Both say ${shared
        .slice(0, 4)
        .map((word) => `“${word}”`)
        .join(
          ", ",
        )}${alike ? ", and both are of the same category" : ""}${same ? ", and both are about the same service or system" : ""}`,
    }));
}
