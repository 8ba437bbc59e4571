import { may } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import type { Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf } from "../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../web/pages/submitting.ts";
import type { FormField, PortalBlock, PortalPage } from "../../web/view/models.ts";
import { takeNextStep } from "../desk/module.ts";
import {
  approvalsOf,
  choiceValue,
  controlOf,
  makeRequest,
  questionsOf,
  readAnswers,
  shown,
} from "../requests/module.ts";
import type { ItemQuestion } from "../requests/module.ts";
import { itemRow, offeredItems } from "./find.ts";
import { helpPath, mustAsk, portalShell, usesPortal } from "./who.ts";

/** Everything that can be asked for. */
export function cataloguePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustAsk(tx);
    const title = "Ask for something";
    const model: PortalPage = {
      shell: await portalShell(page, tx, { title, current: helpPath }),
      back: { text: "Help", href: helpPath },
      title,
      blocks: [
        {
          kind: "rows",
          title: "What you can ask for",
          id: "catalogue",
          rows: (await offeredItems(tx)).map(itemRow),
          empty: "There is nothing to choose from yet. Report what you need, and somebody will look at it.",
        },
      ],
    };
    return { page: "portal", model };
  });
}

/** For whoever only asks, the page of a catalogue item is where it is asked for. */
export async function itemFace(page: PageRequest, tx: Tx, item: Stored): Promise<PageAnswer | null> {
  return usesPortal(tx.actor) && item.state === "offered" ? askPage(page, tx, item) : null;
}

/** GET: the questions of an item. */
export function itemPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => askPage(page, tx, await itemAt(page, tx)));
}

async function itemAt(page: PageRequest, tx: Tx): Promise<Stored> {
  mustAsk(tx);
  const item = await find(tx, typeNamed(tx.registry, "catalogue_item"), page.params["reference"] ?? "");
  return item.state === "offered" ? item : unseen("This cannot be asked for now");
}

async function askPage(page: PageRequest, tx: Tx, item: Stored, refused?: Refusal): Promise<PageAnswer> {
  const questions = questionsOf(item);
  const typed = refused ? page.form : {};
  const fields = questions.map((question) => fieldOf(question, questions, { typed, refused }));
  const text = (name: string) => (typeof item.values[name] === "string" ? item.values[name] : "");
  const model: PortalPage = {
    shell: await portalShell(page, tx, { title: item.title, current: helpPath }),
    back: { text: "Help", href: helpPath },
    caption: "Ask for something",
    title: item.title,
    lead: text("summary"),
    errors: (refused?.problems ?? []).map(({ field, message }) => ({
      text: message,
      ...(field === undefined ? {} : { fieldId: `field-${field}` }),
    })),
    blocks: [
      ...(text("details") === ""
        ? []
        : [{ kind: "html" as const, title: "What to know first", html: toHtml(text("details")) }]),
      { kind: "inset", lines: await whatFollows(tx, item) },
      {
        kind: "form",
        form: {
          action: `${helpPath}/ask/${item.reference}`,
          hidden: [submissionField()],
          fields,
          submit: { label: "Send the request" },
        },
      } satisfies PortalBlock,
    ],
  };
  return { page: "portal", model, ...(refused ? { status: 422 } : {}) };
}

/** Who approves it and how long it takes, before anybody types. */
async function whatFollows(tx: Tx, item: Stored): Promise<string[]> {
  const approvals = approvalsOf(item);
  const names = await namesOf(tx, [item.ownerId, ...approvals.map(({ personId }) => personId)]);
  const nameOf = (id: string | null) => (id === null ? undefined : names.get(id)?.title);
  const who = approvals.map(({ by, personId, why }) => {
    const name =
      by === "manager"
        ? "your line manager"
        : ((by === "service_owner" ? nameOf(item.ownerId) : nameOf(personId)) ?? "the owner of the service");
    return why === "" ? name : `${name} (${why})`;
  });
  const { days } = item.values;
  return [
    who.length === 0 ? "Nobody has to approve it." : `Approved by ${who.join(", then ")}.`,
    ...(typeof days === "number" ? [`It usually takes ${days} working ${days === 1 ? "day" : "days"}.`] : []),
  ];
}

/** A question as a control, holding what was typed. */
function fieldOf(
  question: ItemQuestion,
  questions: readonly ItemQuestion[],
  { typed, refused }: { readonly typed: Form; readonly refused: Refusal | undefined },
): FormField {
  const name = controlOf(question);
  const error = refused?.problems.find(({ field }) => field === name)?.message;
  const value = first(typed, name);
  const base = {
    id: `field-${name}`,
    name,
    label: question.label,
    ...(question.hint === "" ? {} : { hint: question.hint }),
    ...(question.required ? {} : { optional: true }),
    ...(error === undefined ? {} : { error }),
    ...whenOf(question, questions, typed),
  };
  switch (question.kind) {
    case "long":
      return { ...base, widget: "textarea", value, rows: 4 };
    case "choice": {
      const options = question.choices.map((label, at) => ({ value: choiceValue(at), label }));
      return options.length > 7
        ? { ...base, widget: "select", value, options }
        : { ...base, widget: "radios", value, options };
    }
    case "yes_no":
      return { ...base, widget: "yes-no", value: value === "yes" || value === "no" ? value : "" };
    case "number":
      return { ...base, widget: "number", value };
    case "date": {
      const part = (of: string) => first(typed, `${name}-${of}`);
      return { ...base, widget: "date", day: part("day"), month: part("month"), year: part("year") };
    }
    default:
      return { ...base, widget: "text", value };
  }
}

/** What decides whether a question is asked; the server decides again by the same answers. */
function whenOf({ onlyIf }: ItemQuestion, questions: readonly ItemQuestion[], typed: Form): Pick<FormField, "when"> {
  const other = questions.find(({ number }) => number === onlyIf?.number);
  if (!onlyIf || !other) return {};
  const values =
    other.kind === "choice"
      ? other.choices.map((_, at) => choiceValue(at))
      : other.kind === "yes_no"
        ? ["yes", "no"]
        : [];
  const is = values.filter((value) => shown(other, value).toLowerCase() === onlyIf.answer.toLowerCase());
  // By what is typed in words only the server decides: the question stands there, and says when it is meant.
  if (is.length === 0) return {};
  return {
    when: {
      control: controlOf(other),
      is,
      text: `Only where “${other.label}” is “${onlyIf.answer}”`,
      met: is.includes(first(typed, controlOf(other))),
    },
  };
}

/** POST: makes the ticket with its answers, and has the first step taken. */
export function sendRequest(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const item = await itemAt(page, tx);
      const answers = readAnswers(questionsOf(item), page.form);
      const ticket = await makeRequest(tx, item, answers);
      await takeNextStep(tx, ticket.id, { called: ticket.reference, page: addressOf(tx, ticket) });
      const seen = may(tx.actor, "ticket", "read", ticket);
      return { location: seen ? addressOf(tx, ticket) : helpPath, recordId: ticket.id, said: ticket.reference };
    },
    flash: (reference) => `Your request was sent${typeof reference === "string" ? ` as ${reference}` : ""}`,
    again: async (tx, refusal) => askPage(page, tx, await itemAt(page, tx), refusal),
  });
}
