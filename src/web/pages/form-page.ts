import type { Problem, Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { valuesAtVersion } from "../../kernel/store/earlier.ts";
import { sameValue } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { Conflict, DraftPart, FormContent, FormField, Link } from "../view/models.ts";
import { begunWith, withTemplates } from "./begin-text.ts";
import { conflictOf } from "./conflict.ts";
import { formFields } from "./form-fields.ts";
import type { FormParts } from "./form-fields.ts";
import { problemsOf, readAsked } from "./form-reading.ts";
import { withRowsChanged } from "./line-inputs.ts";
import { addressOf, crumbsTo, navigationOf } from "./places.ts";
import { submissionField, versionField, versionIn } from "./submitting.ts";

/** What a form is asked to show beside its values: what was typed, what is wrong, what someone else saved. */
export interface Asked {
  readonly typed?: Form;
  readonly problems?: readonly Problem[];
  readonly conflict?: Conflict;
  readonly untouched?: ReadonlySet<string>;
  readonly status?: number;
}

interface Options extends Pick<FormParts, "names" | "required" | "values" | "proposals"> {
  readonly title: string;
  readonly intro?: readonly string[];
  readonly action: string;
  readonly submit: FormContent["submit"];
  readonly cancel: Link;
  /** The record that the form is about; null for a new one. */
  readonly record: Stored | null;
  /** How it is kept while it is typed into; absent for a form that is not. */
  readonly draft?: DraftPart;
  /** Text templates with which its text can begin. */
  readonly templates?: readonly Link[];
  /** Controls that are no field of the type, after the others. */
  readonly more?: readonly FormField[];
}

/** A page with the form of some fields of a type. */
export async function formPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  given: Asked,
  options: Options,
): Promise<PageAnswer> {
  const { record, title, more = [] } = options;
  const begun = await begunWith(tx, type, given.typed);
  const asked = begun ? { ...given, typed: begun.form, problems: begun.problems } : given;
  const made = await formFields(tx, type, {
    ...options,
    ...(asked.typed ? { holding: { kind: "typed" as const, form: asked.typed } } : {}),
    ...(asked.untouched ? { untouched: asked.untouched } : {}),
    problems: asked.problems ?? [],
  });
  const moreErrors = made.errors.map((error, at) => {
    const control = more.find(({ name }) => name === asked.problems?.[at]?.field);
    return error.fieldId === undefined && control ? { ...error, fieldId: control.id } : error;
  });
  const conflictErrors = asked.conflict
    ? [
        {
          text: `${asked.conflict.who} changed ${record?.reference ?? "this"} while you were typing`,
          fieldId: "conflict-title",
        },
      ]
    : [];
  // A form that comes back holds the version that it was made from, until both versions have been shown.
  const version = asked.typed && !asked.conflict ? versionIn(asked.typed) : record?.version;
  return {
    page: "form",
    status: asked.status ?? 200,
    model: {
      shell: await page.shell(tx, {
        title: record ? `${title}: ${record.reference}` : title,
        current: navigationOf(tx.registry, type),
      }),
      breadcrumb: [...crumbsTo(tx, type), ...(record ? [{ text: record.reference, href: addressOf(tx, record) }] : [])],
      ...(record ? { caption: `${record.reference} ${record.title}` } : {}),
      title,
      ...(options.intro ? { intro: options.intro } : {}),
      ...(options.templates ? { templates: options.templates } : {}),
      errors: asked.conflict ? conflictErrors : moreErrors,
      ...(asked.conflict ? { conflict: asked.conflict } : {}),
      form: {
        action: options.action,
        ...(takesFiles(made.fields) ? { multipart: true } : {}),
        hidden: [...(record ? [versionField(version ?? record.version)] : []), submissionField(), ...made.hidden],
        fields: [...(await withTemplates(tx, type, made.fields, asked.typed)), ...more],
        submit: options.submit,
        cancel: options.cancel,
        ...(options.draft ? { draft: options.draft } : {}),
      },
    },
  };
}

/** Whether a form has a control for a file, on which it must be sent another way. */
export function takesFiles(fields: readonly FormField[]): boolean {
  return fields.some(
    (field) =>
      field.widget === "file" || (field.widget === "lines" && field.rows.some((row) => takesFiles(row.fields))),
  );
}

/** What a form shows when a button changed its rows. The status is one on which Turbo shows the answer. */
export function changedRows(page: PageRequest): Asked {
  return { typed: withRowsChanged(page.form), status: 422 };
}

/** What a form shows when it was refused. A stale one holds the new version from then on, so that it can be sent again. */
export async function refusedForm(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  options: { names: readonly string[]; required: ReadonlySet<string>; refusal: Refusal; record: Stored | null },
): Promise<Asked> {
  const { refusal, record, names } = options;
  if (refusal.kind === "stale" && record) {
    const typed = await readAsked(tx, type, page.form, names, record);
    const read = await valuesAtVersion(tx, record, versionIn(page.form));
    const untouched = new Set(
      read === null ? [] : Object.keys(typed).filter((name) => sameValue(typed[name], read[name])),
    );
    const conflict = await conflictOf(tx, type, record, typed, untouched);
    return { typed: page.form, conflict, untouched, problems: [], status: 412 };
  }
  return { typed: page.form, problems: await problemsOf(tx, type, page.form, options), status: 422 };
}
