import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { namesSeen } from "../../../kernel/store/names.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import { filledFor } from "../../../kernel/templates/fill.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { kindOf } from "../answering/case-kinds.ts";
import type { Law } from "../answering/case-kinds.ts";
import { planFor } from "../answering/plan.ts";
import type { Plan } from "../answering/plan.ts";
import { linesOf } from "../answering/text-rules.ts";
import { withheldBlocks } from "../refusing/notice.ts";
import { howToComplain } from "../cases/data-exemptions.ts";
import { afterAMembersAnswer, besideOwnData, usualClosing, usualOpening, usualReview } from "./usual-words.ts";

/** A part of a letter: a heading, or paragraphs in Markdown. */
export type Block =
  { readonly kind: "heading"; readonly text: string } | { readonly kind: "text"; readonly markdown: string };

/** An answer as a letter says it, before it is drawn as PDF or written as Word. */
export interface AnswerLetter {
  readonly organisation: string;
  readonly reference: string;
  readonly subject: string;
  /** The day it is of, `yyyy-mm-dd`. */
  readonly day: string;
  /** To whom, line by line, as they gave it. */
  readonly to: readonly string[];
  readonly opening: readonly Block[];
  /** What is told: the part that stands on the case as its answer too. */
  readonly body: readonly Block[];
  readonly closing: readonly Block[];
}

const outcomes: Readonly<Record<string, string>> = {
  granted: "We give you everything that you asked for.",
  part: "We give you part of what you asked for. What we withhold, and why, is said below.",
  refused: "We have decided not to give you what you asked for. Why is said below.",
  not_held: "We do not hold the information that you asked for.",
  neither: "We neither confirm nor deny that we hold what you asked for. Why is said below.",
};

/** The letter that answers a case with an agreed text. Names and addresses are read from the case as the actor sees it. */
export async function letterOf(tx: Tx, record: Stored, text: Stored, day: string): Promise<AnswerLetter> {
  const plan = await planFor(tx, record.type);
  const [organisation, to, opening, review, closing] = await Promise.all([
    organisationName(tx),
    addressOf(tx, record),
    templateText(tx, record, plan.templates.opening),
    templateText(tx, record, plan.templates.review),
    templateText(tx, record, plan.templates.closing),
  ]);
  const law = kindOf(record.type).law(record.values);
  const received = record.values[kindOf(record.type).from];
  return {
    organisation,
    reference: record.reference,
    subject: record.title,
    day,
    to,
    opening: [said(opening ?? usualOpening(typeof received === "string" ? formatDay(received) : null, law))],
    body: [
      ...(typeof text.values["outcome"] === "string" ? [said(outcomes[text.values["outcome"]] ?? "")] : []),
      ...linesOf(text, "sections").flatMap((line): Block[] => [
        ...(line["heading"] ? [{ kind: "heading" as const, text: String(line["heading"]) }] : []),
        said(String(line["text"] ?? "")),
      ]),
      ...(await withheldBlocks(tx, text)),
      ...goingOn(review, plan, law, record),
    ],
    closing: [said(closing ?? usualClosing)],
  };
}

/** How whoever asked goes on if they are not content, by the law of the case. */
function goingOn(own: string | null, plan: Plan, law: Law, record: Stored): Block[] {
  if (law === "none") return [said(own ?? afterAMembersAnswer)];
  return law === "data" ? dataBlocks(own, record) : reviewBlocks(own, plan, law, record);
}

/** What the law wants in the answer to somebody who used a right over their data: always said, also where a template forgot it. */
function dataBlocks(own: string | null, { values }: Stored): Block[] {
  const asksForData = values["kind"] === "access" || values["kind"] === "third_party";
  const isWhole = own !== null && /Information Commissioner/i.test(own) && /court/i.test(own);
  return [
    ...(asksForData ? [{ kind: "heading" as const, text: "What else you can ask of us" }, said(besideOwnData)] : []),
    { kind: "heading", text: "If you are not content with this answer" },
    ...(own === null ? [] : [said(own)]),
    ...(isWhole ? [] : [said(howToComplain)]),
  ];
}

/** How to ask for a review, and whom to complain to then: always said, also where a template forgot one of them. */
function reviewBlocks(
  own: string | null,
  { reviewAddress }: Plan,
  law: Exclude<Law, "data" | "none">,
  record: Stored,
): Block[] {
  const usual = usualReview(law, {
    reviewAddress,
    isReview: String(record.values["regime"] ?? "").endsWith("_review"),
  });
  const isWhole = own !== null && /review/i.test(own) && /Information Commissioner/i.test(own);
  return [
    { kind: "heading", text: "If you are not content with this answer" },
    ...(own === null ? [] : [said(own)]),
    ...(isWhole ? [] : [said(usual)]),
  ];
}

/** The same as Markdown: what stands on the case as its answer, and goes by mail. */
export function bodyAsMarkdown({ body }: Pick<AnswerLetter, "body">): string {
  return body
    .map((block) => (block.kind === "heading" ? `### ${block.text}` : block.markdown))
    .filter((part) => part !== "")
    .join("\n\n");
}

function said(markdown: string): Block {
  return { kind: "text", markdown };
}

/** The name that they gave, else that of their account, and the address. */
async function addressOf(tx: Tx, { values, requesterId }: Stored): Promise<string[]> {
  const gave = values["applicant"];
  const isNamed = typeof gave === "string" && gave.trim() !== "";
  const [person] = isNamed || requesterId === null ? [] : await namesSeen(tx, [requesterId]);
  return [isNamed ? gave : person?.title, values["replyTo"]].flatMap((given) =>
    typeof given === "string" ? given.split(/\n|, /).filter((line) => line.trim() !== "") : [],
  );
}

/** What the organisation calls itself. */
export async function organisationName(tx: Tx): Promise<string> {
  const { name } = await tx.db
    .selectFrom("organisations")
    .select("name")
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  return name;
}

/** The text of a template with the values of the case in it; null where none is named, or it is withdrawn. */
async function templateText(tx: Tx, record: Stored, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const all = (await readReferenceData(tx, ["text_template"])).get("text_template") ?? [];
  const template = all.find((one) => one.id === id && one.closedAt === null);
  if (!template) return null;
  return filledFor(tx, typeNamed(tx.registry, record.type), record, String(template.values["text"] ?? ""));
}
