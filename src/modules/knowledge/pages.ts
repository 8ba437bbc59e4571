import { may } from "../../kernel/access.ts";
import { forbid, refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { comment } from "../../kernel/store/comment.ts";
import { create } from "../../kernel/store/create.ts";
import { find } from "../../kernel/store/find.ts";
import { titlesOf } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf } from "../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../web/pages/submitting.ts";
import type { ModulePages } from "../../web/parts.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { isFromCatalogue } from "../desk/module.ts";
import { withoutPersonal } from "./from-ticket.ts";
import { howItReads } from "./how-it-reads.ts";
import { keepReading } from "./readings.ts";
import { suggestForSummary } from "./suggest.ts";

const shownMax = 3;

/** What help articles add to tickets: those that may answer one, and a way to write what is missing. */
export const knowledgePages: ModulePages = {
  register: (app, parts) => {
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    app.post("/help/tickets/:reference/article", guarded, pageRoute(parts, writeFromTicket));
    app.post("/help/articles/:reference/send", guarded, pageRoute(parts, sendArticle));
  },
  links: [],
  sections: { ticket: articlesOnTicket, article: howItReads },
};

/** For officers: articles whose words fit the ticket’s, each sent in one click; on one that is resolved, the way to write one. */
async function articlesOnTicket(tx: Tx, ticket: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "article", "internal") || !may(tx.actor, "ticket", "internal", ticket)) return [];
  const ended = ticket.state === "resolved" || ticket.state === "closed";
  // What is asked for from the catalogue is no question.
  const found = isFromCatalogue(ticket) ? [] : await suggestForSummary(tx, ticket.title, shownMax);
  const mayWrite = ended && may(tx.actor, "article", "create");
  if (found.length === 0 && !mayWrite) return [];
  const answers = !ended && ticket.closedAt === null && may(tx.actor, "ticket", "comment", ticket);
  return [
    {
      kind: "offers",
      title: "Help articles",
      ...(found.length > 0 ? { text: "These may answer it, going by the words of its summary." } : {}),
      offers: found.map(({ reference, title }) => ({
        text: title,
        href: `/articles/${reference}`,
        note: reference,
        ...(answers
          ? {
              does: {
                label: "Answer with this",
                href: `/help/articles/${reference}/send`,
                method: "post" as const,
                hidden: [{ name: "ticket", value: ticket.reference }, submissionField()],
              },
            }
          : {}),
      })),
      ...(mayWrite
        ? {
            moves: [
              {
                label: "Write an article from this ticket",
                href: `/help/tickets/${ticket.reference}/article`,
                method: "post",
                hidden: [submissionField()],
              },
            ],
          }
        : {}),
    },
  ];
}

/** POST: makes a draft from what the ticket says and how it was solved, without whose it was, and opens it to be checked. */
function writeFromTicket(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const ticket = await find(tx, typeNamed(tx.registry, "ticket"), page.params["reference"] ?? "");
      const ids = [ticket.requesterId, ticket.ownerId, ticket.createdBy].filter((id) => id !== null);
      const names = [...(await titlesOf(tx, ids)).values()];
      const text = (name: string) => withoutPersonal(String(ticket.values[name] ?? ""), names).trim();
      const [details, resolution] = [text("details"), text("resolution")];
      const body = [
        "## When this helps",
        details || "Say what people see when they need this.",
        "## What to do",
        resolution || "Say what to do, a step at a time.",
      ].join("\n\n");
      const article = await create(
        tx,
        typeNamed(tx.registry, "article"),
        {
          title: withoutPersonal(ticket.title, names).slice(0, 160),
          body,
          category: ticket.values["category"] ?? null,
          owner: tx.actor.personId,
          madeFrom: ticket.id,
        },
        { trusted: true },
      );
      return { location: `${addressOf(tx, article)}/edit`, recordId: article.id };
    },
    flash: () =>
      "This is a draft. Names, addresses and numbers that Reeve knows were left out: check that none is left",
    again: (_tx, refusal) => Promise.reject(refusal),
  });
}

/** POST: answers a ticket with an article, and keeps that it was used. */
function sendArticle(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const article = await find(tx, typeNamed(tx.registry, "article"), page.params["reference"] ?? "");
      const type = typeNamed(tx.registry, "ticket");
      const ticket = await find(tx, type, first(page.form, "ticket"));
      if (!may(tx.actor, type.name, "internal", ticket)) forbid("Only officers answer with an article");
      if (article.state !== "published") refuse("article", "Only a published article can be sent");
      if (article.sensitivity !== "normal")
        refuse("article", "This article is for the desk only. Tell them in your own words");
      const text = `This may help: [${plain(article.title)}](${page.parts.baseUrl}${addressOf(tx, article)})\n\nIf it does not, answer here and we go on.`;
      await comment(tx, type, ticket.id, { text, audience: "everyone" });
      await keepReading(tx, article, "sent", { ticketId: ticket.id });
      const mayChange = may(tx.actor, type.name, "change", ticket) && type.locked(ticket) === null;
      if (mayChange && ticket.values["article"] !== article.id)
        await change(tx, type, ticket.id, "any", { article: article.id }, { trusted: true });
      return { location: addressOf(tx, ticket), recordId: ticket.id };
    },
    flash: () => "The article was sent as a comment that the requester reads",
    again: (_tx, refusal) => Promise.reject(refusal),
  });
}

/** A title as the text of a link in Markdown. */
function plain(title: string): string {
  return title.replaceAll(/[[\]\\`*_<>]/g, " ");
}
