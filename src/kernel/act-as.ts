import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Database } from "./database/tables.ts";
import { Refusal, unseen } from "./errors.ts";
import type { Registry } from "./registry.ts";
import type { Actor, Grant, Who } from "./transaction.ts";

type Told = Omit<Actor, "organisationId" | "personId" | "grants"> & {
  readonly digest: string;
  readonly grants?: readonly Grant[];
};

const digests = new Map<string, string>();
const grantsOf = new Map<string, readonly Grant[]>();
const peopleMax = 5_000;
const grantsMax = 200;

/**
 * Makes a transaction a person's, as far as the database is concerned, and says what they may do. What their roles give is
 * told by the database where it is not what this process was told before; it stays the same object until then. Refuses
 * (unseen) who is not active there, and (`StandInOver`) who does not stand in for the person they act for.
 */
export async function actAs(db: Kysely<Database>, { organisationId, personId, actsFor }: Who): Promise<Actor> {
  const whose = `${organisationId} ${personId} ${actsFor ?? ""}`;
  const digest = digests.get(whose) ?? "";
  const known = grantsOf.get(digest);
  const result = await sql<{ actor: Told | null }>`
    select act_as(${organisationId}::uuid, ${personId}::uuid, ${actsFor ?? null}::uuid, ${known ? digest : null}) as actor`.execute(
    db,
  );
  const told = result.rows[0]?.actor;
  if (!told && actsFor !== undefined) throw new StandInOver();
  if (!told) unseen("This person is no longer active here");
  const { digest: now, grants = known ?? [], ...actor } = told;
  if (now !== digest || !known) keep(whose, now, grants);
  return { organisationId, personId, ...actor, grants: grantsOf.get(now) ?? grants };
}

function keep(whose: string, digest: string, grants: readonly Grant[]): void {
  if (digests.size >= peopleMax) digests.clear();
  if (grantsOf.size >= grantsMax) grantsOf.clear();
  digests.set(whose, digest);
  // Whoever else has the same roles has the same object.
  if (!grantsOf.has(digest)) grantsOf.set(digest, grants);
}

/** They do not stand in for that person today: it ended, or never was. */
export class StandInOver extends Refusal {
  constructor() {
    super("forbidden", [{ message: "You do not stand in for that person now. It has ended, or has not begun" }]);
  }
}

const ofPeople = new WeakMap<readonly Grant[], WeakMap<Registry, readonly Grant[]>>();

/** A person as they act: nobody's role lets them make or change what only the product makes and changes. */
export function withoutProductOnly(actor: Actor, registry: Registry): Actor {
  const byRegistry = ofPeople.get(actor.grants) ?? new WeakMap<Registry, readonly Grant[]>();
  const grants =
    byRegistry.get(registry) ??
    actor.grants.filter(
      ({ type, permission }) =>
        !["create", "change"].includes(permission) || registry.types.get(type)?.productOnly !== true,
    );
  ofPeople.set(actor.grants, byRegistry.set(registry, grants));
  return { ...actor, grants };
}
