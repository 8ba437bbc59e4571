import type { ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { isId } from "../../../kernel/store/find.ts";
import { createListening } from "../../../web/live/listening.ts";
import { assignArrivals, assignIn } from "./arrivals.ts";

/** So long the tickets that come at the same time are gathered, so that a flood of them costs few looks. Milliseconds. */
const gatherMs = 100;
/** More than so many at once are looked for in all of their organisation. */
const namedMax = 500;
const restMs = 1000;

/** What was heard of since the last look, by organisation: the tickets, or null for more than were named. */
type Heard = Map<string, Set<string> | null>;

/**
 * The round of what comes in: hears of each ticket that nobody has once it is made, and gives it out at once where its queue
 * has a rule. It hears what open pages hear, so that making a ticket costs nothing more. What was not heard of, or could not
 * be given to anybody, is left to the schedule of each minute.
 */
export async function keepAssigning(
  parts: Pick<ScheduleParts, "ownerPool" | "registry" | "log">,
  stop: AbortSignal,
): Promise<number> {
  let heard: Heard = new Map();
  let wake = () => {};
  const listening = createListening({
    pool: parts.ownerPool,
    log: parts.log,
    channels: ["reeve_live"],
    heard: (_channel, payload) => {
      if (note(heard, payload)) wake();
    },
    missed: () => {
      assignArrivals(parts).catch((error: unknown) => parts.log.error(error, "Giving out tickets failed"));
    },
  });
  const stopped = () => wake();
  stop.addEventListener("abort", stopped, { once: true });
  listening.start();
  try {
    while (!stop.aborted) {
      if (heard.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      const now = heard;
      heard = new Map();
      if (!stop.aborted) for (const [id, tickets] of now) await assignIn(parts, id, tickets ? [...tickets] : null);
    }
  } finally {
    stop.removeEventListener("abort", stopped);
    await listening.close();
  }
  return restMs;
}

/** Notes a ticket that nobody has, of a line as `tell_live` writes it. Whether the line was of one. */
function note(heard: Heard, payload: string): boolean {
  const [organisation = "", type, ticket = "", , , owner] = payload.split("|");
  if (type !== "ticket" || owner !== "" || !isId(organisation)) return false;
  const known = heard.get(organisation);
  // Of many events at once the line names no record.
  if (!isId(ticket) || known === null || (known && known.size >= namedMax)) heard.set(organisation, null);
  else heard.set(organisation, (known ?? new Set<string>()).add(ticket));
  return true;
}
