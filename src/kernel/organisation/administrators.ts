import { sql } from "kysely";
import { changesEveryRole } from "../access.ts";
import { Refusal, forbid } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { Stored, Tx } from "../transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The ids of the roles whose holders may change roles, and so give themselves and others everything. */
async function administeringRoles(tx: Tx): Promise<string[]> {
  const roles = (await readReferenceData(tx, ["role"])).get("role") ?? [];
  return roles.filter((role) => role.closedAt === null && administers(role.values)).map(({ id }) => id);
}

/** Whether what a role permits makes its holders administrators. */
export function administers(values: Values): boolean {
  return linesOf(values["permissions"]).some(
    ({ type, permission, scope }) =>
      (type === "role" || type === "*") && permission === "change" && (scope ?? "all") === "all",
  );
}

/** Whether a person with these values is an administrator who can sign in. */
function isAdministrator(values: Values, administering: readonly string[]): boolean {
  return (
    values["active"] !== false && linesOf(values["roles"]).some(({ role }) => administering.includes(String(role)))
  );
}

/**
 * Refuses (forbidden) that someone who may not change roles shuts an administrator out or takes their address, and
 * (impossible) that the last administrator goes.
 */
export async function guardAdministrator(tx: Tx, values: Values, before: Stored): Promise<void> {
  const touched = ["active", "email", "roles"].some(
    (name) => JSON.stringify(values[name] ?? null) !== JSON.stringify(before.values[name] ?? null),
  );
  if (!touched || tx.actor.personId === null) return;
  const administering = await administeringRoles(tx);
  if (!isAdministrator(before.values, administering)) return;
  if (!changesEveryRole(tx.actor))
    forbid(`${before.title} is an administrator. Only another administrator may change this`);
  if (!isAdministrator(values, administering)) await otherAdministrator(tx, administering, before.id);
}

/** Refuses (impossible) that a role stops making administrators where its holders are the only ones. */
export async function guardAdministeringRole(tx: Tx, role: Stored): Promise<void> {
  if (tx.actor.personId === null || role.closedAt !== null || !administers(role.values)) return;
  const others = (await administeringRoles(tx)).filter((id) => id !== role.id);
  await otherAdministrator(tx, others, null);
}

/** Whether a person holds a role that makes administrators. */
export async function holdsAdministration(tx: Tx, person: Stored): Promise<boolean> {
  return isAdministrator(person.values, await administeringRoles(tx));
}

/** Whether Reeve would have no administrator who can sign in were this person to hold these roles alone. */
export async function wouldLeaveNobody(tx: Tx, person: Stored, roles: readonly string[]): Promise<boolean> {
  const administering = await administeringRoles(tx);
  if (!isAdministrator(person.values, administering) || roles.some((role) => administering.includes(role)))
    return false;
  return !(await isOtherAdministrator(tx, administering, person.id));
}

/** Refuses (impossible) when nobody else who can sign in holds one of these roles. */
async function otherAdministrator(tx: Tx, roles: readonly string[], than: string | null): Promise<void> {
  if (await isOtherAdministrator(tx, roles, than)) return;
  throw new Refusal("impossible", [
    {
      message:
        "Nobody else could administer Reeve after this. Make somebody else an administrator first, and see that they can sign in",
    },
  ]);
}

async function isOtherAdministrator(tx: Tx, roles: readonly string[], than: string | null): Promise<boolean> {
  const { rows } = await sql`select 1 from person_roles h
    join visible_person p on p.organisation_id = h.organisation_id and p.id = h.parent_id
    where h.organisation_id = ${tx.actor.organisationId}::uuid and h.role = any (${roles}::uuid[]) and h.removed_at is null
      and p.active and p.account_id is not null and p.closed_at is null and p.id is distinct from ${than}::uuid limit 1`.execute(
    tx.db,
  );
  return rows.length > 0;
}

/** A value of lines, whatever was given. */
function linesOf(value: unknown): readonly Line[] {
  // The lines kind gives lines; someone brought in from elsewhere has none.
  return (value ?? []) as readonly Line[];
}
