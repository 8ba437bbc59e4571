import { sql } from "kysely";
import type { Tx } from "../kernel/transaction.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { demoCategories, demoQueues } from "./demo-desk.ts";
import { demoOfficers, demoPeople, demoStaff } from "./demo-people.ts";
import { registersNamed } from "./demo-registers.ts";

const recordsMax = 5000;

/** The cast of a demonstration that was made before, by the names that it was made with; null where some of them are gone. */
export async function readCast(tx: Tx): Promise<Cast | null> {
  const types = ["person", "queue", "category", "supplier", "service", "system", "site"];
  const { rows } = await sql<{ id: string; type: string; title: string }>`select id, type, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = any (${types}::text[]) order by id limit ${recordsMax}`.execute(
    tx.db,
  );
  const known = new Map(rows.toReversed().map(({ id, type, title }) => [`${type} ${title}`, id]));
  let isWhole = true;
  const idOf = (type: string, title: string): string => {
    const id = known.get(`${type} ${title}`);
    isWhole &&= id !== undefined;
    return id ?? "";
  };
  const named = <Key extends string>(type: string, of: Readonly<Record<Key, { readonly name: string }>>) =>
    // One for each key.
    Object.fromEntries(
      (Object.entries(of) as [Key, { name: string }][]).map(([key, { name }]) => [key, idOf(type, name)]),
    ) as Record<Key, string>;
  const player = ({ name }: { readonly name: string }): Player => ({ id: idOf("person", name), name });
  const everybody = Object.entries({ ...demoPeople, ...demoOfficers }).map(([key, one]) => [key, player(one)] as const);
  const categories = Object.values(demoCategories).flat();
  const cast: Cast = {
    // One for each of those who work.
    people: Object.fromEntries(everybody) as Cast["people"],
    staff: demoStaff.map((one) => player(one)),
    queues: named("queue", demoQueues),
    // One for each category below the first level.
    categories: Object.fromEntries(categories.map((name) => [name, idOf("category", name)])) as Cast["categories"],
    registers: registersNamed(named),
  };
  return isWhole ? cast : null;
}
