import type { Problem } from "../../../kernel/errors.ts";
import { emailKind } from "../../../kernel/fields/email.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { paragraphsSchema } from "../../../kernel/fields/long-text.ts";
import { lineSchema } from "../../../kernel/fields/text.ts";
import { first } from "../../../web/page.ts";
import type { FormField } from "../../../web/view/models.ts";
import type { AskKind, Draft } from "./draft.ts";

/** The questions in order. “suggestions” asks nothing: it shows what was answered to others. */
export type StepName = "kind" | "subject" | "question" | "suggestions" | "format" | "name" | "reply";

/** One question of the form, on a page of its own. */
export interface Step {
  readonly title: string;
  readonly lead?: string;
  fields(draft: Draft): readonly FormField[];
  /** What was answered; problems name the control. */
  read(form: Form, draft: Draft): Partial<Draft> | readonly Problem[];
  /** As it stands on the page before it is sent; null where it is not asked. */
  said(draft: Draft): string | null;
}

/** Each kind as it is asked for, and by which law it is answered (see InformationRequest). */
export const askKinds: Readonly<Record<AskKind, { readonly label: string; readonly hint: string }>> = {
  information: {
    label: "Information that the council holds",
    hint: "Figures, documents, contracts, decisions. The Freedom of Information Act gives you the right to ask",
  },
  environment: {
    label: "Information about the environment",
    hint: "Air, water, land, noise, waste, planning. You need not say who you are",
  },
  own: { label: "What the council holds about me", hint: "Your own personal data. We may ask you to show who you are" },
  reuse: { label: "To use the council’s information again", hint: "For a purpose of your own, such as in a product" },
};

/** Why a name is asked for: section 8 of the Freedom of Information Act 2000 speaks of requests under that Act alone. */
const nameHints: Readonly<Record<AskKind, string>> = {
  information:
    "The law asks for your real name (section 8 of the Freedom of Information Act). An organisation gives its own",
  environment: "You need not give it",
  own: "So that we find you, and know that it is you",
  reuse:
    "The law asks for it (regulation 6 of the Re-use of Public Sector Information Regulations). An organisation gives its own",
};

const ofInformation = {
  ask: "What information do you want?",
  hint: "The more exactly you say what you want, and of which years, the sooner we find it. You need not say why",
};
const questionAsked: Readonly<Record<AskKind, { readonly ask: string; readonly hint: string }>> = {
  information: ofInformation,
  environment: ofInformation,
  own: {
    ask: "What do you want to see?",
    hint: "Say which services you had to do with and when, and anything that helps us find you, such as a reference number",
  },
  reuse: {
    ask: "Which information do you want to use, and what for?",
    hint: "Say where you saw it, and what you want to make of it",
  },
};

/** The most characters of a question. Whoever needs more can send it in writing. */
export const questionMax = 8000;

export const steps: Readonly<Record<Exclude<StepName, "suggestions">, Step>> = {
  kind: {
    title: "What do you want to ask for?",
    fields: ({ kind }) => [
      control("kind", "What do you want to ask for?", {
        widget: "radios",
        value: kind ?? "",
        options: Object.entries(askKinds).map(([value, { label, hint }]) => ({ value, label, hint })),
      }),
    ],
    read: (form) => {
      const kind = Object.keys(askKinds).find((name) => name === first(form, "kind"));
      // The name was found among the kinds.
      return kind === undefined ? wrong("kind", "Select what you want to ask for") : { kind: kind as AskKind };
    },
    said: ({ kind }) => (kind === undefined ? null : askKinds[kind].label),
  },
  subject: {
    title: "What is your request about?",
    fields: ({ subject }) => [
      control(
        "subject",
        "What is your request about?",
        { widget: "text", value: subject ?? "" },
        "In a few words, such as “Spending on school crossing patrols”. Do not put anybody’s name here",
      ),
    ],
    read: (form) => line(form, "subject", "Subject", 120, (subject) => ({ subject })),
    said: ({ subject }) => subject ?? null,
  },
  question: {
    title: "What information do you want?",
    fields: ({ question, kind = "information" }) => [
      control(
        "question",
        questionAsked[kind].ask,
        { widget: "textarea", value: question ?? "", rows: 8, maxLength: questionMax },
        questionAsked[kind].hint,
      ),
    ],
    read: (form) => {
      const parsed = paragraphsSchema({ label: "What you want" }, questionMax).safeParse(first(form, "question"));
      return parsed.success ? { question: parsed.data } : wrong("question", said(parsed.error));
    },
    said: ({ question }) => question ?? null,
  },
  format: {
    title: "Do you want the answer in a certain form?",
    fields: ({ format }) => [
      control(
        "format",
        "Do you want the answer in a certain form?",
        { widget: "text", value: format ?? "" },
        "Such as a spreadsheet, on paper, or large print. Leave it empty if any form will do",
        true,
      ),
    ],
    read: (form) =>
      first(form, "format").trim() === ""
        ? { format: "" }
        : line(form, "format", "The form of the answer", 200, (format) => ({ format })),
    said: ({ format }) => (format === undefined || format === "" ? "Any" : format),
  },
  name: {
    title: "What is your name?",
    fields: ({ name, kind }) => [
      control(
        "name",
        "What is your full name?",
        { widget: "text", value: name ?? "", autocomplete: "name" },
        nameHints[kind ?? "information"],
        kind === "environment",
      ),
    ],
    read: (form, { kind }) => {
      const name = first(form, "name").trim();
      if (name === "" && kind === "environment") return { name: "" };
      if (name !== "" && (name.match(/\p{L}/gu) ?? []).length < 3)
        return wrong("name", "Enter your full name, or that of your organisation");
      return line(form, "name", "Full name", 200, (full) => ({ name: full }));
    },
    said: ({ name }) => (name === undefined || name === "" ? "Not given" : name),
  },
  reply: {
    title: "Where should we send the answer?",
    lead: "Give an e-mail address, a postal address, or both. We use them for this request alone.",
    fields: ({ email, address }) => [
      control(
        "email",
        "E-mail address",
        { widget: "text", value: email ?? "", inputType: "email", autocomplete: "email" },
        "We send you our receipt, our questions and the answer",
        true,
        false,
      ),
      control(
        "address",
        "Postal address",
        { widget: "textarea", value: address ?? "", rows: 4, autocomplete: "street-address" },
        undefined,
        true,
        false,
      ),
    ],
    read: (form) => {
      const [email, address] = [first(form, "email").trim(), first(form, "address").trim()];
      if (email === "" && address === "")
        return wrong(
          "email",
          "Enter an e-mail address or a postal address. The law asks for one to send the answer to",
        );
      const mail = email === "" ? null : emailKind.schema({ label: "The e-mail address" }).safeParse(email);
      const post = address === "" ? null : paragraphsSchema({ label: "The postal address" }, 200).safeParse(address);
      const problems = [
        ...(mail?.success === false ? wrong("email", said(mail.error)) : []),
        ...(post?.success === false ? wrong("address", said(post.error)) : []),
      ];
      return problems.length > 0 ? problems : { email: mail?.data ?? "", address: post?.data ?? "" };
    },
    said: ({ email, address }) => [email, address].filter((one) => one !== undefined && one !== "").join("\n"),
  },
};

/** The order of the questions. */
export const stepOrder: readonly StepName[] = ["kind", "subject", "question", "suggestions", "format", "name", "reply"];

/** Whoever asks for their own data is not asked what it is about, and nobody was answered that before. */
const ownOrder: readonly StepName[] = ["kind", "question", "name", "reply"];

/** The questions that are asked for a kind, in order. */
export function stepsFor({ kind }: Pick<Draft, "kind">): readonly StepName[] {
  return kind === "own" ? ownOrder : stepOrder;
}

/** The first question that was not answered yet; null when all were. */
export function nextStep(draft: Draft): StepName | null {
  return stepsFor(draft).find((name) => !draft.done.includes(name)) ?? null;
}

/** The question before another, to go back to; null before the first. */
export function stepBefore(draft: Draft, name: StepName): StepName | null {
  const order = stepsFor(draft);
  const before = order[order.indexOf(name) - 1] ?? null;
  return before === "suggestions" ? "question" : before;
}

type Control = FormField extends infer Field
  ? Field extends FormField
    ? Omit<Field, "id" | "name" | "label">
    : never
  : never;

function control(
  name: string,
  label: string,
  widget: Control,
  hint?: string,
  optional = false,
  heading = true,
): FormField {
  return {
    ...widget,
    id: `field-${name}`,
    name,
    label,
    ...(heading ? { heading } : {}),
    ...(optional ? { optional } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}

function line(
  form: Form,
  name: string,
  label: string,
  max: number,
  answer: (text: string) => Partial<Draft>,
): Partial<Draft> | readonly Problem[] {
  const parsed = lineSchema({ label }, max).safeParse(first(form, name));
  return parsed.success ? answer(parsed.data) : wrong(name, said(parsed.error));
}

function wrong(field: string, message: string): Problem[] {
  return [{ field, message }];
}

function said(error: { readonly issues: readonly { readonly message: string }[] }): string {
  return error.issues[0]?.message ?? "This is not right";
}
