import { formatDay } from "../../../kernel/fields/date.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import { filledFor } from "../../../kernel/templates/fill.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { kindOf } from "../answering/case-kinds.ts";
import type { Law } from "../answering/case-kinds.ts";
import { planFor } from "../answering/plan.ts";
import type { Plan } from "../answering/plan.ts";
import { costOf, countedFor, sheetsOf } from "../refusing/cost.ts";
import { ruleOf } from "../refusing/rule.ts";
import { withheldIn } from "../refusing/withheld.ts";
import { howToComplain } from "../cases/data-exemptions.ts";
import type { Block } from "./model.ts";
import { afterAMembersAnswer, besideOwnData, usualClosing, usualOpening, usualReview } from "./usual-words.ts";

/** What stands around the text in a letter, place by place. */
export interface Frame {
  readonly opening: readonly Block[];
  /** What they get, in a sentence. */
  readonly outcome: readonly Block[];
  /** Of section 12 what it would cost, by the sheets of all the requests that are added together. */
  readonly cost: readonly Block[];
  /** How they go on if they are not content. */
  readonly ending: readonly Block[];
  readonly closing: readonly Block[];
}

const places = ["opening", "outcome", "cost", "ending", "closing"] as const;

/** Nothing around the text. */
export const noFrame: Frame = { opening: [], outcome: [], cost: [], ending: [], closing: [] };

/** What stands around a text as it went to be signed, as lines of it; null where it has none, as before it went. */
export function frameKept({ values }: Pick<Stored, "values">): Frame | null {
  // A field of lines.
  const lines = (values["letterParts"] ?? []) as readonly Line[];
  if (lines.length === 0) return null;
  const at = (place: string): Block[] =>
    lines.flatMap((line): Block[] =>
      line["place"] !== place
        ? []
        : [
            ...(line["heading"] ? [{ kind: "heading" as const, text: String(line["heading"]) }] : []),
            ...(line["words"] ? [said(String(line["words"]))] : []),
          ],
    );
  return {
    opening: at("opening"),
    outcome: at("outcome"),
    cost: at("cost"),
    ending: at("ending"),
    closing: at("closing"),
  };
}

/** The same as lines, to be kept with the text while it is signed and sent. */
export function frameLines(frame: Frame): readonly Line[] {
  return places.flatMap((place) =>
    frame[place].map((block) =>
      block.kind === "heading" ? { place, heading: block.text } : { place, words: block.markdown },
    ),
  );
}

/** What stands around a text now: by the templates of the answering plan, else in our own words; what the law wants in any case. */
export async function frameOf(tx: Tx, record: Stored, text: Stored): Promise<Frame> {
  const plan = await planFor(tx, record.type);
  const [opening, review, closing] = await Promise.all([
    templateText(tx, record, plan.templates.opening),
    templateText(tx, record, plan.templates.review),
    templateText(tx, record, plan.templates.closing),
  ]);
  const law = kindOf(record.type).law(record.values);
  const received = record.values[kindOf(record.type).from];
  return {
    opening: [said(opening ?? usualOpening(typeof received === "string" ? formatDay(received) : null, law))],
    outcome: outcomeBlocks(text, law),
    cost: await costBlocks(tx, text),
    ending: goingOn(review, plan, law, record),
    closing: [said(closing ?? usualClosing)],
  };
}

const outcomes: Readonly<Record<string, string>> = {
  granted: "We give you everything that you asked for.",
  part: "We give you part of what you asked for. What we withhold, and why, is said below.",
  refused: "We have decided not to give you what you asked for. Why is said below.",
  not_held: "We do not hold the information that you asked for.",
  neither: "We neither confirm nor deny that we hold what you asked for. Why is said below.",
};

/** The same where re-use was asked for: what is decided on is its use, and not the information. */
const ofReuse: Readonly<Record<string, string>> = {
  granted: "You may re-use everything that you asked for.",
  part: "You may re-use part of what you asked for. What you may not re-use, and why, is said below.",
  refused: "We do not permit the re-use that you asked for. Why is said below.",
  not_held: "We do not hold the information that you asked to re-use.",
};

function outcomeBlocks({ values }: Pick<Stored, "values">, law: Law): Block[] {
  const { outcome } = values;
  if (typeof outcome !== "string") return [];
  return [said((law === "reuse" ? ofReuse[outcome] : undefined) ?? outcomes[outcome] ?? "")];
}

/** The sheets of others can change, and not all may see them: so it stands in the letter as it was when it went to be signed. */
async function costBlocks(tx: Tx, text: Stored): Promise<Block[]> {
  const line = withheldIn(text).find(({ section }) => section === "s12");
  if (!line) return [];
  const cost = costOf(await sheetsOf(tx, text), text.values["costLimit"], countedFor(ruleOf(line)));
  return [said(cost.sentence)];
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
  const asked = law === "reuse" ? /complain to us|complaint to us|review/i : /review/i;
  const isWhole = own !== null && asked.test(own) && /Information Commissioner/i.test(own);
  return [
    { kind: "heading", text: "If you are not content with this answer" },
    ...(own === null ? [] : [said(own)]),
    ...(isWhole ? [] : [said(usual)]),
  ];
}

function said(markdown: string): Block {
  return { kind: "text", markdown };
}

/** The text of a template with the values of the case in it; null where none is named, or it is withdrawn. */
async function templateText(tx: Tx, record: Stored, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const all = (await readReferenceData(tx, ["text_template"])).get("text_template") ?? [];
  const template = all.find((one) => one.id === id && one.closedAt === null);
  if (!template) return null;
  return filledFor(tx, typeNamed(tx.registry, record.type), record, String(template.values["text"] ?? ""));
}
