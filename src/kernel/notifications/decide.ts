import type { RecordType } from "../record.ts";
import type { EventBody } from "../store/timeline.ts";
import { kindNames } from "./kinds.ts";
import type { NotificationKind } from "./kinds.ts";

/** A line of a timeline, with what of its record decides whom it concerns. */
export interface Happening {
  readonly recordId: string;
  readonly sequence: number;
  readonly at: string;
  readonly verb: string;
  readonly actorId: string | null;
  /** null once it has been erased by law. */
  readonly body: EventBody | null;
  readonly ownerId: string | null;
  readonly requesterId: string | null;
  readonly watchers: readonly string[];
  /** The people that the comment names. */
  readonly mentioned: readonly string[];
  /** The people who may do what the record's new state waits for. */
  readonly deciders: readonly string[];
  /** Who stands in just now for those of them who are away, with their decisions. */
  readonly standIns: readonly StandIn[];
}

/** Somebody who stands in, and for whom. */
export interface StandIn {
  readonly delegateId: string;
  readonly absentId: string;
}

/** That a person is concerned by a line, and how. Whether they may see it is asked afterwards. */
export interface Concern {
  readonly personId: string;
  readonly kind: NotificationKind;
  readonly recordId: string;
  readonly sequence: number;
  readonly actorId: string | null;
  readonly at: string;
  /** The person who is away, whose work it is; null for one's own. */
  readonly forId: string | null;
}

/**
 * Whom these lines concern: never whoever did it, and each person once for what was done to a record in one go (a move and
 * its comment are one), by the kind that says most.
 */
export function concernsOf(type: RecordType, happenings: readonly Happening[]): Concern[] {
  const strongest = new Map<string, Concern>();
  for (const happening of happenings) {
    const { recordId, sequence, actorId, at } = happening;
    for (const [personId, kind, forId = null] of whom(type, happening)) {
      if (personId === null || personId === actorId) continue;
      const key = `${personId} ${recordId} ${actorId} ${at} ${forId}`;
      const known = strongest.get(key);
      if (!known || kindNames.indexOf(kind) < kindNames.indexOf(known.kind))
        strongest.set(key, { personId, kind, recordId, sequence, actorId, at, forId });
    }
  }
  return [...strongest.values()];
}

type Whom = [personId: string | null, kind: NotificationKind, forId?: string][];

function whom(type: RecordType, happening: Happening): Whom {
  const { verb, ownerId, requesterId, watchers, mentioned, body } = happening;
  const close = (kind: NotificationKind): Whom => [ownerId, ...watchers].map((person) => [person, kind]);
  // It stands on the timelines of both people, and tells the one who did not do it.
  if (verb === "stand_in_begun" || verb === "stand_in_ended")
    return [[happening.recordId, verb === "stand_in_begun" ? "assigned" : "answered"]];
  if (verb === "created")
    return [
      [givenTo(type, body), "assigned"],
      // Nobody but for a state that tells of new records.
      ...happening.deciders.filter((one) => one !== ownerId).map((person): Whom[number] => [person, "waits"]),
      [requesterId, "moved"],
    ];
  if (verb === "commented")
    return [
      ...mentioned.map((person): Whom[number] => [person, "mentioned"]),
      [requesterId, "commented"],
      ...close("commented"),
    ];
  const given = givenTo(type, body);
  if (body?.state === undefined || body.state === body.from) return [[given, "assigned"], ...close("moved")];
  return [[given, "assigned"], ...arrival(type, body.state, happening)];
}

/** Whom it concerns that a record has come into a state. */
function arrival(type: RecordType, state: string, happening: Happening): Whom {
  const { ownerId, requesterId, watchers, deciders, standIns, body } = happening;
  const all = [requesterId, ownerId, ...watchers];
  const settled = settledStates(type);
  if (settled.has(state) && !settled.has(body?.from ?? "")) return all.map((person) => [person, "answered"]);
  const waitsFor = type.states[state]?.waitsFor;
  const waiting = waitsFor === "requester" ? [requesterId] : waitsFor ? deciders.filter((one) => one !== ownerId) : [];
  // Whoever may decide themselves, or would decide on what is their own, is told nothing for somebody else.
  const instead = standIns.filter(
    ({ delegateId, absentId }) => waiting.includes(absentId) && !waiting.includes(delegateId) && delegateId !== ownerId,
  );
  return [
    ...waiting.map((person): Whom[number] => [person, "waits"]),
    ...instead.map(({ delegateId, absentId }): Whom[number] => [delegateId, "waits", absentId]),
    ...all.map((person): Whom[number] => [person, "moved"]),
  ];
}

/** Who became the owner by this; null when nobody did. */
function givenTo(type: RecordType, body: EventBody | null): string | null {
  const [name] = Object.entries(type.fields).find(([, { options }]) => options.is === "owner") ?? [];
  const to = name === undefined ? undefined : (body?.changes?.[name]?.to ?? body?.values?.[name]);
  return typeof to === "string" ? to : null;
}

/** The states in which what was asked for is done: final ones, and those in which every clock of working time stops. */
export function settledStates(type: RecordType): ReadonlySet<string> {
  const clocks = Object.values(type.clocks).flatMap((clock) => (clock.rule === "service-level" ? [clock] : []));
  return new Set(
    Object.entries(type.states).flatMap(([name, { final }]) =>
      final || (clocks.length > 0 && clocks.every(({ stopsIn }) => stopsIn.includes(name))) ? [name] : [],
    ),
  );
}
