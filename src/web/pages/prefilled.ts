import { schemaOf } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** What the address gives for a new record; what it gives wrongly is left out. */
export async function prefilled(tx: Tx, type: RecordType, query: Form, names: readonly string[]): Promise<Values> {
  const given = Object.keys(query).map((name) => name.split("-")[0] ?? name);
  const values = await resolveLinks(
    tx,
    type,
    valuesFromForm(
      type,
      query,
      names.filter((name) => given.includes(name)),
    ),
  );
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const field = type.fields[name];
      return field !== undefined && value !== null && schemaOf(field).safeParse(value).success;
    }),
  );
}
