import type { FastifyReply } from "fastify";
import { encode } from "uqr";
import type { Form } from "../../kernel/fields/kind.ts";
import type { PageAnswer } from "../page.ts";
import type { AttemptRefusal } from "../sign-in/attempts.ts";
import type { SecondStepAsked, SecondStepSetup } from "../sign-in/second-step/second-step.ts";
import { plainShell } from "../shell.ts";
import { formatDuration } from "../view/format.ts";
import type { FormContent, HiddenField, SecondStepPage, Shell } from "../view/models.ts";

/** What a page that asks for a code is made of. */
interface Asking {
  readonly shell: Shell;
  readonly asked: SecondStepAsked;
  readonly action: string;
  /** What the form carries besides. */
  readonly hidden?: readonly HiddenField[];
  /** Whether the code before was wrong. */
  readonly wrong?: boolean;
  readonly cancel: FormContent["cancel"];
}

/** Asks for a code; where the app is still to be set up, shows first what to put into it. */
export function askForCode({ shell, asked, action, hidden = [], wrong = false, cancel }: Asking): PageAnswer {
  const error = wrong
    ? asked.setup
      ? "That is not the code that the app shows now. Check that the clock of your phone is right"
      : "That code is wrong, or was used already. Enter the one that the app shows now"
    : undefined;
  const model: SecondStepPage = {
    shell,
    title: asked.setup ? "Set up two-step sign-in" : "Enter your code",
    paragraphs: asked.setup
      ? setupSentences
      : ["Open your authenticator app and enter the code that it shows for Reeve."],
    errors: error === undefined ? [] : [{ text: error, fieldId: "code" }],
    ...(asked.setup ? pictured(asked.setup) : {}),
    form: {
      action,
      fields: [
        {
          id: "code",
          name: "code",
          label: asked.setup ? "Code that the app shows" : "Code",
          widget: "text",
          value: "",
          width: "short",
          autocomplete: "one-time-code",
          focus: true,
          ...(asked.setup ? {} : { hint: "6 figures, or one of your recovery codes" }),
          ...(error === undefined ? {} : { error }),
        },
      ],
      hidden: [...hidden, { name: "_step", value: asked.secret }],
      submit: { label: asked.setup ? "Turn it on" : "Go on" },
      ...(cancel ? { cancel } : {}),
    },
  };
  // 401: the password alone was not enough. Turbo shows a form's answer that is no address only with such a status.
  return { page: "second-step", model, status: wrong ? 422 : 401 };
}

const setupSentences = [
  "From now on you sign in with your password and a code from an authenticator app on your phone, such as Microsoft Authenticator, Google Authenticator or the one in your password manager.",
  "Scan this picture with the app, or type the key into it.",
];

/** A QR code as one path of squares, for a picture that needs neither script nor style. */
function pictured({ address, key }: SecondStepSetup): Pick<SecondStepPage, "qr" | "key"> {
  const { data, size } = encode(address, { ecc: "M", border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { qr: { size, path }, key: key.match(/.{1,4}/g)?.join(" ") ?? key };
}

/** The one time that recovery codes can be read, with the way on. */
export function showRecoveryCodes(
  shell: Shell,
  codes: readonly string[],
  on: Pick<SecondStepPage, "back" | "form">,
): PageAnswer {
  return {
    page: "second-step",
    model: {
      shell,
      title: "Keep your recovery codes",
      paragraphs: [
        "Each of these signs you in once in place of a code from the app, should you lose your phone. Print them or keep them in your password manager, not on the phone itself.",
        "They are shown this once and cannot be read again. Codes that you had before no longer work.",
      ],
      errors: [],
      codes,
      ...on,
    },
  };
}

/** After too many wrong codes or passwords. */
export function tooManyTries(reply: FastifyReply, { retryAfterSeconds }: AttemptRefusal): PageAnswer {
  const seconds = Math.max(1, retryAfterSeconds);
  reply.header("retry-after", String(seconds));
  const model = { shell: plainShell("Too many requests"), retry: `in ${formatDuration(seconds)}` };
  return { page: "too-many-requests", status: 429, model };
}

/** What a sign-in form carries along for afterwards: where to go, and what was typed when the session ended. */
export function carried(form: Form): HiddenField[] {
  return Object.entries(form).flatMap(([name, value]) =>
    name === "next" || name === "_again" || name.startsWith("again.")
      ? [value ?? []].flat().map((text) => ({ name, value: text }))
      : [],
  );
}
