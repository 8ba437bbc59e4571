import { formatDay } from "../../kernel/fields/date.ts";
import { may } from "../../kernel/access.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { toHtml } from "../../kernel/markdown.ts";

import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf } from "../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../web/pages/submitting.ts";
import type { PortalBlock, PortalPage } from "../../web/view/models.ts";
import { countView, keepReading } from "../knowledge/module.ts";
import { changedBehind } from "./changed-behind.ts";
import { helpPath, portalShell, usesPortal } from "./who.ts";

/** The most characters of what was missing. */
const wordsMax = 1000;

/** A published article for the person who reads it, with one question at the end: did it help? */
export async function articleFace(page: PageRequest, tx: Tx, article: Stored): Promise<PageAnswer | null> {
  if (!usesPortal(tx.actor) || article.state !== "published") return null;
  const day = article.values["publishedOn"];
  const model: PortalPage = {
    shell: await portalShell(page, tx, { title: article.title, current: helpPath }),
    back: { text: "Help", href: helpPath },
    title: article.title,
    blocks: [
      { kind: "html", title: "What to do", html: toHtml(String(article.values["body"] ?? "")) },
      ...(await changedBehind(tx, article)),
      ...(await leadsOn(tx, article)),
      ...(typeof day === "string" ? [{ kind: "inset" as const, lines: [`Last checked on ${formatDay(day)}.`] }] : []),
      ...(may(tx.actor, "article_feedback", "create") ? [question(tx, article)] : []),
    ],
  };
  // Last, so that the row of the day is held for a moment only.
  await countView(tx, article.id);
  return { page: "portal", model };
}

/** The clauses that it rests on, and articles that go further, of those that the reader may see. */
async function leadsOn(tx: Tx, { values }: Stored): Promise<PortalBlock[]> {
  // The fields are one of lines and one of links.
  const cites = (values["cites"] ?? []) as readonly Line[];
  const seeAlso = (values["seeAlso"] ?? []) as readonly string[];
  const names = await namesOf(tx, [...cites.map(({ policy }) => String(policy)), ...seeAlso]);
  const clauses = cites.flatMap(({ policy, clause }) => {
    const named = names.get(String(policy));
    if (!named) return [];
    const isClause = typeof clause === "number";
    return [
      {
        text: `${named.title}${isClause ? `, clause ${clause}` : ""}`,
        href: `${named.href}${isClause ? `#clause-${clause}` : ""}`,
      },
    ];
  });
  const articles = seeAlso.flatMap((id) => {
    const named = names.get(id);
    return named ? [{ text: named.title, href: named.href }] : [];
  });
  return [
    ...(articles.length > 0 ? [{ kind: "rows" as const, title: "See also", id: "see-also", rows: articles }] : []),
    ...(clauses.length > 0
      ? [{ kind: "rows" as const, title: "The policy behind it", id: "policy", rows: clauses }]
      : []),
  ];
}

function question(tx: Tx, article: Stored): PortalBlock {
  const answers = `${helpPath}${addressOf(tx, article)}`;
  return {
    kind: "choose",
    title: "Did this help?",
    form: {
      action: `${answers}/solved`,
      hidden: [submissionField(), { name: "article", value: article.reference }],
      fields: [
        {
          id: "words",
          name: "words",
          label: "If not, what was missing?",
          optional: true,
          widget: "text",
          value: "",
        },
      ],
      submit: { label: "Yes, it solved it" },
    },
    buttons: [
      { label: "Yes, it solved it", action: `${answers}/solved` },
      { label: "No, I will look further", action: `${answers}/not-solved`, secondary: true },
      ...(may(tx.actor, "ticket", "create")
        ? [{ label: "No, report a problem", action: `${helpPath}/report`, secondary: true }]
        : []),
    ],
  };
}

/** POST: keeps whether an article helped. */
export function keepAnswer(outcome: "solved" | "not_solved"): (page: PageRequest) => Promise<PageAnswer> {
  return (page) =>
    sendOnce(page, {
      work: async (tx) => {
        const article = await find(tx, typeNamed(tx.registry, "article"), page.params["reference"] ?? "");
        const { id } = await keepReading(tx, article, outcome, {
          words: first(page.form, "words").replaceAll("\u0000", "").slice(0, wordsMax),
        });
        return { location: helpPath, recordId: id };
      },
      flash: () =>
        outcome === "solved"
          ? "Good. Thank you for telling us"
          : "Thank you for telling us. Whoever looks after the article will read it",
      again: (_tx, refusal) => Promise.reject(refusal),
    });
}
