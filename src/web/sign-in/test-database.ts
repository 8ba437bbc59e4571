import type { Pool, PoolClient } from "pg";
import { createWorld } from "../../../test/world.ts";
import { addPerson, foundOrganisation } from "../../council/found.ts";
import { asSystem } from "../../kernel/transaction.ts";

/** A database with a demo organisation and a council, as the tests of this folder ask for it. */
export interface TestDatabase {
  readonly owner: Pool;
  /** A pool of `reeve_app`. */
  readonly app: Pool;
  readonly demoOrganisation: string;
  readonly council: string;
  /** Makes a person and answers its id. */
  addPerson(organisation: string, name: string, accountId: string | null): Promise<string>;
  /** Does the work in a transaction of `reeve_app` in which this person is the actor. */
  actingAs<Result>(
    organisation: string,
    person: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

export async function testDatabase(): Promise<TestDatabase> {
  const { ownerPool, registry, store, council, close } = await createWorld();
  const demo = await foundOrganisation({ ownerPool, registry }, { name: "Demo Council", demo: true });
  return {
    owner: ownerPool,
    app: store.pool,
    demoOrganisation: demo.organisationId,
    council: council.organisationId,
    addPerson: (organisationId, name, accountId) =>
      asSystem({ ownerPool, registry, organisationId }, (tx) =>
        addPerson(tx, { name, roles: [], ...(accountId === null ? {} : { accountId }) }),
      ),
    async actingAs(organisation, person, work) {
      const client = await store.pool.connect();
      try {
        await client.query("begin");
        await client.query("select act_as($1, $2)", [organisation, person]);
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
    close,
  };
}
