import { sql } from "kysely";
import type { Tx } from "../../../kernel/transaction.ts";
import type { Tally } from "./figures.ts";
import type { StatisticsPeriod } from "./periods.ts";

/**
 * Complaints to the regulator about requests for information that were received in a period. What is “upheld” here is our answer, as
 * the Cabinet Office counts it: a complaint that is not upheld. Nothing for whoever does not see all of them.
 */
export async function complaintsTally(tx: Tx, { from, to }: StatisticsPeriod): Promise<Tally> {
  const seesAll = ["read", "restricted"].every((permission) =>
    tx.actor.grants.some(
      (grant) => grant.type === "information_complaint" && grant.permission === permission && grant.scope === "all",
    ),
  );
  if (!seesAll) return {};
  const { rows } = await sql<{
    outcome: string | null;
    many: number;
  }>`select outcome, count(*)::integer as many from visible_information_complaint
    where organisation_id = ${tx.actor.organisationId}::uuid and kind = 'regulator' and about_request is not null
      and received_on between ${from}::date and ${to}::date and state not in ('withdrawn', 'ordinary') group by outcome`.execute(
    tx.db,
  );
  const of = (outcome: string) => rows.find((row) => row.outcome === outcome)?.many ?? 0;
  const [complaintsUpheld, complaintsPart, complaintsOverturned] = [of("not_upheld"), of("part"), of("upheld")];
  return {
    complaints: rows.reduce((sum, { many }) => sum + many, 0),
    complaintsKnown: complaintsUpheld + complaintsPart + complaintsOverturned,
    complaintsUpheld,
    complaintsPart,
    complaintsOverturned,
  };
}
