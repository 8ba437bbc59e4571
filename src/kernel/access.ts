import { Refusal } from "./errors.ts";
import type { RecordType } from "./record.ts";
import type { Actor, Grant, Scope, Stored } from "./transaction.ts";

/** The part of a record that decides who may do something to it. */
type Held = Pick<Stored, "id" | "ownerId" | "teamId" | "requesterId" | "createdBy">;

/** Whether the person holds a permission for a type, for the record where one is given (else for any). */
export function may(actor: Actor, type: string, permission: string, record?: Held): boolean {
  const granted = scopesOf(actor.grants).get(`${type} ${permission}`);
  return granted !== undefined && (record === undefined || granted.some((scope) => reaches(actor, scope, record)));
}

const scopes = new WeakMap<readonly Grant[], ReadonlyMap<string, readonly Scope[]>>();

/** How far each permission for each type reaches, by both: a page asks some hundred times. */
function scopesOf(grants: readonly Grant[]): ReadonlyMap<string, readonly Scope[]> {
  const known = scopes.get(grants);
  if (known) return known;
  const byDeed = new Map<string, Scope[]>();
  for (const { type, permission, scope } of grants) {
    const deed = `${type} ${permission}`;
    byDeed.set(deed, [...(byDeed.get(deed) ?? []), scope]);
  }
  scopes.set(grants, byDeed);
  return byDeed;
}

function reaches(actor: Actor, scope: Scope, record: Held): boolean {
  if (scope === "all") return true;
  if (scope === "team") return record.teamId !== null && actor.teams.includes(record.teamId);
  return (
    actor.personId !== null &&
    [record.id, record.ownerId, record.requesterId, record.createdBy].includes(actor.personId)
  );
}

/** The people by whose hand something is done: the person, and whoever they stand in for. What either may not, neither does. */
export function handsOf(actor: Actor): string[] {
  return [actor.personId, actor.standsInFor?.personId].filter((id) => typeof id === "string");
}

/** Whether the person may change every role: who looks after the organisation itself, its mail and its directory. */
export function changesEveryRole({ grants }: Actor): boolean {
  return grants.some(({ type, permission, scope }) => type === "role" && permission === "change" && scope === "all");
}

/**
 * Whether somebody makes such records and does not work on them: staff who ask for help. They are asked a question a page;
 * those who may change what they made have all on one.
 */
export function onlyAsks(actor: Actor, type: RecordType): boolean {
  return may(actor, type.name, type.access.create.permission) && !may(actor, type.name, type.access.change.permission);
}

/** Refuses when the person may not do this to what they may see. */
export function mustBeAllowed(actor: Actor, type: RecordType, permission: string, doing: string, record?: Held): void {
  if (!may(actor, type.name, permission, record)) {
    const many = type.label.many.toLowerCase();
    if (type.productOnly && ["create", "change"].includes(permission))
      throw new Refusal("forbidden", [{ message: `Only Reeve itself makes and changes ${many}` }]);
    throw new Refusal("forbidden", [
      { message: `You may not ${doing}. It needs the permission “${permission}” for ${many}` },
    ]);
  }
}

/** Whether the person reads what is kept among officers (internal comments and fields) on this record, or on any when none is given. */
export function readsInternal(actor: Actor, type: string, record?: Held): boolean {
  return may(actor, type, "internal", record);
}

/** Whether lists may be narrowed and sorted by a field: by what officers keep among themselves only for who reads it on every record. */
export function mayAskAbout(actor: Actor, type: RecordType, fieldName: string): boolean {
  const internal = Object.hasOwn(type.fields, fieldName) && type.fields[fieldName]?.options.internal === true;
  return (
    !internal ||
    actor.grants.some((grant) => grant.type === type.name && grant.permission === "internal" && grant.scope === "all")
  );
}
