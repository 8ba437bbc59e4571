import { find } from "../../kernel/store/find.ts";
import { joinRecords, partRecords, relationChoices } from "../../kernel/store/relations.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { FormContent } from "../view/models.ts";
import { addressOf, crumbsTo, navigationOf } from "./places.ts";
import { sendOnce, submissionField } from "./submitting.ts";

interface Typed {
  readonly relation?: string;
  readonly to?: string;
  readonly problems?: readonly Problem[];
}

/** The form that joins a record to another one. */
export function joinForm(
  tx: Tx,
  record: Stored,
  { relation = "relates_to", to = "", problems = [] }: Typed,
): FormContent {
  const wrong = (field: string) => {
    const problem = problems.find((one) => one.field === field);
    return problem ? { error: problem.message } : {};
  };
  return {
    action: `${addressOf(tx, record)}/joins`,
    hidden: [submissionField()],
    fields: [
      {
        id: "join-relation",
        name: "relation",
        label: "This record",
        widget: "select",
        value: relation,
        options: relationChoices.map(({ value, label }) => ({ value, label: label.toLowerCase() })),
        ...wrong("relation"),
      },
      {
        id: "join-to",
        name: "to",
        label: "The other record",
        hint: "Its reference, like INC-00042",
        widget: "text",
        width: "medium",
        value: to,
        ...wrong("to"),
      },
    ],
    submit: { label: "Join them", tone: "secondary" },
  };
}

/** POST: joins the record to another. What is wrong is shown on a page of its own, with what was typed. */
export async function postJoin(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const reference = page.params["reference"] ?? "";
  const given = { relation: first(page.form, "relation"), to: first(page.form, "to") };
  return sendOnce(page, {
    work: async (tx) => {
      const { record, other, changed } = await joinRecords(tx, type, reference, given);
      const said = changed
        ? `It is joined to ${other.reference}`
        : note(`It was joined to ${other.reference} so already`);
      return { location: `${addressOf(tx, record)}?tab=connected`, recordId: record.id, said };
    },
    flash: (said) => said ?? "They are joined",
    again: async (tx, { problems }) => {
      const record = await find(tx, type, reference);
      return {
        page: "form",
        status: 422,
        model: {
          shell: await page.shell(tx, { title: `Join ${record.reference}`, current: navigationOf(tx.registry, type) }),
          breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: addressOf(tx, record) }],
          caption: `${record.reference} ${record.title}`,
          title: "Join it to another record",
          errors: problems.map(({ field, message }) => ({
            text: message,
            ...(field === undefined ? {} : { fieldId: `join-${field}` }),
          })),
          form: {
            ...joinForm(tx, record, { ...given, problems }),
            cancel: { text: "Cancel", href: `${addressOf(tx, record)}?tab=connected` },
          },
        },
      };
    },
  });
}

/** POST: takes away what joins the record to another. */
export async function postPart(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const given = { relation: first(page.form, "relation"), to: first(page.form, "to") };
  return sendOnce(page, {
    work: async (tx) => {
      const { record, other } = await partRecords(tx, type, page.params["reference"] ?? "", given);
      const said = `It is no longer joined to ${other.reference}`;
      return { location: `${addressOf(tx, record)}?tab=connected`, recordId: record.id, said };
    },
    flash: (said) => said ?? "They are no longer joined",
    again: (_tx, refusal) => Promise.reject(refusal),
  });
}
