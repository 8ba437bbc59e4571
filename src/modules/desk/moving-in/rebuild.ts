import type { BroughtRecord } from "../../../kernel/store/bring-in.ts";
import type { BroughtEvent } from "../../../kernel/store/many-rows.ts";
import type { EventBody } from "../../../kernel/store/timeline.ts";
import { columnsText } from "../import/rebuild.ts";
import { cut } from "../import/log-line.ts";
import type { MovedEntry, MovedStanding, MovedState, MovedTicket, Source } from "./moved.ts";
import type { Places } from "./places.ts";

type Values = Readonly<Record<string, unknown>>;

const textMax = 20_000;
const parts = ["state", "priority", "queue", "category", "owner"] as const satisfies readonly (keyof MovedStanding)[];

/**
 * A ticket with its history, as the kernel brings it in: it begins as the history says that it was before its first change,
 * each entry is an event at its own time by whoever it was, and where the history does not lead to how the tool has it
 * now, one last event does.
 */
export function rebuildMoved(ticket: MovedTicket, source: Source, places: Places): BroughtRecord {
  const history = ticket.history.toSorted((one, other) => Temporal.Instant.compare(one.at, other.at));
  let standing = startOf(ticket, history);
  const values = {
    ...fixedValues(ticket, source),
    ...places.aboutOf(ticket.number),
    ...valuesOf(standing, places, null),
  };
  const requester = places.personOf(ticket.requester);
  const begun = { values: present({ ...values, requester }), state: standing.state };
  const events: BroughtEvent[] = [{ at: ticket.openedAt, verb: "created", body: begun, actorId: requester }];
  let closedAt: Temporal.Instant | null = null;
  let queueChanges: number | null = null;
  const add = (entry: MovedEntry) => {
    const at = later(entry.at, events.at(-1)!.at);
    const actorId = places.personOf(entry.by);
    if (entry.said)
      events.push({
        at,
        verb: "commented",
        audience: entry.said.audience,
        body: { text: cut(entry.said.text, textMax) },
        actorId,
      });
    const after = { ...standing, ...entry.became };
    const told = bodyOf(standing, after, { ticket, places, note: entry.note });
    const body = told && countedIn(told, queueChanges);
    if (body !== told) queueChanges = (queueChanges ?? 0) + 1;
    if (body !== null) events.push({ at, verb: after.state === standing.state ? "changed" : "moved", body, actorId });
    if (after.state !== standing.state) closedAt = isEnd(after.state) ? at : null;
    standing = after;
  };
  for (const entry of history) add(entry);
  const end = later(ticket.endedAt ?? ticket.updatedAt, ticket.openedAt);
  add({ at: end, by: null, became: standingOf(ticket), note: `As ${source.label} had it at the end` });
  return {
    values: {
      ...values,
      ...valuesOf(standing, places, resolutionIn(standing.state, ticket)),
      requester,
      queueChanges,
      sourceColumns: columnsText(ticket.columns),
    },
    state: standing.state,
    openedAt: ticket.openedAt,
    closedAt,
    events,
  };
}

/** What never changes in a history that is brought in. */
function fixedValues(ticket: MovedTicket, source: Source): Values {
  return {
    summary: cut(ticket.title.replaceAll(/\s+/g, " "), 200),
    details: ticket.details === null ? null : cut(ticket.details, textMax),
    kind: ticket.kind,
    impact: ticket.impact,
    urgency: ticket.urgency,
    source: source.name,
    sourceReference: cut(ticket.number, 100),
  };
}

function standingOf({ state, priority, queue, category, owner }: MovedTicket): MovedStanding {
  return { state, priority, queue, category, owner };
}

/** Before its first change each part was what that change says it was; what never changed is as it is now, and every ticket began as new. */
function startOf(ticket: MovedTicket, history: readonly MovedEntry[]): MovedStanding {
  const now = standingOf(ticket);
  const first = (part: keyof MovedStanding) => history.find(({ became }) => became !== undefined && part in became);
  const start: MovedStanding = { ...now, state: "new" };
  const was = Object.fromEntries(
    parts.flatMap((part) => {
      const change = first(part);
      if (!change) return [];
      return change.was && part in change.was ? [[part, change.was[part]]] : [];
    }),
  );
  // Its parts are those of a standing, each of its own type.
  return { ...start, ...(was as Partial<MovedStanding>) };
}

/** What an event says of the difference; null where there is none. */
function bodyOf(
  before: MovedStanding,
  after: MovedStanding,
  { ticket, places, note }: { ticket: MovedTicket; places: Places; note: string | undefined },
): EventBody | null {
  const [was, is] = [
    valuesOf(before, places, resolutionIn(before.state, ticket)),
    valuesOf(after, places, resolutionIn(after.state, ticket)),
  ];
  const changes = Object.fromEntries(
    Object.keys(is).flatMap((name) => (was[name] === is[name] ? [] : [[name, { from: was[name], to: is[name] }]])),
  );
  const moved = before.state !== after.state;
  const move = moveBetween(before.state, after.state);
  if (!moved && Object.keys(changes).length === 0) return null;
  return {
    ...(moved ? { ...(move === null ? {} : { move }), from: before.state, state: after.state } : {}),
    ...(Object.keys(changes).length > 0 ? { changes } : {}),
    ...(note === undefined ? {} : { reason: note }),
  };
}

/** With how often the ticket had changed its queue, where this is one more time. */
function countedIn(body: EventBody, queueChanges: number | null): EventBody {
  if (body.changes?.["queue"] === undefined) return body;
  const changes = { ...body.changes, queueChanges: { from: queueChanges, to: (queueChanges ?? 0) + 1 } };
  return { ...body, changes };
}

function valuesOf(standing: MovedStanding, places: Places, resolution: string | null): Values {
  const queue = places.queueOf(standing.queue);
  return {
    priority: standing.priority,
    category: places.categoryOf(standing.category),
    queue: queue.id,
    team: queue.team,
    owner: places.personOf(standing.owner),
    waitingFor: standing.state.startsWith("waiting_") ? standing.state.slice("waiting_".length) : null,
    resolution,
  };
}

function resolutionIn(state: MovedState, { resolution }: MovedTicket): string | null {
  return resolution !== null && (state === "resolved" || state === "closed") ? cut(resolution, textMax) : null;
}

/** The desk’s own name for a step, where it has one. */
function moveBetween(from: MovedState, to: MovedState): string | null {
  if (to === "resolved") return "resolve";
  if (to === "closed") return "close";
  if (to === "cancelled") return "cancel";
  if (to.startsWith("waiting_")) return "wait";
  if (to !== "assigned") return null;
  if (from.startsWith("waiting_")) return "resume";
  return from === "resolved" || from === "closed" ? "reopen" : "assign";
}

const isEnd = (state: MovedState): boolean => state === "closed" || state === "cancelled";
const later = (one: Temporal.Instant, other: Temporal.Instant) =>
  Temporal.Instant.compare(one, other) > 0 ? one : other;

function present(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
