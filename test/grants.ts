import { insertRecord } from "../src/kernel/store/create.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import type { Registry } from "../src/kernel/registry.ts";
import { asSystem } from "../src/kernel/transaction.ts";
import type { Scope, Who } from "../src/kernel/transaction.ts";
import type { World } from "./world.ts";

/** A permission as a test writes it. */
export type Given = readonly [type: string, permission: string, scope: Scope];

/** Adds a person who holds exactly these permissions, in these teams, and no others. */
export async function personWith(
  world: World,
  grants: readonly Given[],
  options: { teams?: readonly string[]; organisationId?: string; registry?: Registry } = {},
): Promise<Who> {
  const { organisationId = world.council.organisationId, registry = world.registry, teams = [] } = options;
  const personId = await asSystem({ ownerPool: world.ownerPool, registry, organisationId }, async (tx) => {
    const permissions = grants.map(([type, permission, scope]) => ({ type, permission, scope }));
    const role = await insertRecord(
      tx,
      typeNamed(registry, "role"),
      { name: `Role ${crypto.randomUUID()}`, permissions },
      { trusted: true },
    );
    const person = await insertRecord(
      tx,
      typeNamed(registry, "person"),
      { name: `Person ${crypto.randomUUID()}`, active: true, roles: [{ role: role.id }] },
      { trusted: true },
    );
    return person.id;
  });
  for (const team of teams)
    await world.ownerPool.query(
      "insert into team_members (organisation_id, parent_id, position, member) values ($1, $2, 0, $3)",
      [organisationId, team, personId],
    );
  return { organisationId, personId };
}

/** Makes a team. */
export async function aTeam(
  world: World,
  name: string,
  organisationId = world.council.organisationId,
): Promise<string> {
  const made = await world.system(
    (tx) => insertRecord(tx, typeNamed(world.registry, "team"), { name }, { trusted: true }),
    { organisationId },
  );
  return made.id;
}
