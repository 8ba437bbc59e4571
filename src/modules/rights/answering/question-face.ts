import { may } from "../../../kernel/access.ts";
import type { Refusal } from "../../../kernel/errors.ts";
import { refuse } from "../../../kernel/errors.ts";
import { whyNotTaken } from "../../../kernel/fields/file.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { minutesFromText } from "../../../kernel/fields/duration.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { attachmentsOf } from "../../../kernel/store/attachments.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find, isId } from "../../../kernel/store/find.ts";
import { move } from "../../../kernel/store/move.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import { all, first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf, pageClock } from "../../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import { formatDue } from "../../../web/view/format.ts";
import type { DocumentPage, FormContent, FormField } from "../../../web/view/models.ts";
import { caseNamed } from "./case-kinds.ts";
import { helpPath, portalShell, usesPortal } from "../../portal/module.ts";

/** A question for whoever answers it, who does so twice a year: what is asked, by when, and one form. Others see the usual page. */
export async function questionFace(page: PageRequest, tx: Tx, question: Stored): Promise<PageAnswer | null> {
  const answers =
    may(tx.actor, "case_question", "answer", question) && !may(tx.actor, "case_question", "handle", question);
  return answers && question.state !== "draft" ? facePage(page, tx, question, null) : null;
}

async function facePage(page: PageRequest, tx: Tx, question: Stored, refusal: Refusal | null): Promise<PageAnswer> {
  const { details, askedBy, answerBy } = question.values;
  const asker = typeof askedBy === "string" ? (await namesOf(tx, [askedBy])).get(askedBy)?.title : undefined;
  const isOpen = question.state === "asked";
  const shellOptions = { title: `${refusal ? "Error: " : ""}${question.title}`, current: "/case-questions" };
  const due = typeof answerBy === "string" ? formatDue(Temporal.PlainDate.from(answerBy), pageClock(tx)) : null;
  const files = await attachmentsOf(tx, question);
  const model: DocumentPage = {
    shell: usesPortal(tx.actor) ? await portalShell(page, tx, shellOptions) : await page.shell(tx, shellOptions),
    back: usesPortal(tx.actor) ? { text: "Help", href: helpPath } : { text: "Questions", href: "/case-questions" },
    caption: question.reference,
    title: question.title,
    tag: isOpen
      ? { text: due ? `Answer by ${due.text}` : "To be answered", tone: due?.tone ?? "warn" }
      : { text: question.state === "answered" ? "Answered" : "No longer asked", tone: "good" },
    notes: [
      ...(isOpen && typeof answerBy === "string"
        ? [
            `Somebody has asked the council for this, ${caseNamed(question)?.kind.dayBecause ?? "and we answer by a day"}. Please answer by ${formatDay(answerBy)}.`,
          ]
        : []),
      ...(asker === undefined
        ? []
        : [
            `Asked of you by ${asker}, who can help if it is unclear. Answer as you would whoever had asked: you need not know who did.`,
          ]),
      ...(await lastSaid(tx, question)),
    ],
    links: [
      ...(isOpen
        ? [
            { text: "It is not for my team", href: `${addressOf(tx, question)}/moves/not_ours` },
            { text: "Hand it to a colleague", href: `${addressOf(tx, question)}/moves/hand_on` },
          ]
        : []),
      { text: "Ask about it, or see what was said", href: "?tab=conversation" },
    ],
    errors: (refusal?.problems ?? []).map(({ field, message }) => ({
      text: message,
      ...(field === undefined ? {} : { fieldId: idOf(field) }),
    })),
    groups: [
      ...(typeof details === "string"
        ? [{ parts: [{ id: "wanted", heading: "What is wanted", html: toHtml(details) }] }]
        : []),
      ...(isOpen
        ? []
        : [
            {
              parts: [
                { id: "answered", heading: "What was answered", html: toHtml(String(question.values["answer"] ?? "")) },
              ],
            },
          ]),
      ...(files.length > 0
        ? [
            {
              parts: [
                {
                  id: "files",
                  heading: "Files that were sent",
                  html: "",
                  links: files.map(({ id, name }) => ({ text: name, href: `/files/${id}` })),
                },
              ],
            },
          ]
        : []),
    ],
    ...(isOpen ? { form: { title: "Your answer", content: formOf(page, tx, question, refusal) } } : {}),
  };
  return { page: "document", status: refusal ? 422 : 200, model };
}

/** What was said to the team last, such as what is still wanted. */
async function lastSaid(tx: Tx, question: Stored): Promise<string[]> {
  const [line] = await timeline(tx, question, { verbs: ["commented"], newestFirst: true, limit: 1 });
  const text = line?.body?.text;
  return line && text && line.audience === "everyone" && line.actorId !== tx.actor.personId
    ? [`${line.actorName ?? "Reeve"}: ${text.slice(0, 500)}`]
    : [];
}

const idOf = (field: string) => `answer-${field === "files" ? "files" : field}`;

function formOf({ form }: PageRequest, tx: Tx, question: Stored, refusal: Refusal | null): FormContent {
  const base = (name: string) => {
    const error = refusal?.problems.find(({ field }) => field === name)?.message;
    return { id: idOf(name), name, ...(error === undefined ? {} : { error }) };
  };
  const fields: FormField[] = [
    {
      ...base("held"),
      label: "Do we hold it?",
      widget: "radios",
      value: first(form, "held"),
      options: [
        { value: "yes", label: "Yes, all of it" },
        { value: "part", label: "Some of it", hint: "Say which, and who might hold the rest" },
        { value: "no", label: "No", hint: "Say where you looked" },
      ],
    },
    {
      ...base("answer"),
      label: "Your answer",
      hint: "In plain words, as it can go out. Put tables and documents in files",
      widget: "textarea",
      rows: 8,
      value: first(form, "answer"),
    },
    { ...base("files"), name: filesControl, label: "Files", optional: true, widget: "files", kept: [] },
    {
      ...base("spent"),
      label: "Time you spent finding it",
      hint: "Such as 45m or 1h 30m",
      optional: true,
      widget: "text",
      width: "short",
      value: first(form, "spent"),
    },
    {
      ...base("concerns"),
      label: "Is there anything in it that should not go out?",
      hint: "Say what, and what harm it would do. The information team decides",
      optional: true,
      widget: "textarea",
      rows: 3,
      value: first(form, "concerns"),
    },
  ];
  return {
    action: `${addressOf(tx, question)}/answer`,
    multipart: true,
    fields,
    hidden: [submissionField()],
    submit: { label: "Send the answer" },
  };
}

/** The control of several files; its sign says so to `readFormWithFiles`. */
const filesControl = "files[]";

/** POST: keeps the answer and the files that came with it. */
export function postAnswer(page: PageRequest): Promise<PageAnswer> {
  const { form } = page;
  const given = (name: string) => first(form, name).replaceAll("\r\n", "\n").trim();
  const found = (tx: Tx) => find(tx, typeNamed(tx.registry, "case_question"), page.params["reference"] ?? "");
  return sendOnce(page, {
    work: async (tx) => {
      const question = await found(tx);
      const type = typeNamed(tx.registry, "case_question");
      const files = [...new Set(all(form, filesControl).filter((value) => value !== ""))];
      for (const value of files) {
        const why = whyNotTaken(value);
        if (why !== null || !isId(value)) refuse("files", why === null ? "Choose the files again" : `A file ${why}`);
      }
      const values = {
        held: given("held") || null,
        answer: given("answer") || null,
        spent: given("spent") === "" ? null : minutesFromText(given("spent")),
        concerns: given("concerns") || null,
      };
      const after = await move(tx, type, question.id, "any", "answer", values);
      if (files.length > 0) await say(tx, type, after, { text: "Files with the answer", audience: "everyone", files });
      return { location: addressOf(tx, question), recordId: question.id };
    },
    flash: () => "Thank you. Your answer was sent to the information team",
    again: async (tx, refusal) => facePage(page, tx, await found(tx), refusal),
  });
}
