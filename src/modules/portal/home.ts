import { randomUUID } from "node:crypto";
import { formatDay } from "../../kernel/fields/date.ts";
import { standIns } from "../../kernel/organisation/absences.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { saveDraft } from "../../kernel/store/drafts.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { draftsSection } from "../../web/pages/draft-notes.ts";
import { ownWork } from "../../web/parts.ts";
import { readMyWork } from "../../web/pages/my-work-read.ts";
import { pageClock, stateTag } from "../../web/pages/places.ts";
import { questionHref } from "../../web/pages/question-order.ts";
import { hrefOf } from "../../web/names.ts";
import { plainShell } from "../../web/shell.ts";
import type { PortalBlock, PortalPage, PortalRow } from "../../web/view/models.ts";
import { keepReading, readMost } from "../knowledge/module.ts";
import { ownSurveys } from "../messages/module.ts";
import { findHelp, itemRow, offeredItems } from "./find.ts";
import { ownTickets, ticketRow } from "./own-tickets.ts";
import { guidancePath } from "./guidance.ts";
import { helpPath, mustAsk, ownTicketsPath, portalShell } from "./who.ts";

const articlesShown = 5;
const itemsShown = 8;
const ticketsShown = 3;
const typedMax = 200;

/** “What do you need?”: one box, and below it what people come for most. The script asks for what was found alone. */
export function helpPage(page: PageRequest): Promise<PageAnswer> {
  const typed = first(page.query, "q").trim().slice(0, typedMax).replaceAll("\u0000", "").toWellFormed();
  const alone = page.request.headers["turbo-frame"] === "help-found";
  return page.as(async (tx) => {
    mustAsk(tx);
    const found = typed === "" ? null : await findHelp(tx, typed);
    if (alone && found)
      return { page: "portal-found", model: { shell: plainShell("Help", undefined, page.csrf), found } };
    const search: PortalBlock = {
      kind: "search",
      action: helpPath,
      label: "What do you need?",
      hint: "A few words, such as “Wi-Fi at home” or “new laptop”",
      found,
    };
    const [shell, others] = await Promise.all([
      portalShell(page, tx, { title: "What do you need?", current: helpPath, follows: "work" }),
      found ? [] : below(page, tx),
    ]);
    const model: PortalPage = { shell, title: "What do you need?", blocks: [search, ...others] };
    return { page: "portal", model };
  });
}

/** What waits on the person, what they asked for, what they can ask for, and what others read. */
async function below({ parts }: PageRequest, tx: Tx): Promise<PortalBlock[]> {
  const [asked, work, tickets, items, articles, drafts] = await Promise.all([
    ownWork(parts, tx),
    readMyWork(tx, pageClock(tx)),
    ownTickets(tx),
    offeredItems(tx),
    readMost(tx, articlesShown),
    draftsSection(tx),
  ]);
  const placed = new Set(asked.flatMap((one) => one.items.map(({ id }) => id)));
  const waiting: PortalRow[] = [...work.owned, ...work.decisions]
    .filter(({ id }) => !placed.has(id))
    .map((item) => {
      const type = tx.registry.types.get(item.type);
      return {
        text: item.title,
        href: hrefOf(tx, item.type, item.reference),
        ...(type ? { note: type.label.one, tag: stateTag(type, item.state) } : {}),
      };
    });
  for (const { title, href, closesOn } of await ownSurveys(tx))
    waiting.push({ text: title, href, note: `Survey, without your name. Until ${formatDay(closesOn)}` });
  const away = tx.actor.standsInFor ? [] : await standIns(tx);
  for (const { personName } of away)
    waiting.unshift({ text: `Stand in for ${personName ?? "somebody who is away"}`, href: "/", note: "Under My work" });
  const begun = drafts.flatMap(({ table }) => table.rows).length;
  return [
    ...asked.map((one) => ({
      kind: "rows" as const,
      title: `${one.title} (${one.figure})`,
      id: one.id,
      rows: one.items.map(({ text, href, reference, due }) => ({
        text,
        href,
        note: reference,
        ...(due ? { tag: { ...due, text: `By ${due.text}` } } : {}),
      })),
      ...(one.more ? { more: one.more } : {}),
    })),
    ...(waiting.length > 0 ? [{ kind: "rows" as const, title: "Waiting for you", id: "waiting", rows: waiting }] : []),
    ...(begun > 0
      ? [{ kind: "inset" as const, lines: ["You began something and have not sent it. You find it under My tickets."] }]
      : []),
    ...(tickets.open.length > 0
      ? [
          {
            kind: "rows" as const,
            title: "Your tickets",
            id: "tickets",
            rows: tickets.open.slice(0, ticketsShown).map((ticket) => ticketRow(tx, ticket)),
            more: { text: "All your tickets", href: ownTicketsPath },
          },
        ]
      : []),
    {
      kind: "moves",
      title: "Is something broken?",
      moves: [{ label: "Report a problem", href: "/help/report", method: "post", hidden: [] }],
    },
    ...(items.length > 0
      ? [
          {
            kind: "rows" as const,
            title: "Ask for something",
            id: "catalogue",
            rows: items.slice(0, itemsShown).map(itemRow),
            ...(items.length > itemsShown ? { more: { text: "Everything you can ask for", href: "/help/ask" } } : {}),
          },
        ]
      : []),
    ...(articles.length > 0
      ? [
          {
            kind: "rows" as const,
            title: "Others read",
            id: "articles",
            rows: articles.map(({ reference, title }) => ({ text: title, href: `/articles/${reference}` })),
            more: { text: "Guidance by tool", href: guidancePath },
          },
        ]
      : []),
  ];
}

/**
 * POST: begins a report with what was typed, so that nobody types it twice, and leads to the first question that is left. From
 * an article it is kept that the article did not do.
 */
export function beginReport(page: PageRequest): Promise<PageAnswer> {
  const typed = first(page.form, "q").trim().slice(0, typedMax).replaceAll("\u0000", "").toWellFormed();
  return page.as(async (tx) => {
    mustAsk(tx);
    const type = typeNamed(tx.registry, "ticket");
    const reference = first(page.form, "article");
    if (reference !== "") {
      const article = await find(tx, typeNamed(tx.registry, "article"), reference);
      await keepReading(tx, article, "ticket", { words: first(page.form, "words").slice(0, 1000) });
    }
    const id = randomUUID();
    // That something is broken is said by the way that they came.
    const content = { kind: "incident", ...(typed === "" ? {} : { summary: typed }), _done: ["kind"] };
    await saveDraft(tx, type, { id, recordId: null, content, submission: "" });
    return { redirect: questionHref(type, id, "summary") };
  });
}
