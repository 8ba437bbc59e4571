import { sql } from "kysely";
import type { Kysely } from "kysely";
import type pg from "pg";
import type { Database } from "../database/tables.ts";
import type { FilesPlace } from "../files/store.ts";
import type { Registry } from "../registry.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { createFindings } from "./findings.ts";
import type { Findings, VerifyReport } from "./findings.ts";
import { verifyChains, verifyErasures } from "./verify-chains.ts";
import { verifyClocks } from "./verify-clocks.ts";
import { verifyFiles } from "./verify-files.ts";
import { verifyJoins } from "./verify-joins.ts";
import { verifySeals } from "./verify-seals.ts";
import { verifyValues } from "./verify-values.ts";

export type { Problem, VerifyReport } from "./findings.ts";

export interface VerifyOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  /** The folder of the files' content, to prove that too; left out where there is none to look at. */
  readonly filesFolder?: FilesPlace;
  /** Every organisation, unless one is named. */
  readonly organisationId?: string;
  /** Takes lines of progress for a person. */
  readonly progress?: (line: string) => void;
}

/** What each part of verify works with: one snapshot of the database, one organisation of it. */
export interface Verifying {
  readonly db: Kysely<Database>;
  readonly registry: Registry;
  readonly organisation: { readonly id: string; readonly name: string };
  readonly filesFolder: FilesPlace | undefined;
  readonly findings: Findings;
  readonly progress: (line: string) => void;
}

/**
 * Proves the memory: every chain of events, every body against its hash, every erasure against its certificate, every
 * seal, every record's values and state, every join, every file and every stored clock against the events. Reads one snapshot and locks nothing, so the product goes on meanwhile.
 */
export async function verify({
  ownerPool,
  registry,
  filesFolder,
  organisationId,
  progress = () => {},
}: VerifyOptions): Promise<VerifyReport> {
  const findings = createFindings();
  await inTransaction(
    ownerPool,
    async (db) => {
      // A million records take minutes; a stray time limit must not end it.
      await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`.execute(
        db,
      );
      const which = organisationId === undefined ? sql`true` : sql`id = ${organisationId}::uuid`;
      const { rows } = await sql<{
        id: string;
        name: string;
      }>`select id, name from organisations where ${which} order by created_at, id`.execute(db);
      for (const organisation of rows) {
        await sql`select act_as_system(${organisation.id}::uuid)`.execute(db);
        const verifying: Verifying = { db, registry, organisation, filesFolder, findings, progress };
        await verifyChains(verifying);
        await verifyErasures(verifying);
        await verifySeals(verifying);
        await verifyValues(verifying);
        await verifyJoins(verifying);
        await verifyFiles(verifying);
        await verifyClocks(verifying);
      }
    },
    "begin isolation level repeatable read read only",
  );
  return findings.report();
}
