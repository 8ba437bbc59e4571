/** What of a record's life a person is told. The first of these wins where one happening is several to the same person. */
export const notificationKinds = {
  mentioned: {
    label: "You are mentioned",
    hint: "Somebody writes @ and your name in a comment",
    tag: "Mentioned",
    tone: "info",
    mail: "now",
  },
  assigned: { label: "You are given something", hint: "You become its owner", tag: "Yours", tone: "info", mail: "now" },
  waits: {
    label: "Something waits for you",
    hint: "An answer from you, or a decision that you may take",
    tag: "Waits for you",
    tone: "warn",
    mail: "now",
  },
  answered: {
    label: "Something is done",
    hint: "What you asked for, own or watch is resolved, answered or closed",
    tag: "Done",
    tone: "good",
    mail: "now",
  },
  commented: {
    label: "Somebody comments",
    hint: "On what you asked for, own or watch",
    tag: "Comment",
    tone: "neutral",
    mail: "now",
  },
  late: { label: "A deadline has passed", hint: "Of something that you own", tag: "Late", tone: "bad", mail: "now" },
  team: {
    label: "Your team may miss a deadline",
    hint: "As the lead or the manager of a team, or on call: in turn, each part of the time once",
    tag: "Your team",
    tone: "warn",
    mail: "now",
  },
  due: {
    label: "A deadline is near",
    hint: "Of something that you own",
    tag: "Due soon",
    tone: "warn",
    mail: "digest",
  },
  moved: {
    label: "Something moves on",
    hint: "What you asked for, own or watch comes into another state or is changed",
    tag: "News",
    tone: "neutral",
    mail: "off",
  },
} as const satisfies Readonly<Record<string, KindDefinition>>;

interface KindDefinition {
  /** Completes “Tell me when ...” on the page of choices. */
  readonly label: string;
  readonly hint: string;
  /** The short word before a notification. */
  readonly tag: string;
  readonly tone: "neutral" | "info" | "good" | "warn" | "bad";
  /** When a mail goes out of it, for whoever has not said. */
  readonly mail: MailChoice;
}

export type NotificationKind = keyof typeof notificationKinds;

/** At once, with the others once a day, or not at all. */
export type MailChoice = "now" | "digest" | "off";

// The keys of the object are its kinds, which Object.keys does not say.
export const kindNames = Object.keys(notificationKinds) as readonly NotificationKind[];

/** Whether a word from outside is a kind. */
export function isKind(word: string): word is NotificationKind {
  return Object.hasOwn(notificationKinds, word);
}
