import { sql } from "kysely";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { KnownName } from "./names.ts";
import { requestOf } from "./redacted-for.ts";

const peopleMax = 10_000;

/**
 * The names to look for: of the people that the person may see in the product, and of whoever asked. Whoever asks for their own
 * data gets what is said of them, so there theirs are left out.
 */
export async function knownNames(tx: Tx, redaction: Stored): Promise<KnownName[]> {
  const [request, { rows }] = await Promise.all([
    requestOf(tx, redaction),
    sql<{ id: string; name: string }>`select id, title as name from records
      where organisation_id = ${tx.actor.organisationId}::uuid and type = 'person' order by closed_at nulls first, id limit ${peopleMax}`.execute(
      tx.db,
    ),
  ]);
  const asked = "It is the name of whoever made the request";
  const { applicant, dataSubject } = request?.values ?? {};
  if (request?.type === "data_protection_request") {
    const own = [applicant, dataSubject].flatMap((name) => (typeof name === "string" ? [name.toLowerCase()] : []));
    return rows
      .filter(({ id, name }) => id !== request.requesterId && !own.includes(name.toLowerCase()))
      .map(({ name }) => ({ name, why: "It is the name of somebody in Reeve" }));
  }
  return [
    ...(typeof applicant === "string" ? [{ name: applicant, why: asked }] : []),
    ...rows.map((person) => ({
      name: person.name,
      why: person.id === request?.requesterId ? asked : "It is the name of somebody in Reeve",
    })),
  ];
}
