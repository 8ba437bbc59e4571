import type { Line } from "../../kernel/fields/lines.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../../web/names.ts";
import type { PortalBlock } from "../../web/view/models.ts";
import { changedSince } from "../policy/module.ts";

/** The most articles under “See also” whose policies are looked at. */
const besideMax = 20;

/** A policy that reads otherwise in what somebody cites, and where that is shown. */
interface Changed {
  readonly what: string;
  readonly href: string;
}

/**
 * Says which of the clauses that an article rests on read otherwise since it was last checked, and which of those behind the
 * articles that it names under “See also”: of policies and articles that the reader may see.
 */
export async function changedBehind(tx: Tx, article: Stored): Promise<PortalBlock[]> {
  const day = article.values["publishedOn"];
  if (typeof day !== "string") return [];
  const own = await changedFor(tx, article, day);
  const beside = [];
  for (const other of await namedBeside(tx, article))
    for (const { what, href } of await changedFor(tx, other, day))
      // What it rests on itself is said once.
      if (!own.some((one) => one.what === what))
        beside.push({ text: `${what}, behind “${other.title}”: read what is different`, href });
  const rows = own.map(({ what, href }) => ({ text: `${what}: read what is different`, href }));
  return [
    ...(rows.length > 0
      ? [
          {
            kind: "rows" as const,
            title: "The policy behind this has changed since this was last checked",
            id: "changed",
            rows,
          },
        ]
      : []),
    ...(beside.length > 0
      ? [
          {
            kind: "rows" as const,
            title: "The policy behind other guidance that this names has changed since this was last checked",
            id: "changed-beside",
            rows: beside,
          },
        ]
      : []),
  ];
}

/** The published articles that one names under “See also”, as far as the reader may see them. */
async function namedBeside(tx: Tx, { id, values }: Stored): Promise<Stored[]> {
  // The field is one of links.
  const named = (values["seeAlso"] ?? []) as readonly string[];
  const found: Stored[] = [];
  for (const other of named.slice(0, besideMax)) {
    const article = other === id ? null : await findIfSeen(tx, typeNamed(tx.registry, "article"), other);
    if (article?.state === "published") found.push(article);
  }
  return found;
}

/** Which of the clauses that an article cites read otherwise since a day. */
async function changedFor(tx: Tx, { values }: Stored, day: string): Promise<Changed[]> {
  // The field is one of lines.
  const cites = (values["cites"] ?? []) as readonly Line[];
  const policies = new Set(cites.map(({ policy }) => String(policy)));
  const seen = await namesOf(tx, policies);
  const found: Changed[] = [];
  for (const id of policies) {
    if (!seen.has(id)) continue;
    const clauses = cites
      .filter(({ policy }) => policy === id)
      .map(({ clause }) => (typeof clause === "number" ? clause : null));
    const changed = await changedSince(tx, id, clauses, day);
    if (changed === null) continue;
    const which = changed.clauses.length === 0 ? "" : `, clause ${changed.clauses.join(", ")}`;
    found.push({ what: `${changed.title}${which}`, href: changed.href });
  }
  return found;
}
