import { sql } from "kysely";
import { columnName } from "../record.ts";
import type { RecordType } from "../record.ts";
import { viewOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";

/** A record that is a part of another. */
export interface Part {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  /** The record that it is a part of. */
  readonly whole: string;
}

/** The fields by which a type is a part of others, each with the type that it leads to. */
export function partFields(tx: Tx, type: RecordType): readonly { readonly column: string; readonly to: string }[] {
  return type.partOf.flatMap((name) => {
    const options = type.fields[name]?.options;
    // Links alone have a type that they lead to; an organisation can be without the module of that type.
    return options && "to" in options && tx.registry.types.has(String(options.to))
      ? [{ column: columnName(name), to: String(options.to) }]
      : [];
  });
}

/** The parts of a record, by type and reference, as the actor sees them: the product sees all. */
export async function partsOf(tx: Tx, whole: { readonly id: string; readonly type: string }): Promise<readonly Part[]> {
  const found: Part[] = [];
  for (const type of tx.registry.types.values())
    for (const { column } of partFields(tx, type).filter(({ to }) => to === whole.type)) {
      const { rows } =
        await sql<Part>`select id, ${type.name} as type, reference, ${whole.id} as whole from ${viewOf(type)}
        where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(column)} = ${whole.id}::uuid order by reference`.execute(
          tx.db,
        );
      found.push(...rows);
    }
  return found;
}

/** Of records of a type, those that they are parts of, by the type of these. */
export async function wholesOf(
  tx: Tx,
  type: RecordType,
  ids: readonly string[],
): Promise<readonly { readonly to: string; readonly id: string; readonly whole: string }[]> {
  const found: { to: string; id: string; whole: string }[] = [];
  for (const { column, to } of partFields(tx, type)) {
    const { rows } = await sql<{
      id: string;
      whole: string;
    }>`select id, ${sql.ref(column)} as whole from ${viewOf(type)}
      where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${[...ids]}::uuid[]) and ${sql.ref(column)} is not null`.execute(
      tx.db,
    );
    found.push(...rows.map((row) => ({ ...row, to })));
  }
  return found;
}
