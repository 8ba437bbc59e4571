import { may, readsInternal } from "../../kernel/access.ts";
import type { Actor, Who } from "../../kernel/transaction.ts";
import type { Shown } from "./changes.ts";

/** The channel on which the database tells of changes (db/migrations/0014-live.sql). */
export const channel = "reeve_live";

/** Whose bell the database tells of: they have been told something, or have read it. Null for a line that says anything else. */
export function readBell(payload: string): Who | null {
  const [what, organisationId, personId, ...rest] = payload.split("|");
  return what === "bell" && organisationId && personId && rest.length === 0 ? { organisationId, personId } : null;
}

/** What the database tells of a change: which record it was and who may see it, never what was said. */
export interface Told {
  readonly organisationId: string;
  readonly type: string;
  /** Null for many records of the type at once. */
  readonly record: ToldRecord | null;
}

interface ToldRecord {
  readonly id: string;
  readonly internal: boolean;
  readonly restricted: boolean;
  readonly ownerId: string | null;
  readonly teamId: string | null;
  readonly requesterId: string | null;
  readonly createdBy: string | null;
}

/** Reads a line as the database writes it; null for one that is not understood, as of a newer version. */
export function readTold(payload: string): Told | null {
  const parts = payload.split("|");
  const [organisationId, type, id, audience, sensitivity] = parts;
  if (parts.length !== 10 || !organisationId || !type) return null;
  if (!id) return { organisationId, type, record: null };
  const at = (place: number) => parts[place] || null;
  return {
    organisationId,
    type,
    record: {
      id,
      internal: audience === "internal",
      restricted: sensitivity !== "normal",
      ownerId: at(5),
      teamId: at(6),
      requesterId: at(7),
      createdBy: at(8),
    },
  };
}

/**
 * Whether somebody may know that this happened: they may see the record, and what is kept among officers where it was
 * that. The same rule as the database's `visible()`; what a page then shows is for the page's own transaction.
 */
export function mayKnow(actor: Actor, { type, record }: Told): boolean {
  if (record === null) return may(actor, type, "read");
  if (!may(actor, type, "read", record)) return false;
  if (record.internal && !readsInternal(actor, type, record)) return false;
  return !record.restricted || seesRestricted(actor, type, record);
}

/**
 * Whether this may change what somebody has to do: it is theirs, they asked for it, their team has it, or it is of a type of
 * which they take decisions. Of many at once nothing is known.
 */
export function concernsWorkOf(actor: Actor, { type, record }: Told, decides: ReadonlySet<string>): boolean {
  if (record === null || decides.has(type)) return true;
  return (
    [record.ownerId, record.requesterId].includes(actor.personId) ||
    (record.teamId !== null && actor.teams.includes(record.teamId))
  );
}

function seesRestricted(actor: Actor, type: string, record: ToldRecord): boolean {
  const own = [record.ownerId, record.requesterId, record.createdBy];
  if (actor.personId !== null && own.includes(actor.personId)) return true;
  return actor.grants.some(
    (grant) =>
      grant.type === type &&
      grant.permission === "restricted" &&
      (grant.scope === "all" ||
        (grant.scope === "team" && record.teamId !== null && actor.teams.includes(record.teamId))),
  );
}

/** Whether what officers keep among themselves is news to them: of one's own work it may be. */
export function internalTo({ actor }: { readonly actor: Actor }, { what, type }: Shown): boolean {
  return what === "work" || readsInternal(actor, type);
}
