import { mustBeAllowed } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { extendable } from "../../kernel/added/added-field.record.ts";
import { addedKinds } from "../../kernel/added/kinds.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { all, first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { FormField } from "../view/models.ts";
import { sendOnce, submissionField } from "./submitting.ts";

/** Where an administrator looks after the fields of every type. */
export const fieldsPath = "/administration/fields";

const title = "Add a field";

/** The form for a field, or for choices of a field that takes more (`?kind=more-choices`), with what was typed. */
export async function addFieldPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  mustBeAllowed(tx.actor, typeNamed(tx.registry, "added_field"), "create", "add fields");
  const typed = (name: string) => first(page.form, name) || first(page.query, name);
  const extend = typed("kind") === "more-choices";
  const here = `${fieldsPath}/${type.path}`;
  const errors = problems.map(({ field, message }) => ({
    text: message,
    ...(field === undefined ? {} : { fieldId: `field-${field}` }),
  }));
  const heading = extend ? "Add choices to a field" : title;
  return {
    page: "form",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title: heading, current: "/administration" }),
      breadcrumb: [
        { text: "Administration", href: "/administration" },
        { text: "Fields", href: fieldsPath },
        { text: type.label.many, href: here },
      ],
      title: heading,
      intro: [
        extend
          ? "The choices stand beside those that Reeve has. One with the name of a choice of Reeve’s changes what that one is called."
          : `Every new ${inSentence(type.label.one)} has it from then on. Its kind cannot be changed afterwards.`,
      ],
      errors,
      form: {
        action: `${here}/new`,
        hidden: [submissionField(), ...(extend ? [{ name: "kind", value: "more-choices" }] : [])],
        fields: extend ? extendFields(page, type, problems) : newFields(page, tx, problems),
        submit: { label: extend ? "Add these choices" : "Add this field" },
        cancel: { text: "Cancel", href: here },
      },
    },
  };
}

/** A control as it was typed, and what is wrong with it. */
function control(page: PageRequest, problems: readonly Problem[]) {
  return (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return { id: `field-${name}`, name, value: first(page.form, name), ...(error === undefined ? {} : { error }) };
  };
}

function newFields(page: PageRequest, tx: Tx, problems: readonly Problem[]): FormField[] {
  const at = control(page, problems);
  const types = [...tx.registry.types.values()].map(({ name, label }) => ({ value: name, label: label.one }));
  const kinds = Object.entries(addedKinds).filter(([, { make }]) => make !== undefined);
  return [
    { ...at("label"), label: "Label", hint: "What people read beside it", widget: "text", width: "medium" },
    {
      ...at("kind"),
      label: "Kind",
      widget: "radios",
      options: kinds.map(([value, { label }]) => ({ value, label })),
    },
    {
      ...at("target"),
      label: "Leads to",
      hint: "Only for a link",
      widget: "select",
      options: types,
      placeholder: "Select",
      optional: true,
    },
    {
      ...at("choices"),
      label: "Choices",
      hint: "Only for choices: one on each line",
      widget: "textarea",
      rows: 5,
      optional: true,
    },
    {
      ...at("hint"),
      label: "Help",
      hint: "Stands under the label: what to write, and why",
      widget: "text",
      optional: true,
    },
    {
      id: "field-rules",
      name: "rules",
      label: "What holds for it",
      widget: "checkboxes",
      values: all(page.form, "rules"),
      options: [
        { value: "required", label: "Must be given", hint: "For new records. Those from before stay as they are" },
        { value: "personal", label: "About a person", hint: "Kept out of logs" },
        { value: "internal", label: "Among officers only", hint: "Not for the people who ask" },
      ],
      optional: true,
    },
  ];
}

function extendFields(page: PageRequest, type: RecordType, problems: readonly Problem[]): FormField[] {
  const at = control(page, problems);
  const options = extendable(type).map((name) => ({ value: name, label: type.fields[name]?.options.label ?? name }));
  return [
    { ...at("extends"), label: "Field", widget: "radios", options },
    { ...at("choices"), label: "Choices", hint: "One on each line", widget: "textarea", rows: 5 },
  ];
}

/** POST: makes the field as any record is made. */
export async function postAddField(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return sendOnce(page, {
    work: async (tx) => {
      const given = valuesFrom(page, type);
      const { id } = await insertRecord(tx, typeNamed(tx.registry, "added_field"), given);
      return { location: `${fieldsPath}/${type.path}`, recordId: id, said: `${String(given["label"])} was added` };
    },
    flash: (said) => said ?? note("This was added once; it was sent twice"),
    again: (tx, refusal) => addFieldPage(page, tx, type, withField(refusal)),
  });
}

function valuesFrom({ form }: PageRequest, type: RecordType): Readonly<Record<string, unknown>> {
  const rules = all(form, "rules");
  const extend = first(form, "kind") === "more-choices";
  const choices = first(form, "choices")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const field = type.fields[first(form, "extends")];
  if (extend && !field) throw new Refusal("invalid", [{ field: "extends", message: "Select a field" }]);
  return {
    label: extend ? `${field?.options.label ?? ""} choices` : first(form, "label").trim(),
    recordType: type.name,
    kind: first(form, "kind"),
    hint: first(form, "hint").trim(),
    target: first(form, "kind") === "link" ? first(form, "target") : "",
    extends: extend ? first(form, "extends") : "",
    choices: choices.map((label) => ({ label })),
    required: rules.includes("required"),
    personal: rules.includes("personal"),
    internal: rules.includes("internal"),
  };
}

/** What is wrong, at a control of this form where it has one. */
function withField({ problems }: Refusal): Problem[] {
  const here = new Set(["label", "kind", "target", "choices", "hint", "extends"]);
  return problems.map(({ field, message }) =>
    field !== undefined && here.has(field) ? { field, message } : { message },
  );
}
