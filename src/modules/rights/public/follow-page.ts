import { formatDay as formatDate } from "../../../kernel/fields/date.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { formatMoment } from "../../../web/view/format.ts";
import type { FormField, PortalBlock, PortalPage, Tag } from "../../../web/view/models.ts";
import { canBeReviewed } from "./follow.ts";
import type { Followable, FollowedRequest } from "./follow.ts";
import { contactLines, followPath, publicShell } from "./front.ts";
import type { PublicPlace } from "./front.ts";
import { heldKeptDays } from "./held.ts";

/** Each state as whoever asked reads it. */
const stateWords: Readonly<Record<string, { readonly tag: Tag; readonly sentence: string }>> = {
  open: { tag: { text: "We are working on it", tone: "info" }, sentence: "We are looking for what you asked for." },
  clarifying: {
    tag: { text: "We need something from you", tone: "warn" },
    sentence: "We asked you what you mean. Answer below: until then the time does not run.",
  },
  identifying: {
    tag: { text: "We need something from you", tone: "warn" },
    sentence: "Before we give out what is held about you, we must know that it is you. Below is what we ask to see.",
  },
  awaiting_fee: {
    tag: { text: "Waiting for the fee", tone: "warn" },
    sentence: "We told you of a fee. We go on when it is paid.",
  },
  answered: { tag: { text: "Answered", tone: "good" }, sentence: "This is our answer." },
  withdrawn: { tag: { text: "Withdrawn", tone: "neutral" }, sentence: "You told us that you no longer need it." },
  lapsed: {
    tag: { text: "Ended", tone: "neutral" },
    sentence: "We heard nothing more from you, so we ended it. You can ask again at any time.",
  },
  ordinary: {
    tag: { text: "Handled as ordinary business", tone: "neutral" },
    sentence: "This needed no formal request. Those who do it every day see to it, as we told you.",
  },
  transferred: { tag: { text: "Passed on", tone: "neutral" }, sentence: "Another body holds this. We told you which." },
};

/** Once they have written, what we need of them may have come: a person reads it. */
const repliedWords = {
  tag: { text: "You have written to us", tone: "info" },
  sentence:
    "We are reading it. If it says what we asked, the time that the law gives us counts from the day on which it came. You need not do anything.",
} as const;

function hasReplied({ record, talk }: FollowedRequest): boolean {
  return record.state === "clarifying" && talk.at(-1)?.mine === true;
}

const decisions: Readonly<Record<string, string>> = {
  granted: "You get all that you asked for.",
  part: "You get some of what you asked for.",
  refused: "We cannot give you this.",
  not_held: "We do not hold this.",
  neither: "We neither confirm nor deny that we hold this.",
  upheld: "We looked at it again, and the answer stays as it was.",
  changed: "We looked at it again, and changed the answer.",
};

/** What came of a form on the page: what was typed, and what is wrong with it. */
export interface Refused {
  readonly form: "reply" | "review";
  readonly text: string;
  readonly message: string;
}

/** The page where somebody follows what they asked, by its secret address. */
export function followPage(
  place: PublicPlace,
  key: string,
  followable: Followable,
  { sent, refused, address }: { readonly sent: boolean; readonly refused?: Refused; readonly address: string },
): PortalPage {
  if (followable.kind === "held") return heldPage(place, followable, { sent, address });
  const { followed } = followable;
  const { record, due } = followed;
  const words = hasReplied(followed) ? repliedWords : stateWords[record.state];
  const closed = record.closedAt !== null;
  const received = record.values["receivedOn"];
  return {
    shell: publicShell(place, `Request ${record.reference}`),
    caption: `${record.reference}, received on ${typeof received === "string" ? formatDate(received) : ""}`,
    title: record.title,
    errors: refused ? [{ text: refused.message, fieldId: `field-${refused.form}` }] : [],
    blocks: [
      ...(sent ? [sentPanel(record.reference)] : []),
      ...(sent ? [keepAddress(address)] : []),
      {
        kind: "inset",
        ...(words ? { tag: words.tag } : {}),
        lines: [
          words?.sentence ?? "",
          ...(!closed && due !== null
            ? [`By law we must answer by ${formatDate(due)}. We will answer sooner if we can.`]
            : []),
        ].filter((one) => one !== ""),
      },
      ...answerOf(followed),
      {
        kind: "details",
        summary: "What you asked",
        fields: [
          {
            label: "Question",
            value: { kind: "html", html: toHtml(String(record.values["question"] ?? "")) },
            wide: true,
          },
        ],
      },
      ...talkOf(key, followed),
      ...(closed ? [] : [replyForm(key, refused)]),
      ...(canBeReviewed(followed) ? [reviewForm(key, refused)] : []),
      ...(followed.reviews.length > 0
        ? [
            {
              kind: "inset" as const,
              lines: followed.reviews.map(({ reference }) => `You asked us to look at it again: ${reference}.`),
            },
          ]
        : []),
      ...(closed ? regulator(record.values["regime"]) : []),
    ],
  };
}

function sentPanel(reference: string): PortalBlock {
  return { kind: "panel", title: "Request sent", lines: ["Your reference is", reference] };
}

function keepAddress(address: string, byMail = true): PortalBlock {
  return {
    kind: "inset",
    lines: [
      `Keep the address of this page: ${address}`,
      "It is the way to follow your request, to answer us and to read what we send. Whoever has it can read this page.",
      ...(byMail ? ["If you gave an e-mail address, we send it to you as well."] : []),
    ],
  };
}

function answerOf({ record, private: elsewhere }: FollowedRequest): PortalBlock[] {
  if (record.state === "answered" && elsewhere)
    return [{ kind: "inset", lines: ["We sent it to the address that you gave. It is not shown here."] }];
  const { answer, decision } = record.values;
  if (record.state !== "answered") return [];
  const said = decisions[String(decision)];
  return [
    ...(said === undefined ? [] : [{ kind: "inset" as const, lines: [said] }]),
    ...(typeof answer === "string" ? [{ kind: "html" as const, title: "Our answer", html: toHtml(answer) }] : []),
  ];
}

function talkOf(key: string, { talk, files }: FollowedRequest): PortalBlock[] {
  if (talk.length === 0) return [];
  const messages = talk.map(({ mine, at, text, sequence }) => ({
    who: mine ? "You" : "The council",
    moment: formatMoment(Temporal.Instant.from(at), "Europe/London"),
    iso: at,
    html: toHtml(text),
    files: files
      .filter(({ comment }) => comment === sequence)
      .map(({ id, name }) => ({ text: name, href: `${followPath(key)}/files/${id}` })),
  }));
  return [{ kind: "talk", title: "What was said", messages }];
}

function replyForm(key: string, refused: Refused | undefined): PortalBlock {
  return {
    kind: "ask",
    title: "Write to us about it",
    action: `${followPath(key)}/reply`,
    hidden: [],
    fields: [
      textField(
        "reply",
        "What do you want to tell us?",
        "Answer what we asked, or tell us that you no longer need it",
        refused,
      ),
    ],
    submit: "Send",
  };
}

function reviewForm(key: string, refused: Refused | undefined): PortalBlock {
  return {
    kind: "ask",
    title: "If you are not content with the answer",
    action: `${followPath(key)}/review`,
    hidden: [],
    fields: [
      textField(
        "review",
        "What should we look at again, and why?",
        "Somebody who did not write the answer looks at it again, usually within 20 working days",
        refused,
      ),
    ],
    submit: "Ask for a review",
  };
}

function textField(form: "reply" | "review", label: string, hint: string, refused: Refused | undefined): FormField {
  const own = refused?.form === form ? refused : undefined;
  return {
    widget: "textarea",
    id: `field-${form}`,
    name: "text",
    label,
    hint,
    value: own?.text ?? "",
    rows: 5,
    ...(own ? { error: own.message } : {}),
  };
}

function regulator(regime: unknown): PortalBlock[] {
  if (!String(regime).endsWith("_review")) return [];
  return [
    {
      kind: "inset",
      lines: [
        "If you are still not content, you can complain to the Information Commissioner: ico.org.uk/make-a-complaint, telephone 0303 123 1113.",
      ],
    },
  ];
}

function heldPage(
  place: PublicPlace,
  { state, receivedAt }: Extract<Followable, { readonly kind: "held" }>,
  { sent, address }: { readonly sent: boolean; readonly address: string },
): PortalPage {
  const refused = state === "refused";
  const received = formatMoment(Temporal.Instant.from(receivedAt), "Europe/London");
  return {
    shell: publicShell(place, "Your request"),
    title: refused ? "We did not take this as a request" : "Somebody looks at your request first",
    blocks: [
      ...(sent ? [{ kind: "panel" as const, title: "Received", lines: [received] }] : []),
      ...(sent ? [keepAddress(address, false)] : []),
      {
        kind: "inset",
        lines: refused
          ? [
              "Somebody looked at it and took it for advertising, or for sent by a program. If that is wrong, please reach us and say when you sent it.",
              `We delete it ${heldKeptDays} days after that, and this page with it.`,
            ]
          : [
              `It came on ${received}, and is kept. Something about it looks as if a program had sent it, so a person looks at it, usually by the next working day. The time in which we must answer runs all the same.`,
              "If you do not want to wait, or nothing happens here, please reach us:",
            ],
      },
      { kind: "inset", lines: contactLines(place.front) },
    ],
  };
}
