import pg from "pg";
import { sealAll } from "../../src/kernel/memory/seal.ts";
import { verify } from "../../src/kernel/memory/verify.ts";
import type { VerifyReport } from "../../src/kernel/memory/verify.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { comment } from "../../src/kernel/store/comment.ts";
import { create } from "../../src/kernel/store/create.ts";
import { move } from "../../src/kernel/store/move.ts";
import type { Stored, Who } from "../../src/kernel/transaction.ts";
import { createWorld } from "../world.ts";
import type { World } from "../world.ts";

export let world: World;
export let lead: Who;
export let staff: Who;
export let administrator: Who;
export let superuser: pg.Client;

/** created, moved (taken), commented, commented. */
export let victim: Stored;

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  world = await createWorld();
  lead = await world.person("Dee Osei", "leadSupport");
  staff = await world.person("Tom Reid", "staff");
  administrator = await world.person("Ada King", "administrator");
  superuser = new pg.Client({ connectionString: world.ownerUrl, options: "-c search_path=reeve,public" });
  await superuser.connect();
  await superuser.query("set session_replication_role = replica");
  victim = await world.store.as(staff, (tx) =>
    create(tx, ticket(), { summary: "The lift is stuck", details: "Between floors 2 and 3" }),
  );
  await world.store.as(lead, (tx) => move(tx, ticket(), victim.id, victim.version, "take", {}));
  await world.store.as(lead, (tx) =>
    comment(tx, ticket(), victim.id, { text: "An engineer is on the way", audience: "everyone" }),
  );
  await world.store.as(lead, (tx) =>
    comment(tx, ticket(), victim.id, { text: "The invoice goes to Facilities", audience: "internal" }),
  );
  // The policies are of yesterday, as they are of most records: none can have changed while these were made.
  await superuser.query(
    "update events e set recorded_at = recorded_at - interval '1 day' from record_types t where t.name = e.type and t.reference_data",
  );
  await sealAll(world.ownerPool);
}

/** Ends it. */
export async function end(): Promise<void> {
  await superuser.end();
  await world.close();
}

export const ticket = () => typeNamed(world.registry, "ticket");

export const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry });

const tables = ["records", "ticket", "events", "event_bodies", "seals", "seal_heads", "erasures", "clocks", "unsealed"];

/** Does something as superuser, verifies, and puts everything back. */
export async function tampered(statement: string): Promise<VerifyReport> {
  for (const table of tables)
    await superuser.query(`create temporary table kept_${table} as select * from reeve.${table}`);
  await superuser.query(statement.replaceAll("$1", `'${victim.id}'`));
  try {
    return await look();
  } finally {
    for (const table of tables)
      await superuser.query(
        `delete from reeve.${table}; insert into reeve.${table} select * from kept_${table}; drop table kept_${table}`,
      );
  }
}
