import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { KnownName } from "./names.ts";

const peopleMax = 10_000;

/** The names to look for: of whoever asked, and of the people that the person may see in the product. */
export async function knownNames(tx: Tx, redaction: Stored): Promise<KnownName[]> {
  const id = redaction.values["request"];
  const [request, { rows }] = await Promise.all([
    typeof id === "string" ? findIfSeen(tx, typeNamed(tx.registry, "information_request"), id) : null,
    sql<{ id: string; name: string }>`select id, title as name from records
      where organisation_id = ${tx.actor.organisationId}::uuid and type = 'person' order by closed_at nulls first, id limit ${peopleMax}`.execute(
      tx.db,
    ),
  ]);
  const asked = "It is the name of whoever made the request";
  const applicant = request?.values["applicant"];
  return [
    ...(typeof applicant === "string" ? [{ name: applicant, why: asked }] : []),
    ...rows.map((person) => ({
      name: person.name,
      why: person.id === request?.requesterId ? asked : "It is the name of somebody in Reeve",
    })),
  ];
}
