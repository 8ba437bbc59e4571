import { formatDay } from "../../../kernel/fields/date.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { plural } from "../../../web/view/format.ts";
import type { PortalBlock, PortalPage, PortalRow, Shell } from "../../../web/view/models.ts";
import { contactLines, publicShell, statisticsHref } from "./front.ts";
import type { PublicPlace } from "./front.ts";
import { answerParts, logPageSize } from "./log-read.ts";
import type { Log, LogQuery, PublicAnswer, PublicFile } from "./log-read.ts";
import { Publication } from "./publishing/publication.record.ts";

const decisions = optionsOf("decision");

/** What the choices of a field of publications are called; those that an organisation added are known by their keys alone. */
export function optionsOf(field: string): Readonly<Record<string, string>> {
  // The field is a choice, and its options carry these.
  return (Publication.fields[field]!.options as unknown as { readonly options: Readonly<Record<string, string>> })
    .options;
}

function topicWords(topic: string): string {
  const known = optionsOf("topic")[topic];
  return known ?? `${topic.charAt(0).toUpperCase()}${topic.slice(1).replaceAll("_", " ")}`;
}

/** The first page for the public. */
export function frontPage(place: PublicPlace, stale: readonly PortalBlock[]): PortalPage {
  const { base, front } = place;
  const rows: PortalRow[] = [
    {
      text: "Ask for information",
      href: `${base}/ask`,
      note: "Under the Freedom of Information Act or the Environmental Information Regulations. It costs nothing, and we answer within 20 working days",
    },
    { text: "Answers we published", href: `${base}/answers`, note: "What others asked, and what we told them" },
    {
      text: "What we publish anyway",
      href: `${base}/scheme`,
      note: "Our publication scheme: spending, decisions, policies, registers",
    },
    {
      text: "How we answer requests",
      href: statisticsHref(base),
      note: "How many we get, how many we answer in time, and what we withhold",
    },
  ];
  const title = "Information from the council";
  return {
    shell: publicShell(place, title, { indexed: true }),
    title,
    lead: `Anybody may ask ${front.name} for information that it holds.`,
    blocks: [
      ...stale,
      { kind: "rows", title: "What do you want to do?", id: "ways", rows },
      {
        kind: "inset",
        lines: ["Have you asked already? Use the address that we gave you when you sent it."],
      },
      { kind: "inset", lines: ["You can also reach us otherwise.", ...contactLines(front)] },
    ],
  };
}

/** The address of a page of the log. */
export function logHref(base: string, query: LogQuery, offset: number): string {
  const given = new URLSearchParams({
    ...(query.words === "" ? {} : { q: query.words }),
    ...(query.topic === "" ? {} : { topic: query.topic }),
    ...(query.year === null ? {} : { year: String(query.year) }),
    ...(offset === 0 ? {} : { from: String(offset) }),
  });
  return `${base}/answers${given.size > 0 ? `?${given.toString()}` : ""}`;
}

/** A page of the disclosure log. */
export function logPage(place: PublicPlace, log: Log, query: LogQuery, stale: readonly PortalBlock[]): PortalPage {
  const { base } = place;
  const title = "Answers we published";
  const narrowed = query.words !== "" || query.topic !== "" || query.year !== null;
  const last = Math.min(query.offset + logPageSize, log.total);
  const count = narrowed ? `${plural(log.total, "answer")} of ${log.all} fit` : plural(log.all, "answer");
  return {
    shell: feedShell(place, title, query.offset === 0 && !narrowed),
    back: { text: "Information from the council", href: base },
    title,
    lead: "What people asked the council, and what it told them. Names and addresses are left out.",
    blocks: [
      ...stale,
      searchForm(base, log, query),
      {
        kind: "rows",
        id: "found",
        title: log.total > logPageSize ? `${count}: ${query.offset + 1} to ${last}` : count,
        rows: log.items.map((one) => ({
          text: one.title,
          href: `${base}/answers/${one.reference}`,
          note: [
            one.answeredOn === null ? "" : `Answered on ${formatDay(one.answeredOn)}`,
            decisions[one.decision ?? ""] ?? "",
            one.topic === null ? "" : topicWords(one.topic),
          ]
            .filter((word) => word !== "")
            .join(". "),
        })),
        empty: narrowed ? "Nothing fits. Use fewer words, or ask for it." : "Nothing is published here yet.",
        more: narrowed
          ? { text: "Show all answers", href: `${base}/answers` }
          : { text: "Follow new answers in a feed reader", href: `${base}/answers/feed` },
      },
      {
        kind: "pager",
        ...(query.offset > 0
          ? { before: { text: "Newer answers", href: logHref(base, query, Math.max(0, query.offset - logPageSize)) } }
          : {}),
        ...(last < log.total ? { next: { text: "Older answers", href: logHref(base, query, last) } } : {}),
      },
      { kind: "moves", moves: [{ label: "Ask for information", href: `${base}/ask`, method: "get" }] },
      { kind: "rows", id: "figures", title: "Figures", rows: [figuresRow(base)] },
    ],
  };
}

/** Figures of requests are published under the scheme’s third class: how we are doing. */
export function figuresRow(base: string): PortalRow {
  return {
    text: "How we answer requests",
    href: statisticsHref(base),
    note: "Figures of requests for information, quarter by quarter",
  };
}

function feedShell(place: PublicPlace, title: string, indexed: boolean): Shell {
  return publicShell(place, title, { feed: `${place.base}/answers/feed`, ...(indexed ? { indexed } : {}) });
}

function searchForm(base: string, log: Log, query: LogQuery): PortalBlock {
  const topics = [...new Set([...log.topics, ...(query.topic === "" ? [] : [query.topic])])];
  const years = [...new Set([...log.years, ...(query.year === null ? [] : [query.year])])];
  return {
    kind: "form",
    form: {
      action: `${base}/answers`,
      method: "get",
      hidden: [],
      fields: [
        {
          widget: "text",
          id: "field-q",
          name: "q",
          label: "Words",
          value: query.words,
          inputType: "search",
        },
        {
          widget: "select",
          id: "field-topic",
          name: "topic",
          label: "Topic",
          value: query.topic,
          placeholder: "All topics",
          options: topics
            .map((value) => ({ value, label: topicWords(value) }))
            .toSorted((one, other) => one.label.localeCompare(other.label)),
        },
        {
          widget: "select",
          id: "field-year",
          name: "year",
          label: "Year",
          value: query.year === null ? "" : String(query.year),
          placeholder: "All years",
          options: years
            .toSorted((one, other) => other - one)
            .map((year) => ({ value: String(year), label: String(year) })),
        },
      ],
      submit: { label: "Find answers", tone: "secondary" },
    },
  };
}

/** One answer at its address; one that is there no longer says so. */
export function answerPage(place: PublicPlace, answer: PublicAnswer, stale: readonly PortalBlock[]): PortalPage {
  const back = { text: "Answers we published", href: `${place.base}/answers` };
  if (answer.state !== "published") return gonePage(place, answer, back);
  const { base } = place;
  const said = decisions[answer.decision ?? ""];
  return {
    shell: feedShell(place, answer.title, true),
    back,
    caption:
      answer.answeredOn === null
        ? answer.reference
        : `${answer.reference}, answered on ${formatDay(answer.answeredOn)}`,
    title: answer.title,
    blocks: [
      ...stale,
      ...(said === undefined ? [] : [{ kind: "inset" as const, lines: [said] }]),
      { kind: "html", title: "Question and answer", html: toHtml(answerParts(answer)) },
      ...filesBlock(base, answer.reference, answer.files, "Files"),
      {
        kind: "moves",
        title: "Not what you were looking for?",
        moves: [{ label: "Ask for information", href: `${base}/ask`, method: "get" }],
      },
    ],
  };
}

function gonePage(
  place: PublicPlace,
  answer: Exclude<PublicAnswer, { readonly state: "published" }>,
  back: { readonly text: string; readonly href: string },
): PortalPage {
  const withdrawn = answer.state === "withdrawn";
  const title = withdrawn ? "This answer was withdrawn" : "This answer is being corrected";
  return {
    shell: publicShell(place, title),
    back,
    caption: answer.reference,
    title,
    blocks: [
      {
        kind: "inset",
        lines: withdrawn
          ? [
              `It is no longer published. It was withdrawn on ${formatDay(answer.updatedAt.slice(0, 10))}.`,
              ...(answer.why === null ? [] : [answer.why]),
            ]
          : ["It will be back when it is right."],
      },
    ],
  };
}

function filesBlock(base: string, reference: string, files: readonly PublicFile[], title: string): PortalBlock[] {
  if (files.length === 0) return [];
  return [
    {
      kind: "rows",
      id: "files",
      title,
      rows: files.map((file) => ({
        text: file.name,
        href: `${base}/files/${reference}/${file.id}`,
        note: sizeWords(file.sizeBytes),
      })),
    },
  ];
}

/** How large a file is, in words. */
export function sizeWords(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
