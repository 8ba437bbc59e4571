import type { WebParts } from "./parts.ts";
import type { SignInResult } from "./sign-in/contract.ts";
import { formatDuration } from "./view/format.ts";
import type { FormError, FormField, OrganisationButton } from "./view/models.ts";

/** E-mail address and password, with what was wrong at the first of them. */
export function signInFields(email: string, errors: readonly FormError[]): FormField[] {
  const at = (id: string) => {
    const found = errors.find(({ fieldId }) => fieldId === id);
    return found ? { error: found.text } : {};
  };
  return [
    {
      id: "email",
      name: "email",
      label: "E-mail address",
      widget: "text",
      value: email,
      inputType: "email",
      autocomplete: "username",
      ...at("email"),
    },
    {
      id: "password",
      name: "password",
      label: "Password",
      widget: "password",
      autocomplete: "current-password",
      ...at("password"),
    },
  ];
}

/** The way in through the organisation's own directory, where there is one: then on to `next`. */
export function organisationButton(
  { signIn: { directory } }: Pick<WebParts, "signIn">,
  next: string,
): { organisation?: OrganisationButton } {
  if (directory === null) return {};
  const query = next === "" ? "" : `?${new URLSearchParams({ next }).toString()}`;
  return { organisation: { name: directory.name, href: `/sign-in/organisation${query}` } };
}

/** Why nobody was signed in, in words: at which field, with which status, and when it may be tried again. */
export interface SignInRefusal {
  readonly errors: readonly FormError[];
  readonly status: 422 | 429;
  readonly retryAfterSeconds?: number;
}

/** What to say when signing in with a password was refused. */
export function refusalOf(result: Exclude<SignInResult, { ok: true } | { reason: "second-step" }>): SignInRefusal {
  if (result.reason === "wrong")
    return { status: 422, errors: [{ text: "The e-mail address or the password is wrong", fieldId: "email" }] };
  if (result.reason === "organisation-only")
    return {
      status: 422,
      errors: [
        {
          text: "Passwords are for administrators only. Sign in with your organisation’s account",
          fieldId: "organisation",
        },
      ],
    };
  const { retryAfterSeconds } = result;
  const wait = `Try again in ${formatDuration(Math.max(1, retryAfterSeconds))}`;
  const why =
    result.reason === "locked"
      ? "There were too many wrong passwords for this e-mail address"
      : "Too many people are trying to sign in from where you are";
  return { status: 429, retryAfterSeconds, errors: [{ text: `${why}. ${wait}`, fieldId: "email" }] };
}
