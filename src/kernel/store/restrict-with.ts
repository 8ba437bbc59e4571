import type pg from "pg";
import { tryEach } from "../jobs/try-each.ts";
import { typeNamed } from "../registry.ts";
import type { Registry } from "../registry.ts";
import { columnName } from "../record.ts";
import { asSystem } from "../transaction.ts";
import { change } from "./change.ts";

const batchMax = 100;

/** Records of a type that hang on records of another by a field of theirs. */
export interface Hanging {
  readonly type: string;
  /** Its field that leads to a record of the type `on`. */
  readonly field: string;
  readonly on: string;
}

/**
 * Restricts what hangs on records that were restricted within the last week: whoever may not see a record sees nothing that
 * says what is in it. Goes by an index of restricted records alone. Twice does no harm.
 */
export async function restrictWith(
  parts: { readonly ownerPool: pg.Pool; readonly registry: Registry },
  all: readonly Hanging[],
): Promise<void> {
  for (const { type, field, on } of all.filter((one) => parts.registry.types.has(one.type))) {
    // Names of the code’s own, no words of anybody.
    const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
      `select t.organisation_id as organisation, m.id from reeve.records t
       join reeve.${type} m on m.organisation_id = t.organisation_id and m.${columnName(field)} = t.id
       join reeve.records r on r.organisation_id = m.organisation_id and r.id = m.id and r.sensitivity = 'normal'
       where t.type = $2 and t.sensitivity = 'restricted' and t.updated_at > now() - interval '7 days' limit $1`,
      [batchMax, on],
    );
    const restrict = ({ organisation: organisationId, id }: (typeof rows)[number]) =>
      asSystem({ ...parts, organisationId }, (tx) =>
        change(tx, typeNamed(tx.registry, type), id, "any", { sensitivity: "restricted" }, { trusted: true }),
      );
    await tryEach(rows, restrict, "Some records could not be restricted as those that they hang on are");
  }
}
