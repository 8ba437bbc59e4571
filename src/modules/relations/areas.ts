import { sql } from "kysely";
import { typeNamed } from "../../kernel/registry.ts";
import { viewOf } from "../../kernel/store/row.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { serviceAreasInUse } from "../rights/module.ts";

/**
 * The service areas with which no relationship is written down, and those where one is and nobody looks after it: current ones
 * that the actor may see. A relationship is with the area after which it is called.
 */
export async function areasLeftOut(tx: Tx): Promise<readonly { readonly label: string; readonly text: string }[]> {
  const areas = serviceAreasInUse(tx);
  const { rows } = await sql<{ area: string; looked: boolean }>`
    select a.name as area, bool_or(r.owner_id is not null) as looked
    from unnest(${areas}::text[]) as a (name)
    join ${viewOf(typeNamed(tx.registry, "relationship"))} r on lower(btrim(r.title)) = lower(btrim(a.name))
    where r.organisation_id = ${tx.actor.organisationId}::uuid and r.state = 'current' and r.kind = 'service_area'
    group by a.name`.execute(tx.db);
  const known = new Map(rows.map(({ area, looked }) => [area, looked]));
  return [
    { label: "Service areas that nobody wrote down", text: named(areas.filter((area) => !known.has(area))) },
    { label: "Service areas without a partner", text: named(areas.filter((area) => known.get(area) === false)) },
  ];
}

/** Their own names have commas. */
function named(areas: readonly string[]): string {
  return areas.length === 0 ? "None" : areas.join("; ");
}
