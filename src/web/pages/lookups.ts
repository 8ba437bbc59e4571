import { sql } from "kysely";
import type { Field } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { viewOf } from "../../kernel/store/row.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { linesOf } from "./seen-fields.ts";

/** A record that can be picked is offered in a select while there are no more of its type than this. */
const selectMax = 40;

/** A record to pick. */
export interface Pickable {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
}

/** The records of a type that can be picked: all that are open, or the first few where there are too many for a select. */
export interface Lookup {
  readonly type: RecordType;
  readonly records: readonly Pickable[];
  readonly all: boolean;
}

/** What the lookups of these fields offer, by type, read with one query. A record is not offered to itself (`except`, its id). */
export async function lookupsFor(
  tx: Tx,
  fields: readonly Field[],
  except: string | null = null,
): Promise<ReadonlyMap<string, Lookup>> {
  const types = [...new Set(fields.flatMap(targetsOf))].map((name) => typeNamed(tx.registry, name));
  if (types.length === 0) return new Map();
  const branches = types.map(
    (type) => sql`(select ${type.name}::text as type, id, reference, title from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null ${filterOf(tx, type)}
    ${except === null ? sql`` : sql`and id <> ${except}::uuid`} limit ${selectMax + 1})`,
  );
  const { rows } = await sql<Pickable & { type: string }>`${sql.join(branches, sql` union all `)}`.execute(tx.db);
  return new Map(
    types.map((type) => {
      const records = rows
        .filter((row) => row.type === type.name)
        .toSorted((one, other) => one.title.localeCompare(other.title, "en-GB", { numeric: true }));
      return [type.name, { type, records: records.slice(0, selectMax), all: records.length <= selectMax }];
    }),
  );
}

/**
 * The same for the links of a new record that is possible with some of them alone (see `offers` of a definition), by field; `names` are
 * the fields that are asked for.
 */
export async function offeredIn(
  tx: Tx,
  type: RecordType,
  names: readonly string[],
): Promise<ReadonlyMap<string, Lookup>> {
  const offered = new Map<string, Lookup>();
  for (const name of names) {
    const field = type.fields[name];
    const records = field ? await type.offers[name]?.(tx) : null;
    const [target] = field ? targetsOf(field) : [];
    if (!records || target === undefined) continue;
    const sorted = records.toSorted((one, other) => one.title.localeCompare(other.title, "en-GB", { numeric: true }));
    const lookup = { type: typeNamed(tx.registry, target), records: sorted.slice(0, selectMax) };
    offered.set(name, { ...lookup, all: records.length <= selectMax });
  }
  return offered;
}

function targetsOf(field: Field): string[] {
  const lines = linesOf(field);
  if (lines) return Object.values(lines.fields).flatMap(targetsOf);
  const widget = field.kind.input(field.options, null);
  return widget.widget === "record" ? [widget.type] : [];
}
