import { notificationKinds } from "./kinds.ts";
import type { MailChoice, NotificationKind } from "./kinds.ts";

/** How a person wishes to hear; times of the day in London, `HH:MM`. */
export interface Wishes {
  /** What they said, by `kind channel`: `commented mail`. What is not there is as the product has it. */
  readonly choices: Readonly<Record<string, string>>;
  readonly digestAt: string;
  /** No mail between these, but at their end; null when they have none. */
  readonly quiet: { readonly from: string; readonly until: string } | null;
}

/** When the digest goes out for whoever has not said. */
export const digestAtUsual = "08:00";

const zone = "Europe/London";

/** Whether a kind stands among a person's notifications. */
export function inProduct({ choices }: Wishes, kind: NotificationKind): boolean {
  return choices[`${kind} product`] !== "off";
}

/** When a person has mail of a kind. */
export function mailChoice({ choices }: Wishes, kind: NotificationKind): MailChoice {
  const chosen = choices[`${kind} mail`];
  return chosen === "now" || chosen === "digest" || chosen === "off" ? chosen : notificationKinds[kind].mail;
}

/** The moment at which a mail is to be made of something that happens now; null when none is. */
export function mailMoment(wishes: Wishes, kind: NotificationKind, now: Temporal.Instant): Temporal.Instant | null {
  const choice = mailChoice(wishes, kind);
  if (choice === "off") return null;
  if (choice === "digest") return nextAt(wishes.digestAt, now);
  return afterQuiet(wishes.quiet, now);
}

/** The first moment from now on at which mail may reach somebody with these quiet hours. */
export function afterQuiet(quiet: Wishes["quiet"], now: Temporal.Instant): Temporal.Instant {
  return quiet && isQuiet(quiet, now) ? nextAt(quiet.until, now) : now;
}

function isQuiet({ from, until }: NonNullable<Wishes["quiet"]>, now: Temporal.Instant): boolean {
  const time = now.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: "minute" });
  return from < until ? time >= from && time < until : time >= from || time < until;
}

/** The next moment at which it is this time of the day in London. */
function nextAt(time: string, now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const moment = (day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
  return Temporal.Instant.compare(moment(today), now) > 0 ? moment(today) : moment(today.add({ days: 1 }));
}
