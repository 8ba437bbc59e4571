import { endsOf } from "../clock.ts";
import type { RecordType } from "../record.ts";
import type { Notification } from "./inbox.ts";

const moment = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** What a notification says of its record, as one sentence in which the record is “it”. */
export function sentenceOf(type: RecordType, notification: Notification): string {
  const { kind, clock, verb, audience, state, actorName, forName } = notification;
  const who = actorName ?? "Reeve";
  const now = state === null ? null : (type.states[state]?.label ?? state);
  if (clock) {
    const definition = type.clocks[clock.name];
    const label = definition?.label ?? clock.name;
    const when = dueText(clock.dueAt, definition ? endsOf(definition) : "moment");
    if (clock.percent !== null && clock.percent < 100)
      return `${clock.percent}% of the time for its deadline “${label}” has gone: it is due ${when}.`;
    return kind === "late" || clock.percent === 100
      ? `Its deadline “${label}” has passed: ${when}.`
      : `Its deadline “${label}” is near: ${when}.`;
  }
  if (verb === "stand_in_begun") return `${who} asks you to stand in while they are away.`;
  if (verb === "stand_in_ended") return `${who} ended that one of you stands in for the other.`;
  if (kind === "mentioned") return `${who} mentioned you in a comment.`;
  if (kind === "assigned") return `${who} gave it to you.`;
  if (kind === "commented") return `${who} wrote ${audience === "internal" ? "an internal comment" : "a comment"}.`;
  if (kind === "waits" && now !== null)
    return forName === null
      ? `It waits for you: ${who} moved it to “${now}”.`
      : `It waits for ${forName}, for whom you stand in: ${who} moved it to “${now}”.`;
  if (verb === "created") return `${who} made it for you.`;
  return now === null ? `${who} changed it.` : `${who} moved it to “${now}”.`;
}

/** A deadline by the minute; that of a day's clock, which ends at midnight, by the day before it. */
function dueText(iso: string, ends: "day" | "moment"): string {
  const at = Temporal.Instant.from(iso);
  if (ends === "moment") return moment.format(at.epochMilliseconds).replace(" at ", ", ");
  return moment.format(at.subtract({ minutes: 1 }).epochMilliseconds).replace(/( at|,).*$/, "");
}

/** Where a notification leads: the line of its record. */
export function placeOf(type: RecordType, { reference, sequence, verb }: Notification): string {
  const page = `/${type.path}/${encodeURIComponent(reference)}`;
  if (sequence === null) return page;
  return verb === "commented"
    ? `${page}?tab=conversation#comment-${sequence}`
    : `${page}?tab=timeline#event-${sequence}`;
}

/** Whether a record's title may stand where others could read it: not a restricted one's, nor what names a person. */
export function titleMayLeave(type: RecordType, { sensitivity }: Pick<Notification, "sensitivity">): boolean {
  return sensitivity !== "restricted" && type.fields[type.titleField]?.options.personal !== true;
}
