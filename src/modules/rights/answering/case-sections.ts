import { may } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import { addressOf, stateTag } from "../../../web/pages/places.ts";
import { submissionField } from "../../../web/pages/submitting.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { questionsOf } from "./assemble.ts";
import { kindOf } from "./case-kinds.ts";
import { milestonesOf } from "./plan.ts";
import { nextSignature, withholding } from "./signing.ts";
import { isAgreed, linesOf, textOfCase } from "./text-rules.ts";

/** On the page of a case, for those who work on it: its questions with where each is, and the one text that answers it. */
export async function answeringSections(tx: Tx, record: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "case_question", "handle") && !may(tx.actor, "agreed_text", "read")) return [];
  return [...(await questionsSection(tx, record)), ...(await textSection(tx, record))];
}

async function questionsSection(tx: Tx, record: Stored): Promise<RecordSection[]> {
  const { field, called } = kindOf(record.type);
  const type = typeNamed(tx.registry, "case_question");
  const handles = may(tx.actor, type.name, "handle") && record.closedAt === null;
  const [questions, days] = [
    await questionsOf(tx, { field, id: record.id }),
    handles ? await milestonesOf(tx, record) : null,
  ];
  if (questions.length === 0 && !handles) return [];
  const names = await namesOf(
    tx,
    questions.flatMap(({ teamId, ownerId }) => [teamId, ownerId].filter((id) => id !== null)),
  );
  const open = questions.filter(({ closedAt }) => closedAt === null).length;
  const [by] = days === null ? [null] : [days.commissionBy];
  return [
    {
      kind: "steps",
      title: "Questions",
      sentence:
        questions.length === 0
          ? `Split the ${called} into questions and give each to the team that knows${by === null ? "" : `, by ${formatDay(by)}`}.`
          : open === 0
            ? "All are answered."
            : `${open} of ${questions.length} still open.`,
      items: questions.map((one) => {
        const due = one.closedAt === null ? one.values["answerBy"] : null;
        const who = [one.ownerId, one.teamId].flatMap((id) => names.get(id ?? "")?.title ?? []);
        return {
          text: `${String(one.values["number"])}. ${one.title}`,
          href: addressOf(tx, one),
          note: [...who, ...(typeof due === "string" ? [`by ${formatDay(due)}`] : [])].join(", "),
          tag: stateTag(type, one.state),
        };
      }),
      ...(handles
        ? { links: [{ text: "Add a question", href: `/${type.path}/new?${field}=${record.reference}` }] }
        : {}),
    },
  ];
}

async function textSection(tx: Tx, record: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "agreed_text");
  const text = await textOfCase(tx, record);
  if (text === null) {
    if (record.closedAt !== null || !may(tx.actor, type.name, "create")) return [];
    return [
      {
        kind: "steps",
        title: "Agreed text",
        sentence:
          "The answer is written once, signed by those whom the answering plan names, and sent as it was signed. What the teams have answered is put into it.",
        items: [],
        form: {
          action: `${addressOf(tx, record)}/agreed-text`,
          fields: [],
          hidden: [submissionField()],
          submit: { label: "Begin the agreed text", tone: "secondary" },
        },
      },
    ];
  }
  return [
    {
      kind: "steps",
      title: "Agreed text",
      sentence: await whereItIs(tx, text),
      items: [{ text: `${text.reference} ${text.title}`, href: addressOf(tx, text), tag: stateTag(type, text.state) }],
      ...(isAgreed(text) && record.closedAt === null
        ? { links: [{ text: "Answer with it", href: answerHref(tx, record, text) }] }
        : {}),
    },
  ];
}

/** The form of the move that answers a case, filled in as the text says. */
function answerHref(tx: Tx, record: Stored, text: Stored): string {
  const decision = kindOf(record.type).decisions?.[String(text.values["outcome"])];
  return `${addressOf(tx, record)}/moves/answer${decision === undefined ? "" : `?decision=${decision}`}`;
}

/** Where a text is on its way, in a sentence. */
export async function whereItIs(tx: Tx, text: Stored): Promise<string> {
  const { draftBy, agreeBy } = text.values;
  const by = (day: unknown) => (typeof day === "string" ? ` by ${formatDay(day)}` : "");
  if (text.state === "drafting")
    return `It is being drafted, to be signed${by(draftBy === undefined ? null : agreeBy)}.`;
  if (text.state === "signing") {
    const next = nextSignature(text);
    const signer = String(next?.["signer"] ?? "");
    const name = (await namesOf(tx, [signer])).get(signer)?.title ?? "somebody";
    return `It waits for ${name} (${String(next?.["role"] ?? "")}), to be signed${by(agreeBy)}.`;
  }
  if (!isAgreed(text)) return "It is not signed as it stands.";
  const withheld = withholding.includes(text.values["outcome"]) ? " Something is withheld." : "";
  return `${linesOf(text, "signatures").length === 1 ? "One signature stands" : `${linesOf(text, "signatures").length} signatures stand`} on it as it is.${withheld}`;
}
