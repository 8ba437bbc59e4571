import { may } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import type { Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { idOf } from "../../kernel/store/check-links.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import { find, isId } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { sendOnce, submissionField } from "../../web/pages/submitting.ts";
import type { FormField } from "../../web/view/models.ts";
import { readKnown } from "./call-known.ts";
import type { Known } from "./call-known.ts";

export const callPath = "/desk/call";

const channels = { phone: "Telephone", walk_up: "Walk-up", chat: "Chat" } as const;
const urgencies = { "1": "Work has stopped", "2": "Work is harder", "3": "It can wait" } as const;

/** GET: one screen for a call: who it is, what is wrong, and what the desk knows of them. */
export function callPage(page: PageRequest): Promise<PageAnswer> {
  return page.as((tx) => showCall(page, tx, page.query, null));
}

function mustTakeCalls(tx: Tx): void {
  if (!may(tx.actor, "ticket", "handle") || !may(tx.actor, "ticket", "create")) unseen("There is no such page");
}

async function showCall(page: PageRequest, tx: Tx, filled: Form, refusal: Refusal | null): Promise<PageAnswer> {
  mustTakeCalls(tx);
  const known = await readKnown(tx, first(filled, "requester"), first(filled, "summary"));
  const problems = refusal?.problems ?? [];
  return {
    page: "form-beside",
    status: refusal ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title: "Take a call", current: callPath }),
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Take a call",
      errors: problems.map(({ field, message }) => ({
        text: message,
        ...(field === undefined ? {} : { fieldId: `field-${field}` }),
      })),
      form: {
        action: callPath,
        hidden: [submissionField()],
        fields: fieldsOf(filled, problems),
        submit: { label: "Log it" },
        cancel: { text: "Cancel", href: "/tickets" },
      },
      also: [{ label: "Solved at once", value: "solve" }],
      known: {
        href: callPath,
        label: "Look them up",
        title: "What we know",
        fields: chosenOf(filled, known),
        parts: known.parts,
      },
    },
  };
}

function fieldsOf(filled: Form, problems: Refusal["problems"]): FormField[] {
  const base = (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return { id: `field-${name}`, name, ...(error === undefined ? {} : { error }) };
  };
  return [
    {
      ...base("requester"),
      label: "Who is calling",
      widget: "lookup",
      value: first(filled, "requester"),
      suggestHref: "/people/suggest",
      focus: true,
    },
    { ...base("summary"), label: "What is wrong, in a line", widget: "text", value: first(filled, "summary") },
    {
      ...base("resolution"),
      label: "What solved it",
      hint: "Only when you solved it while they were with you",
      widget: "textarea",
      rows: 2,
      value: first(filled, "resolution"),
      optional: true,
    },
    {
      ...base("urgency"),
      label: "How much it holds them up",
      widget: "radios",
      inline: true,
      value: first(filled, "urgency") || "2",
      options: Object.entries(urgencies).map(([value, label]) => ({ value, label })),
    },
    {
      ...base("channel"),
      label: "How it came",
      widget: "radios",
      inline: true,
      value: first(filled, "channel") || "phone",
      options: Object.entries(channels).map(([value, label]) => ({ value, label })),
    },
  ];
}

/** The category and the device, offered with the reason; neither is taken by itself. */
function chosenOf(filled: Form, { categories, devices }: Known): FormField[] {
  const fields: FormField[] = [];
  if (categories.length > 0)
    fields.push({
      id: "field-category",
      name: "category",
      label: "Category",
      hint: "Suggested by the words of recent tickets",
      widget: "radios",
      optional: true,
      value: first(filled, "category"),
      options: categories.map(({ id, title, many }) => ({
        value: id,
        label: title,
        hint: `${many} recent ${many === 1 ? "ticket has" : "tickets have"} such words`,
      })),
    });
  if (devices.length > 0)
    fields.push({
      id: "field-device",
      name: "device",
      label: "Their device",
      widget: "radios",
      optional: true,
      value: first(filled, "device"),
      options: devices.map(({ id, title, about }) => ({
        value: id,
        label: about === "" ? title : `${title}, ${about}`,
      })),
    });
  return fields;
}

/** POST: logs the call for the caller; solved at once, the ticket is resolved in the same transaction. */
export function postCall(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      mustTakeCalls(tx);
      const type = typeNamed(tx.registry, "ticket");
      const solved = first(page.form, "_do") === "solve";
      const resolution = first(page.form, "resolution").replaceAll("\r\n", "\n").trim();
      if (solved && resolution === "") refuse("resolution", "What solved it: say it in a few words");
      const made = await insertRecord(tx, type, await valuesOf(tx, page.form));
      if (!solved)
        return {
          location: hrefOf(tx, type.name, made.reference),
          recordId: made.id,
          said: `${made.reference} was logged`,
        };
      const { version } = await find(tx, type, made.id);
      await move(tx, type, made.id, version, "solve", { resolution });
      return {
        location: callPath,
        recordId: made.id,
        said: `${made.reference} was solved at once. Ready for the next call`,
      };
    },
    flash: (said) => said ?? "This was logged once; it was sent twice",
    again: (tx, refusal) => showCall(page, tx, page.form, refusal),
  });
}

async function valuesOf(tx: Tx, form: Form): Promise<Readonly<Record<string, unknown>>> {
  const caller = first(form, "requester").trim();
  if (caller === "") refuse("requester", "Who is calling: type a name");
  const requester =
    (await idOf(tx, "person", caller)) ??
    refuse(
      "requester",
      `Who is calling: nobody is called “${caller.slice(0, 60)}”. Choose a name from those that are offered`,
    );
  const chosen = (name: string) => (isId(first(form, name)) ? { [name]: first(form, name) } : {});
  const urgency = first(form, "urgency");
  return {
    requester,
    summary: first(form, "summary").trim(),
    kind: "incident",
    impact: 3,
    urgency: Object.hasOwn(urgencies, urgency) ? Number(urgency) : 2,
    channel: Object.hasOwn(channels, first(form, "channel")) ? first(form, "channel") : "phone",
    ...chosen("category"),
    ...chosen("device"),
  };
}
