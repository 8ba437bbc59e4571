import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { FieldValue, PortalBlock } from "../../../web/view/models.ts";

export const publishedPath = "/published-answers";
const shownMax = 10;
const wordsMax = 200;

/** What was published of a member's question. */
export interface PublishedAnswer {
  readonly reference: string;
  readonly subject: string;
  readonly question: string;
  readonly answer: string | null;
  readonly supplementary: string | null;
  readonly supplementaryAnswer: string | null;
  readonly meeting: string | null;
  readonly meetingOn: string | null;
  readonly publishedOn: string | null;
  /** By which the next page begins: an ISO moment. */
  readonly at: string;
}

/** Answers to members that were published, the newest first, for whoever acts; those before a moment, and with some words in them. */
export async function publishedAnswers(
  tx: Tx,
  { words = "", before = null, limit = shownMax }: { words?: string; before?: string | null; limit?: number },
): Promise<readonly PublishedAnswer[]> {
  const { rows } = await sql<PublishedAnswer>`
    select reference, subject, question, answer, supplementary, supplementary_answer as "supplementaryAnswer", meeting,
      meeting_on as "meetingOn", published_on as "publishedOn", updated_at as at
    from published_members_answers(${words}, ${before}::timestamptz, ${limit}::integer)`.execute(tx.db);
  return rows;
}

/** GET: what members asked and were answered, read by everybody who signs in. */
export function publishedPage(page: PageRequest): Promise<PageAnswer> {
  const words = first(page.query, "q").trim().slice(0, wordsMax).replaceAll("\u0000", "").toWellFormed();
  const before = momentIn(first(page.query, "before"));
  return page.as(async (tx) => {
    const found = await publishedAnswers(tx, { words, before, limit: shownMax + 1 });
    const shown = found.slice(0, shownMax);
    const more = found.length > shownMax ? shown.at(-1) : undefined;
    const next = new URLSearchParams({ ...(words === "" ? {} : { q: words }), before: more?.at ?? "" });
    return {
      page: "portal",
      model: {
        shell: await page.shell(tx, { title: "Answers to members", current: publishedPath }),
        title: "Answers to members",
        lead: "What members of the council asked, and what they were answered.",
        blocks: [
          ...ownBlocks(tx),
          searchBlock(words),
          ...shown.map(answerBlock),
          ...(shown.length === 0 ? [{ kind: "inset" as const, lines: [nothing(words, before)] }] : []),
          ...(more
            ? [
                {
                  kind: "rows" as const,
                  title: "Further back",
                  id: "older",
                  rows: [{ text: "Older answers", href: `${publishedPath}?${next.toString()}` }],
                },
              ]
            : []),
        ],
      },
    };
  });
}

function momentIn(text: string): string | null {
  try {
    return text === "" ? null : Temporal.Instant.from(text.slice(0, 40)).toString();
  } catch {
    return null;
  }
}

function nothing(words: string, before: string | null): string {
  if (words !== "") return `No published answer says “${words}”.`;
  return before === null ? "No answer has been published yet." : "There are no older answers.";
}

/** Whoever asks as a member goes on from here. */
function ownBlocks(tx: Tx): PortalBlock[] {
  const type = typeNamed(tx.registry, "members_question");
  if (!may(tx.actor, type.name, "create")) return [];
  return [
    {
      kind: "moves",
      moves: [
        { label: "Ask a question", href: `/${type.path}/new`, method: "get" },
        { label: "What you asked", href: `/${type.path}?show=all`, method: "get" },
      ],
    },
  ];
}

function searchBlock(words: string): PortalBlock {
  return {
    kind: "form",
    form: {
      action: publishedPath,
      method: "get",
      hidden: [],
      fields: [{ id: "q", name: "q", label: "Words in a question or answer", widget: "text", value: words }],
      submit: { label: "Find", tone: "secondary" },
    },
  };
}

function answerBlock(one: PublishedAnswer): PortalBlock {
  const text = (label: string, words: string | null): FieldValue[] =>
    words === null || words === "" ? [] : [{ label, wide: true, value: { kind: "html", html: toHtml(words) } }];
  const asked =
    one.meeting === null
      ? one.reference
      : `${one.reference}, ${one.meeting}${one.meetingOn === null ? "" : ` of ${formatDay(one.meetingOn)}`}`;
  return {
    kind: "section",
    section: {
      kind: "fields",
      title: one.subject,
      fields: [
        ...text("Question", one.question),
        ...text("Answer", one.answer),
        ...text("Supplementary question", one.supplementary),
        ...text("Answer to the supplementary", one.supplementaryAnswer),
        { label: "Reference", value: { kind: "text", text: asked } },
      ],
    },
  };
}
