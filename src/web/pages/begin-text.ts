import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { linkFields, typeNamed } from "../../kernel/registry.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import { filledFor, templatesFor } from "../../kernel/templates/fill.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first } from "../page.ts";
import type { FormField } from "../view/models.ts";
import { templatesMax } from "./beginnings.ts";

/** The control that holds the template, and the value of the button that begins the text with it. */
const control = "_template";
const button = "begin";

/** A form whose text was begun with a template, or what keeps it from that. */
interface Begun {
  readonly form: Form;
  readonly problems: readonly Problem[];
}

/** The templates by which the long text of a form begins (see `begins` of a definition): of the type itself, and of what it leads to. */
async function templatesOf(tx: Tx, type: RecordType): Promise<readonly Stored[]> {
  const types = [type, ...linkedTypes(tx, type).map(([, linked]) => linked)];
  const all = (await Promise.all(types.map((one) => templatesFor(tx, one)))).flat();
  return [...new Map(all.map((template) => [template.id, template])).values()].slice(0, templatesMax);
}

function linkedTypes(tx: Tx, type: RecordType): readonly (readonly [field: string, RecordType])[] {
  return linkFields(type)
    .filter(([name]) => type.begins?.from.includes(name))
    .map(([name, linked]) => [name, typeNamed(tx.registry, linked)] as const);
}

/** Puts the choice of templates above the text that begins with one. */
export async function withTemplates(
  tx: Tx,
  type: RecordType,
  fields: readonly FormField[],
  typed: Form | undefined,
): Promise<readonly FormField[]> {
  if (!type.begins || !fields.some(({ name }) => name === type.begins?.field)) return fields;
  const templates = await templatesOf(tx, type);
  if (templates.length === 0) return fields;
  const begin = {
    control,
    button: `${button}:${type.begins.field}`,
    chosen: first(typed ?? {}, control),
    options: templates.map(({ reference, title }) => ({ value: reference, label: title })),
  };
  return fields.map((field) => (field.name === type.begins?.field ? { ...field, begin } : field));
}

/**
 * The form as it is after “Begin with it” was pressed: the template’s text stands in its field, with the values of the record that
 * the form leads to in its places, or of the form itself. Everything else that was typed stays. Null where another button was pressed.
 */
export async function begunWith(tx: Tx, type: RecordType, typed: Form | undefined): Promise<Begun | null> {
  if (!type.begins || typed === undefined || first(typed, "_rows") !== `${button}:${type.begins.field}`) return null;
  const { field } = type.begins;
  const template = (await templatesOf(tx, type)).find(({ reference }) => reference === first(typed, control));
  if (!template) return { form: typed, problems: [{ field, message: "Select the template to begin with" }] };
  const text = String(template.values["text"] ?? "");
  const meant = template.values["recordType"];
  for (const [name, linkedType] of linkedTypes(tx, type)) {
    if (meant && meant !== linkedType.name) continue;
    const id = (await typedValues(tx, type, typed, [name]))[name];
    const linked = typeof id === "string" ? await findIfSeen(tx, linkedType, id) : null;
    // What a restricted record says is not for those who read this.
    if (linked && linked.sensitivity !== "normal")
      return {
        form: typed,
        problems: [{ field: name, message: `${linked.reference} is restricted, so its values are not for others` }],
      };
    if (linked) return { form: { ...typed, [field]: await filledFor(tx, linkedType, linked, text) }, problems: [] };
    if (meant)
      return {
        form: typed,
        problems: [
          {
            field: name,
            message: `${type.fields[name]?.options.label ?? name}: choose one first. Its values go into the places of this template`,
          },
        ],
      };
  }
  const own = {
    reference: "…",
    title: first(typed, type.titleField) || "…",
    state: type.starts,
    values: await typedValues(tx, type, typed, type.views.form),
  };
  return { form: { ...typed, [field]: await filledFor(tx, type, own, text) }, problems: [] };
}

/** The values of some fields as they were typed, the references of links as ids; none where one leads nowhere. */
async function typedValues(tx: Tx, type: RecordType, typed: Form, names: readonly string[]): Promise<Stored["values"]> {
  return resolveLinks(tx, type, valuesFromForm(type, typed, names)).catch((error: unknown) => {
    if (error instanceof Refusal) return {};
    throw error;
  });
}
