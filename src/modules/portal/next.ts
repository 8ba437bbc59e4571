import { formatDay } from "../../kernel/fields/date.ts";
import { formatMoment } from "../../web/view/format.ts";

/** What decides what happens next with a ticket. */
export interface Waits {
  readonly state: string;
  /** The name of who has it; null for nobody yet. */
  readonly owner: string | null;
  /** The name of the queue that it is in. */
  readonly queue: string | null;
  /** When the next deadline is; null where none runs. */
  readonly dueAt: string | null;
  readonly waitingReason: string | null;
  /** `yyyy-mm-dd` */
  readonly reviewOn: string | null;
  /** It was asked for from the catalogue, so its steps say what happens. */
  readonly requested: boolean;
}

/** What happens next and by when, in plain words for the person who asked; the most telling sentence first. */
export function whatHappensNext(ticket: Waits, now: Temporal.Instant): string[] {
  const { state, owner, queue, waitingReason, reviewOn, requested } = ticket;
  const due = dueOf(ticket, now);
  const reason = waitingReason ? `: ${waitingReason.replace(/[.\s]+$/, "")}` : "";
  const again = reviewOn ? [`We look at it again on ${formatDay(reviewOn)}.`] : [];
  switch (state) {
    case "new":
      return requested
        ? ["We have it, and its steps are under way."]
        : [`We have it. ${queue ?? "The desk"} looks at what is new in turn, and nobody has taken it yet.`, ...due];
    case "assigned":
      return [`${owner ?? queue ?? "The desk"} is working on it.`, ...due];
    case "waiting_user":
      return [`We are waiting for you${reason}. Answer below and we go on.`];
    case "waiting_supplier":
      return [`We are waiting for a supplier${reason}.`, ...again];
    case "waiting_evidence":
      return [`We are waiting until we know more${reason}.`, ...again];
    case "waiting_problem":
      return [`We are looking for the cause of this, which others have as well${reason}.`, ...again];
    case "resolved":
      return ["We think that it is solved. Tell us whether it is."];
    case "closed":
      return ["It is solved and closed."];
    case "cancelled":
      return ["It was cancelled. Nothing more happens with it."];
    default:
      return owner === null ? ["We have it.", ...due] : [`${owner} has it.`, ...due];
  }
}

function dueOf({ dueAt, state }: Waits, now: Temporal.Instant): string[] {
  if (dueAt === null) return [];
  const due = Temporal.Instant.from(dueAt);
  const what = state === "new" ? "answer" : "have it solved";
  const when = formatMoment(due, "Europe/London");
  return [
    Temporal.Instant.compare(due, now) < 0
      ? `We meant to ${what} by ${when}, and are late. We are sorry.`
      : `We mean to ${what} by ${when}.`,
  ];
}
