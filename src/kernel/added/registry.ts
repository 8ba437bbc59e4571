import type { Line } from "../fields/lines.ts";
import type { Field } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import type { Registry } from "../registry.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { ReferenceData } from "../store/reference-data.ts";
import type { Stored, Tx } from "../transaction.ts";
import { addedKinds } from "./kinds.ts";

const made = new WeakMap<ReferenceData, WeakMap<Registry, Registry>>();

/**
 * The registry as the organisation of a transaction has it: every type with the fields and choices that its administrators
 * added. The same object as long as none of them changes. Asked together with who is acting, it costs no wait of its own.
 */
export async function organisationsRegistry(tx: Tx): Promise<Registry> {
  const base = tx.registry;
  if (!base.types.has("added_field")) return base;
  const data = await readReferenceData(tx, ["added_field"]);
  const added = data.get("added_field") ?? [];
  if (added.length === 0) return base;
  const known = made.get(data)?.get(base);
  if (known) return known;
  const registry = withAdded(base, added);
  const ofBase = made.get(data) ?? new WeakMap<Registry, Registry>();
  ofBase.set(base, registry);
  made.set(data, ofBase);
  return registry;
}

/** The registry with what these records of added fields say. A field that cannot be made from what is stored is left out. */
export function withAdded(base: Registry, added: readonly Stored[]): Registry {
  const byType = Map.groupBy(added, ({ values }) => String(values["recordType"]));
  const extended = new Map(
    [...base.types].map(([name, type]) => {
      const own = byType.get(name);
      return [name, own ? withFields(type, own) : type] as const;
    }),
  );
  const of = (type: RecordType) => extended.get(type.name) ?? type;
  return {
    modules: base.modules.map((module) => ({ ...module, records: module.records.map(of) })),
    types: extended,
    byPath: new Map([...base.byPath].map(([path, type]) => [path, of(type)])),
    measures: base.measures,
  };
}

function withFields(type: RecordType, added: readonly Stored[]): RecordType {
  const ordered = added.toSorted(
    (one, other) =>
      Number(one.values["position"] ?? 0) - Number(other.values["position"] ?? 0) || (one.id < other.id ? -1 : 1),
  );
  const choices = ordered.flatMap((record): [string, Field][] => {
    const name = String(record.values["extends"] ?? "");
    const field = record.closedAt === null ? type.fields[name] : undefined;
    // Only a choice can be told that it is extendable.
    return field && (field.options as { extendable?: boolean }).extendable ? [[name, withChoices(field, record)]] : [];
  });
  const own = ordered.flatMap((record): [string, Field][] => {
    const field = fieldFrom(record);
    return field ? [[String(record.values["name"]), field]] : [];
  });
  const inUse = own.filter(([, { options }]) => !options.added?.retired).map(([name]) => name);
  return {
    ...type,
    fields: { ...type.fields, ...Object.fromEntries(choices), ...Object.fromEntries(own) },
    views: {
      list: {
        ...type.views.list,
        filters: [
          ...type.views.list.filters,
          ...own.filter(([name, { kind }]) => inUse.includes(name) && kind.filter !== null).map(([name]) => name),
        ],
      },
      form: [...type.views.form, ...inUse],
      questions: [...type.views.questions, ...inUse.map((field) => ({ field }))],
      page: [...type.views.page, ...own.map(([name]) => name)],
    },
  };
}

function fieldFrom({ values, closedAt }: Stored): Field | null {
  const make = addedKinds[String(values["kind"])]?.make;
  if (!make || typeof values["name"] !== "string") return null;
  const retired = closedAt !== null;
  return make({
    label: String(values["label"]),
    ...(typeof values["hint"] === "string" && values["hint"] !== "" ? { hint: values["hint"] } : {}),
    required: values["required"] === true && !retired,
    personal: values["personal"] === true,
    internal: values["internal"] === true,
    ...(retired ? { readOnly: true } : {}),
    added: { retired },
    ...choicesOf(values),
    to: String(values["target"] ?? ""),
  });
}

function withChoices({ kind, options }: Field, { values }: Stored): Field {
  const { options: more, retired } = choicesOf(values);
  const own = (options as unknown as { options: Readonly<Record<string, string>> }).options;
  // The kind is a choice: it is told what it was told, with these choices added, called otherwise or retired.
  const told = { ...options, options: { ...own, ...more }, retired };
  return { kind, options: told };
}

function choicesOf(values: Stored["values"]): { options: Record<string, string>; retired: string[] } {
  // The lines kind keeps lines.
  const lines = (values["choices"] ?? []) as readonly Line[];
  return {
    options: Object.fromEntries(lines.map((line) => [String(line["key"]), String(line["label"])])),
    retired: lines.filter((line) => line["retired"] === true).map((line) => String(line["key"])),
  };
}
