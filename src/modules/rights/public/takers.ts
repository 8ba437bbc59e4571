import type { Registry } from "../../../kernel/registry.ts";
import type { AskKind, Draft } from "./draft.ts";

/** What becomes of a request of the public: the type of its record, and the values that it begins with. */
export interface Taker {
  readonly type: string;
  values(draft: Draft): Readonly<Record<string, unknown>>;
}

/** The record that a kind of request becomes; null while no form takes it, and the page says how it is asked for otherwise. */
export function takerOf({ types }: Registry, kind: AskKind): Taker | null {
  const regime = { information: "foi", environment: "eir", reuse: "reuse", own: null }[kind];
  const type = types.get("information_request");
  // A choice carries its options.
  const regimes = type?.fields["regime"]?.options as
    { readonly options?: Readonly<Record<string, string>> } | undefined;
  if (regime === null || !Object.hasOwn(regimes?.options ?? {}, regime)) return null;
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
