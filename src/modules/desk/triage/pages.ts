import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { formatMoment } from "../../../web/view/format.ts";
import type { Cell, RecordSection, Row, TablesPage } from "../../../web/view/models.ts";
import { isFromCatalogue } from "../request-steps.ts";
import { targets, ticketsMin } from "./learn.ts";
import type { Target } from "./learn.ts";
import type { Scores } from "./quality.ts";
import { beatsGuessing, helpFor, learned } from "./suggest.ts";
import type { Learned, TriageHelp } from "./suggest.ts";

export const triagePath = "/desk/triage";

const targetLabels: Readonly<Record<Target, string>> = { queue: "Queue", category: "Category" };

/** On the page of a ticket that nobody has taken yet, for whoever works tickets: likely queue and category, and tickets alike, each with the reason; the catalogue says it of what was asked for from it. */
export async function triageSection(tx: Tx, ticket: Stored): Promise<readonly RecordSection[]> {
  if (ticket.state !== "new" || isFromCatalogue(ticket) || !may(tx.actor, "ticket", "handle", ticket)) return [];
  const { likely, alike } = await helpFor(tx, ticket);
  const names = await namesOf(
    tx,
    likely.flatMap(({ suggestions }) => suggestions.map(({ label }) => label)),
  );
  const rows = [...likelyRows(ticket, likely, (id) => names.get(id)?.title), ...alikeRows(alike)];
  if (rows.length === 0) return [];
  const columns = [
    { label: "What" },
    { label: "Suggested", wide: true },
    { label: "How likely" },
    { label: "Because" },
  ];
  const title = "Suggested for triage";
  const note = (await isDemo(tx)) ? { note: demoSaid } : {};
  return [{ kind: "table", title, ...note, table: { caption: title, columns, rows } }];
}

/** Said with every figure of a demonstration. */
const demoSaid =
  "This demonstration’s tickets are made from patterns, so what is learned from them is right nearly always. On real tickets it is right less often.";

async function isDemo(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{
    demo: boolean;
  }>`select demo from organisations where id = ${tx.actor.organisationId}::uuid`.execute(tx.db);
  return rows[0]?.demo === true;
}

function likelyRows(
  { reference }: Stored,
  likely: TriageHelp["likely"],
  nameOf: (id: string) => string | undefined,
): Row[] {
  return likely.flatMap(({ target, suggestions }) =>
    suggestions.flatMap(({ label, share, reasons }) => {
      const name = nameOf(label);
      if (name === undefined) return [];
      const form = target === "queue" ? "moves/assign" : "edit";
      return {
        cells: [
          { kind: "text", text: targetLabels[target] },
          { kind: "link", text: name, href: `/tickets/${reference}/${form}?${target}=${label}` },
          { kind: "text", text: percent(share) },
          { kind: "text", text: reasons.length > 0 ? reasons.join(", ") : "most tickets are" },
        ] satisfies Cell[],
      };
    }),
  );
}

function alikeRows(alike: TriageHelp["alike"]): Row[] {
  return alike.map(({ reference, title, words }) => ({
    cells: [
      { kind: "text", text: "Perhaps the same" },
      { kind: "link", text: `${reference} ${title}`, href: `/tickets/${reference}` },
      { kind: "empty" },
      { kind: "text", text: `both say ${words.map((word) => `“${word}”`).join(", ")}` },
    ],
  }));
}

/** What triage help has learned, and how often it is right: for whoever reads the notes of every ticket. */
export function triagePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const all = await learned(tx);
    const model: TablesPage = {
      shell: await page.shell(tx, { title: "Triage help", current: triagePath }),
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Triage help",
      sentence: [
        "New tickets show a likely queue and category, learned each night from the desk’s own resolved tickets, always with the reason. Nothing is applied by itself.",
        ...((await isDemo(tx)) ? [demoSaid] : []),
      ].join(" "),
      sections: targets.map((target) => learnedSection(target, all.find((one) => one.target === target) ?? null)),
    };
    return { page: "tables", model };
  });
}

function learnedSection(target: Target, one: Learned | null): TablesPage["sections"][number] {
  const count = (many: number) => many.toLocaleString("en-GB");
  const note = () => {
    if (!one) return "";
    const at = formatMoment(Temporal.Instant.from(one.learnedAt), "Europe/London");
    const tried = `Tried on the newest ${count(one.quality.triedOn)}, having learned from the ${count(one.quality.learnedFrom)} before them.`;
    const used = beatsGuessing(one.quality)
      ? "It is suggested on new tickets."
      : "It does no better than guessing, so it is not suggested.";
    return `Learned from ${count(one.examples)} tickets, ${at}. ${tried} ${used}`;
  };
  return {
    id: target,
    title: targetLabels[target],
    ...(one ? { note: note() } : {}),
    table: {
      caption: `How often the ${target} is right`,
      columns: [
        { label: "Way", wide: true },
        { label: "First is right", number: true },
        { label: "One of three is right", number: true },
        { label: "F1, mean over all", number: true },
      ],
      rows: one ? [row("Suggested", one.quality.suggested), row("Always the most frequent", one.quality.majority)] : [],
      empty: {
        title: "Nothing is learned yet",
        text: `It takes ${ticketsMin} resolved tickets with a ${target}, and is learned each night.`,
      },
    },
  };
}

function row(label: string, { first, firstThree, macroF1 }: Scores): Row {
  return {
    cells: [
      { kind: "text", text: label },
      { kind: "number", text: percent(first) },
      { kind: "number", text: percent(firstThree) },
      { kind: "number", text: macroF1.toFixed(2) },
    ],
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
