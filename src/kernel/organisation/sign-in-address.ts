import { sql } from "kysely";
import { changesEveryRole } from "../access.ts";
import { forbid, refuse } from "../errors.ts";
import { sameValue } from "../store/values.ts";
import type { Stored, Tx } from "../transaction.ts";

/**
 * Someone who has an account signs in with the e-mail address of their record, and the database keeps the two the same
 * (the trigger sign_in_follows). So this refuses (forbidden) that anyone changes it who may not give roles, which is what
 * making a sign-in link takes too; and (invalid) that it is left out, or is what another account signs in with.
 */
export async function guardSignInAddress(
  tx: Tx,
  values: Readonly<Record<string, unknown>>,
  before: Stored,
): Promise<void> {
  const accountId = before.values["accountId"] ?? null;
  const email = values["email"] ?? null;
  if (sameValue(before.values["email"], email)) return;
  const mayGiveRoles = tx.actor.personId === null || changesEveryRole(tx.actor);
  if (accountId === null) {
    // The organisation's own sign-in knows them by it the first time, so whoever it is given to gets their roles.
    if (!mayGiveRoles && hasRoles(before))
      forbid(
        `${before.title} has roles and can sign in with this e-mail address. Changing it needs the permission “change” for all roles: ask an administrator`,
      );
    return;
  }
  if (!mayGiveRoles)
    forbid(
      `${before.title} signs in with this e-mail address. Changing it needs the permission “change” for all roles: ask an administrator`,
    );
  if (typeof email !== "string")
    refuse("email", "E-mail address: they sign in with it, so give another and do not leave it out");
  const { rows } = await sql`select 1 from sign_in_user
    where email = lower(trim(${email})) and id <> ${String(accountId)}`.execute(tx.db);
  if (rows.length > 0)
    refuse(
      "email",
      "E-mail address: another account has it. It may be a second record of the same person, so look for it among people",
    );
}

function hasRoles(person: Stored): boolean {
  const roles = person.values["roles"];
  return Array.isArray(roles) && roles.length > 0;
}
