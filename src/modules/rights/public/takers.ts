import type { AskKind, Draft } from "./draft.ts";

/** What becomes of a request of the public: the type of its record, and the values that it begins with. */
export interface Taker {
  readonly type: string;
  values(draft: Draft): Readonly<Record<string, unknown>>;
}

/** The record that a kind of request becomes. */
export function takerOf(kind: AskKind): Taker {
  if (kind === "own") return { type: "data_protection_request", values: ownValues };
  const regime = { information: "foi", environment: "eir", reuse: "reuse" }[kind];
  return {
    type: "information_request",
    values: (draft) => ({
      subject: draft.subject,
      question: draft.question,
      regime,
      ...given("formWanted", draft.format),
      ...given("applicant", draft.name),
      ...given("replyTo", replyTo(draft)),
    }),
  };
}

/** Of whoever asks for their own data (UK GDPR article 15): what they ask is personal, so it is not called by it. */
function ownValues(draft: Draft): Readonly<Record<string, unknown>> {
  return {
    subject: "What is held about whoever asks",
    kind: "access",
    question: draft.question,
    ...given("applicant", draft.name),
    ...given("replyTo", replyTo(draft)),
  };
}

function given(field: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined || value === "" ? {} : { [field]: value };
}

/** The addresses for the answer in one line, as they gave them. */
function replyTo({ email, address }: Draft): string {
  const post = (address ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(", ");
  return [email ?? "", post]
    .filter((one) => one !== "")
    .join("; ")
    .slice(0, 300);
}
