import { may, readsInternal } from "../../kernel/access.ts";
import type { ClockReading } from "../../kernel/clock.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { EventBody, TimelineEvent } from "../../kernel/store/timeline.ts";
import type { Actor, Stored } from "../../kernel/transaction.ts";

/** A record as the API gives it: what every record has, then each field of the type by its name. */
export function recordJson(actor: Actor, type: RecordType, record: Stored): Record<string, unknown> {
  const { id, reference, title, state, version, openedAt, updatedAt, dueAt, closedAt, createdBy } = record;
  const hidden = hiddenFields(actor, type, record);
  const fields = Object.entries(record.values).filter(([name]) => !hidden.has(name));
  return {
    id,
    type: type.name,
    reference,
    title,
    state,
    version,
    openedAt,
    updatedAt,
    dueAt,
    closedAt,
    createdBy,
    ...Object.fromEntries(fields),
  };
}

/** The fields that this person does not read: those kept among officers. */
function hiddenFields(actor: Actor, type: RecordType, record?: Stored): ReadonlySet<string> {
  if (may(actor, type.name, "internal", record)) return none;
  return new Set(Object.entries(type.fields).flatMap(([name, { options }]) => (options.internal ? [name] : [])));
}

const none: ReadonlySet<string> = new Set();

/** Whether a field may be asked about in lists and given: one kept among officers only by those who read it everywhere. */
export function knowsField(actor: Actor, type: RecordType, name: string): boolean {
  if (!Object.hasOwn(type.fields, name)) return false;
  if (!type.fields[name]?.options.internal) return true;
  return (
    readsInternal(actor, type.name) &&
    actor.grants.some((grant) => grant.type === type.name && grant.permission === "internal" && grant.scope === "all")
  );
}

/** A clock as the API gives it: moments in UTC, lengths in minutes of working time. */
export function clockJson(clock: ClockReading): Record<string, unknown> {
  const { name, label, state, startedAt, dueAt, stoppedAt, outcome, targetMinutes, sentence, alternative } = clock;
  return {
    name,
    label,
    state,
    startedAt: moment(startedAt),
    dueAt: moment(dueAt),
    stoppedAt: moment(stoppedAt),
    outcome,
    targetMinutes,
    sentence,
    ...(alternative === null ? {} : { alternative }),
  };
}

/** A moment in UTC, to the millisecond. */
export function moment(at: Temporal.Instant | null): string | null {
  return at?.toString({ smallestUnit: "millisecond" }) ?? null;
}

/** A line of the timeline as the API gives it, without the values that this person may not read. */
export function eventJson(
  actor: Actor,
  type: RecordType,
  record: Stored,
  event: TimelineEvent,
): Record<string, unknown> {
  const { sequence, at, actorId, actorName, forName, verb, audience, body, erasedBy } = event;
  return {
    sequence,
    at,
    actorId,
    actorName,
    ...(forName === null ? {} : { forName }),
    verb,
    audience,
    erasedBy,
    ...(body ? bodyJson(body, hiddenFields(actor, type, record)) : {}),
  };
}

function bodyJson(body: EventBody, hidden: ReadonlySet<string>): EventBody {
  if (hidden.size === 0) return body;
  const without = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.has(name)));
  const { files: _files, ...shown } = body;
  return {
    ...shown,
    ...(body.values ? { values: without(body.values) } : {}),
    ...(body.changes ? { changes: without(body.changes) } : {}),
  };
}

/** A comment as the API gives it; `text` is null once it has been erased by law. */
export function commentJson({
  sequence,
  at,
  actorId,
  actorName,
  audience,
  body,
  erasedBy,
}: TimelineEvent): Record<string, unknown> {
  const files = Object.entries(body?.files ?? {}).map(([id, { name, sha256 }]) => ({ id, name, sha256 }));
  return { sequence, at, actorId, actorName, audience, text: body?.text ?? null, files, erasedBy };
}
